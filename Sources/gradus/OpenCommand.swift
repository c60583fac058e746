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
      let device = try device(instead: "gradus repl", farewell: "gradus has crashed.\n")
      guard case .open(let path)? = Home.ask(on: device) else { return device.close() }
      return try open(path, on: device)
    }
    guard file.hasSuffix(".md") else {
      throw ValidationError(
        "\(file) is neither a command nor a notebook (name.grd.md); gradus --help lists the commands"
      )
    }
    try open(file, on: nil)
  }

  private func open(_ path: String, on shown: TerminalDevice?) throws {
    let session: StudioSession
    do throws(FileError) { session = try StudioSession(path) } catch {
      shown?.close()
      complain(error.message)
      throw ExitCode(1)
    }
    let farewell =
      "gradus has crashed. What was typed is in \(Recovery.path(for: path)): "
      + "open the notebook again to go on.\n"
    let status: Int32
    do {
      let device =
        try shown ?? device(instead: "gradus repl, or gradus run \(path)", farewell: farewell)
      status = StudioProgram(session, on: device).run(farewell: farewell)
    } catch {
      session.end()
      throw error
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// The full screen, or what to do instead.
  private func device(instead: String, farewell: String) throws -> TerminalDevice {
    do throws(TerminalProblem) { return try TerminalDevice(farewell: farewell) } catch {
      complain(error.message)
      complain("    try  \(instead)")
      throw ExitCode(1)
    }
  }
}
