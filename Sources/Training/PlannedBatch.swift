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

/// The batches of a run, one after the other.
struct BatchSequence {
  private let plan: TrainingPlan
  private let examples: Int
  private var order: [Int] = []
  private var epochOfOrder = -1

  init(_ plan: TrainingPlan, examples: Int) {
    self.plan = plan
    self.examples = examples
  }

  mutating func batch(step: Int) -> PlannedBatch {
    let each = plan.stepsPerEpoch(examples)
    let epoch = step / each
    if epoch != epochOfOrder {
      (order, epochOfOrder) = (plan.order(epoch: epoch, examples), epoch)
    }
    let start = step % each * plan.batchSize
    return PlannedBatch(
      step: step, indices: Array(order[start..<min(order.count, start + plan.batchSize)]),
      stream: plan.stream(step: step), epochStream: plan.stream(epoch: epoch))
  }
}
