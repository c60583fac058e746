import Drawing
import Files
import Glibc
import Notebooks
import Terminal

/// The studio on a terminal: reads keys, starts effects, draws.
package final class StudioProgram {
  private let session: StudioSession
  private let device: TerminalDevice
  private var lastLook = Moment.now
  private var lastYield = Moment.now
  private var lastKey = Moment.now
  private var isRested = true
  private var pace = FramePace()
  /// The terminal of one's own, when the session goes on without one.
  private var host: TerminalHost?
  private var arrivals = 0

  package init(_ session: StudioSession, on device: TerminalDevice) {
    (self.session, self.device) = (session, device)
  }

  /// A session on a terminal of its own, to which others attach.
  package init(_ session: StudioSession, on device: TerminalDevice, _ host: TerminalHost) {
    (self.session, self.device, self.host) = (session, device, host)
  }

  /// Until the user ends it or the terminal goes; the exit status.
  package func run(farewell: String) -> Int32 {
    device.sayOnCrash(farewell)
    OtherThreads.screenFirst()
    let signals = SignalPipe([SIGTERM, SIGHUP, SIGWINCH])
    resize()
    show()
    while true {
      let isThere = device.wait(
        for: [session.runner.mailbox.descriptor, signals.descriptor], milliseconds: patience)
      let arrived = signals.received()
      for signal in arrived {
        if signal == SIGHUP, host != nil { continue }
        if signal != SIGWINCH { return end(128 + signal) }
        welcome()
        device.resize()
        resize()
      }
      if !isThere, host == nil { return end(128 + SIGHUP) }
      let keys = device.keys()
      restOrNot(keys.isEmpty)
      if !keys.isEmpty { lookAtFile() }
      for key in keys {
        if key == .control("l") { device.repaint() }
        perform(session.press(key))
        if let status = session.state.exitStatus { return end(status) }
      }
      let wasPrepared = session.state.isPrepared
      if !wasPrepared {
        session.state.prepare(50)
        // A large page is read in first; nothing of it looks otherwise meanwhile.
        if keys.isEmpty, arrived.isEmpty, !session.state.isPrepared { continue }
      }
      perform(session.receive())
      if let status = session.state.exitStatus { return end(status) }
      if session.state.isLive { step() }
      session.note()
      show()
    }
  }

  /// What can wait until nobody types is worked out when a moment went by without keys.
  private func restOrNot(_ isQuiet: Bool) {
    if !isQuiet {
      (isRested, lastKey) = (false, .now)
    } else if !isRested, lastKey.seconds > (session.state.pending.isEmpty ? 0.11 : 0.39) {
      isRested = true
      session.rest()
    }
  }

  /// Counts time while something goes on; what goes on gives way to the screen.
  private func step() {
    session.state.tick += 1
    guard lastYield.seconds > 0.5 else { return }
    lastYield = .now
    OtherThreads.giveWay()
  }

  /// How long to wait for keys: not at all while the page is being read in.
  private var patience: Int? {
    if !session.state.isPrepared { return 0 }
    if !isRested { return session.state.pending.isEmpty ? 120 : 400 }
    return session.state.isLive ? Int(1000 * pace.interval) : nil
  }

  /// Once a second at most, when the user is there.
  private func lookAtFile() {
    guard lastLook.seconds > 1 else { return }
    lastLook = .now
    session.lookAtFile()
  }

  private func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .toClipboard(let text): device.copy(text)
      case .suspend:
        device.pause()
        kill(getpid(), SIGSTOP)
        device.goOn()
        resize()
      case .editOutside: editOutside()
      case .detach: detach()
      case .mouse(let isOn): device.listen(toMouse: isOn)
      case .evaluate, .interrupt, .save, .stop, .adopt, .reload, .readShapes, .lookBack, .complete,
        .verify, .check, .keepProgress, .showLessons, .showReview, .showScoreboard,
        .open:
        break
      }
    }
  }

  /// Gives the file to the user's editor, then takes over what became of it.
  private func editOutside() {
    if session.state.isModified, let problem = session.saveNow() {
      session.state.message = "not saved, so not edited: \(problem)"
      return
    }
    let variables: [String] = ["VISUAL", "EDITOR"]
    let names = variables.compactMap { name in getenv(name).map { String(cString: $0) } }
    let editor = names.first { !$0.isEmpty } ?? "vi"
    device.pause()
    let status = ChildProcess.run(
      ["sh", "-c", editor + " \"$1\"", "sh", session.state.path])
    device.goOn()
    resize()
    guard status == 0 else {
      session.state.message = "\(editor) ended with status \(status)"
      return
    }
    session.reload(isOwnEdit: true)
  }

  private func resize() { session.state.size = device.size }

  /// A terminal that was just attached gets the whole screen.
  private func welcome() {
    guard let host, host.arrivalCount != arrivals else { return }
    arrivals = host.arrivalCount
    device.pause()
    device.goOn()
  }

  /// Leaves the terminal, but goes on.
  private func detach() {
    if let host { return host.drop() }
    device.pause()
    let path = session.state.path
    let size = device.size
    let console = fcntl(1, F_DUPFD_CLOEXEC, 3)
    do throws(HostProblem) {
      host = try TerminalHost(
        Recovery.socket(for: path), columns: size.columns, rows: size.rows)
      let note = Array("\(path) goes on; gradus attach \(path) comes back\n".utf8)
      _ = write(console, note, note.count)
      // The shell that waits for this program goes on when it sees it stopped.
      if getsid(0) != getpid() {
        DetachedProcess.wakeThisWhenStopped()
        kill(getpid(), SIGSTOP)
      }
    } catch {
      session.state.message = "cannot go on without a terminal: \(error.reason)"
    }
    close(console)
    device.goOn()
    resize()
  }

  private func show() {
    if let host, !host.isAttached { return }
    let begun = Moment.now
    session.state.refresh(whole: false)
    let (grid, cursor) = StudioView.draw(session.state)
    device.show(grid, cursor: cursor)
    let seconds = begun.seconds
    ScreenTime.add(seconds: seconds)
    pace.note(seconds)
  }

  /// Gives the terminal back. The journal stays when something was neither saved nor let go.
  private func end(_ status: Int32) -> Int32 {
    session.end()
    device.close()
    host?.end()
    return status
  }
}

/// A moment of the clock that never goes back.
struct Moment {
  private let nanoseconds: UInt64

  static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  /// Seconds since then.
  var seconds: Double { Double(Moment.now.nanoseconds - nanoseconds) / 1e9 }
}
