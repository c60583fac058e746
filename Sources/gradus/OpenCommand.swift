import ArgumentParser
import Files
import Glibc
import Language
import Notebooks
import Studio
import Terminal

/// Without a subcommand: the studio; without a terminal, a program from standard input.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Opens a notebook in the studio, the full-screen notebook.")

  @ArgumentParser.Argument(help: "A notebook, name.grd.md; a new one when it is not there yet.")
  var file: String?

  func run() throws {
    guard let file else {
      if isatty(0) == 0 { return try ProgramCommand.runStandardInput() }
      return try open(Self.freshName())
    }
    guard file.hasSuffix(".md") else {
      throw ValidationError(
        "\(file) is neither a command nor a notebook (name.grd.md); gradus --help lists the commands"
      )
    }
    try open(file)
  }

  private func open(_ path: String) throws {
    let page: (state: StudioState, recovery: Recovery?, bytes: [UInt8])
    do throws(FileError) { page = try StudioProgram.open(path) } catch {
      complain(error.message)
      throw ExitCode(1)
    }
    let device: TerminalDevice
    do throws(TerminalProblem) {
      device = try TerminalDevice(
        farewell: "gradus has crashed. What was typed is in \(Recovery.path(for: path)): "
          + "open the notebook again to go on.\n")
    } catch {
      page.recovery?.close(page.state)
      complain(error.message)
      complain("    try  gradus repl, or gradus run \(path)")
      throw ExitCode(1)
    }
    let status = StudioProgram(path: path, device: device, open: page).run()
    if status != 0 { throw ExitCode(status) }
  }

  /// A name for a new notebook that no file has.
  private static func freshName() -> String {
    var number = 1
    while FileBytes.exists("untitled\(number == 1 ? "" : "\(number)").grd.md") { number += 1 }
    return "untitled\(number == 1 ? "" : "\(number)").grd.md"
  }
}
