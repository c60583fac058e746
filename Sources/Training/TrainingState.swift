/// A run as a value: what learns, where it is in its data, and what its end depends on.
package struct TrainingState: Sendable {
  package internal(set) var learner: any Learner
  package internal(set) var place: BatchPlace
  package internal(set) var best: (loss: Double, learner: any Learner)?
  /// Epochs without a better one.
  package internal(set) var waited = 0
  /// Steps, counted from 1, whose batches are left out.
  package internal(set) var skipped: Set<Int> = []

  package init(_ learner: any Learner, batchSize: Int) {
    self.learner = learner
    place = BatchPlace(batchSize: batchSize)
  }

  /// Goes on from a checkpoint.
  init(_ learner: any Learner, resuming checkpoint: Checkpoint) throws {
    var learner = learner
    let fresh = learner
    try learner.restore(checkpoint.learner)
    self.learner = learner
    place = checkpoint.place
    waited = checkpoint.waited
    skipped = checkpoint.skipped
    best = try checkpoint.best.map { loss, state in
      var copy = fresh
      try copy.restore(state)
      return (loss, copy)
    }
  }

  /// Does what somebody asked for; what changes no number is left to the run.
  package mutating func apply(_ kind: SteeringEvent.Kind) throws {
    switch kind {
    case .set(let name, let value):
      guard value.isFinite else {
        throw TrainingError.badSetting(name: name, value: value, expected: "a finite number")
      }
      if name == "skip" {
        guard let step = Int(exactly: value), step > place.step else {
          throw TrainingError.badSetting(
            name: name, value: value, expected: "a step after \(place.step)")
        }
        skipped.insert(step)
        return
      }
      guard name == "batch" else { return try learner.set(name, value) }
      guard let size = Int(exactly: value), size >= 1, size <= learner.exampleCount else {
        throw TrainingError.badSetting(
          name: name, value: value, expected: "a whole number from 1 to \(learner.exampleCount)")
      }
      place.batchSize = size
      learner.forgetPlan()
    case .freeze(let layer): try learner.freeze(layer, true)
    case .unfreeze(let layer): try learner.freeze(layer, false)
    case .pause, .advance, .checkpoint, .stop, .peek: break
    }
  }

  /// Takes its steps beside the run that it comes from.
  package mutating func detach() { learner = learner.apart(like: nil) }

  /// Goes on with a learner of other data.
  package mutating func change(to learner: any Learner) {
    self.learner = learner
    place.clamp(to: learner.exampleCount)
  }

  /// Moves what learns along a batch, if it is not to be left out; the place stays.
  mutating func learn(_ batch: PlannedBatch, ready: (any Sendable)?) throws -> [Metric] {
    guard !skipped.contains(batch.step + 1) else { return [] }
    if let ready { return try learner.step(batch, ready: ready) }
    return try learner.step(batch.indices, number: batch.step, stream: batch.stream)
  }

  /// Goes to the next place after a step that gave `metrics`; what was measured on held-out data
  /// there, at the end of an epoch or where it `isMeasured`.
  mutating func settle(_ metrics: [Metric], _ plan: TrainingPlan, isMeasured: Bool = false) throws
    -> [Metric]
  {
    place.advance(learner.exampleCount)
    let isEpoch = place.isAtEpoch
    let held = isEpoch || isMeasured ? try learner.validate() : []
    guard isEpoch else { return held }
    if let loss = (held.first ?? metrics.first)?.value { learner.observe(loss) }
    if plan.patience != nil, let loss = held.first?.value {
      let isBest = loss < best?.loss ?? .infinity
      waited = isBest ? 0 : waited + 1
      if isBest { best = (loss, learner) }
    }
    return held
  }
}

/// States of a run to go back to: spread evenly over it, fewer the larger they are.
struct Snapshots: Sendable {
  /// What all of them together may hold in memory.
  static let bytes = 256 << 20
  static let most = 96

  private(set) var states: [TrainingState] = []
  /// States that somebody asked to keep, the last ones.
  private(set) var pinned: [TrainingState] = []
  private var stride = 32

  static func room(for state: TrainingState) -> Int {
    max(4, min(most, bytes / max(1, state.learner.byteCount)))
  }

  /// Keeps a state when its turn has come; every other one goes when there are too many.
  mutating func offer(_ state: TrainingState) {
    let step = state.place.step
    guard states.isEmpty || step % stride == 0 else { return }
    states.append(state)
    let (room, first) = (Snapshots.room(for: state), states[0].place.step)
    while states.count > room {
      stride *= 2
      states.removeAll { $0.place.step != first && $0.place.step % stride != 0 }
    }
  }

  mutating func pin(_ state: TrainingState) {
    pinned.append(state)
    if pinned.count > max(2, Snapshots.room(for: state) / 4) { pinned.removeFirst() }
  }

  /// The last state that is not behind a step.
  func nearest(to step: Int) -> TrainingState? {
    (states + pinned).filter { $0.place.step <= step }.max { $0.place.step < $1.place.step }
  }

  var firstStep: Int { states.first?.place.step ?? 0 }
}
