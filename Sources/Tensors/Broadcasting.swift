extension Tensor {
  /// The same elements in memory of their own.
  package func copied() throws -> Tensor { try copied(to: shape, strides: shape.strides) }

  /// Copies elements in the order of `shape`, reading with `strides` from `start` on.
  func copied(to shape: Shape, strides: [Int], start: Int = 0) throws -> Tensor {
    let result = try Tensor(uninitialised: shape, dtype)
    if shape.count == 0 { return result }
    let size = dtype.size
    withExtendedLifetime(storage) {
      Tensor.copy(size, address + start * size, result.address, shape, strides)
    }
    Recording.current?.note("copy", [self], [result]) { at, _ in
      Tensor.copy(size, at[0] + start * size, at[1], shape, strides)
    }
    return result
  }

  private static func copy(
    _ size: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ shape: Shape,
    _ strides: [Int]
  ) {
    switch size {
    case 1: copy(UInt8.self, from, to, shape, strides)
    case 2: copy(UInt16.self, from, to, shape, strides)
    case 4: copy(UInt32.self, from, to, shape, strides)
    default: copy(UInt64.self, from, to, shape, strides)
    }
  }

  private static func copy<E: BitwiseCopyable>(
    _: E.Type, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ shape: Shape,
    _ strides: [Int]
  ) {
    let source = from.assumingMemoryBound(to: E.self)
    let out = to.assumingMemoryBound(to: E.self)
    let rank = shape.rank
    if rank == 0 {
      out[0] = source[0]
      return
    }
    let run = shape.dims[rank - 1]
    let step = strides[rank - 1]
    var position = [Int](repeating: 0, count: rank)
    var (from, at, asked) = (0, 0, 0)
    while true {
      WorkStop.stretches(of: run, grain: 1 << 22) { part in
        if step == 1 {
          (out + at + part.lowerBound).update(
            from: source + from + part.lowerBound, count: part.count)
        } else {
          for k in part { out[at + k] = source[from + k * step] }
        }
      }
      at += run
      if at - asked > 1 << 22 {
        if WorkStop.isAsked { return }
        asked = at
      }
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
