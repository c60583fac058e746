import CKernels

/// Batch norm of f32 [images, channels, size]: each channel (axis 1) gets mean 0 and variance 1 over
/// all others, then a scale and a shift.
struct BatchNorm: Equatable {
  let images, channels, size: Int
  let eps: Double

  init(_ x: Tensor, eps: Double = 0) {
    (images, channels) = (x.dims[0], x.dims[1])
    size = x.dims.dropFirst(2).reduce(1, *)
    self.eps = eps
  }

  /// From `x`, weight and bias to y, notes and statistics; then `other` is added, if it is given, and
  /// relu taken if asked for.
  func run(
    _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
    other: UnsafePointer<Float>? = nil, relu: Bool = false, _ y: UnsafeMutablePointer<Float>,
    _ notes: UnsafeMutablePointer<Float>, _ statistics: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (x, weight, bias, other) = (x, weight, bias, other)
    nonisolated(unsafe) let (y, notes, statistics) = (y, notes, statistics)
    eachChannels { part in
      ck_batch_norm_f32(
        x, weight, bias, other, relu ? 1 : 0, images, channels, size, part.lowerBound,
        part.upperBound, eps, y, notes, statistics)
    }
  }

  /// From `upstream`, x, weight and notes to the slopes dx and sums. With relu's result `after`, what
  /// comes from above counts where that is above zero, as `kept` notes, and `other` is added before.
  func back(
    _ upstream: UnsafePointer<Float>, other: UnsafePointer<Float>? = nil,
    after: UnsafePointer<Float>? = nil, _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
    _ notes: UnsafePointer<Float>, kept: UnsafeMutablePointer<Float>? = nil,
    _ dx: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (upstream, other, after) = (upstream, other, after)
    nonisolated(unsafe) let (x, weight, notes) = (x, weight, notes)
    nonisolated(unsafe) let (kept, dx, sums) = (kept, dx, sums)
    eachChannels { part in
      ck_batch_norm_gradient_f32(
        upstream, other, after, x, weight, notes, images, channels, size, part.lowerBound,
        part.upperBound, kept, dx, sums)
    }
  }

  /// Hands out ranges of channels; each channel's sums are its own.
  private func eachChannels(_ body: @Sendable (Range<Int>) -> Void) {
    // Some parts more than workers, so that a worker that is held up leaves less behind.
    Workers.split(channels, grain: max(1, (channels + 7) / 8), body)
  }
}

extension Tensor {
  /// (x - mean) / sqrt(variance + eps) * weight + bias for each channel (axis 1) over all others;
  /// `statistics` [2, C] are means and sums of squared distances.
  package static func batchNorm(_ x: Tensor, weight: Tensor, bias: Tensor, eps: Double) throws -> (
    y: Tensor, notes: Tensor, statistics: Tensor
  ) {
    let norm = BatchNorm(x, eps: eps)
    let pair = try Shape(checking: [2, norm.channels])
    let y = try Tensor(uninitialised: x.shape, .float32)
    let notes = try Tensor(uninitialised: pair, .float32)
    let statistics = try Tensor(uninitialised: pair, .float32)
    try apply("batch_norm", [x, weight, bias], [y, notes, statistics], form: .batchNorm(norm)) {
      let p = Floats($0)
      norm.run(p[0], p[1], p[2], p[3], p[4], p[5])
    }
    return (y, notes, statistics)
  }

  /// Gradients of x, weight and bias.
  package static func batchNormGradient(
    _ upstream: Tensor, _ x: Tensor, weight: Tensor, notes: Tensor
  ) throws -> (x: Tensor, weight: Tensor, bias: Tensor) {
    let norm = BatchNorm(x)
    let dx = try Tensor(uninitialised: x.shape, .float32)
    let sums = try Tensor(uninitialised: Shape(checking: [2, norm.channels]), .float32)
    try apply(
      "batch_norm back", [upstream, x, weight, notes], [dx, sums], form: .batchNormBack(norm)
    ) {
      let p = Floats($0)
      norm.back(p[0], p[1], p[2], p[3], p[4], p[5])
    }
    return (
      dx, try sums.sliced(axis: 0, 0..<1).viewed(as: weight.shape),
      try sums.sliced(axis: 0, 1..<2).viewed(as: weight.shape)
    )
  }
}
