import Glibc
import Language
import Library
import Tensors

/// Evaluates programs for commands and prints what they show.
struct Evaluator {
  private let interpreter = StandardLibrary.interpreter()
  private var names = Names()
  let interruption = Interruption()
  let seed: UInt64
  private var count: UInt64 = 0

  init(seed: UInt64 = 0) { self.seed = seed }

  /// Runs one program, prints its values to standard output and its mistakes to standard error.
  mutating func run(_ source: String, folder: String = ".") -> Bool {
    count += 1
    let context = EvaluationContext(
      stream: RandomStream(seed: seed, cell: count), interruption: interruption, folder: folder)
    do {
      let result = try interpreter.evaluate(source, in: names, context)
      names = result.names
      show(context.output)
      for note in result.notes { complain("note: " + note) }
      return true
    } catch {
      show(context.output)
      complain(error.rendered(source: source))
      return false
    }
  }

  private func show(_ output: [OutputItem]) {
    for item in output {
      switch item {
      case .text(let text): print(visible(text))
      case .value(let value): print(visible(value.text(width: 72)))
      }
    }
    fflush(nil)
  }
}

/// Text from outside with every control and direction character made visible.
func visible(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
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
