import CKernels

// Normalisations of f32 in one pass, forward and back.
extension Tensor {
  private static let rowChunk = 64

  /// (x - mean) / sqrt(variance + eps) * weight + bias over the last axis; `notes` are for the way
  /// back.
  package static func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, eps: Double) throws -> (
    y: Tensor, notes: Tensor
  ) {
    let n = weight.count
    let rows = n == 0 ? 0 : x.count / n
    let y = try Tensor(uninitialised: x.shape, .float32)
    let notes = try Tensor(uninitialised: Shape(checking: [rows, 2]), .float32)
    try apply("layer_norm", [x, weight, bias], [y, notes]) { at in
      nonisolated(unsafe) let p = Floats(at)
      Workers.split(rows, grain: max(1, grain / max(1, n))) { part in
        ck_layer_norm_f32(
          p[0] + part.lowerBound * n, p[1], p[2], part.count, n, eps, p[3] + part.lowerBound * n,
          p[4] + part.lowerBound * 2)
      }
    }
    return (y, notes)
  }

  /// Gradients of x, weight and bias; sums over rows in fixed chunks, then chunk by chunk.
  package static func layerNormGradient(
    _ upstream: Tensor, _ x: Tensor, weight: Tensor, notes: Tensor
  ) throws -> (x: Tensor, weight: Tensor, bias: Tensor) {
    let n = weight.count
    let rows = n == 0 ? 0 : x.count / n
    let chunks = max(1, (rows + rowChunk - 1) / rowChunk)
    let dx = try Tensor(uninitialised: x.shape, .float32)
    let sums = try Tensor(uninitialised: Shape(checking: [chunks, 2, n]), .float32)
    try apply("layer_norm to all", [upstream, x, weight, notes], [dx, sums]) { at in
      nonisolated(unsafe) let p = Floats(at)
      Workers.run(parts: chunks) { chunk in
        let start = chunk * rowChunk
        ck_layer_norm_gradient_f32(
          p[0] + start * n, p[1] + start * n, p[2], p[3] + start * 2,
          min(rows, start + rowChunk) - start, n, p[4] + start * n, p[5] + chunk * 2 * n)
      }
    }
    let total = try sums.reduce(.sum, axes: [0])
    return (
      dx, try total.sliced(axis: 0, 0..<1).viewed(as: weight.shape),
      try total.sliced(axis: 0, 1..<2).viewed(as: weight.shape)
    )
  }
}

/// The f32 operands of a kernel by place.
struct Floats {
  let at: UnsafePointer<UnsafeMutableRawPointer>
  init(_ at: UnsafePointer<UnsafeMutableRawPointer>) { self.at = at }
  @inline(__always)
  subscript(index: Int) -> UnsafeMutablePointer<Float> {
    at[index].assumingMemoryBound(to: Float.self)
  }
}
