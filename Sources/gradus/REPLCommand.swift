import ArgumentParser
import Glibc
import Language
import Terminal

struct REPLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl", abstract: "Evaluates line by line, for terminals of every kind.")

  @Option(help: "The seed of its random numbers.") var seed: UInt64 = 0

  func run() throws {
    InterruptKey.watch(staysAlive: isatty(0) == 1)
    var evaluator = Evaluator(seed: seed, waits: false)
    let reader = LineReader()
    defer { reader.close() }
    let isTalking = isatty(0) == 1
    if isTalking {
      print("Gradus. ?name explains, ? lists all, Up takes what `try` says, Ctrl-D ends.")
    }
    fflush(nil)
    var source = ""
    while true {
      let prompt = !isTalking ? "" : source.isEmpty ? "> " : "· "
      switch reader.read(prompt: prompt, complete: { evaluator.completions($0) }) {
      case .end:
        if !source.isEmpty { evaluate(source, &evaluator) }
        return
      case .cancelled: source = ""
      case .line(let line):
        reader.remember(line)
        if source.isEmpty, line.allSatisfy(\.isWhitespace) { continue }
        // An empty line ends a program that seems to go on.
        let isForced = !source.isEmpty && line.isEmpty
        source += source.isEmpty ? line : "\n" + line
        guard isForced || isComplete(source) else { continue }
        evaluate(source, &evaluator)
        // The change that a mistake offers stands above, to be taken with the up key.
        if let change = evaluator.change, !change.contains("\n") { reader.remember(change) }
        source = ""
      }
    }
  }

  private func evaluate(_ source: String, _ evaluator: inout Evaluator) {
    var copy = evaluator
    if DeepStack.run({ copy.run(source) }) == .interrupted, isatty(0) == 0 { _exit(130) }
    evaluator = copy
  }
}
