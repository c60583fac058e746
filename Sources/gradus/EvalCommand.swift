import ArgumentParser
import Language

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluates a text and prints its values.")

  @Argument(help: "A program of the language.") var source: String
  @Option(help: "The seed of its random numbers.") var seed: UInt64 = 0

  func run() throws {
    InterruptKey.watch()
    var evaluator = Evaluator(seed: seed)
    try DeepStack.run { evaluator.run(source) }.end()
  }
}
