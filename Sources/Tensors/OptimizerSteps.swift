import CKernels

/// One step of stochastic gradient descent.
package struct SGDStep: Sendable {
  let learningRate, mu, decay: Double

  package init(learningRate: Double, mu: Double, decay: Double) {
    (self.learningRate, self.mu, self.decay) = (learningRate, mu, decay)
  }

  /// v = mu v + (scale g + decay w), w - lr v; with mu 0 no momentum is kept.
  package func move(
    _ weights: inout Tensor, gradient: Tensor, scale: Double = 1, momentum: inout Tensor?
  ) throws {
    guard weights.dtype == .float32 else {
      let g = scale == 1 ? gradient : try gradient.times(scale)
      var direction = try g.binary(.add, weights.times(decay))
      if mu != 0, let momentum {
        direction = try momentum.times(mu).binary(.add, direction)
      }
      weights = try weights.binary(.subtract, direction.times(learningRate))
      momentum = mu == 0 ? nil : direction
      return
    }
    let g = try gradient.cast(.float32)
    let moved = try weights.replacement()
    let velocity =
      mu == 0 ? nil : try momentum?.replacement() ?? Tensor(uninitialised: weights.shape, .float32)
    let (count, hasOld, hasNew) = (weights.count, momentum != nil, velocity != nil)
    // Weights, gradient, momentum if there was one; weights, momentum if there is one.
    try Tensor.apply(
      "sgd", [weights, g] + (momentum.map { [$0] } ?? []),
      [moved] + (velocity.map { [$0] } ?? [])
    ) { at in
      nonisolated(unsafe) let p = Floats(at)
      Workers.split(count, grain: Tensor.grain) { part in
        let i = part.lowerBound
        let to = hasOld ? 3 : 2
        ck_sgd_f32(
          p[0] + i, p[1] + i, hasOld ? p[2] + i : nil, part.count, Float(scale),
          Float(learningRate), Float(mu), Float(decay), p[to] + i, hasNew ? p[to + 1] + i : nil)
      }
    }
    (weights, momentum) = (moved, velocity)
  }
}

/// One step of Adam, or AdamW when decoupled.
package struct AdamStep: Sendable {
  let learningRate: Double
  let betas: (Double, Double)
  let epsilon, decay: Double
  let isDecoupled: Bool
  /// 1 - beta^step for both moments; steps count from 1.
  let corrections: (Double, Double)
  /// The number of the step, where it is to be noted what depends on it.
  let counter: Tensor?

  package init(
    learningRate: Double, betas: (Double, Double), epsilon: Double, decay: Double,
    isDecoupled: Bool, step: Int, counter: Tensor? = nil
  ) {
    self.init(
      learningRate: learningRate, betas: betas, epsilon: epsilon, decay: decay,
      isDecoupled: isDecoupled, corrections: Self.corrections(betas, step), counter: counter)
  }

  package init(
    learningRate: Double, betas: (Double, Double), epsilon: Double, decay: Double,
    isDecoupled: Bool, corrections: (Double, Double), counter: Tensor? = nil
  ) {
    (self.learningRate, self.betas, self.epsilon) = (learningRate, betas, epsilon)
    (self.decay, self.isDecoupled, self.corrections) = (decay, isDecoupled, corrections)
    self.counter = counter
  }

  private static func corrections(_ betas: (Double, Double), _ step: Int) -> (Double, Double) {
    (1 - ck_power(betas.0, Double(step)), 1 - ck_power(betas.1, Double(step)))
  }

  /// New weights and moments, nil before the first step, for a gradient times `scale`.
  package func move(
    _ weights: inout Tensor, gradient: Tensor, scale: Double = 1, first: inout Tensor?,
    second: inout Tensor?
  ) throws {
    guard weights.dtype == .float32 else {
      return try moveSlowly(
        &weights, scale == 1 ? gradient : gradient.times(scale), &first, &second)
    }
    let g = try gradient.cast(.float32)
    let moved = try weights.replacement()
    let m = try first?.replacement() ?? Tensor(uninitialised: weights.shape, .float32)
    let v = try second?.replacement() ?? Tensor(uninitialised: weights.shape, .float32)
    let old = [first, second].compactMap { $0 }
    let (count, hasOld, isCounted) = (weights.count, old.count == 2, counter != nil)
    // Weights, gradient, moments if there were any, the step's number if it is noted; then what is new.
    try Tensor.apply(
      "adam", [weights, g] + (hasOld ? old : []) + (counter.map { [$0] } ?? []), [moved, m, v]
    ) { at in
      nonisolated(unsafe) let p = Floats(at)
      let number = hasOld ? 4 : 2
      let to = isCounted ? number + 1 : number
      let (one, two) =
        isCounted
        ? Self.corrections(betas, Int(at[number].assumingMemoryBound(to: Int64.self)[0]))
        : corrections
      Workers.split(count, grain: Tensor.grain) { part in
        let i = part.lowerBound
        ck_adam_f32(
          p[0] + i, p[1] + i, hasOld ? p[2] + i : nil, hasOld ? p[3] + i : nil, part.count,
          Float(scale), Float(learningRate), Float(betas.0), Float(betas.1), Float(epsilon),
          Float(decay), isDecoupled ? 1 : 0, Float(one), Float(two), p[to] + i, p[to + 1] + i,
          p[to + 2] + i)
      }
    }
    (weights, first, second) = (moved, m, v)
  }

  private func moveSlowly(
    _ weights: inout Tensor, _ gradient: Tensor, _ first: inout Tensor?, _ second: inout Tensor?
  ) throws {
    Recording.current?.stop("moments in double precision")
    let start = isDecoupled ? try weights.times(1 - learningRate * decay) : weights
    let g = isDecoupled ? gradient : try gradient.binary(.add, weights.times(decay))
    let zero = try Tensor.zeros(weights.shape, weights.dtype)
    let m = try (first ?? zero).times(betas.0).binary(.add, g.times(1 - betas.0))
    let v = try (second ?? zero).times(betas.1)
      .binary(.add, g.unary(.square).times(1 - betas.1))
    let root = try v.times(1 / corrections.1).unary(.sqrt).binary(.add, Tensor.number(epsilon))
    let move = try m.times(learningRate / corrections.0).binary(.divide, root)
    (weights, first, second) = (try start.binary(.subtract, move), m, v)
  }
}

extension Tensor {
  fileprivate func times(_ x: Double) throws -> Tensor { try binary(.multiply, Tensor.number(x)) }
}
