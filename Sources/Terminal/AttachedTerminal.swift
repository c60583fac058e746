import CTerminal
import Glibc

/// This terminal as the screen of a session that goes on elsewhere.
package enum AttachedTerminal {
  package enum Outcome: Sendable {
    /// Nobody answers at the socket.
    case noSession
    case notATerminal
    /// The session let this terminal go.
    case left
    /// This terminal has gone.
    case lost
  }

  /// What brings a terminal into and out of the full screen.
  private static let begin = "\u{1B}[?1049h\u{1B}[2J"
  private static let end =
    "\u{1B}[<u\u{1B}[?2004l\u{1B}[?1006l\u{1B}[?1003l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[0m\u{1B}[?25h"
    + "\u{1B}[?1l\u{1B}>\u{1B}[?1049l"

  /// Shows a session until it lets go.
  package static func show(_ place: SocketPlace) -> Outcome {
    var modes = termios()
    guard isatty(0) == 1, isatty(1) == 1, tcgetattr(0, &modes) == 0 else { return .notATerminal }
    let socket = ct_socket_connect(place.folder, place.name)
    guard socket >= 0 else { return .noSession }
    defer { close(socket) }
    ct_guard_install("")
    let original = modes
    cfmakeraw(&modes)
    tcsetattr(0, TCSADRAIN, &modes)
    put(begin)
    defer {
      put(end)
      var back = original
      tcsetattr(0, TCSADRAIN, &back)
    }
    let signals = SignalPipe([SIGWINCH, SIGTERM, SIGHUP])
    guard sendSize(socket) else { return .left }
    var buffer = [UInt8](repeating: 0, count: 1 << 15)
    while true {
      var all = [0, socket, signals.descriptor].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      if poll(&all, nfds_t(all.count), -1) < 0 { continue }
      for signal in signals.received() {
        if signal != SIGWINCH { return .lost }
        guard sendSize(socket) else { return .left }
      }
      if all[1].revents != 0 {
        let count = read(socket, &buffer, buffer.count)
        guard count > 0 else { return .left }
        guard writeAll(1, Array(buffer[..<count])) else { return .lost }
      }
      if all[0].revents != 0 {
        let count = read(0, &buffer, buffer.count)
        guard count > 0 else { return .lost }
        let head: [UInt8] = [UInt8(ascii: "K"), UInt8(count >> 8), UInt8(count & 255)]
        guard writeAll(socket, head + buffer[..<count]) else { return .left }
      }
    }
  }

  private static func sendSize(_ socket: Int32) -> Bool {
    var size = winsize()
    _ = ioctl(1, UInt(TIOCGWINSZ), &size)
    let columns = size.ws_col == 0 ? 80 : size.ws_col
    let rows = size.ws_row == 0 ? 24 : size.ws_row
    return writeAll(
      socket,
      [
        UInt8(ascii: "S"), UInt8(columns >> 8), UInt8(columns & 255), UInt8(rows >> 8),
        UInt8(rows & 255),
      ])
  }

  private static func put(_ text: String) { _ = writeAll(1, Array(text.utf8)) }

  private static func writeAll(_ file: Int32, _ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { write(file, $0.baseAddress! + done, bytes.count - done) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return false }
      done += count
    }
    return true
  }
}
