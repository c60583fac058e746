import Dispatch
import Synchronization

/// Runs that wait for each other: so many at a time, in the order in which they came.
package final class RunQueue: Sendable {
  private struct Waiting {
    let job: TrainingJob
    let body: @Sendable () -> Void
  }
  private struct State {
    var waiting: [Waiting] = []
    var running = 0
  }
  private let state = Mutex(State())
  private let width: Int

  package init(width: Int) { self.width = max(1, width) }

  func add(_ job: TrainingJob, _ body: @escaping @Sendable () -> Void) {
    state.withLock { $0.waiting.append(Waiting(job: job, body: body)) }
    startNext()
  }

  private func startNext() {
    let next = state.withLock { s -> Waiting? in
      guard s.running < width, !s.waiting.isEmpty else { return nil }
      s.running += 1
      return s.waiting.removeFirst()
    }
    guard let next else { return }
    DispatchQueue(label: "training").async { @Sendable [self] in
      next.body()
      state.withLock { $0.running -= 1 }
      startNext()
    }
  }
}
