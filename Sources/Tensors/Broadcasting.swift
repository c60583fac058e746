/// Walks two operands side by side under broadcasting and hands out runs along the last axis:
/// pointers, their steps (0 or 1), where the run starts in the result, and its length.
@inline(__always)
func pairs<E: BitwiseCopyable>(
  _ a: Tensor, _ b: Tensor, _ shape: Shape, _: E.Type,
  _ body: (UnsafePointer<E>, Int, UnsafePointer<E>, Int, Int, Int) -> Void
) {
  withExtendedLifetime((a.storage, b.storage)) {
    let p = a.elements(E.self)
    let q = b.elements(E.self)
    if shape.count == 0 { return }
    if a.shape.dims == b.shape.dims { return body(p, 1, q, 1, 0, shape.count) }
    if b.count == 1 { return body(p, 1, q, 0, 0, shape.count) }
    if a.count == 1 { return body(p, 0, q, 1, 0, shape.count) }
    var rank = shape.rank
    var dims = shape.dims
    var x = a.shape.strides(broadcastTo: shape)
    var y = b.shape.strides(broadcastTo: shape)
    // Merge trailing axes along which both operands are contiguous (or both constant).
    while rank > 1, x[rank - 2] == x[rank - 1] * dims[rank - 1],
      y[rank - 2] == y[rank - 1] * dims[rank - 1]
    {
      dims[rank - 2] *= dims[rank - 1]
      x[rank - 2] = x[rank - 1]
      y[rank - 2] = y[rank - 1]
      rank -= 1
    }
    let run = dims[rank - 1]
    let (stepX, stepY) = (x[rank - 1], y[rank - 1])
    var position = [Int](repeating: 0, count: rank)
    var (i, j, at) = (0, 0, 0)
    while true {
      body(p + i, stepX, q + j, stepY, at, run)
      at += run
      var axis = rank - 2
      while axis >= 0 {
        position[axis] += 1
        i += x[axis]
        j += y[axis]
        if position[axis] < dims[axis] { break }
        i -= x[axis] * dims[axis]
        j -= y[axis] * dims[axis]
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

extension Tensor {
  /// Copies elements in the order of `shape`, reading with `strides` from `start` on.
  func copied(to shape: Shape, strides: [Int], start: Int = 0) throws -> Tensor {
    let result = try Tensor(uninitialised: shape, dtype)
    if shape.count == 0 { return result }
    func move<E: BitwiseCopyable>(_: E.Type) {
      let source = elements(E.self) + start
      let out = result.fresh(E.self)
      let rank = shape.rank
      if rank == 0 {
        out[0] = source[0]
        return
      }
      let run = shape.dims[rank - 1]
      let step = strides[rank - 1]
      var position = [Int](repeating: 0, count: rank)
      var (from, at) = (0, 0)
      while true {
        if step == 1 {
          (out + at).update(from: source + from, count: run)
        } else {
          for k in 0..<run { out[at + k] = source[from + k * step] }
        }
        at += run
        var axis = rank - 2
        while axis >= 0 {
          position[axis] += 1
          from += strides[axis]
          if position[axis] < shape.dims[axis] { break }
          from -= strides[axis] * shape.dims[axis]
          position[axis] = 0
          axis -= 1
        }
        if axis < 0 { return }
      }
    }
    withExtendedLifetime(storage) {
      switch dtype.size {
      case 1: move(UInt8.self)
      case 4: move(UInt32.self)
      default: move(UInt64.self)
      }
    }
    return result
  }

  /// Stretches axes of size 1 (and adds leading ones) to `target`.
  package func broadcast(to target: Shape) throws -> Tensor {
    if target.dims == shape.dims { return self }
    guard try Shape.broadcast(shape, target, operation: "broadcast").dims == target.dims else {
      throw TensorError.cannotBroadcast(operation: "broadcast", left: dims, right: target.dims)
    }
    return try copied(to: target, strides: shape.strides(broadcastTo: target))
  }

  /// The inverse of broadcasting: sums over every axis that was stretched from `target`.
  package func summed(to target: Shape) throws -> Tensor {
    if target.dims == shape.dims { return self }
    let extra = rank - target.rank
    var axes = Array(0..<extra)
    for i in 0..<target.rank where target.dims[i] == 1 && dims[extra + i] != 1 {
      axes.append(extra + i)
    }
    return try reduce(.sum, axes: axes, keepDims: true).viewed(as: target)
  }
}
