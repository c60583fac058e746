import ArgumentParser
import Drawing
import Glibc
import Language
import Library
import Notebooks
import Tensors

/// Evaluates programs for commands and prints what they show.
struct Evaluator {
  private let interpreter = StandardLibrary.interpreter()
  private(set) var names = Names()
  let seed: UInt64
  /// Whether a program ends only when its runs have: nobody is there to watch them go on.
  let waits: Bool
  private var count: UInt64 = 0
  /// The last program with the change that its mistake offered.
  private(set) var change: String?

  enum Outcome {
    case done, failed, interrupted

    /// Ends the command with the status that says so.
    func end() throws {
      switch self {
      case .done: return
      case .failed: throw ExitCode(1)
      case .interrupted: throw ExitCode(130)
      }
    }
  }

  init(seed: UInt64 = 0, waits: Bool) { (self.seed, self.waits) = (seed, waits) }

  /// Runs one program, prints its values to standard output and its mistakes to standard error.
  mutating func run(_ source: String, folder: String = ".") -> Outcome {
    count += 1
    let interruption = Interruption()
    InterruptKey.ends(interruption)
    defer { InterruptKey.ends(nil) }
    let context = EvaluationContext(
      stream: RandomStream(seed: seed, cell: count), interruption: interruption, folder: folder)
    let outcome = CellEvaluation.run(source, in: names, context, interpreter)
    (names, change) = (outcome.names, outcome.change)
    if waits {
      // Nobody is there to wake a paused one.
      for case let run as Run in context.started where run.job.status != .paused {
        try? run.job.wait { interruption.isRequested }
      }
    }
    Printer.show(context.output)
    if let error = outcome.error { complain(error) }
    for note in outcome.notes { complain("note: " + note) }
    if interruption.isRequested { return .interrupted }
    return outcome.error == nil ? .done : .failed
  }

  func completions(_ prefix: String) -> [String] {
    Completions(of: prefix, at: prefix.utf8.count, in: names).items
      .map(\.text).filter { $0.hasPrefix(prefix) }
  }
}

/// Prints what cells show: pictures in colour where a terminal can show it.
enum Printer {
  static let hasColor =
    isatty(1) == 1 && getenv("NO_COLOR") == nil
    && (getenv("TERM").map { String(cString: $0) } ?? "dumb") != "dumb"

  static func show(_ output: [OutputItem]) {
    for item in output { show(item) }
    fflush(nil)
  }

  private static func show(_ item: OutputItem) {
    switch item {
    case .text(let text): print(visible(text))
    case .value(.object(let object)) where hasColor && object is PlotObject:
      guard let plot = object as? PlotObject else { return }
      for run in plot.runs { try? run.job.wait { false } }
      print(plot.picture.draw(width: 72, height: nil, depth: .palette).ansiText())
    case .value(let value): print(visible(value.text(width: 72)))
    }
  }
}

/// Text from outside with every control and direction character made visible.
func visible(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0xAD, 0x34F, 0x61C, 0x180E, 0xFFF9...0xFFFB, 0x1D173...0x1D17A:
      result.append(
        contentsOf: "<U+\(String(scalar.value, radix: 16, uppercase: true))>".unicodeScalars)
    case 10, 9, 32...126, 160...0x200A, 0x2010...0x2027, 0x202F...0x205F, 0x2070...0xFEFE,
      0xFF00...0xDFFFF:
      result.append(scalar)
    default:
      result.append(
        contentsOf: "<U+\(String(scalar.value, radix: 16, uppercase: true))>".unicodeScalars)
    }
  }
  return String(result)
}
