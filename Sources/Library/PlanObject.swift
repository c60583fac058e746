import Language
import Tensors
import Training
import Vocabulary

/// The steps that a run repeats, line by line, with the memory that each takes and its time.
final class PlanObject: LanguageObject {
  private let lines: [TensorProgram.LineReport]
  private let bytes: Int

  init(_ lines: [TensorProgram.LineReport], bytes: Int) {
    (self.lines, self.bytes) = (lines, bytes)
  }

  var kindName: String { "plan" }
  var fieldNames: [String] { ["lines", "bytes", "microseconds"] }
  var children: [(name: String, value: Value)] { [] }

  private var microseconds: Double { lines.reduce(0) { $0 + $1.microseconds } }

  func field(_ name: String, _ interpreter: Interpreter) -> Value? {
    switch name {
    case "lines": .integer(lines.count)
    case "bytes": .integer(bytes)
    case "microseconds": .number(microseconds)
    default: nil
    }
  }

  func text(width: Int) -> String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    func row(_ number: String, _ name: String, _ shape: String, _ bytes: String, _ time: String)
      -> String
    {
      right(number, 4) + "  " + left(name, names) + left(shape, shapes) + right(bytes, 10)
        + right(time, 10)
    }
    let names = max(9, lines.map(\.name.count).max() ?? 0) + 1
    let shapes = max(6, lines.map { "\($0.shape)".count }.max() ?? 0) + 1
    var rows = [row("", "operation", "result", "bytes", "µs")]
    for (index, line) in lines.enumerated() {
      rows.append(
        row(
          "\(index + 1)", line.name, "\(line.shape)", "\(line.bytes)",
          shortNumber(line.microseconds, digits: 4)))
    }
    return
      (rows + [
        "\(lines.count) lines share \(bytes) bytes and take "
          + "\(shortNumber(microseconds, digits: 4)) µs, without the optimizer."
      ]).joined(separator: "\n")
  }
}

extension StandardLibrary {
  static let planWords: [Builtin] = [
    Builtin(
      Entry(
        "plan", family: "Runs", [Argument("r", .run, "A run.")],
        summary: "The operations that a run repeats at every step, with their bytes and times.",
        details: "The loss and its gradients of one batch; results that are not needed at the same "
          + "time share memory. Times are measured when it is asked for.",
        examples: [
          Example(
            "plan(await(train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]), epochs=5, batch=4))).lines > 2",
            prints: "true")
        ])
    ) { call, interpreter in
      let run = try run(call)
      guard let learner = run.job.result as? ModelLearner, let plan = learner.plan else {
        throw call.error("a run of your own step has no plan", at: "r")
      }
      guard let (program, given) = try learner.planned() else {
        throw call.error(
          "this run repeats no plan: " + (plan.obstacle ?? "it has taken fewer than three steps"),
          at: "r")
      }
      interpreter.context.hasReadClock = true
      let copy = try program.copy()
      return .object(
        PlanObject(try copy.timed(given, RandomStream(seed: 0)), bytes: copy.byteCount))
    }
  ]
}
