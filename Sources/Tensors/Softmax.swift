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
    let source = dtype.isFloat ? self : try cast(.float32)
    let result = try Tensor(uninitialised: shape, source.dtype)
    let n = dims[axis]
    if count == 0 { return result }
    let rows = count / n
    withExtendedLifetime(source.storage) {
      if source.dtype == .float32 {
        nonisolated(unsafe) let (x, y) = (source.elements(Float.self), result.fresh(Float.self))
        Workers.split(rows, grain: max(1, Tensor.grain / n)) { part in
          ck_softmax_f32(
            x + part.lowerBound * n, y + part.lowerBound * n, part.count, n, logarithm ? 1 : 0)
        }
      } else {
        ck_softmax_f64(
          source.elements(Double.self), result.fresh(Double.self), rows, n, logarithm ? 1 : 0)
      }
    }
    return result
  }
}
