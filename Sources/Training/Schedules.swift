import Autograd
import Vocabulary

/// A learning rate that depends on the step alone: how it describes itself, and its formula.
package struct ScheduleKind: Sendable {
  package let entry: Entry
  private let formula: @Sendable (Settings, Double) throws -> Double

  /// Settings with the entry's defaults filled in.
  struct Settings {
    let given: Attributes
    let entry: Entry

    func number(_ name: String) -> Double {
      let standard = entry.arguments.first { $0.name == name }?.defaultSource.flatMap { Double($0) }
      return given.number(name, default: standard ?? 0)
    }
    func isOn(_ name: String) -> Bool { given.boolean(name, default: false) }
  }

  init(
    _ name: String, _ arguments: [Argument], summary: String, details: String = "",
    _ example: Example, _ formula: @escaping @Sendable (Settings, Double) throws -> Double
  ) {
    entry = Entry(
      name, family: "Schedules", arguments, summary: summary, details: details,
      examples: [example])
    self.formula = formula
  }

  /// The learning rate at a step, counted from 0.
  package func rate(_ settings: Attributes, at step: Int) throws -> Double {
    try formula(Settings(given: settings, entry: entry), Double(step))
  }
}

package enum ScheduleKinds {
  package static let all: [ScheduleKind] = [
    step, multistep, exponential, cosine, restarts, oneCycle, linear, polynomial, constant, cyclic,
  ]

  package static let catalog = Catalog(all, entry: \.entry)

  private static let lr = Argument("lr", .number, "The learning rate it starts from.")
  private static let steps = Argument("steps", .integer, "How many steps it takes.")

  static let step = ScheduleKind(
    "step_decay",
    [
      lr, Argument("every", .integer, "Steps from one fall to the next."),
      Argument("by", .number, "The factor of each fall.", default: "0.1"),
    ], summary: "A learning rate that falls by a factor every so many steps.",
    Example("step_decay(0.1, 10)(25)", prints: "0.001")
  ) { s, t in
    try s.number("lr")
      * Scalar.power(s.number("by"), (t / max(1, s.number("every"))).rounded(.down))
  }

  static let multistep = ScheduleKind(
    "multistep",
    [
      lr, Argument("at", .list, "The steps at which it falls."),
      Argument("by", .number, "The factor of each fall.", default: "0.1"),
    ], summary: "A learning rate that falls by a factor at given steps.",
    Example("multistep(0.1, [10, 20], by=0.5)(15)", prints: "0.05")
  ) { s, t in
    let passed = (s.given.integers("at") ?? []).count { Double($0) <= t }
    return try s.number("lr") * Scalar.power(s.number("by"), Double(passed))
  }

  static let exponential = ScheduleKind(
    "exponential_decay", [lr, Argument("by", .number, "The factor of each step.")],
    summary: "A learning rate that falls by a factor at every step.",
    Example("exponential_decay(0.1, 0.5)(2)", prints: "0.025")
  ) { s, t in try s.number("lr") * Scalar.power(s.number("by"), t) }

  static let cosine = ScheduleKind(
    "cosine",
    [
      lr, steps, Argument("warmup", .integer, "Steps of a linear rise before.", default: "0"),
      Argument("floor", .number, "Where it ends.", default: "0"),
    ], summary: "A learning rate that falls along half a cosine, after a warm-up if asked for.",
    details: "Loshchilov and Hutter 2017.", Example("cosine(0.1, 10)(5)", prints: "0.05")
  ) { s, t in
    let (lr, warmup, low) = (s.number("lr"), s.number("warmup"), s.number("floor"))
    if t < warmup { return lr * (t + 1) / warmup }
    let share = (t - warmup) / max(1, s.number("steps") - warmup)
    return try low + (lr - low) * 0.5 * (1 + Scalar.cos(.pi * share))
  }

  static let restarts = ScheduleKind(
    "cosine_restarts",
    [
      lr, Argument("first", .integer, "Steps of the first fall."),
      Argument("factor", .number, "Length of each fall relative to the last.", default: "1"),
      Argument("floor", .number, "Where each fall ends.", default: "0"),
    ], summary: "Falls along half a cosine, again and again.",
    details: "Loshchilov and Hutter 2017.", Example("cosine_restarts(0.1, 10)(10)", prints: "0.1")
  ) { s, t in
    let (lr, low, factor) = (s.number("lr"), s.number("floor"), max(1, s.number("factor")))
    var (length, at) = (max(1, s.number("first")), t)
    if factor == 1 { at = at.truncatingRemainder(dividingBy: length) }
    while at >= length { (at, length) = (at - length, length * factor) }
    return try low + (lr - low) * 0.5 * (1 + Scalar.cos(.pi * at / length))
  }

  static let oneCycle = ScheduleKind(
    "one_cycle",
    [
      Argument("lr", .number, "The largest learning rate."), steps,
      Argument("up", .number, "The share of the steps that rise.", default: "0.3"),
      Argument("div", .number, "The start is lr / div.", default: "25"),
      Argument("final", .number, "The end is the start / final.", default: "10000"),
      Argument("three", .boolean, "Rise, fall to the start, then to the end.", default: "false"),
      Argument("linear", .boolean, "Straight lines in place of cosines.", default: "false"),
    ], summary: "One rise and one fall of the learning rate.", details: "Smith and Topin 2018.",
    Example("one_cycle(1, 11, up=0.5)(4)", prints: "0.971052")
  ) { s, t in
    let (top, total, up) = (s.number("lr"), s.number("steps"), s.number("up"))
    let start = top / s.number("div")
    let end = start / s.number("final")
    var phases = [(up * total - 1, start, top), (total - 1, top, end)]
    if s.isOn("three") {
      phases = [
        (up * total - 1, start, top), (2 * up * total - 2, top, start), (total - 1, start, end),
      ]
    }
    var from = 0.0
    for (at, a, b) in phases {
      if t <= at {
        let share = at > from ? (t - from) / (at - from) : 1
        if s.isOn("linear") { return a + (b - a) * share }
        return try b + (a - b) / 2 * (1 + Scalar.cos(.pi * share))
      }
      from = at
    }
    return end
  }

  static let linear = ScheduleKind(
    "linear_ramp",
    [
      lr, steps,
      Argument("start", .number, "The factor it starts with.", default: "0.3333333333333333"),
      Argument("end", .number, "The factor it ends with.", default: "1"),
    ], summary: "A learning rate whose factor goes from one number to another in a straight line.",
    Example("linear_ramp(1, 10, start=0)(5)", prints: "0.5")
  ) { s, t in
    let share = min(1, t / max(1, s.number("steps")))
    return s.number("lr") * (s.number("start") + (s.number("end") - s.number("start")) * share)
  }

  static let polynomial = ScheduleKind(
    "polynomial_decay",
    [lr, steps, Argument("power", .number, "1 is a straight line.", default: "1")],
    summary: "A learning rate that falls to 0 along a power of what is left.",
    Example("polynomial_decay(1, 10, power=2)(5)", prints: "0.25")
  ) { s, t in
    let rest = max(0, 1 - t / max(1, s.number("steps")))
    return try s.number("lr") * Scalar.power(rest, s.number("power"))
  }

  static let constant = ScheduleKind(
    "held_back",
    [
      lr, steps,
      Argument("factor", .number, "The factor until then.", default: "0.3333333333333333"),
    ], summary: "A learning rate that is smaller for the first steps.",
    Example("held_back(0.1, 5, factor=0.5)(4)", prints: "0.05")
  ) { s, t in s.number("lr") * (t < s.number("steps") ? s.number("factor") : 1) }

  static let cyclic = ScheduleKind(
    "cyclic",
    [
      Argument("low", .number, "The smallest learning rate."),
      Argument("high", .number, "The largest."), Argument("up", .integer, "Steps of a rise."),
      Argument("down", .integer, "Steps of a fall; as many as up when 0.", default: "0"),
      Argument("halve", .boolean, "Each peak half as high as the last.", default: "false"),
      Argument("by", .number, "A factor of each step on the height.", default: "1"),
    ], summary: "A learning rate that goes up and down.", details: "Smith 2017.",
    Example("cyclic(0, 1, 4)(6)", prints: "0.5")
  ) { s, t in
    let (low, high, up) = (s.number("low"), s.number("high"), max(1, s.number("up")))
    let length = up + (s.number("down") > 0 ? s.number("down") : up)
    let cycle = (t / length).rounded(.down)
    let at = t - cycle * length
    var height = (high - low) * (at <= up ? at / up : (length - at) / (length - up))
    if s.isOn("halve") { height /= try Scalar.power(2, cycle) }
    return try low + height * Scalar.power(s.number("by"), t)
  }
}

/// A learning rate that falls when a loss stops falling: its memory of the loss.
package struct Plateau: Sendable, Equatable {
  package var rate: Double
  package let by: Double
  package let patience: Int
  package let threshold: Double
  package let low: Double
  package private(set) var best = Double.infinity
  package private(set) var waited = 0

  package init(rate: Double, by: Double, patience: Int, threshold: Double, low: Double) {
    self.rate = rate
    self.by = by
    self.patience = patience
    self.threshold = threshold
    self.low = low
  }

  /// Takes note of an epoch's loss.
  package mutating func observe(_ loss: Double) {
    if loss < best * (1 - threshold) {
      (best, waited) = (loss, 0)
      return
    }
    waited += 1
    if waited > patience { (rate, waited) = (max(low, rate * by), 0) }
  }

  /// Rate, best loss and waiting time, for checkpoints.
  package var state: [Double] {
    get { [rate, best, Double(waited)] }
    set {
      if newValue.count == 3 { (rate, best, waited) = (newValue[0], newValue[1], Int(newValue[2])) }
    }
  }
}
