import Autograd
import Tensors
import TestSupport
import Testing
import Training

/// Moves one number towards the mean of its examples, at a rate that can be set.
private struct Follower: Learner {
  var x = 0.0
  var rate = 0.1
  let examples: [Double]
  var exampleCount: Int { examples.count }

  mutating func step(_ indices: [Int], number step: Int, stream: RandomStream) throws -> [Metric] {
    let mean = indices.map { examples[$0] }.reduce(0, +) / Double(indices.count)
    let loss = (x - mean) * (x - mean)
    x -= rate * 2 * (x - mean)
    return [Metric("loss", loss)]
  }

  func validate() -> [Metric] { [Metric("val loss", x * x)] }

  var saved: [Checkpoint.NamedTensor] { get throws { [("x", try .number(x))] } }
  mutating func restore(_ saved: [Checkpoint.NamedTensor]) throws {
    x = saved[0].value.item ?? .nan
  }

  mutating func set(_ name: String, _ value: Double) throws {
    guard name == "lr" else { throw TrainingError.noSetting(name: name, available: ["lr"]) }
    rate = value
  }
}

@Suite struct TrainingJobTests {
  private let examples = (0..<64).map { Double($0 % 7) }

  private func job(_ steps: Int, rate: Double = 0.1, recorded: [SteeringEvent] = []) throws
    -> TrainingJob
  {
    let plan = TrainingPlan(
      epochs: 1, steps: steps, batchSize: 8, stream: RandomStream(seed: 3))
    return try TrainingJob(
      Follower(rate: rate, examples: examples), plan, recorded: recorded)
  }

  @Test func `a run records its loss at every step and its validation after every epoch`() throws {
    let job = try job(20)
    job.start()
    try job.wait { false }
    #expect(job.status == .finished)
    #expect(job.series.map(\.name) == ["loss", "val loss"])
    #expect(job.series[0].steps == Array(1...20))
    #expect(job.series[1].steps == [8, 16, 20])
  }

  @Test func `stop ends a run that would go on for ever`() throws {
    let job = try job(Int.max)
    job.start()
    job.stop()
    try job.wait { false }
    #expect(job.status == .stopped)
  }

  @Test func `a steered run repeats to the bit from its recorded events`() throws {
    let live = try job(200_000)
    live.start()
    _ = try live.peek { false }
    try live.set("lr", 0.3)
    _ = try live.peek { false }
    live.stop()
    try live.wait { false }
    let again = try job(200_000, recorded: live.events)
    again.start()
    let first = try again.peek { false }
    try again.set("lr", 0.3)
    _ = try again.peek { false }
    again.stop()
    try again.wait { false }
    #expect(again.series == live.series)
    #expect(first.step == live.events.first { $0.kind == .peek }?.step)
  }

  @Test func `a loss that is not finite fails the run and keeps the last good state`() throws {
    let job = try job(100_000, rate: 1e8)
    job.start()
    try job.wait { false }
    guard case .failed(let message) = job.status else {
      Issue.record("the run went on")
      return
    }
    #expect(message.contains("the loss became"))
    #expect((job.result as? Follower)?.x.isFinite == true)
  }

  @Test func `a run without examples is refused`() {
    #expect(throws: TrainingError.noExamples) {
      try TrainingJob(
        Follower(examples: []),
        TrainingPlan(epochs: 1, batchSize: 8, stream: RandomStream(seed: 0)))
    }
  }
}
