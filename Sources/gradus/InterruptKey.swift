import Dispatch
import Glibc
import Language
import Synchronization

/// Ctrl-C outside the full screen: ends the evaluation at hand; a second time, the program.
enum InterruptKey {
  private static let current = Mutex<Interruption?>(nil)

  /// Catches the key from now on.
  static func watch() {
    signal(SIGINT, SIG_IGN)
    let watcher = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    watcher.setEventHandler { @Sendable in
      let isSecond = current.withLock { $0?.isRequested ?? true }
      if isSecond { _exit(130) }
      current.withLock { $0?.request() }
    }
    watcher.activate()
    // Watches as long as the program lives.
    _ = Unmanaged.passRetained(watcher as AnyObject)
  }

  /// What the key ends; nil where it should end the program.
  static func ends(_ interruption: Interruption?) { current.withLock { $0 = interruption } }
}
