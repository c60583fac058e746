import Tensors
import TestSupport
import Testing
import Training

/// Two steps on w = [1, -2] with gradients [0.5, 1] and [0.25, -1], worked out by hand.
@Suite struct OptimizerTests {
  private func moved(_ optimizer: Optimizer, _ dtype: DType) throws -> [Double] {
    var optimizer = optimizer
    var w = [try tensor([1, -2], [2], dtype)]
    try optimizer.update(&w, gradients: [tensor([0.5, 1], [2], dtype)])
    try optimizer.update(&w, gradients: [tensor([0.25, -1], [2], dtype)])
    return w[0].doubles
  }

  @Test(arguments: [DType.float32, .float64])
  func `SGD with momentum keeps a share of the last move`(dtype: DType) throws {
    let optimizer = Optimizer(OptimizerKinds.sgd, learningRate: 0.1, ["momentum": .number(0.9)])
    // v1 = g1; v2 = 0.9 g1 + g2 = [0.7, -0.1]; w = w0 - 0.1 (v1 + v2)
    expectClose(try moved(optimizer, dtype), [1 - 0.12, -2 - 0.09])
  }

  @Test(arguments: [DType.float32, .float64])
  func `Adam's first steps follow the corrected moments`(dtype: DType) throws {
    // m1^ = g1, v1^ = g1²; m2^ = (0.09 g1 + 0.1 g2) / 0.19,
    // v2^ = (0.000999 g1² + 0.001 g2²) / 0.001999
    func second(_ g1: Double, _ g2: Double) -> Double {
      let m = (0.09 * g1 + 0.1 * g2) / 0.19
      let v = (0.000999 * g1 * g1 + 0.001 * g2 * g2) / 0.001999
      return m / v.squareRoot()
    }
    let want = [1 - 0.1 * (1 + second(0.5, 0.25)), -2 - 0.1 * (1 + second(1, -1))]
    expectClose(
      try moved(Optimizer(OptimizerKinds.adam, learningRate: 0.1), dtype), want, relative: 1e-5)
  }

  @Test(arguments: [DType.float32, .float64])
  func `AdamW shrinks weights apart from the gradient`(dtype: DType) throws {
    var plain = Optimizer(OptimizerKinds.adam, learningRate: 0.1)
    var decayed = Optimizer(OptimizerKinds.adamW, learningRate: 0.1, ["decay": .number(0.5)])
    var w = [try tensor([1, -2], [2], dtype)]
    var v = w
    try plain.update(&w, gradients: [tensor([0.5, 1], [2], dtype)])
    try decayed.update(&v, gradients: [tensor([0.5, 1], [2], dtype)])
    expectClose(v[0].doubles, zip(w[0].doubles, [1.0, -2]).map { $0 - 0.05 * $1 })
  }

  @Test func `clipping scales all gradients to the joint norm`() throws {
    var optimizer = Optimizer(OptimizerKinds.sgd, learningRate: 1, ["clip": .number(1)])
    var w = [try tensor([0], [1]), try tensor([0], [1])]
    try optimizer.update(&w, gradients: [tensor([3], [1]), tensor([4], [1])])
    expectClose(w.flatMap(\.doubles), [-0.6, -0.8], relative: 1e-6)
  }
}
