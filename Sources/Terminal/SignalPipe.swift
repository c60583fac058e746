import CTerminal
import Glibc

/// Signals as bytes that can be waited for, instead of what they do otherwise.
package struct SignalPipe: Sendable {
  /// Readable while a signal waits.
  package let descriptor: Int32

  /// Watches signals; every program has one pipe for all that it watches.
  package init(_ numbers: [Int32]) { descriptor = ct_signals_watch(numbers, Int32(numbers.count)) }

  /// The signals that came since the last call.
  package func received() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 ? bytes[..<count].map { Int32($0) } : []
  }

  /// Waits for the next signals.
  package func wait() -> [Int32] {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&waiting, 1, -1) < 0, errno == EINTR {}
    return received()
  }
}
