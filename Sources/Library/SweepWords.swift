import Autograd
import Language
import Plots
import Tensors
import Training
import Vocabulary

/// The settings that a sweep tries: for each name its choices, or the ends of a range.
struct SweepSpace {
  enum Choices {
    case values([Value])
    /// Drawn between two numbers, evenly in their logarithms where both are above 0.
    case range(low: Double, high: Double)
  }
  let axes: [(name: String, choices: Choices)]

  /// Every combination, the last name changing fastest.
  func grid(_ call: Call) throws -> [Record] {
    var all: [[(String?, Value)]] = [[]]
    for (name, choices) in axes {
      guard case .values(let values) = choices else {
        throw call.error(
          "`\(name)` is a range, which has no end of values", at: "settings",
          hint: "trials=20, or a list such as [0.1, 0.01]")
      }
      all = all.flatMap { head in values.map { head + [(name, $0)] } }
      guard all.count <= SweepSpace.most else {
        throw call.error(
          "these are more than \(SweepSpace.most) combinations", at: "settings", hint: "trials=20")
      }
    }
    return all.map { Record($0) }
  }

  static let most = 10_000

  /// So many draws, each setting by itself.
  func drawn(_ count: Int, _ stream: inout RandomStream) throws -> [Record] {
    try (0..<count).map { _ in
      Record(
        try axes.map { name, choices in
          let part = stream.nextUniform()
          switch choices {
          case .values(let values):
            return (name, values[min(values.count - 1, Int(part * Double(values.count)))])
          case .range(let low, let high):
            guard low > 0, high > 0 else { return (name, .number(low + part * (high - low))) }
            return (name, .number(low * (try Scalar.power(high / low, part))))
          }
        })
    }
  }
}

extension StandardLibrary {
  private static let sweepExample =
    "s = sweep(p => train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]), opt=SGD(p.lr), epochs=1), "
    + "lr=[0.1, 0.01])\n"

  /// What is tried for each name that a call gives.
  private static func space(_ call: Call, _ interpreter: Interpreter) throws -> SweepSpace {
    let given = try call.record("settings")
    return SweepSpace(
      axes: try zip(given.names, given.fields).map { name, field in
        if case .record(let pair) = field.value, pair.fields.count == 2,
          let low = pair.fields[0].value.asNumber, let high = pair.fields[1].value.asNumber
        {
          return (name, .range(low: low, high: high))
        }
        guard let values = try interpreter.elements(of: field.value), !values.isEmpty else {
          throw call.error(
            "`\(name)` should be a list of values or a range (low, high)", at: "settings",
            hint: "\(name)=[\(field.value.inline)]")
        }
        return (name, .values(values))
      })
  }

  private static func sweep(_ call: Call, _ interpreter: Interpreter) throws -> Value {
    let space = try space(call, interpreter)
    var settings: [Record]
    if call.isNone("trials") {
      settings = try space.grid(call)
    } else {
      let count = try call.integer("trials")
      guard (1...SweepSpace.most).contains(count) else {
        throw call.error("trials lie between 1 and \(SweepSpace.most)", at: "trials")
      }
      var stream = interpreter.context.stream.split()
      settings = try space.drawn(count, &stream)
    }
    let seeds = try call.integer("seeds")
    guard seeds > 0, seeds <= SweepSpace.most / max(1, settings.count) else {
      throw call.error("seeds is how many runs there are of each setting", at: "seeds")
    }
    if seeds > 1 {
      settings = settings.flatMap { setting in
        (0..<seeds).map { seed in
          Record(setting.fields.map { ($0.name, $0.value) } + [("seed", .integer(seed))])
        }
      }
    }
    let width = try call.integer("at_once")
    guard (1...64).contains(width) else {
      throw call.error("at_once lies between 1 and 64 runs", at: "at_once")
    }
    let context = interpreter.context
    let outer = context.runQueue
    context.runQueue = RunQueue(width: width)
    defer { context.runQueue = outer }
    return .list(
      try settings.map { setting in
        let made = try interpreter.apply(call["f"], [.record(setting)])
        guard case .object(let object) = made, object is Run else {
          throw call.error(
            "the function should return a run, it returns \(made.withArticle)", at: "f",
            hint: "p => train(…, opt=Adam(p.lr))")
        }
        return .record(
          Record(setting.fields.map { ($0.name, $0.value) } + [("run", made)]))
      })
  }

  /// Runs with what is known of each beside: from runs, or from records that hold one.
  static func labelled(_ value: Value) -> [(settings: Record, run: Run)]? {
    guard case .list(let items) = value, !items.isEmpty else { return nil }
    var found: [(Record, Run)] = []
    for item in items {
      if case .object(let object) = item, let run = object as? Run {
        found.append((Record([]), run))
      } else if case .record(let record) = item, case .object(let object) = record["run"],
        let run = object as? Run
      {
        let rest = zip(record.names, record.fields).filter { $0.0 != "run" }
        found.append((Record(rest.map { ($0.0, $0.1.value) }), run))
      } else {
        return nil
      }
    }
    return found
  }

  /// For each run `lr=0.1 width=8`: the settings in which the runs differ; a number where there are
  /// none.
  static func labels(_ all: [Record]) -> [String] {
    let differing = Set(
      all.flatMap(\.names).filter { name in
        Set(all.map { $0[name]?.inline ?? "" }).count > 1
      })
    return all.enumerated().map { number, settings in
      let parts = zip(settings.names, settings.fields).filter { differing.contains($0.0) }
        .map { "\($0)=\($1.value.inline)" }
      return parts.isEmpty ? "\(number)" : parts.joined(separator: " ")
    }
  }

  /// A row of the table of runs, as a record.
  private static func row(_ settings: Record, _ run: Run) -> Record {
    let outlines = run.outlines
    var fields = zip(settings.names, settings.fields).map { (Optional($0), $1.value) }
    fields += [("status", .text(run.job.status.word)), ("steps", .integer(run.job.step))]
    for outline in outlines {
      fields.append(
        (
          String(outline.name.map { $0 == " " ? "_" : $0 }),
          outline.last.map { .number(Double($0.value)) } ?? .none
        ))
    }
    return Record(fields)
  }

  private static func runTable(_ call: Call, _ interpreter: Interpreter) throws -> Value {
    guard let all = labelled(call["rs"]) else {
      throw call.wrong("rs", expected: "runs, or what sweep returns")
    }
    let sort = call.isNone("sort") ? nil : try call.text("sort")
    let (isDescending, title) = (try call.boolean("descending"), try call.text("title"))
    var chosen = all
    if !call.isNone("keep") {
      for (_, run) in all { try run.wait(interpreter) }
      chosen = try all.filter { settings, run in
        let kept = try interpreter.apply(call["keep"], [.record(row(settings, run))])
        guard case .boolean(let flag) = kept else {
          throw call.error("the function should return true or false", at: "keep")
        }
        return flag
      }
    }
    let settings = chosen.map(\.settings)
    return .object(
      PlotObject(runs: chosen.map(\.run)) { runs in
        var rows = zip(settings, runs).map { row($0, $1) }
        if let sort {
          rows = sorted(rows, by: sort, isDescending: isDescending)
        }
        return TextTable(columns(rows), title: title)
      })
  }

  /// Rows without the value come last, in the order in which they were.
  private static func sorted(_ rows: [Record], by name: String, isDescending: Bool) -> [Record] {
    rows.enumerated().sorted { a, b in
      let (x, y) = (a.element[name], b.element[name])
      switch (x?.asNumber, y?.asNumber) {
      case (let p?, let q?) where p.isFinite && q.isFinite && p != q:
        return isDescending ? p > q : p < q
      case (let p?, let q?) where p.isFinite != q.isFinite: return p.isFinite
      case (nil, nil):
        guard let p = x?.inline, let q = y?.inline, p != q else { return a.offset < b.offset }
        return isDescending ? p > q : p < q
      case (nil, _): return false
      case (_, nil): return true
      default: return a.offset < b.offset
      }
    }.map(\.element)
  }

  static let sweepWords: [Builtin] = [
    Builtin(
      Entry(
        "sweep", family: "Runs",
        [
          Argument("f", .function, "From settings p to a run: p => train(…, opt=Adam(p.lr))."),
          Argument(
            "trials", .any, "So many random draws; none for every combination.", default: "none"),
          Argument("seeds", .integer, "Runs of each setting.", default: "1"),
          Argument("at_once", .integer, "Runs that go on side by side.", default: "2"),
          Argument(
            "settings", .record,
            "For each name a list of values, or a range (low, high) for draws.",
            variadic: true),
        ],
        summary: "Runs with different settings, one record for each: its settings and its run.",
        details: "They wait for each other in a queue. plot(s) draws all curves, run_table(s, "
          + "sort=\"loss\") compares them, band(s) draws seeds, parallel shows what made them good.",
        examples: [Example(sweepExample + "[p.lr for p in s]", prints: "[0.1, 0.01]")]), sweep),
    Builtin(
      plotEntry(
        "run_table",
        [
          Argument("rs", .list, "Runs, or what sweep returns."),
          Argument("sort", .any, "The column to sort by, such as \"val_loss\".", default: "none"),
          Argument("descending", .boolean, "The largest first.", default: "false"),
          Argument(
            "keep", .any, "Which rows stay: p => p.lr < 0.1; waits for the runs.",
            default: "none"), titleArgument,
        ], "Runs as a table, live: settings, state, steps and last values.",
        sweepExample + "run_table(s, sort=\"loss\")"), runTable),
  ]
}
