import ArgumentParser
import Files
import Glibc
import Lessons
import Studio
import Terminal

/// The full screen, from one page to the next until the user ends it.
struct ScreenTour {
  enum Stop {
    case home
    case page(Effect.Destination)
  }

  /// Runs the first page at once.
  var runs = false
  /// Runs somebody else's notebook without asking.
  var trusts = false
  /// Where the session of the first page is recorded.
  var recording: String?

  func begin(_ start: Stop) throws {
    var next: Stop? = start
    var recording = recording
    while let stop = next {
      defer { recording = nil }
      switch stop {
      case .home: next = try showHome()
      case .page(.map): next = try showMap()
      case .page(.file(let path)):
        next = try open(path, copyOf: LessonFiles.origin(of: path), recording)
      case .page(.lesson(let name)):
        let place = try LessonFiles.place(named: name)
        guard let learner = LearnerFolder.ofUser() else {
          next = try open(place.path, copyOf: nil, recording)
          break
        }
        let path: String
        do throws(FileError) { path = try learner.makeCopy(of: place) } catch {
          complain("the lesson cannot be kept: \(error.message)")
          throw ExitCode(1)
        }
        next = try open(path, copyOf: place, recording)
      }
    }
  }

  private func showHome() throws -> Stop? {
    let device = try ScreenTour.device(instead: "gradus repl", farewell: "gradus has crashed.\n")
    let answer = Home.ask(on: device)
    device.close()
    switch answer {
    case .open(let path)?: return .page(.file(path))
    case .learn(let name)?: return .page(.lesson(name))
    case .map?: return .page(.map)
    case .quit?, nil: return nil
    }
  }

  private func showMap() throws -> Stop? {
    let device = try ScreenTour.device(
      instead: "gradus map | less", farewell: "gradus has crashed.\n")
    let answer = MapScreen.ask(on: device)
    device.close()
    return answer.map { .page($0) }
  }

  /// A page; where to go when it has ended.
  private func open(
    _ path: String, copyOf place: LessonShelf.Place?, _ recording: String? = nil
  ) throws -> Stop? {
    let session: StudioSession
    do throws(FileError) {
      session = try StudioSession(path, signatures: trusts || place != nil ? nil : .ofUser)
    } catch {
      complain(error.message)
      throw ExitCode(1)
    }
    session.state.keys = Keymaps.ofUser()
    session.recallUndo()
    session.beginLesson(LearnerFolder.ofUser(), copyOf: place, today: StudioSession.today)
    if let recording { try record(session, to: recording) }
    // On a page that is yet to be written the first key is text already.
    if session.state.isFirstCellEmpty { _ = session.press(.enter) }
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
        try goOnAlone(session, farewell)
        return nil
      }
      let device = try ScreenTour.device(
        instead: "gradus repl, or gradus run \(path)", farewell: farewell)
      if runs { session.press("ea") }
      status = StudioProgram(session, on: device).run(farewell: farewell)
    } catch {
      session.end()
      throw error
    }
    if session.state.attaches {
      try AttachCommand.attach(to: path)
      return nil
    }
    if status != 0 { throw ExitCode(status) }
    return session.state.destination.map { .page($0) }
  }

  private func record(_ session: StudioSession, to path: String) throws {
    if case .ask = session.state.mode {
      session.end()
      complain(
        "\(session.state.path) asks something first (another session has it, or work was recovered); "
          + "open it without --record, then record")
      throw ExitCode(1)
    }
    do throws(FileError) { try session.record(to: path) } catch {
      session.end()
      complain("cannot record: " + error.message)
      throw ExitCode(1)
    }
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
  private static func device(instead: String, farewell: String) throws -> TerminalDevice {
    do throws(TerminalProblem) { return try TerminalDevice(farewell: farewell) } catch {
      complain(error.message)
      complain("    try  \(instead)")
      throw ExitCode(1)
    }
  }
}
