import CTerminal
import Glibc

/// Requests from outside to end: they are remembered, and a waiting `poll` returns.
package enum EndingSignals {
  package static func watch(_ numbers: [Int32] = [SIGTERM, SIGHUP]) {
    ct_signals_watch(numbers, Int32(numbers.count))
  }

  /// The signal that came since the last call.
  package static func received() -> Int32? {
    let number = ct_signal_received()
    return number == 0 ? nil : number
  }
}
