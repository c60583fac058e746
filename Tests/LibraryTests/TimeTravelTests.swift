import Autograd
import Language
@testable import Library
import Tensors
import Testing
import Training

/// Going back to a step gives the bits that training to that step gives.
@Suite struct TimeTravelTests {
  private func run(_ program: String) throws -> Run {
    let result = try StandardLibrary.interpreter().evaluate(
      program, in: Names(), EvaluationContext(stream: RandomStream(seed: 5)))
    return try #require(result.started.last as? Run)
  }

  private func bits(_ learner: any Learner) throws -> [UInt64] {
    try learner.saved.flatMap { $0.value.array(of: Double.self).map(\.bitPattern) }
  }

  private static let setting = """
    d = (x=randn(60, 6), y=randint(0, 3, 60))
    held = (x=randn(20, 6), y=randint(0, 3, 20))
    m = Linear(6, 12) >> BatchNorm(12) >> relu >> Dropout(0.3) >> Linear(12, 3)

    """

  @Test func `fifty steps of a run of two thousand`() throws {
    let program = Self.setting + "train(m, d, opt=Adam(0.01), steps=2000, batch=8, val=held)"
    let whole = try run(program)
    try whole.wait()
    var stream = RandomStream(seed: 11)
    let steps = (0..<50).map { _ in 1 + Int(stream.nextUniform() * 1999) }
    // Trained to each of them in turn, without going back.
    var direct: [Int: [UInt64]] = [:]
    var (state, plan) = (try whole.job.snapshot(at: 0).state, whole.job.plan)
    for step in Set(steps).sorted() {
      plan.steps = step
      let job = try TrainingJob(state, plan, series: [])
      job.start()
      try job.wait { false }
      direct[step] = try bits(job.result)
      state = try job.snapshot(at: step).state
    }
    for step in steps {
      let found = try whole.job.snapshot(at: step)
      #expect(found.step == step && found.series.first?.values.count == step)
      #expect(try bits(found.learner) == direct[step], "step \(step)")
    }
  }

  @Test func `a steered run is found again as it was steered`() throws {
    let program =
      Self.setting + "train(m, d, opt=SGD(0.1, momentum=0.9), steps=300, batch=8, val=held)"
    let events = [
      SteeringEvent(step: 20, .set(name: "lr", value: 0.02)),
      SteeringEvent(step: 31, .freeze(layer: "0")),
      SteeringEvent(step: 50, .set(name: "batch", value: 5)),
      SteeringEvent(step: 70, .set(name: "dropout", value: 0.1)),
      SteeringEvent(step: 90, .unfreeze(layer: "0")),
      SteeringEvent(step: 120, .set(name: "decay", value: 0.01)),
    ]
    func steered(_ steps: Int) throws -> TrainingJob {
      let whole = try run(program)
      try whole.wait()
      var plan = whole.job.plan
      plan.steps = steps
      let job = try TrainingJob(
        whole.job.snapshot(at: 0).state, plan, series: [], recorded: events)
      job.start()
      try job.wait { false }
      return job
    }
    let job = try steered(300)
    #expect(job.events == events)
    for step in [19, 21, 32, 51, 60, 75, 91, 121, 299] {
      #expect(
        try bits(job.snapshot(at: step).learner) == bits(steered(step).result), "step \(step)")
    }
  }

  @Test func `frozen weights do not move, and what was steered is kept in a checkpoint`() throws {
    let source =
      Self.setting + """
        r = train(m, d, opt=Adam(0.01), steps=40, batch=8)
        f = fork(r, 10, freeze="0", dropout=0.5, batch=10, steps=30)
        a = at(r, 10)
        [same(f.model[0].weight, a.model[0].weight), same(f.model[0].bias, a.model[0].bias), same(f.model[4].weight, a.model[4].weight)]
        """
    #expect(try shown(source) == ["[true, true, false]"])
  }

  @Test func `a branch without changes gives what its trunk gave`() throws {
    let source =
      Self.setting + """
        r = train(m, d, opt=Adam(0.01), steps=60, batch=8, val=held)
        f = fork(r, 23)
        same(f.history, r.history) and same(f.model[4].weight, r.model[4].weight)
        """
    #expect(try shown(source) == ["true"])
  }

  @Test func `a run looked at after a step shows where that is, and what was still to come`() throws
  {
    let whole = try run(Self.setting + "train(m, d, opt=Adam(0.01), steps=80, batch=8, val=held)")
    try whole.wait()
    func lines(_ run: Run) -> [String] {
      run.dashboard.draw(width: 80, height: nil, depth: .none).plainText()
        .split(separator: "\n").map(String.init)
    }
    let (past, now) = (lines(whole.at(30)), lines(whole))
    #expect(past[0].hasPrefix("at step 30") && past.contains { $0.contains("┊") })
    #expect(!now.contains { $0.contains("┊") })
    // The axis goes on to the last step.
    #expect(past.contains { $0.contains("60") && $0.contains("20") }, "\(past)")
    #expect(now.contains { $0.contains("★") } && now[1].contains("best val loss"), "\(now)")
  }

  @Test func `a step that was not taken is refused`() {
    let text = diagnosis(Self.setting + "r = train(m, d, steps=5)\nat(r, 6)")
    #expect(text.contains("states from step 0 to step 5, none at step 6"), "\(text)")
    let layer = diagnosis(Self.setting + "r = train(m, d, steps=5)\nfreeze(r, \"7\")")
    #expect(layer.contains("0 Linear(6, 12)"), "\(layer)")
    let batch = diagnosis(Self.setting + "r = train(m, d, steps=5)\nset(r, batch=1.5)")
    #expect(batch.contains("a whole number from 1 to 60"), "\(batch)")
  }
}
