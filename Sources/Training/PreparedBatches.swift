import Dispatch
import Synchronization

/// What makes a batch ready for a learner, apart from what it has learned.
package typealias BatchPreparation = @Sendable (PlannedBatch) throws -> any Sendable

/// Batches made ready in order on a queue of their own, at most `ahead` of them before they are
/// taken. Each depends on its step alone, so that being ahead changes no number.
final class PreparedBatches: Sendable {
  private struct State {
    var sequence: BatchSequence
    let examples: Int
    /// The place of the next batch to be made ready.
    var next: BatchPlace
    var ready: [Result<any Sendable, any Error>] = []
    var isMaking = false
    var isOver = false
  }

  private let state: Mutex<State>
  private let end: Int
  private let ahead: Int
  private let prepare: BatchPreparation
  private let queue = DispatchQueue(label: "batches")
  private let filled = DispatchSemaphore(value: 0)

  init(
    _ plan: TrainingPlan, examples: Int, from first: BatchPlace, to end: Int,
    _ prepare: @escaping BatchPreparation
  ) {
    state = Mutex(
      State(sequence: BatchSequence(plan, examples: examples), examples: examples, next: first))
    self.end = end
    ahead = max(1, plan.ahead)
    self.prepare = prepare
    makeMore()
  }

  /// The next batch, as soon as it is ready.
  func take() throws -> any Sendable {
    while true {
      let found = state.withLock { $0.ready.isEmpty ? nil : $0.ready.removeFirst() }
      if let found {
        makeMore()
        return try found.get()
      }
      _ = filled.wait(timeout: .now() + .milliseconds(100))
    }
  }

  /// Nothing more is made.
  func stop() { state.withLock { $0.isOver = true } }

  private func makeMore() {
    let isNew = state.withLock { s -> Bool in
      guard !s.isMaking, !s.isOver, s.next.step < end, s.ready.count < ahead else { return false }
      s.isMaking = true
      return true
    }
    if isNew { queue.async { @Sendable in self.make() } }
  }

  private func make() {
    while true {
      let batch = state.withLock { s -> PlannedBatch? in
        guard !s.isOver, s.next.step < end, s.ready.count < ahead else {
          s.isMaking = false
          return nil
        }
        defer { s.next.advance(s.examples) }
        return s.sequence.batch(at: s.next)
      }
      guard let batch else { return }
      let result = Result { try prepare(batch) }
      state.withLock { s in
        s.ready.append(result)
        // Behind a mistake there is nothing to be made.
        if case .failure = result { s.isOver = true }
      }
      filled.signal()
    }
  }
}
