import Synchronization
import Tensors

/// Seconds of the processor that a run takes, which others may read while it goes on and after it is gone.
package final class ThreadWork: Sendable {
  private struct State {
    /// The clock of the thread on which it runs, and what that showed at the start.
    var clock: (thread: ThreadClock, before: Double)?
    /// What it has taken, once it has ended.
    var taken = 0.0

    var soFar: Double {
      clock.map { max(0, ($0.thread.seconds ?? $0.before) - $0.before) } ?? taken
    }
  }

  private let state = Mutex(State())

  /// Begins on the thread that asks.
  func begin() {
    let clock = ThreadClock.current
    state.withLock { $0.clock = (clock, clock.seconds ?? 0) }
  }

  /// Ends on the thread that began.
  func end() { state.withLock { ($0.taken, $0.clock) = ($0.soFar, nil) } }

  package var seconds: Double { state.withLock { $0.soFar } }
}
