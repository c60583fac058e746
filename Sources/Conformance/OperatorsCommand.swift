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

  func run() throws {
    let path = tensors ?? beside(cases)
    let store = try Safetensors(FileBytes.read(path))
    let tolerance = Tolerance(relative: rtol, absolute: atol)
    var counts = [Tally(), Tally()]
    for line in try FileBytes.read(cases).split(separator: UInt8(ascii: "\n")) {
      let item = try Case(JSON(parsing: line))
      if let only, item.name != only { continue }
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
