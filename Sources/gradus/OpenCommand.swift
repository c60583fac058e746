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

  @Flag(help: "Opens it without a terminal; gradus attach shows it.")
  var detach = false

  @Flag(name: .customLong("run"), help: "Runs the page at once.")
  var runs = false

  @Flag(help: "As a dialogue of lines, for screen readers and terminals that only print.")
  var plain = false

  func run() throws {
    guard let file else {
      guard !plain else { throw ValidationError("say which notebook: gradus FILE --plain") }
      guard !detach else { throw ValidationError("say which notebook to detach") }
      if isatty(0) == 0 { return try ProgramCommand.runStandardInput() }
      let device = try device(instead: "gradus repl", farewell: "gradus has crashed.\n")
      guard case .open(let path)? = Home.ask(on: device) else { return device.close() }
      return try open(path, on: device)
    }
    if ProgramFile.isNamed(file) {
      guard !detach, !plain else { throw ValidationError("a program runs; it is not opened") }
      return try ProgramFile.run(file)
    }
    guard file.hasSuffix(".md") else {
      throw ValidationError(
        "\(file) is no command, nor \(ProgramFile.kinds); gradus --help lists the commands")
    }
    if detach { return try AttachCommand.startDetached(file, runs: runs) }
    if plain || TerminalDevice.isDumb { return try talk(file) }
    try open(file, on: nil)
  }

  /// The notebook line by line.
  private func talk(_ path: String) throws {
    let session: StudioSession
    do throws(FileError) { session = try StudioSession(path) } catch {
      complain(error.message)
      throw ExitCode(1)
    }
    session.recallUndo()
    let signals = SignalPipe([SIGINT])
    let dialogue = PlainDialogue(session, isStopped: { !signals.received().isEmpty }) { line in
      print(line)
      fflush(nil)
    }
    if runs { _ = dialogue.answer("run all") }
    let status = dialogue.run(LineReader(isPlain: true))
    if status != 0 { throw ExitCode(status) }
  }

  private func open(_ path: String, on shown: TerminalDevice?) throws {
    let session: StudioSession
    do throws(FileError) { session = try StudioSession(path) } catch {
      shown?.close()
      complain(error.message)
      throw ExitCode(1)
    }
    session.state.keys = Keymaps.ofUser()
    session.recallUndo()
    if let problem = session.state.keys.problems.first {
      session.state.message = "keys file: \(problem) (:keys shows all)"
    }
    let farewell =
      "gradus has crashed. What was typed is in \(Recovery.path(for: path)): "
      + "open the notebook again to go on.\n"
    let status: Int32
    do {
      if DetachedProcess.isThis {
        // What this program starts has a terminal of its own again.
        unsetenv(DetachedProcess.variable)
        return try goOnAlone(session, farewell)
      }
      let device =
        try shown ?? device(instead: "gradus repl, or gradus run \(path)", farewell: farewell)
      if runs { session.press("ea") }
      status = StudioProgram(session, on: device).run(farewell: farewell)
    } catch {
      session.end()
      throw error
    }
    if session.state.attaches { return try AttachCommand.attach(to: path) }
    if status != 0 { throw ExitCode(status) }
  }

  /// A session that begins on a terminal of its own.
  private func goOnAlone(_ session: StudioSession, _ farewell: String) throws {
    if session.state.isReadOnly { throw ExitCode(1) }
    if getenv("TERM") == nil { setenv("TERM", "xterm-256color", 1) }
    let host = try TerminalHost(
      Recovery.socket(for: session.state.path), columns: 80, rows: 24)
    let device = try TerminalDevice(farewell: farewell)
    session.state.size = device.size
    session.state.refresh()
    if runs { session.press("ea") }
    let status = StudioProgram(session, on: device, host).run(farewell: farewell)
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
