import ArgumentParser
import Files
import Glibc
import Lessons
import Notebooks
import Studio
import Terminal
import Vocabulary

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

  @Flag(help: "Runs somebody else's notebook without asking first.")
  var trust = false

  @Option(help: "Records the session into a new file, name.grd.rec; gradus play shows it.")
  var record: String?

  func run() throws {
    if let record, FileBytes.exists(record) || file == nil || plain || detach {
      throw ValidationError(
        file == nil || plain || detach
          ? "a recording is of one notebook on the full screen"
          : "\(record) is there already; a recording needs a name of its own")
    }
    guard let file else {
      guard !plain else { throw ValidationError("say which notebook: gradus FILE --plain") }
      guard !detach else { throw ValidationError("say which notebook to detach") }
      if isatty(0) == 0 { return try ProgramCommand.runStandardInput() }
      return try ScreenTour().begin(.home)
    }
    if ProgramFile.isNamed(file) {
      guard !detach, !plain else { throw ValidationError("a program runs; it is not opened") }
      return try ProgramFile.run(file)
    }
    guard file.hasSuffix(".md") else {
      let commands = Gradus.configuration.subcommands.compactMap { $0.configuration.commandName }
      let near = Suggestion.nearest(to: file, among: commands)
      throw ValidationError(
        "\(file) is no command, nor \(ProgramFile.kinds); "
          + (near.map { "did you mean gradus \($0)?" } ?? "gradus --help lists the commands"))
    }
    if detach { return try AttachCommand.startDetached(file, runs: runs) }
    if plain || TerminalDevice.isDumb { return try talk(file) }
    try ScreenTour(runs: runs, trusts: trust, recording: record).begin(.page(.file(file)))
  }

  /// The notebook line by line.
  private func talk(_ path: String) throws {
    if let bytes = try? FileBytes.read(path), case let lesson = Lesson(bytes), lesson.number > 0 {
      let place = LessonFiles.origin(of: path) ?? LessonShelf.Place(path: path, lesson: lesson)
      return try LessonTalk.begin(place, of: LessonShelf(NotebookFile.folder(of: path)))
    }
    let session: StudioSession
    do throws(FileError) {
      session = try StudioSession(path, signatures: trust ? nil : .ofUser)
    } catch {
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
}
