import CKernels

extension Tensor {
  /// One step of stochastic gradient descent: new weights and momentum.
  /// v = mu v + (g + decay w), w - lr v; with mu 0 no momentum is kept.
  package func sgdStep(
    gradient: Tensor, momentum: Tensor?, learningRate: Double, mu: Double, decay: Double
  ) throws -> (weights: Tensor, momentum: Tensor?) {
    if dtype != .float32 {
      var direction = try gradient.binary(.add, binary(.multiply, Tensor.number(decay)))
      if mu != 0, let momentum {
        direction = try momentum.binary(.multiply, Tensor.number(mu)).binary(.add, direction)
      }
      let step = try direction.binary(.multiply, Tensor.number(learningRate))
      return (try binary(.subtract, step), mu == 0 ? nil : direction)
    }
    let weights = try Tensor(uninitialised: shape, .float32)
    let velocity = mu == 0 ? nil : try Tensor(uninitialised: shape, .float32)
    let g = try gradient.cast(.float32)
    withExtendedLifetime((self, g, momentum)) {
      nonisolated(unsafe) let (w, d, old) = (
        elements(Float.self), g.elements(Float.self), momentum?.elements(Float.self)
      )
      nonisolated(unsafe) let (to, kept) = (weights.fresh(Float.self), velocity?.fresh(Float.self))
      Workers.split(count, grain: Tensor.grain) { part in
        let i = part.lowerBound
        ck_sgd_f32(
          w + i, d + i, old.map { $0 + i }, part.count, Float(learningRate), Float(mu),
          Float(decay), to + i, kept.map { $0 + i })
      }
    }
    return (weights, velocity)
  }

  /// 1 - beta^step for both moments; steps count from 1.
  package static func adamCorrections(_ betas: (Double, Double), step: Int) -> (Double, Double) {
    (1 - ck_power(betas.0, Double(step)), 1 - ck_power(betas.1, Double(step)))
  }

  /// One step of Adam, or AdamW when `decoupled`: new weights and moments.
  package func adamStep(
    gradient: Tensor, first: Tensor?, second: Tensor?, learningRate: Double,
    betas: (Double, Double), epsilon: Double, decay: Double, decoupled: Bool,
    corrections: (Double, Double)
  ) throws -> (weights: Tensor, first: Tensor, second: Tensor) {
    let (correction1, correction2) = corrections
    if dtype != .float32 {
      func times(_ t: Tensor, _ x: Double) throws -> Tensor {
        try t.binary(.multiply, Tensor.number(x))
      }
      let start = decoupled ? try times(self, 1 - learningRate * decay) : self
      let g = decoupled ? gradient : try gradient.binary(.add, times(self, decay))
      let zero = try Tensor.zeros(shape, dtype)
      let m = try times(first ?? zero, betas.0).binary(.add, times(g, 1 - betas.0))
      let v = try times(second ?? zero, betas.1).binary(.add, times(g.unary(.square), 1 - betas.1))
      let root = try times(v, 1 / correction2).unary(.sqrt).binary(.add, Tensor.number(epsilon))
      let move = try times(m, learningRate / correction1).binary(.divide, root)
      return (try start.binary(.subtract, move), m, v)
    }
    let weights = try Tensor(uninitialised: shape, .float32)
    let m = try Tensor(uninitialised: shape, .float32)
    let v = try Tensor(uninitialised: shape, .float32)
    let g = try gradient.cast(.float32)
    withExtendedLifetime((self, g, first, second)) {
      nonisolated(unsafe) let (w, d) = (elements(Float.self), g.elements(Float.self))
      nonisolated(unsafe) let (a, b) = (
        first?.elements(Float.self), second?.elements(Float.self)
      )
      nonisolated(unsafe) let to = (
        weights.fresh(Float.self), m.fresh(Float.self), v.fresh(Float.self)
      )
      Workers.split(count, grain: Tensor.grain) { part in
        let i = part.lowerBound
        ck_adam_f32(
          w + i, d + i, a.map { $0 + i }, b.map { $0 + i }, part.count, Float(learningRate),
          Float(betas.0), Float(betas.1), Float(epsilon), Float(decay), decoupled ? 1 : 0,
          Float(correction1), Float(correction2), to.0 + i, to.1 + i, to.2 + i)
      }
    }
    return (weights, m, v)
  }
}
