import ArgumentParser
import Files
import Glibc
import Studio
import Terminal

struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Plays a recorded session; any moment can be taken over.",
    discussion: """
      Recordings are made with gradus FILE.grd.md --record NAME.grd.rec. Playing evaluates and trains \
      again, so whoever watches can press t, go on from there himself, and return with Ctrl-G.
      """)

  @ArgumentParser.Argument(help: "A recording, name.grd.rec.") var file: String
  @Option(help: "How many times as fast; without a terminal as fast as it is computed.")
  var speed: Double?
  @Option(help: "The second to begin with.") var at: Double = 0
  @Option(help: "Prints the picture of that moment as text, COLUMNSxROWS or `same`, and ends.")
  var frame: String?
  @Option(help: "Writes the whole as asciicast of version 2 into a new file, and ends.")
  var cast: String?
  @Option(help: "Without a terminal: a picture is printed every so many seconds.") var every = 1.0

  func validate() throws {
    if let speed, !(0.01...1000 ~= speed) {
      throw ValidationError("a speed lies between 0.01 and 1000")
    }
    guard at >= 0, at < 1e6 else { throw ValidationError("--at takes seconds from 0") }
    guard every >= 0.01, every < 1e6 else { throw ValidationError("--every takes seconds") }
  }

  func run() throws {
    let recording = try read()
    let folder = NotebookFile.folder(of: file)
    let playback = Playback(recording, folder: folder)
    do {
      if let cast { return try write(playback, to: cast) }
      if let frame { return try printFrame(playback, frame) }
      guard isatty(0) == 1, isatty(1) == 1 else { return try printAll(playback) }
    } catch let problem as Playback.Problem {
      complain("\(file): \(problem.message)")
      throw ExitCode(1)
    }
    let device: TerminalDevice
    do throws(TerminalProblem) {
      device = try TerminalDevice(farewell: "gradus has crashed.\n")
    } catch {
      complain(error.message)
      complain("    try  gradus play \(file) | less")
      throw ExitCode(1)
    }
    if at > 0 { playback.seek(to: at * 1000) }
    let status = PlayProgram(
      playback, on: device, speed: speed ?? 1, ownPath: ownPath(in: folder, recording.name)
    ).run()
    if status != 0 { throw ExitCode(status) }
  }

  private func read() throws -> Recording {
    do {
      return try Recording(FileBytes.read(file, limit: 1 << 28))
    } catch let error as FileError {
      complain(error.message)
    } catch let error as Recording.Problem {
      complain("\(file):\(error.line): \(error.message)")
    }
    throw ExitCode(1)
  }

  /// A name beside the notebook that no file has yet.
  private func ownPath(in folder: String, _ name: String) -> String {
    let bare = name.hasSuffix(".grd.md") ? String(name.dropLast(7)) : name
    let prefix = folder == "." ? "" : folder + "/"
    var number = 1
    while true {
      let path = "\(prefix)\(bare)-mine\(number == 1 ? "" : "\(number)").grd.md"
      if !FileBytes.exists(path) { return path }
      number += 1
    }
  }

  private func printFrame(_ playback: Playback, _ frame: String) throws {
    let sides = frame.split(separator: "x").compactMap { Int($0) }
    guard frame == "same" || sides.count == 2 && sides.allSatisfy({ (1...1000).contains($0) })
    else {
      throw ValidationError("--frame takes columns and rows as 80x24, or `same`")
    }
    try playback.goTo(at * 1000)
    print(visible(playback.picture(size: sides.count == 2 ? (sides[0], sides[1]) : nil)))
  }

  /// Pictures one below the other, each under its moment.
  private func printAll(_ playback: Playback) throws {
    var shown = ""
    var start = timespec()
    clock_gettime(CLOCK_MONOTONIC, &start)
    var time = at * 1000
    let duration = Double(playback.recording.duration)
    while true {
      try playback.goTo(min(time, duration))
      if let speed { pause(until: (time - at * 1000) / speed, since: start) }
      let picture = playback.picture(size: nil)
      if picture != shown {
        print("── \(Playback.clock(min(time, duration))) ──\n\(visible(picture))")
        fflush(nil)
        shown = picture
      }
      if time >= duration { return }
      time += every * 1000
    }
  }

  private func pause(until milliseconds: Double, since start: timespec) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let gone = Double(now.tv_sec - start.tv_sec) * 1e3 + Double(now.tv_nsec - start.tv_nsec) / 1e6
    if milliseconds > gone { usleep(UInt32(min(1e9, (milliseconds - gone) * 1000))) }
  }

  private func write(_ playback: Playback, to path: String) throws {
    guard !FileBytes.exists(path) else {
      throw ValidationError("\(path) is there already; an export needs a name of its own")
    }
    let text = try playback.asciicast()
    do throws(FileError) { try FileBytes.writeAtomically(Array(text.utf8), to: path) } catch {
      complain("not written: " + error.message)
      throw ExitCode(1)
    }
  }
}
