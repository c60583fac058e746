import Tensors

/// A named number that a step or a validation reports.
package struct Metric: Sendable, Equatable {
  package let name: String
  package let value: Double

  package init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}

/// Something that learns from batches: a value, so that a copy is a snapshot.
package protocol Learner: Sendable {
  var exampleCount: Int { get }
  /// One step on the examples at `indices`; `step` counts from 0. The first metric is the loss.
  mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws -> [Metric]
  /// Metrics on held-out data, after an epoch; empty without such data.
  func validate() throws -> [Metric]
  /// Takes note of an epoch's loss: of held-out data, or else of the last batch.
  mutating func observe(_ loss: Double)
  /// Changes a setting of the optimizer.
  mutating func set(_ name: String, _ value: Double) throws
  /// All that its next steps depend on, beside data and program.
  var saved: [Checkpoint.NamedTensor] { get throws }
  /// Goes on from a state.
  mutating func restore(_ saved: [Checkpoint.NamedTensor]) throws
  /// What makes its batches ready, apart from what it has learned; nil when they are only cut.
  var preparation: BatchPreparation? { get }
  /// One step on a batch that `preparation` made ready.
  mutating func step(_ batch: PlannedBatch, ready: any Sendable) throws -> [Metric]
  /// What the last step did, when it was asked to tell.
  var reading: StepReading? { get }
  /// What is wrong with the data before the first step.
  var doubts: [TrainingWatch.Doubt] { get }
  /// Asks the next step to tell what it does; `deeply` also what the model answers.
  mutating func readNextStep(deeply: Bool)
  /// Whether all its numbers are finite.
  var isFinite: Bool { get }
  /// Where the first number that is not finite came up in a step on a batch, as a part of a sentence.
  func origin(_ batch: PlannedBatch, ready: (any Sendable)?) -> String?
}

extension Learner {
  package mutating func observe(_ loss: Double) {}
  package var preparation: BatchPreparation? { nil }
  package mutating func step(_ batch: PlannedBatch, ready: any Sendable) throws -> [Metric] {
    try step(batch.indices, number: batch.step, stream: batch.stream)
  }
  package var reading: StepReading? { nil }
  package var doubts: [TrainingWatch.Doubt] { [] }
  package mutating func readNextStep(deeply: Bool) {}
  package var isFinite: Bool { true }
  package func origin(_ batch: PlannedBatch, ready: (any Sendable)?) -> String? { nil }
}

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

  package func totalSteps(_ examples: Int) -> Int {
    if let steps { return steps }
    let (count, overflow) = epochs.multipliedReportingOverflow(by: stepsPerEpoch(examples))
    return overflow ? Int.max : count
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
