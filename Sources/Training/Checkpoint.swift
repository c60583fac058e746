import Tensors

/// Everything that decides the rest of a run, as named tensors: with the same program, going on from
/// it gives the same bits as never having stopped.
package struct Checkpoint: Sendable {
  package let place: BatchPlace
  package let learner: [NamedTensor]
  /// The best learner so far, when the run waits for a better validation loss.
  package let best: (loss: Double, learner: [NamedTensor])?
  /// Epochs since then.
  package let waited: Int
  /// Steps whose batches are left out.
  package let skipped: Set<Int>
  package let series: [Series]
  /// Order and batches: what the plan was made of.
  let plan: PlanNumbers

  package typealias NamedTensor = (name: String, value: Tensor)

  struct PlanNumbers: Sendable, Equatable {
    let stream: [UInt64]
    let batchSize: Int
    let examples: Int
  }

  package static let kind = "training"

  /// Tensors in order; the parameters keep their names, what else there is has a prefix.
  package func tensors() throws -> [NamedTensor] {
    var all = learner
    func add(_ name: String, _ value: Tensor) { all.append(("run." + name, value)) }
    let words = plan.stream.map { Int64(bitPattern: $0) }
    add("step", try .integer(place.step))
    add("place", try Tensor([place.epoch, place.offset, place.batchSize].map { Int64($0) }))
    add("stream", try Tensor(words))
    add("batch", try .integer(plan.batchSize))
    add("examples", try .integer(plan.examples))
    add("waited", try .integer(waited))
    if !skipped.isEmpty { add("skipped", try Tensor(skipped.sorted().map { Int64($0) })) }
    for (i, each) in series.enumerated() {
      add("series.\(i).steps", try Tensor(each.steps.map { Int64($0) }))
      add("series.\(i).values", try Tensor(each.values))
    }
    if let best {
      add("best.loss", try .number(best.loss))
      for (name, value) in best.learner { add("best.state." + name, value) }
    }
    return all
  }

  /// What a file says beside its tensors.
  package var metadata: [(name: String, text: String)] {
    [("kind", Self.kind)] + series.enumerated().map { ("run.series.\($0)", $1.name) }
  }

  init(_ now: TrainingJob.Snapshot, _ plan: TrainingPlan) throws {
    place = now.state.place
    learner = try now.learner.saved
    best = try now.state.best.map { ($0.loss, try $0.learner.saved) }
    waited = now.state.waited
    skipped = now.state.skipped
    series = now.series
    self.plan = PlanNumbers(
      stream: plan.stream.words, batchSize: plan.batchSize, examples: now.learner.exampleCount)
  }

  private static func place(_ numbers: [Int], _ step: Int, _ plan: PlanNumbers) throws
    -> BatchPlace
  {
    guard numbers.count == 3, numbers[0] >= 0, (0..<plan.examples).contains(numbers[1]),
      numbers[2] > 0
    else { throw TrainingError.noCheckpoint(missing: "place") }
    return BatchPlace(
      step: step, epoch: numbers[0], offset: numbers[1], batchSize: numbers[2])
  }

  /// From the tensors and texts of a file.
  package init(tensors: [NamedTensor], metadata: [(name: String, text: String)]) throws {
    func of(_ name: String) throws -> Tensor {
      guard let found = tensors.first(where: { $0.name == "run." + name }) else {
        throw TrainingError.noCheckpoint(missing: name)
      }
      return found.value
    }
    func whole(_ name: String) throws -> Int {
      let value = try of(name)
      guard value.count == 1, value.dtype == .int64, value.integer(at: 0) >= 0 else {
        throw TrainingError.noCheckpoint(missing: name)
      }
      return value.integer(at: 0)
    }
    let step = try whole("step")
    waited = try whole("waited")
    let left = tensors.first { $0.name == "run.skipped" }?.value
    skipped = Set(left?.array(of: Int64.self).compactMap { Int(exactly: $0) } ?? [])
    let stream = try of("stream").array(of: Int64.self).map { UInt64(bitPattern: $0) }
    guard stream.count == 2 else { throw TrainingError.noCheckpoint(missing: "stream") }
    plan = PlanNumbers(
      stream: stream, batchSize: try whole("batch"), examples: try whole("examples"))
    guard plan.batchSize > 0, plan.examples > 0 else {
      throw TrainingError.noCheckpoint(missing: "batch")
    }
    place = try Checkpoint.place(of("place").array(of: Int64.self).map { Int($0) }, step, plan)
    let titles = metadata.filter { $0.name.hasPrefix("run.series.") }
    series = try titles.enumerated().map { i, title in
      let steps = try of("series.\(i).steps").array(of: Int64.self).map { Int($0) }
      let values = try of("series.\(i).values").array(of: Float.self)
      guard steps.count == values.count else {
        throw TrainingError.noCheckpoint(missing: "series.\(i)")
      }
      return Series(title.text, steps: steps, values: values)
    }
    let prefix = "run.best.state."
    let states = tensors.filter { $0.name.hasPrefix(prefix) }
    let loss = tensors.first { $0.name == "run.best.loss" }?.value.item
    best = loss.map { loss in
      (loss, states.map { (String($0.name.dropFirst(prefix.count)), $0.value) })
    }
    learner = tensors.filter { !$0.name.hasPrefix("run.") }
  }
}
