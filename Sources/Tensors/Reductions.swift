import CKernels

package enum Reduction: Int32, Sendable {
  case sum, mean, max, min, prod
  package var name: String { "\(self)" }
}

extension Tensor {
  /// Reduces the given axes (all when nil). Sums and means of integers: i64 and f32; of booleans they
  /// count. Sums run over 16 fixed lanes in double precision.
  package func reduce(_ operation: Reduction, axes: [Int]? = nil, keepDims: Bool = false) throws
    -> Tensor
  {
    let axes = try shape.axes(axes)
    if dtype.isPacked {
      return try unpacked().reduce(operation, axes: axes, keepDims: keepDims)
    }
    if dtype == .bool { return try cast(.int64).reduce(operation, axes: axes, keepDims: keepDims) }
    if dtype == .int64, operation == .mean {
      return try cast(.float32).reduce(operation, axes: axes, keepDims: keepDims)
    }
    if dtype == .float32, operation == .sum || operation == .mean,
      let result = try reducedAround(operation, axes, keepDims)
    {
      return result
    }
    let (front, kept, length) = try gathered(axes)
    // Without results there is nothing that could not be told.
    if length == 0, operation != .sum, operation != .prod, !kept.contains(0) {
      throw TensorError.emptyReduction(operation: operation.name)
    }
    let target = try Shape(
      checking: keepDims ? dims.enumerated().map { axes.contains($0) ? 1 : $1 } : kept)
    if length == 0 { return try Tensor.full(target, operation == .prod ? 1 : 0, dtype) }
    let result = try Tensor(uninitialised: target, dtype)
    let (outer, inner) = (front.outer, front.inner)
    let code = operation.rawValue
    var overflows = false
    withExtendedLifetime(front.tensor.storage) {
      switch dtype {
      case .float32, .float64:
        let isSingle = dtype == .float32
        Tensor.reduce(
          code, isSingle, front.tensor.address, result.address, outer, length, inner)
        Recording.current?.note(operation.name, [front.tensor], [result]) { at, _ in
          Tensor.reduce(code, isSingle, at[0], at[1], outer, length, inner)
        }
      case .bool, .int8, .int64, .float16, .bfloat16:
        overflows = front.tensor.reduceIntegers(operation, into: result, outer, length, inner)
      }
    }
    if overflows { throw TensorError.integerOverflow(operation: operation.name) }
    return result
  }

  /// Sums (means) over all axes but some side by side in the middle, read where they lie; nil for
  /// other axes.
  private func reducedAround(_ operation: Reduction, _ axes: [Int], _ keepDims: Bool) throws
    -> Tensor?
  {
    let kept = (0..<rank).filter { !axes.contains($0) }
    guard count > 0, let first = kept.first, let last = kept.last, last - first == kept.count - 1,
      first > 0, last < rank - 1
    else { return nil }
    let (outer, inner) = (dims[..<first].reduce(1, *), dims[(last + 1)...].reduce(1, *))
    let channels = dims[first...last].reduce(1, *)
    let target = try Shape(
      checking: keepDims
        ? dims.enumerated().map { axes.contains($0) ? 1 : $1 } : kept.map { dims[$0] })
    let result = try Tensor(uninitialised: target, .float32)
    let code = operation.rawValue
    try Tensor.apply(operation.name, [self], [result]) { at in
      nonisolated(unsafe) let p = Floats(at)
      Workers.split(channels, grain: Swift.max(1, Tensor.grain / 4 / (outer * inner))) { part in
        ck_reduce_channels_f32(
          code, p[0], p[1], outer, channels, inner, part.lowerBound, part.upperBound)
      }
    }
    return result
  }

  private static func reduce(
    _ code: Int32, _ isSingle: Bool, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
    _ outer: Int, _ length: Int, _ inner: Int
  ) {
    guard isSingle else {
      return ck_reduce_f64(
        code, x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self), outer,
        length, inner)
    }
    nonisolated(unsafe) let x = x.assumingMemoryBound(to: Float.self)
    nonisolated(unsafe) let y = y.assumingMemoryBound(to: Float.self)
    let rows = Swift.max(1, Tensor.grain / Swift.max(1, length * inner))
    Workers.split(outer, grain: rows) { part in
      ck_reduce_f32(
        code, x + part.lowerBound * length * inner, y + part.lowerBound * inner, part.count,
        length, inner)
    }
  }

  /// Brings the reduced axes side by side: [outer, length, inner].
  private func gathered(_ axes: [Int]) throws -> (
    (tensor: Tensor, outer: Int, inner: Int), kept: [Int], length: Int
  ) {
    let keptAxes = (0..<rank).filter { !axes.contains($0) }
    let kept = keptAxes.map { dims[$0] }
    let length = axes.reduce(1) { $0 * dims[$1] }
    let isBlock = axes.isEmpty || axes[axes.count - 1] - axes[0] == axes.count - 1
    if isBlock {
      let first = axes.first ?? rank
      let outer = dims[..<first].reduce(1, *)
      let inner = axes.isEmpty ? 1 : dims[(first + axes.count)...].reduce(1, *)
      return ((self, outer, inner), kept, length)
    }
    let moved = try transposed(keptAxes + axes)
    return ((moved, kept.reduce(1, *), 1), kept, length)
  }

  /// Whether a result did not fit.
  private func reduceIntegers(
    _ operation: Reduction, into result: Tensor, _ outer: Int, _ length: Int, _ inner: Int
  ) -> Bool {
    var overflows = false
    func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Int64 {
      if result.overflow { overflows = true }
      return result.partialValue
    }
    let x = elements(Int64.self)
    let y = result.fresh(Int64.self)
    WorkStop.stretches(of: outer * inner, grain: Swift.max(1, (1 << 20) / Swift.max(1, length))) {
      part in
      for place in part {
        let first = place / inner * length * inner + place % inner
        var value = x[first]
        WorkStop.stretches(of: length) { rows in
          for r in rows where r > 0 {
            let next = x[first + r * inner]
            switch operation {
            case .sum, .mean: value = checked(value.addingReportingOverflow(next))
            case .prod: value = checked(value.multipliedReportingOverflow(by: next))
            case .max: value = Swift.max(value, next)
            case .min: value = Swift.min(value, next)
            }
          }
        }
        y[place] = value
      }
    }
    return overflows
  }

  /// Whether any (all) elements along the axes are true: bool.
  package func reduce(any isAny: Bool, axes: [Int]? = nil, keepDims: Bool = false) throws -> Tensor
  {
    let truth = try cast(.bool).cast(.int64)
    if count == 0 {
      let sum = try truth.reduce(.sum, axes: axes, keepDims: keepDims)
      return try Tensor.full(sum.shape, isAny ? 0 : 1, .bool)
    }
    return try truth.reduce(isAny ? .max : .min, axes: axes, keepDims: keepDims).cast(.bool)
  }

  /// Positions of the largest (smallest) element along an axis, the first of equals: i64. NaN counts
  /// as largest and smallest.
  package func arg(max isMax: Bool, axis: Int, keepDims: Bool = false) throws -> Tensor {
    let axis = try shape.axis(axis)
    let length = dims[axis]
    if length == 0 { throw TensorError.emptyReduction(operation: isMax ? "argmax" : "argmin") }
    let outer = dims[..<axis].reduce(1, *)
    let inner = dims[(axis + 1)...].reduce(1, *)
    var target = dims
    if keepDims { target[axis] = 1 } else { target.remove(at: axis) }
    let result = try Tensor(uninitialised: Shape(checking: target), .int64)
    let out = result.fresh(Int64.self)
    let values = array(of: Double.self)
    WorkStop.stretches(of: outer * inner, grain: Swift.max(1, (1 << 20) / length)) { part in
      for place in part {
        let first = place / inner * length * inner + place % inner
        var best = 0
        var top = values[first]
        WorkStop.stretches(of: length) { rows in
          for r in rows where r > 0 && !top.isNaN {
            let next = values[first + r * inner]
            if next.isNaN || (isMax ? next > top : next < top) { (best, top) = (r, next) }
          }
        }
        out[place] = Int64(best)
      }
    }
    return result
  }

  /// Running sums (products) along an axis.
  package func cumulative(product isProduct: Bool, axis: Int) throws -> Tensor {
    let axis = try shape.axis(axis)
    let source = try dtype == .bool ? cast(.int64) : unpacked()
    let result = try Tensor(uninitialised: shape, source.dtype)
    let length = dims[axis]
    let inner = dims[(axis + 1)...].reduce(1, *)
    func run<E: BitwiseCopyable>(_: E.Type, _ join: (E, E) -> E) {
      let x = source.elements(E.self)
      let y = result.fresh(E.self)
      WorkStop.stretches(of: count) { part in
        for i in part { y[i] = i / inner % length == 0 ? x[i] : join(y[i - inner], x[i]) }
      }
    }
    switch source.dtype {
    case .float32: run(Float.self, isProduct ? { $0 * $1 } : { $0 + $1 })
    case .float64: run(Double.self, isProduct ? { $0 * $1 } : { $0 + $1 })
    case .bool, .int8, .int64, .float16, .bfloat16:
      var overflows = false
      run(Int64.self) { before, next in
        let (value, overflow) =
          isProduct
          ? before.multipliedReportingOverflow(by: next) : before.addingReportingOverflow(next)
        if overflow { overflows = true }
        return value
      }
      if overflows {
        throw TensorError.integerOverflow(operation: isProduct ? "cumprod" : "cumsum")
      }
    }
    return result
  }
}
