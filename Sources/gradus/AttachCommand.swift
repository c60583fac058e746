import ArgumentParser
import Files
import Glibc
import Studio
import Terminal

/// Brings back the screen of a session that goes on without a terminal.
struct AttachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "Brings back the screen of a notebook that goes on without a terminal.")

  @ArgumentParser.Argument(help: "Its notebook; without it, the one that goes on in this folder.")
  var file: String?

  func run() throws {
    if let file { return try AttachCommand.attach(to: file) }
    let found = [".", "notebooks"].flatMap { folder in
      FileBytes.names(in: folder).compactMap { name -> String? in
        guard name.hasPrefix("."), name.hasSuffix(".grd.socket"),
          SocketPlace(folder: folder, name: name).answers
        else { return nil }
        let notebook = name.dropFirst().dropLast(".grd.socket".count) + ".grd.md"
        return folder == "." ? String(notebook) : "\(folder)/\(notebook)"
      }
    }.sorted()
    guard found.count == 1, let only = found.first else {
      complain(
        found.isEmpty
          ? "no notebook of this folder goes on without a terminal"
          : "say which: " + found.joined(separator: ", "))
      throw ExitCode(1)
    }
    try AttachCommand.attach(to: only)
  }

  static func attach(to file: String) throws {
    let place = Recovery.socket(for: file)
    switch AttachedTerminal.show(place) {
    case .noSession:
      complain("\(file) does not go on anywhere; gradus \(file) opens it")
      throw ExitCode(1)
    case .notATerminal:
      complain("the full screen needs a terminal for input and output")
      throw ExitCode(1)
    case .left:
      if place.answers { say("\(file) goes on; gradus attach \(file) comes back") }
    case .lost: throw ExitCode(129)
    }
  }

  private static func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(1, bytes, bytes.count)
  }

  /// Starts a session without a terminal.
  static func startDetached(_ file: String, runs: Bool) throws {
    let place = Recovery.socket(for: file)
    guard !place.answers else {
      complain("\(file) goes on already; gradus attach \(file) shows it")
      throw ExitCode(1)
    }
    let child = DetachedProcess.start(["/proc/self/exe", file] + (runs ? ["--run"] : []))
    guard child > 0 else {
      complain("no session could be started")
      throw ExitCode(1)
    }
    for _ in 0..<200 {
      if place.answers {
        return say("\(file) goes on without a terminal; gradus attach \(file) shows it")
      }
      guard kill(child, 0) == 0, !DetachedProcess.hasEnded(child) else { break }
      usleep(25_000)
    }
    complain("\(file) could not be opened without a terminal; gradus \(file) says why")
    throw ExitCode(1)
  }
}
