import Dispatch

/// States that were found again, and the learner whose repeated steps those who go back share.
struct Travels: Sendable {
  var learner: (any Learner)?
  private(set) var states: [TrainingState] = []

  /// Keeps a state; the oldest ones go.
  mutating func keep(_ state: TrainingState) {
    if states.contains(where: { $0.place.step == state.place.step }) { return }
    states.append(state)
    if states.count > Snapshots.room(for: state) / 2 { states.removeFirst() }
  }

  func nearest(to step: Int) -> TrainingState? {
    states.filter { $0.place.step <= step }.max { $0.place.step < $1.place.step }
  }
}

/// Going back to any step: from the nearest state that was kept, the steps between are taken again,
/// with the same numbers, since nothing in a step depends on more than its state and its number.
extension TrainingJob {
  /// The run as it was after `step` steps; waits until the run is there.
  package func snapshot(at step: Int, isInterrupted: () -> Bool = { false }) throws -> Snapshot {
    var (now, isOver, first) = (0, false, 0)
    while true {
      (now, isOver, first) = state.withLock {
        ($0.now.place.step, $0.status.isOver, $0.snapshots.firstStep)
      }
      if now >= step || isOver { break }
      if isInterrupted() { throw TrainingError.interrupted }
      _ = changed.wait(timeout: .now() + .milliseconds(10))
    }
    guard step >= first, step <= now else {
      throw TrainingError.noStep(step: step, first: first, last: now)
    }
    let (latest, series, events, kept) = state.withLock {
      ($0.now, $0.series, $0.events, $0.snapshots.nearest(to: step))
    }
    let past = series.map { $0.upTo(step) }.filter { !$0.steps.isEmpty }
    if latest.place.step == step { return Snapshot(state: latest, series: past) }
    guard let kept else { throw TrainingError.noStep(step: step, first: first, last: now) }
    let found = try travels.withLock { travels in
      try travel(from: kept, to: step, events, &travels, isInterrupted)
    }
    return Snapshot(state: found, series: past)
  }

  /// What the step that led to `step` did to the layers.
  package func reading(before step: Int, isInterrupted: () -> Bool = { false }) throws
    -> StepReading?
  {
    let first = state.withLock { $0.snapshots.firstStep }
    guard step > first else { return nil }
    var before = try snapshot(at: step - 1, isInterrupted: isInterrupted).state
    before.detach()
    before.learner.readNextStep(deeply: true)
    for event in events where event.step == step - 1 { try before.apply(event.kind) }
    var sequence = BatchSequence(plan, examples: before.learner.exampleCount)
    let batch = sequence.batch(at: before.place)
    _ = try before.learn(batch, ready: before.learner.preparation?(batch))
    return before.learner.reading
  }

  private func travel(
    from kept: TrainingState, to step: Int, _ events: [SteeringEvent], _ travels: inout Travels,
    _ isInterrupted: () -> Bool
  ) throws -> TrainingState {
    var state = kept
    if let nearer = travels.nearest(to: step), nearer.place.step > kept.place.step {
      state = nearer
    } else {
      state.learner = kept.learner.apart(like: travels.learner)
    }
    let prepare = state.learner.preparation
    var sequence = BatchSequence(plan, examples: state.learner.exampleCount)
    while state.place.step < step {
      if isInterrupted() { throw TrainingError.interrupted }
      for event in events where event.step == state.place.step { try state.apply(event.kind) }
      let batch = sequence.batch(at: state.place)
      let metrics = try state.learn(batch, ready: prepare?(batch))
      _ = try state.settle(metrics, plan)
      // Ever closer to the step that is asked for: going back from it will be quick.
      let left = step - state.place.step
      if left & (left - 1) == 0 { travels.keep(state) }
    }
    travels.learner = state.learner
    return state
  }
}
