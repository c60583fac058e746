import Glibc
import Language
import Synchronization
import Terminal

/// Ctrl-C outside the full screen: ends the evaluation at hand; a second time, the program, unless it
/// is one to talk with.
enum InterruptKey {
  private static let current = Mutex<Interruption?>(nil)

  /// Catches the key from now on.
  static func watch(staysAlive: Bool = false) {
    let signals = SignalPipe([SIGINT])
    DeepStack.start {
      while true {
        for _ in signals.wait() {
          let isSecond = current.withLock { $0?.isRequested ?? true }
          if isSecond, !staysAlive { _exit(130) }
          current.withLock { $0?.request() }
        }
      }
    }
  }

  /// What the key ends; nil where it should end the program.
  static func ends(_ interruption: Interruption?) { current.withLock { $0 = interruption } }
}
