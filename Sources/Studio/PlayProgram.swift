import Drawing
import Glibc
import Tensors
import Terminal

/// A recording on a terminal: it plays, and gives the keyboard away and takes it back.
package final class PlayProgram {
  private let playback: Playback
  private let device: TerminalDevice
  private var speed: Double
  private var isPaused = false
  private var problem = ""
  private var last = Moment.now
  private var lastKey = Moment.now
  private var isRested = true
  /// Where the viewer's page is saved.
  private let ownPath: String

  /// Speeds that the keys step through.
  private static let speeds = [0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 32, 64]

  package init(
    _ playback: Playback, on device: TerminalDevice, speed: Double, ownPath: String
  ) {
    (self.playback, self.device, self.speed, self.ownPath) = (playback, device, speed, ownPath)
  }

  /// Until the viewer ends it or the terminal goes; the exit status.
  package func run() -> Int32 {
    let signals = SignalPipe([SIGTERM, SIGHUP, SIGWINCH])
    while true {
      let isThere = device.wait(
        for: [playback.descriptor, signals.descriptor], milliseconds: isStill ? 500 : 30)
      for signal in signals.received() {
        if signal != SIGWINCH { return end(128 + signal) }
        device.resize()
      }
      if !isThere { return end(128 + SIGHUP) }
      for key in device.keys() {
        (lastKey, isRested) = (.now, false)
        if playback.isTaken { pressOwn(key) } else if press(key) { return end(0) }
      }
      if !isRested, lastKey.seconds > 0.11 {
        isRested = true
        playback.rest()
      }
      step()
      show()
    }
  }

  private var isStill: Bool {
    (isPaused || playback.isAtEnd) && !playback.isTaken && !playback.isSeeking
  }

  private func end(_ status: Int32) -> Int32 {
    device.close()
    return status
  }

  private func step() {
    let passed = last.seconds * 1000
    last = .now
    do throws(Playback.Problem) {
      try playback.advance(by: isPaused && !playback.isTaken ? 0 : passed * speed)
    } catch {
      (problem, isPaused) = (error.message, true)
    }
  }

  // MARK: Keys

  private func pressOwn(_ key: Key) {
    playback.resize(columns: device.size.columns, rows: max(1, device.size.rows - 1))
    if key == .control("l") { device.repaint() }
    if key == .control("g") { return playback.giveBack() }
    playback.press(key)
    // Who ends the notebook is back in the recording.
    if playback.state.exitStatus != nil { playback.giveBack() }
  }

  /// A key that steers the recording; true when it ends.
  private func press(_ key: Key) -> Bool {
    problem = ""
    let time = playback.time
    switch key {
    case .character("q"), .control("c"), .control("q"): return true
    case .character(" "): isPaused.toggle()
    case .right: playback.seek(to: time + 10_000)
    case .left: playback.seek(to: time - 10_000)
    case .pageDown: playback.seek(to: time + 60_000)
    case .pageUp: playback.seek(to: time - 60_000)
    case .home: playback.seek(to: 0)
    case .end: playback.seek(to: Double(playback.recording.duration))
    case .character("+"), .character("="), .up: change(by: 1)
    case .character("-"), .down: change(by: -1)
    case .character("1"): speed = 1
    case .character("t"), .enter: takeOver(branch: false)
    case .character("T"): takeOver(branch: true)
    case .control("l"): device.repaint()
    default: break
    }
    return false
  }

  private func takeOver(branch: Bool) {
    playback.takeOver(
      path: ownPath, size: (device.size.columns, max(1, device.size.rows - 1)), branch: branch)
  }

  private func change(by way: Int) {
    let all = PlayProgram.speeds
    speed =
      way > 0 ? all.first { $0 > speed } ?? all[all.count - 1] : all.last { $0 < speed } ?? all[0]
  }

  // MARK: Picture

  private func show() {
    let (columns, rows) = device.size
    guard columns > 0, rows > 1 else { return }
    let (page, cursor) = StudioView.draw(playback.state)
    var grid = Grid(width: columns, height: rows)
    for row in 0..<min(rows - 1, page.height) {
      for column in 0..<min(columns, page.width) { grid[column, row] = page[column, row] }
    }
    let bar = problem.isEmpty ? bar : " " + problem
    let style = Style(isBold: true)
    grid.write(bar, column: 0, row: rows - 1, style: style, limit: columns)
    let isSeen = cursor.map { $0.column < columns && $0.row < rows - 1 } ?? false
    device.show(grid, cursor: isSeen ? cursor : nil)
  }

  private var bar: String {
    let place =
      "\(PlayProgram.clock(playback.time))/"
      + PlayProgram.clock(Double(playback.recording.duration))
    if playback.isTaken {
      return " ✎ yours, from \(place)   Ctrl-G back to the recording   Ctrl-S saves \(ownPath)"
    }
    let sign =
      playback.isSeeking || playback.isHeld ? "…" : playback.isAtEnd ? "■" : isPaused ? "‖" : "▶"
    let mine = playback.hasBranch ? "  T yours" : ""
    return " \(sign) \(place) \(shortNumber(speed, digits: 3))x   Space pause  ←→ 10 s  +- speed  "
      + "t take over\(mine)  q end"
  }

  /// Minutes and seconds.
  static func clock(_ milliseconds: Double) -> String {
    let seconds = Int(milliseconds / 1000)
    let rest = seconds % 60
    return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
  }
}
