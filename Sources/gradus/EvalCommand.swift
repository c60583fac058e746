import ArgumentParser
import Language

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluates a text and prints its values.")

  // A text such as -2^2 is no option, though it begins like one.
  @Argument(parsing: .allUnrecognized, help: "A program of the language.") var source: [String]
  @Option(help: "The seed of its random numbers.") var seed: UInt64 = 0

  func validate() throws {
    guard source.count == 1 else {
      throw ValidationError("eval takes one text, here are \(source.count): quote it as a whole")
    }
  }

  func run() throws {
    InterruptKey.watch()
    var evaluator = Evaluator(seed: seed, waits: true)
    try DeepStack.run { evaluator.run(source[0]) }.end()
  }
}
