import Language
@testable import Library
import Tensors
import Testing
import Training

@Suite struct StepPlanTests {
  /// Losses of all steps and the final parameters, as bits.
  private func trained(_ learner: ModelLearner, _ steps: Int, planned: Bool) throws -> (
    bits: [UInt64], plan: StepPlan?
  ) {
    var learner = learner
    learner.plan = planned ? StepPlan() : nil
    let plan = TrainingPlan(epochs: 100, batchSize: 16, stream: RandomStream(seed: 7))
    var bits: [UInt64] = []
    for step in 0..<steps {
      let each = plan.stepsPerEpoch(learner.exampleCount)
      let order = plan.order(epoch: step / each, learner.exampleCount)
      let start = step % each * 16
      let batch = Array(order[start..<min(order.count, start + 16)])
      let metrics = try learner.step(batch, number: step, stream: plan.stream(step: step))
      bits += metrics.map(\.value.bitPattern)
      if (step + 1) % each == 0 { bits += try learner.validate().map(\.value.bitPattern) }
    }
    for leaf in Tree.leaves(of: learner.model, .parameters) {
      bits += leaf.variable.value.array(of: Double.self).map(\.bitPattern)
    }
    return (bits, learner.plan)
  }

  private func learner(_ program: String) throws -> ModelLearner {
    let result = try StandardLibrary.interpreter().evaluate(
      program, in: Names(), EvaluationContext(stream: RandomStream(seed: 3)))
    let run = try #require(result.started.first as? Run)
    try run.wait()
    return try #require(run.job.result as? ModelLearner)
  }

  private static let points = "d = (x=randn(48, 6), y=randint(0, 3, 48))\n"
  private static let pictures = "d = (x=randn(40, 1, 8, 8), y=randint(0, 3, 40))\n"

  @Test(arguments: [
    points + "train(Linear(6, 8) >> tanh >> Linear(8, 3), d, steps=0)",
    points
      + "train(Linear(6, 8) >> relu >> Dropout(0.3) >> Linear(8, 3), d, opt=AdamW(0.01), steps=0)",
    points
      + "train(Linear(6, 8) >> gelu >> LayerNorm(8) >> Linear(8, 3), d, opt=SGD(0.1, momentum=0.9), steps=0)",
    points + "train(Linear(6, 8) >> BatchNorm(8) >> silu >> Linear(8, 3), d, val=d, steps=0)",
    points
      + "train(mlp([6, 9, 3]), d, opt=SGD(t => 0.1 / (t + 1), momentum=0.9, nesterov=true), steps=0)",
    points + "train(mlp([6, 9, 3]), d, opt=Adam(0.01, clip=0.1), steps=0)",
    points
      + "f(m, b) = cross_entropy(m(b.x * rand(len(b.x), 1)), b.y)\n"
      + "train(mlp([6, 9, 3]), d, objective=f, steps=0)",
    pictures
      + "train(Conv(1, 4, 3) >> relu >> MaxPool(2) >> Conv(4, 6, 3, pad=0) >> flatten >> Linear(24, 3), d, opt=SGD(0.05, momentum=0.9), steps=0)",
  ])
  func `a repeated step gives the bits of an interpreted one`(program: String) throws {
    let learner = try learner(program)
    let (planned, plan) = try trained(learner, 12, planned: true)
    let (interpreted, _) = try trained(learner, 12, planned: false)
    #expect(planned == interpreted)
    #expect(plan?.isInUse == true, "\(plan?.obstacle ?? "")")
  }

  /// Blocks as of residual networks, with a short cut that is plain and one that is normed too.
  private static let residual = """
    d = (x=randn(40, 2, 6, 6), y=randint(0, 3, 40))
    unit(i, o) = Conv(i, o, 3, bias=false) >> BatchNorm(o)
    parts = (a=unit(2, 4), b=unit(4, 4) >> relu >> unit(4, 4), c=unit(4, 4), s=unit(4, 4), o=Linear(4, 3))
    f(m, d) = {
      x = relu(m.a(d.x))
      x = relu(m.b(x) + x)
      x = relu(m.c(x) + m.s(x))
      cross_entropy(m.o(mean(x, axis=[2, 3])), d.y)
    }
    train(parts, d, objective=f, opt=SGD(0.1, momentum=0.9), steps=0)
    """

  @Test func `the smaller last batch of an epoch is repeated too, in the same memory`() throws {
    let learner = try learner(
      "d = (x=randn(40, 6), y=randint(0, 3, 40))\n"
        + "train(Linear(6, 8) >> BatchNorm(8) >> relu >> Dropout(0.3) >> Linear(8, 3), d, steps=0)")
    let (planned, plan) = try trained(learner, 18, planned: true)
    let (interpreted, _) = try trained(learner, 18, planned: false)
    #expect(planned == interpreted)
    let whole = try #require(plan?.program)
    let rows = whole.givenShapes.map { shape in
      shape.dims.first == 16 ? [8] + shape.dims.dropFirst() : shape.dims
    }
    let given = try zip(rows, whole.givenKinds).map { try Tensor.zeros(Shape(checking: $0), $1) }
    let smaller = try #require(plan?.program(for: given))
    #expect(smaller !== whole)
    #expect(smaller.byteCount == whole.byteCount)
  }

  @Test func `batch norm, sums and relu become one line each way with the same bits`() throws {
    let learner = try learner(Self.residual)
    let (planned, plan) = try trained(learner, 12, planned: true)
    let (interpreted, _) = try trained(learner, 12, planned: false)
    #expect(planned == interpreted)
    let program = try #require(plan?.program)
    let given = try zip(program.givenShapes, program.givenKinds).map { try Tensor.zeros($0, $1) }
    let lines = try program.timed(given, RandomStream(seed: 1)).map(\.name)
    #expect(lines.count { $0 == "batch_norm relu" } == 2)
    #expect(lines.count { $0 == "batch_norm + relu" } == 2)
    #expect(lines.count { $0 == "relu back batch_norm back" } == 2)
    #expect(lines.count { $0 == "+ relu back batch_norm back" } == 2)
    #expect(!lines.contains("relu"))
  }

  @Test(arguments: [
    // The course of the loss depends on a value, or on a single random number.
    "f(m, b) = { e = cross_entropy(m(b.x), b.y); if e > 1.1 { 2 * e } else { e } }\n",
    "f(m, b) = { e = cross_entropy(m(b.x), b.y); if rand() > 0.5 { 2 * e } else { e } }\n",
  ])
  func `a step that decides by values is interpreted`(objective: String) throws {
    let learner = try learner(
      Self.points + objective + "train(mlp([6, 9, 3]), d, objective=f, steps=0)")
    let (planned, plan) = try trained(learner, 12, planned: true)
    let (interpreted, _) = try trained(learner, 12, planned: false)
    #expect(planned == interpreted)
    #expect(plan?.isInUse == false)
    #expect(plan?.obstacle != nil)
  }

  @Test func `a label that fits no class is told as without a plan`() throws {
    var learner = try learner(
      "d = (x=randn(4, 2), y=[0, 1, 1, 7])\n"
        + "train(Linear(2, 3), d, batch=2, steps=0)")
    let stream = RandomStream(seed: 1)
    for step in 0..<4 { _ = try learner.step([0, 1], number: step, stream: stream) }
    #expect(learner.plan?.isInUse == true)
    #expect(throws: LanguageError.self) {
      try learner.step([2, 3], number: 4, stream: stream)
    }
  }

  /// Metrics of all steps and the final state, as bits.
  private func stepped(_ learner: StateLearner, _ steps: Int, planned: Bool) throws -> (
    bits: [UInt64], plan: StatePlan?
  ) {
    var learner = learner
    learner.plan = planned ? StatePlan() : nil
    let plan = TrainingPlan(epochs: 100, batchSize: 16, stream: RandomStream(seed: 7))
    var bits: [UInt64] = []
    for step in 0..<steps {
      let each = plan.stepsPerEpoch(learner.exampleCount)
      let order = plan.order(epoch: step / each, learner.exampleCount)
      let start = step % each * 16
      let batch = Array(order[start..<min(order.count, start + 16)])
      let metrics = try learner.step(batch, number: step, stream: plan.stream(step: step))
      bits += metrics.map(\.value.bitPattern)
    }
    for tensor in try learner.saved {
      bits += tensor.value.array(of: Double.self).map(\.bitPattern)
    }
    return (bits, learner.plan)
  }

  private func stateLearner(_ program: String) throws -> StateLearner {
    let result = try StandardLibrary.interpreter().evaluate(
      program, in: Names(), EvaluationContext(stream: RandomStream(seed: 3)))
    let run = try #require(result.started.first as? Run)
    try run.wait()
    return try #require(run.job.result as? StateLearner)
  }

  private static func updating(_ optimizer: String) -> String {
    """
    d = (x=randn(40, 6), y=randint(0, 3, 40))
    turn(s, b) = {
      (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.m)
      (s.m, s.o) = update(s.o, s.m, g)
      (s, (loss=l))
    }
    train((m=Linear(6, 3), o=\(optimizer)), d, step=turn, steps=0)
    """
  }

  private static let adam = """
    d = (x=randn(40, 6), y=randint(0, 3, 40))
    start = Linear(6, 8) >> tanh >> Linear(8, 3)
    adam(s, b) = {
      (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.theta)
      s.t += 1
      s.m = 0.9 * s.m + 0.1 * g
      s.v = 0.999 * s.v + 0.001 * g ^ 2
      s.theta = s.theta - 3e-3 * (s.m / (1 - 0.9 ^ s.t)) / ((s.v / (1 - 0.999 ^ s.t)) ^ 0.5 + 1e-8)
      (s, (loss=l))
    }
    train((theta=start, m=0 * start, v=0 * start, t=0), d, step=adam, steps=0)
    """

  @Test(arguments: [
    (adam, true),
    // Two models and noise, plain steps.
    (
      """
      d = (x=randn(48, 6))
      play(s, b) = {
        z = randn(len(b.x), 2)
        (a, g) = value_and_grad(D => bce(D(b.x), 0.9) + bce(D(s.G(z)), 0))(s.D)
        s.D = s.D - 0.1 * g
        (c, h) = value_and_grad(G => bce(s.D(G(z)), 1))(s.G)
        s.G = s.G - 0.1 * h
        (s, (d=a, g=c))
      }
      train((G=Linear(2, 6), D=Linear(6, 1)), d, step=play, steps=0)
      """, true
    ),
    // Decides by a number of the state.
    (
      """
      d = (x=randn(48, 6), y=randint(0, 3, 48))
      turn(s, b) = {
        (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.m)
        s.t += 1
        rate = if s.t % 2 == 0 { 0.1 } else { 0.2 }
        s.m = s.m - rate * g
        (s, (loss=l))
      }
      train((m=Linear(6, 3), t=0), d, step=turn, steps=0)
      """, false
    ),
    // An optimizer's memory and the number of its steps are part of the state.
    (updating("Adam(0.01)"), true),
    (updating("SGD(0.1, momentum=0.9)"), true),
    (updating("AdamW(0.01, clip=0.1)"), false),
    (updating("NAdam(0.01)"), false),
    (updating("SGD(t => 0.1 / (t + 1))"), false),
    // Reads the number of the optimizer's steps.
    (
      """
      d = (x=randn(48, 6), y=randint(0, 3, 48))
      turn(s, b) = {
        (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.m)
        (s.m, s.o) = update(s.o, s.m, g / (s.o.steps + 1))
        (s, (loss=l))
      }
      train((m=Linear(6, 3), o=AdamW(0.01)), d, step=turn, steps=0)
      """, true
    ),
  ])
  func `a step of one's own has the same bits, repeated or interpreted`(
    program: String, isRepeated: Bool
  ) throws {
    let learner = try stateLearner(program)
    let (planned, plan) = try stepped(learner, 14, planned: true)
    #expect(plan?.isInUse == isRepeated, "\(plan?.obstacle ?? "")")
    #expect(try stepped(learner, 14, planned: false).bits == planned)
  }
}
