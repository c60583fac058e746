import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// What was made ready and what was learned so far.
private final class Count: Sendable {
  let made = Atomic<Int>(0)
  let done = Atomic<Int>(0)
  let most = Atomic<Int>(0)
}

/// Adds up numbers that are drawn for each example while its batch is made ready.
private struct Adder: Learner {
  let count: Count
  var sum = 0.0
  var failsAt = Int.max
  var exampleCount: Int { 10 }

  var preparation: BatchPreparation? {
    let (count, failsAt) = (count, failsAt)
    return { batch in
      if batch.step == failsAt { throw TrainingError.noExamples }
      let made = count.made.add(1, ordering: .relaxed).newValue
      let most = made - count.done.load(ordering: .relaxed)
      if most > count.most.load(ordering: .relaxed) { count.most.store(most, ordering: .relaxed) }
      return batch.indices.map { index in
        var own = batch.stream(of: index)
        return own.nextUniform()
      }
    }
  }

  mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws -> [Metric] {
    preconditionFailure("every batch is made ready")
  }

  mutating func step(_ batch: PlannedBatch, ready: any Sendable) throws -> [Metric] {
    let numbers = try #require(ready as? [Double])
    #expect(numbers.count == batch.indices.count)
    sum += numbers.enumerated().reduce(0) { $0 + $1.element * Double($1.offset + 1) }
    count.done.add(1, ordering: .relaxed)
    return [Metric("loss", sum)]
  }

  func validate() -> [Metric] { [] }
  var saved: [Checkpoint.NamedTensor] { get throws { [("sum", try .number(sum))] } }
  mutating func restore(_ saved: [Checkpoint.NamedTensor]) throws {
    sum = saved[0].value.item ?? .nan
  }
  mutating func set(_ name: String, _ value: Double) throws {}
}

@Suite struct PreparedBatchesTests {
  private func job(
    ahead: Int, batch: Int = 4, steps: Int = 60, count: Count = Count(), failsAt: Int = .max,
    resuming checkpoint: Checkpoint? = nil
  ) throws -> TrainingJob {
    let plan = TrainingPlan(
      epochs: 1, steps: steps, batchSize: batch, ahead: ahead, stream: RandomStream(seed: 5))
    let job = try TrainingJob(
      Adder(count: count, failsAt: failsAt), plan, resuming: checkpoint)
    job.start()
    try job.wait { false }
    return job
  }

  @Test func `how far batches are made ahead changes no number`() throws {
    let want = try job(ahead: 0).series[0].values
    #expect(want.count == 60)
    for ahead in [1, 2, 7] { #expect(try job(ahead: ahead).series[0].values == want) }
  }

  @Test(arguments: [1, 2, 5])
  func `never more batches wait than were asked for`(ahead: Int) throws {
    let count = Count()
    _ = try job(ahead: ahead, count: count)
    // One more is in the hands of the learner.
    #expect(count.most.load(ordering: .relaxed) <= ahead + 1)
    #expect(count.made.load(ordering: .relaxed) == 60)
  }

  @Test func `a mistake while a batch is made ends the run at its step`() throws {
    let job = try job(ahead: 3, failsAt: 10)
    #expect(job.step == 10)
    #expect(job.failure as? TrainingError == .noExamples)
  }

  @Test func `a run goes on from every step`() throws {
    let want = try job(ahead: 2).series[0].values
    for cut in [1, 3, 20, 59] {
      let part = try job(ahead: 2, steps: cut).checkpoint()
      #expect(try job(ahead: 3, resuming: part).series[0].values == want)
    }
  }

  @Test func `the numbers of an example do not depend on its batch`() throws {
    // In one epoch each example draws one number; batches of 1 add them with weight 1.
    let each = try job(ahead: 2, batch: 1, steps: 10).series[0].values
    let all = (0..<10).map { i -> Double in
      var own = RandomStream(seed: 5).child(0).child(UInt64(i))
      return own.nextUniform()
    }
    #expect(abs(Double(each[9]) - all.reduce(0, +)) < 1e-5)
  }
}
