import ArgumentParser
import Language
import Glibc

/// A program from standard input.
struct ProgramCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "program", abstract: "Reads a program from standard input and prints its values.",
    shouldDisplay: false)

  func run() throws { try Self.runStandardInput() }

  static func runStandardInput() throws {
    var source = ""
    while let line = readLine(strippingNewline: false) { source += line }
    InterruptKey.watch()
    var evaluator = Evaluator(waits: true)
    let text = source
    try DeepStack.run { evaluator.run(text) }.end()
  }
}
