import Autograd
import Language
import Synchronization
import Tensors
import Training
import Vocabulary

/// A learning rate as a function of the step.
struct ScheduleObject: LanguageObject {
  let source: String
  /// How many steps show what it does.
  let span: Int
  let rate: @Sendable (Int, Interpreter) throws -> Double

  init(
    source: String, span: Int, rate: @escaping @Sendable (Int, Interpreter) throws -> Double
  ) {
    (self.source, self.rate) = (source, rate)
    self.span = min(max(span, 2), 100_000)
  }

  /// The steps that show what a schedule, or a plain number, does.
  static func span(of value: Value) -> Int {
    if case .object(let object) = value, let schedule = object as? ScheduleObject {
      return schedule.span
    }
    return 100
  }

  var kindName: String { "function" }
  func text(width: Int) -> String { source }

  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    guard arguments.count == 1, let step = arguments[0].asInteger, step >= 0 else {
      throw LanguageError("argument", "\(source) takes the number of a step, from 0")
    }
    return .number(try rate(step, interpreter))
  }
}

/// A learning rate that waits for the loss to stop falling.
struct PlateauObject: LanguageObject {
  let plateau: Plateau
  var kindName: String { "schedule" }
  func text(width: Int) -> String {
    "plateau(\(shortNumber(plateau.rate)), by=\(shortNumber(plateau.by)), "
      + "patience=\(plateau.patience))"
  }
}

/// The products of factors up to each step, made as far as they were asked for.
private final class RunningProduct: Sendable {
  private let products = Mutex<[Double]>([1])

  func upTo(_ step: Int, _ factor: (Int) throws -> Double) throws -> Double {
    guard step < 1 << 24 else {
      throw LanguageError("argument", "a product of \(step) factors is too long")
    }
    var known = products.withLock { $0 }
    if step < known.count { return known[step] }
    for next in known.count...step { known.append(known[next - 1] * (try factor(next))) }
    let longer = known
    products.withLock { if longer.count > $0.count { $0 = longer } }
    return known[step]
  }
}

extension Attributes {
  /// The steps that a schedule with these settings takes, or some of its periods.
  fileprivate var span: Int {
    if self["steps"] != nil { return integer("steps", default: 100) }
    let whole = items.flatMap { _, value -> [Int] in
      switch value {
      case .integer(let n): [n]
      case .integers(let all): all
      default: []
      }
    }
    guard let longest = whole.max(), longest > 0 else { return 100 }
    return longest.multipliedReportingOverflow(by: 4).partialValue
  }
}

extension Call {
  /// The call as it could be typed: `cosine(0.1, 100)`.
  var source: String {
    var parts: [String] = []
    for argument in entry.arguments where isGiven(argument.name) {
      let text = self[argument.name].inline
      parts.append(argument.isRequired ? text : "\(argument.name)=\(text)")
    }
    return "\(entry.name)(\(parts.joined(separator: ", ")))"
  }
}

extension Builtin {
  /// The word for a learning rate that has a formula.
  init(schedule kind: ScheduleKind) {
    self.init(kind.entry) { call, _ in
      var settings: Attributes = [:]
      for argument in kind.entry.arguments where call.isGiven(argument.name) {
        switch argument.kind {
        case .number: settings[argument.name] = .number(try call.number(argument.name))
        case .integer: settings[argument.name] = .integer(try call.integer(argument.name))
        case .boolean: settings[argument.name] = .boolean(try call.boolean(argument.name))
        default: settings[argument.name] = try call[argument.name].attribute(call, argument.name)
        }
      }
      let complete = settings
      return .object(
        ScheduleObject(source: call.source, span: complete.span) { step, _ in
          try kind.rate(complete, at: step)
        })
    }
  }
}

extension StandardLibrary {
  private static let schedules = Argument("schedules", .list, "Functions of the step.")

  private static func rate(_ schedule: Value, _ step: Int, _ interpreter: Interpreter) throws
    -> Double
  {
    if let number = schedule.asNumber { return number }
    let value = try interpreter.apply(schedule, [.integer(step)])
    guard let number = value.asNumber else {
      throw LanguageError("kind", "a schedule gives a number, this gave \(value.withArticle)")
    }
    return number
  }

  static let scheduleWords: [Builtin] = [
    Builtin(
      Entry(
        "warmup", family: "Schedules",
        [
          Argument("schedule", .any, "A learning rate or a function of the step."),
          Argument("steps", .integer, "How long the rise takes."),
        ], summary: "A linear rise from almost 0 before a schedule, which then starts.",
        examples: [Example("[warmup(0.1, 4)(t) for t in range(3)]", prints: "[0.025, 0.05, 0.075]")]
      )
    ) { call, _ in
      let (schedule, steps) = (call["schedule"], try call.integer("steps"))
      let (span, _) = steps.addingReportingOverflow(ScheduleObject.span(of: schedule))
      return .object(
        ScheduleObject(source: call.source, span: span) { step, interpreter in
          if step >= steps { return try rate(schedule, step - steps, interpreter) }
          return try rate(schedule, 0, interpreter) * Double(step + 1) / Double(steps)
        })
    },
    Builtin(
      Entry(
        "sequential", family: "Schedules",
        [schedules, Argument("at", .list, "The steps at which the next one starts from its 0.")],
        summary: "Schedules one after the other.",
        examples: [Example("sequential([t => 1, t => 10 + t], [5])(6)", prints: "11")])
    ) { call, interpreter in
      let parts = try call.elements("schedules", interpreter)
      let at = try call.elements("at", interpreter).map { value in
        guard let n = value.asInteger else { throw call.wrong("at", expected: "steps") }
        return n
      }
      guard !parts.isEmpty, at.count == parts.count - 1, at == at.sorted() else {
        throw call.error(
          "\(parts.count) schedules have \(max(0, parts.count - 1)) rising steps between them",
          at: "at")
      }
      let (span, _) = (at.last ?? 0).addingReportingOverflow(
        parts.last.map { ScheduleObject.span(of: $0) } ?? 0)
      return .object(
        ScheduleObject(source: call.source, span: span) { step, interpreter in
          let index = at.count { $0 <= step }
          return try rate(parts[index], step - (index == 0 ? 0 : at[index - 1]), interpreter)
        })
    },
    Builtin(
      Entry(
        "chained", family: "Schedules",
        [Argument("lr", .number, "The learning rate that all of them start from."), schedules],
        summary: "The learning rate times what each schedule makes of it.",
        details: "lr (s1 / lr) (s2 / lr) …, as if they took effect one on the other.",
        examples: [
          Example(
            "chained(0.1, [exponential_decay(0.1, 0.5), exponential_decay(0.1, 0.5)])(1)",
            prints: "0.025")
        ])
    ) { call, interpreter in
      let (lr, parts) = (try call.number("lr"), try call.elements("schedules", interpreter))
      let span = parts.map { ScheduleObject.span(of: $0) }.max() ?? 100
      return .object(
        ScheduleObject(source: call.source, span: span) { step, interpreter in
          try parts.reduce(lr) { try $0 * rate($1, step, interpreter) / lr }
        })
    },
    Builtin(
      Entry(
        "multiplicative", family: "Schedules",
        [
          Argument("lr", .number, "The learning rate it starts from."),
          Argument("f", .function, "The factor of a step, from 1 on."),
        ], summary: "A learning rate times a factor of every step so far.",
        details: "lr f(1) f(2) … f(t).",
        examples: [Example("multiplicative(1, t => t / (t + 1))(3)", prints: "0.25")])
    ) { call, _ in
      let (lr, f) = (try call.number("lr"), call["f"])
      let known = RunningProduct()
      return .object(
        ScheduleObject(source: call.source, span: 100) { step, interpreter in
          try lr * known.upTo(step) { try rate(f, $0, interpreter) }
        })
    },
    Builtin(
      Entry(
        "plateau", family: "Schedules",
        [
          Argument("lr", .number, "The learning rate it starts from."),
          Argument("by", .number, "The factor of each fall.", default: "0.1"),
          Argument("patience", .integer, "Epochs without a better loss before it.", default: "10"),
          Argument("threshold", .number, "How much better counts, as a share.", default: "1e-4"),
          Argument("floor", .number, "The smallest learning rate.", default: "0"),
        ], summary: "A learning rate that falls when the loss does not any more.",
        details: "After each epoch of a run it looks at the val loss, or at the loss without one.",
        examples: [Example("Adam(plateau(0.01)).lr", prints: "0.01")])
    ) { call, _ in
      .object(
        PlateauObject(
          plateau: Plateau(
            rate: try call.number("lr"), by: try call.number("by"),
            patience: try call.integer("patience"), threshold: try call.number("threshold"),
            low: try call.number("floor"))))
    },
  ]
}
