import ArgumentParser
import Files
import Formats
import Tensors

/// Cases of PyTorch's operators and modules: values and gradients.
struct OperatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops",
    abstract: "Runs operator and module cases; their tensors lie in a .safetensors file beside.")

  @Argument(help: "The cases, one JSON object a line.") var cases: String
  @Option(help: "The tensors; by default the cases' path ending in .safetensors.")
  var tensors: String?
  @Option(help: "Only cases of this operator or module.") var only: String?
  @Option(help: "Relative tolerance.") var rtol = 1e-3
  @Option(help: "Absolute tolerance.") var atol = 1e-5
  @Flag(help: "Only cases that do not pass, and the summary.") var failures = false
  @Option(help: .hidden) var resume: String?

  func run() throws {
    let path = tensors ?? beside(cases)
    let store = try Safetensors(FileBytes.read(path))
    let tolerance = Tolerance(relative: rtol, absolute: atol)
    let known = (resume ?? "").split(separator: ",").compactMap { Int($0) }
    let first = known.count == 7 ? known[0] : 0
    var counts = first > 0 ? [Tally(known[1...3]), Tally(known[4...6])] : [Tally(), Tally()]
    Survival.begin(resumingWith: "--resume")
    let lines = try FileBytes.read(cases).split(separator: UInt8(ascii: "\n"))
    for (index, line) in lines.enumerated() where index >= first {
      let item = try Case(JSON(parsing: line))
      if let only, item.name != only { continue }
      var lost = Verdict()
      lost.fail("the process did not survive")
      var after = counts
      after[item.isModule ? 1 : 0].count(lost)
      let places = [index + 1] + after.flatMap(\.numbers)
      Survival.note(
        lost.line(of: item).written, from: places.map { "\($0)" }.joined(separator: ","))
      let verdict = item.verdict(store, tolerance)
      counts[item.isModule ? 1 : 0].count(verdict)
      if !failures || verdict.status != .pass { print(verdict.line(of: item).written) }
    }
    print(
      JSON.object([
        JSON.Field(
          "summary",
          .object([JSON.Field("ops", counts[0].json), JSON.Field("modules", counts[1].json)])),
        JSON.Field("rtol", .number(rtol)), JSON.Field("atol", .number(atol)),
      ]).written)
  }

  private func beside(_ path: String) -> String {
    (path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path) + ".safetensors"
  }
}

/// How many cases ended in which way.
struct Tally {
  private var pass = 0
  private var fail = 0
  private var unsupported = 0

  init() {}

  /// From `numbers` of another.
  init(_ numbers: ArraySlice<Int>) {
    let all = Array(numbers)
    (pass, fail, unsupported) = (all[0], all[1], all[2])
  }

  var numbers: [Int] { [pass, fail, unsupported] }

  mutating func count(_ verdict: Verdict) {
    switch verdict.status {
    case .pass: pass += 1
    case .fail: fail += 1
    case .unsupported: unsupported += 1
    }
  }

  var json: JSON {
    .object([
      JSON.Field("pass", .integer(pass)), JSON.Field("fail", .integer(fail)),
      JSON.Field("unsupported", .integer(unsupported)),
    ])
  }
}
