import Tensors

/// The examples of one step, and the random numbers that belong to it.
package struct PlannedBatch: Sendable {
  /// Steps count from 0.
  package let step: Int
  package let indices: [Int]
  /// The random numbers of the step.
  package let stream: RandomStream
  let epochStream: RandomStream

  /// The random numbers of one example in this epoch, whatever batch it is in.
  package func stream(of index: Int) -> RandomStream { epochStream.child(UInt64(index)) }
}

/// Where a run is in its data: how many steps and epochs it has taken, and which examples of the
/// epoch it has seen.
package struct BatchPlace: Sendable, Equatable {
  package private(set) var step = 0
  package private(set) var epoch = 0
  /// Examples of the epoch that were seen.
  package private(set) var offset = 0
  package var batchSize: Int

  package init(batchSize: Int) { self.batchSize = batchSize }

  init(step: Int, epoch: Int, offset: Int, batchSize: Int) {
    (self.step, self.epoch, self.offset) = (step, epoch, offset)
    self.batchSize = batchSize
  }

  /// The place after `step` steps of one batch size.
  init(step: Int, batchSize: Int, examples: Int) {
    let each = BatchPlace.steps(for: examples, batchSize)
    self.init(
      step: step, epoch: step / each, offset: step % each * batchSize, batchSize: batchSize)
  }

  /// Whether an epoch has just ended, or nothing was seen yet.
  package var isAtEpoch: Bool { offset == 0 }

  static func steps(for examples: Int, _ batchSize: Int) -> Int {
    max(1, examples / batchSize + (examples % batchSize > 0 ? 1 : 0))
  }

  /// Steps to the end of the epoch.
  package func stepsLeft(_ examples: Int) -> Int {
    BatchPlace.steps(for: max(1, examples - offset), batchSize)
  }

  /// Goes to the next epoch when this one has fewer examples now than were seen.
  mutating func clamp(to examples: Int) {
    if offset >= examples { (epoch, offset) = (epoch + 1, 0) }
    batchSize = min(batchSize, max(1, examples))
  }

  mutating func advance(_ examples: Int) {
    step += 1
    if examples - offset > batchSize {
      offset += batchSize
    } else {
      (epoch, offset) = (epoch + 1, 0)
    }
  }
}

/// The batches of a run at its places.
struct BatchSequence {
  private let plan: TrainingPlan
  private let examples: Int
  private var order: [Int] = []
  private var epochOfOrder = -1

  init(_ plan: TrainingPlan, examples: Int) {
    self.plan = plan
    self.examples = examples
  }

  mutating func batch(at place: BatchPlace) -> PlannedBatch {
    if place.epoch != epochOfOrder {
      (order, epochOfOrder) = (plan.order(epoch: place.epoch, examples), place.epoch)
    }
    let count = min(place.batchSize, max(0, examples - place.offset))
    return PlannedBatch(
      step: place.step, indices: Array(order[place.offset..<(place.offset + count)]),
      stream: plan.stream(step: place.step), epochStream: plan.stream(epoch: place.epoch))
  }
}
