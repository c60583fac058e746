import Language
import Library
import Tensors
import Testing
import Training

@Suite struct SteadyStateTests {
  /// Bytes that the plan's tensors took from the system during the last steps of a run; everything
  /// else that a step makes lies in its program's block of memory.
  private func taken(_ program: String) throws -> Int {
    let result = try StandardLibrary.interpreter().evaluate(
      program, in: Names(), EvaluationContext(stream: RandomStream(seed: 3)))
    let run = try #require(result.started.first as? Run)
    try run.wait()
    var learner = try #require(run.job.result as? ModelLearner)
    let plan = TrainingPlan(epochs: 1, batchSize: 16, stream: RandomStream(seed: 7))
    let batch = Array(0..<16)
    func step(_ number: Int) throws {
      _ = try learner.step(batch, number: number, stream: plan.stream(step: number))
    }
    for number in 0..<8 { try step(number) }
    #expect(learner.plan?.isInUse == true, "\(learner.plan?.obstacle ?? "")")
    let pool = try #require(learner.plan?.pool)
    let before = pool.byteCount
    for number in 8..<12 { try step(number) }
    return pool.byteCount - before
  }

  @Test func `weights that nobody else holds are moved where they lie`() throws {
    var weights = try Tensor([1, 2, 3] as [Float])
    let gradient = try Tensor([1, 1, 1] as [Float])
    var momentum: Tensor?
    let step = SGDStep(learningRate: 0.5, mu: 0.5, decay: 0)
    try step.move(&weights, gradient: gradient, momentum: &momentum)
    #expect(weights.array(of: Double.self) == [0.5, 1.5, 2.5])
    let kept = weights
    try step.move(&weights, gradient: gradient, scale: 2, momentum: &momentum)
    #expect(kept.array(of: Double.self) == [0.5, 1.5, 2.5])
    #expect(weights.array(of: Float.self) == [-0.75, 0.25, 1.25] as [Float])
    let place = weights.withBytes { $0.baseAddress }
    try step.move(&weights, gradient: gradient, momentum: &momentum)
    #expect(weights.withBytes { $0.baseAddress } == place)
  }

  @Test(arguments: [
    "d = (x=randn(16, 6), y=randint(0, 3, 16))\ntrain(mlp([6, 9, 3]), d, steps=0)",
    "d = (x=randn(16, 6), y=randint(0, 3, 16))\n"
      + "train(Linear(6, 8) >> BatchNorm(8) >> relu >> Dropout(0.2) >> Linear(8, 3), d, "
      + "opt=SGD(0.1, momentum=0.9, clip=0.5), steps=0)",
    "d = (x=randn(16, 1, 8, 8), y=randint(0, 3, 16))\n"
      + "train(Conv(1, 4, 3) >> relu >> MaxPool(2) >> flatten >> Linear(64, 3), d, steps=0)",
    "d = (x=randn(16, 5, 4), y=randint(0, 3, 16))\n"
      + "train(GRU(4, 8) >> LSTM(8, 6, all=false) >> Linear(6, 3), d, steps=0)",
    "d = (x=randn(16, 5, 8), y=randint(0, 3, 16, 5))\n"
      + "train(LayerNorm(8) >> Attention(8, heads=2, causal=true) >> gelu >> Linear(8, 3), d, "
      + "opt=AdamW(0.01), steps=0)",
  ])
  func `a planned training step takes no memory`(program: String) throws {
    #expect(try taken(program) == 0)
  }
}
