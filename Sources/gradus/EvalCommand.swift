import ArgumentParser
import Language

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluates a text and prints its values.")

  @Argument(help: "A program of the language.") var source: String
  @Option(help: "The seed of its random numbers.") var seed: UInt64 = 0

  func run() throws {
    var evaluator = Evaluator(seed: seed)
    guard DeepStack.run({ evaluator.run(source) }) else { throw ExitCode(1) }
  }
}
