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
  /// Changes a setting of the optimizer or of its layers.
  mutating func set(_ name: String, _ value: Double) throws
  /// Lets a layer stay as it is, or move again.
  mutating func freeze(_ layer: String, _ isFrozen: Bool) throws
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
  /// The rate of its last step; nil when it has none.
  var learningRate: Double? { get }
  /// What its steps were spent on, as far as it knows.
  var times: StepTimes { get }
  /// What a copy of it that is kept holds in memory.
  var byteCount: Int { get }
  /// A copy that takes steps beside others, repeating what `other` has learned to repeat.
  func apart(like other: (any Learner)?) -> any Learner
  /// What its steps repeat is found anew: batches or layers have changed.
  mutating func forgetPlan()
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
  package mutating func freeze(_ layer: String, _ isFrozen: Bool) throws {
    throw TrainingError.noLayer(name: layer, available: [])
  }
  package var learningRate: Double? { nil }
  package var byteCount: Int { 64 }
  package var times: StepTimes { StepTimes() }
  package func apart(like other: (any Learner)?) -> any Learner { self }
  package mutating func forgetPlan() {}
}
