import CKernels

// Several elementwise steps of f32 in one pass.
extension Tensor {
  /// `upstream` times the slope of a function at `self`, where its value was `value`; nil for
  /// functions and kinds that have no such kernel.
  package func gradient(of operation: UnaryOperation, value: Tensor, upstream: Tensor) throws
    -> Tensor?
  {
    switch operation {
    case .relu, .tanh, .sigmoid, .softplus, .gelu, .silu, .exp, .square: break
    default: return nil
    }
    guard dtype == .float32, upstream.dtype == .float32, value.dtype == .float32,
      dims == upstream.dims
    else { return nil }
    let result = try Tensor(uninitialised: shape, .float32)
    let (code, count) = (operation.rawValue, count)
    // Numbers that the kernel does not look at may not be there.
    let (x, y) =
      switch operation {
      case .relu, .tanh, .sigmoid, .exp: (value, value)
      default: (self, self)
      }
    let form = operation == .relu ? LineForm.reluBack : nil
    try Tensor.apply("\(operation) back", [x, y, upstream], [result], form: form) { at in
      nonisolated(unsafe) let p = Floats(at)
      Workers.split(count, grain: Tensor.grain) { part in
        let i = part.lowerBound
        ck_unary_gradient_f32(code, p[0] + i, p[1] + i, p[2] + i, p[3] + i, part.count)
      }
    }
    return result
  }

  /// The sum of the squares of all elements, in double precision.
  package func squaredLength() throws -> Double {
    guard dtype == .float32 else {
      return try cast(.float64).unary(.square).reduce(.sum).item ?? 0
    }
    let block = 4096
    let blocks = (count + block - 1) / block
    return withExtendedLifetime(storage) {
      nonisolated(unsafe) let x = elements(Float.self)
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
        nonisolated(unsafe) let start = sums.baseAddress
        Workers.split(blocks, grain: 64) { part in
          guard let start else { return }
          let first = part.lowerBound * block
          ck_sums_of_squares_f32(
            x + first, min(count, part.upperBound * block) - first, start + part.lowerBound)
        }
        return sums.reduce(0, +)
      }
    }
  }

  /// The mean of -log softmax(x) at the labels for rows along the last axis, and what the way back
  /// needs.
  package static func crossEntropy(_ x: Tensor, labels: Tensor) throws -> (
    loss: Tensor, logs: Tensor
  ) {
    let n = x.dims[x.rank - 1]
    let rows = labels.count
    let loss = try Tensor(uninitialised: .number, .float32)
    let logs = try Tensor(uninitialised: Shape(checking: [2, rows]), .float64)
    let rank = labels.rank
    try apply("cross_entropy", [x, labels], [loss, logs]) { at in
      nonisolated(unsafe) let p = at[0].assumingMemoryBound(to: Float.self)
      nonisolated(unsafe) let y = at[1].assumingMemoryBound(to: Int64.self)
      nonisolated(unsafe) let l = at[3].assumingMemoryBound(to: Double.self)
      for i in 0..<rows where y[i] < 0 || y[i] >= n {
        throw TensorError.indexOutOfRange(index: Int(y[i]), size: n, axis: rank)
      }
      Workers.split(rows, grain: max(1, grain / 4 / max(1, n))) { part in
        let i = part.lowerBound
        ck_cross_entropy_f32(p + i * n, y + i, part.count, n, l + i, l + rows + i)
      }
      at[2].assumingMemoryBound(to: Float.self)[0] = Float(
        ck_sum_f64(l + rows, rows) / Double(max(1, rows)))
    }
    return (loss, logs)
  }

  /// The gradient of `crossEntropy` for x.
  package static func crossEntropyGradient(
    _ upstream: Tensor, _ x: Tensor, labels: Tensor, logs: Tensor
  ) throws -> Tensor {
    let n = x.dims[x.rank - 1]
    let rows = labels.count
    let result = try Tensor(uninitialised: x.shape, .float32)
    try apply("cross_entropy back", [upstream, x, labels, logs], [result]) { at in
      nonisolated(unsafe) let p = at[1].assumingMemoryBound(to: Float.self)
      nonisolated(unsafe) let y = at[2].assumingMemoryBound(to: Int64.self)
      nonisolated(unsafe) let l = at[3].assumingMemoryBound(to: Double.self)
      nonisolated(unsafe) let d = at[4].assumingMemoryBound(to: Float.self)
      let scale = at[0].assumingMemoryBound(to: Float.self)[0] / Float(max(1, rows))
      Workers.split(rows, grain: max(1, grain / 4 / max(1, n))) { part in
        let i = part.lowerBound
        ck_cross_entropy_gradient_f32(
          p + i * n, y + i, l + i, scale, part.count, n, d + i * n)
      }
    }
    return result
  }
}
