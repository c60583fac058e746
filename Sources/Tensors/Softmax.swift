import CKernels

extension Tensor {
  /// exp(x - max) / sum along an axis, or its logarithm. Shape is unchanged.
  package func softmax(axis: Int, logarithm: Bool = false) throws -> Tensor {
    let axis = try shape.axis(axis)
    if axis != rank - 1 {
      var order = Array(0..<rank)
      order.swapAt(axis, rank - 1)
      return try transposed(order).softmax(axis: -1, logarithm: logarithm).transposed(order)
    }
    let source = try dtype.isFloat ? unpacked() : cast(.float32)
    let result = try Tensor(uninitialised: shape, source.dtype)
    let n = dims[axis]
    if count == 0 { return result }
    let rows = count / n
    let isSingle = source.dtype == .float32
    withExtendedLifetime(source.storage) {
      Tensor.softmax(logarithm, isSingle, source.address, result.address, rows, n)
    }
    Recording.current?.note(logarithm ? "log_softmax" : "softmax", [source], [result]) { at, _ in
      Tensor.softmax(logarithm, isSingle, at[0], at[1], rows, n)
    }
    return result
  }

  private static func softmax(
    _ logarithm: Bool, _ isSingle: Bool, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
    _ rows: Int, _ n: Int
  ) {
    guard isSingle else {
      return ck_softmax_f64(
        x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self), rows, n,
        logarithm ? 1 : 0)
    }
    nonisolated(unsafe) let x = x.assumingMemoryBound(to: Float.self)
    nonisolated(unsafe) let y = y.assumingMemoryBound(to: Float.self)
    Workers.split(rows, grain: max(1, Tensor.grain / n)) { part in
      ck_softmax_f32(
        x + part.lowerBound * n, y + part.lowerBound * n, part.count, n, logarithm ? 1 : 0)
    }
  }
}
