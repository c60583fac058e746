import Tensors

/// How long and in which order a learner sees its examples.
package struct TrainingPlan: Sendable {
  package var epochs: Int
  /// Ends after this many steps when given, whatever `epochs` says.
  package var steps: Int?
  package var batchSize: Int
  /// Epochs without a better validation loss before the run ends.
  package var patience: Int?
  /// How many batches may be made ready before they are needed; 0 to make each when it is.
  package var ahead: Int
  /// Whether its layers are read and its states kept; records are always made.
  package var isWatched = true
  package private(set) var stream: RandomStream

  package init(
    epochs: Int, steps: Int? = nil, batchSize: Int, patience: Int? = nil, ahead: Int = 2,
    stream: RandomStream
  ) {
    self.ahead = ahead
    self.epochs = epochs
    self.steps = steps
    self.batchSize = batchSize
    self.patience = patience
    self.stream = stream
  }

  /// This plan with the order and the random numbers of an earlier run on the same data.
  func resuming(_ checkpoint: Checkpoint, examples: Int) throws -> TrainingPlan {
    let was = checkpoint.plan
    guard was.examples == examples, was.batchSize == batchSize,
      let stream = RandomStream(words: was.stream)
    else {
      throw TrainingError.otherPlan(
        was: "\(was.examples) examples in batches of \(was.batchSize)",
        now: "\(examples) in batches of \(batchSize)")
    }
    var copy = self
    copy.stream = stream
    return copy
  }

  package func stepsPerEpoch(_ examples: Int) -> Int {
    examples / batchSize + (examples % batchSize > 0 ? 1 : 0)
  }

  /// The step at which a run that stands at a place will end.
  package func totalSteps(_ examples: Int, from place: BatchPlace) -> Int {
    if let steps { return steps }
    guard place.epoch < epochs else { return place.step }
    let each = BatchPlace.steps(for: examples, place.batchSize)
    let (count, overflow) = (epochs - place.epoch - 1).multipliedReportingOverflow(by: each)
    let (sum, overflows) = count.addingReportingOverflow(place.step + place.stepsLeft(examples))
    return overflow || overflows ? Int.max : sum
  }

  /// The examples of an epoch in the order it visits them.
  package func order(epoch: Int, _ examples: Int) -> [Int] {
    var own = stream(epoch: epoch)
    return own.permutation(examples)
  }

  /// The random numbers of one epoch; its children belong to the examples.
  func stream(epoch: Int) -> RandomStream { stream.child(UInt64(epoch) << 1) }

  /// The random numbers of one step.
  package func stream(step: Int) -> RandomStream { stream.child(UInt64(step) << 1 | 1) }
}
