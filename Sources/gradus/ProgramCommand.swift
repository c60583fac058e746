import ArgumentParser
import Glibc

/// Without a subcommand: a program from standard input.
struct ProgramCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "program", abstract: "Reads a program from standard input and prints its values.",
    shouldDisplay: false)

  func run() throws {
    guard isatty(0) == 0 else {
      throw CleanExit.helpRequest(Gradus.self)
    }
    var source = ""
    while let line = readLine(strippingNewline: false) { source += line }
    var evaluator = Evaluator()
    let text = source
    guard onDeepStack({ evaluator.run(text) }) else { throw ExitCode(1) }
  }
}
