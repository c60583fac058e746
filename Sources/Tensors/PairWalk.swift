/// The way through two operands side by side under broadcasting, in runs along the last axis.
enum PairWalk {
  /// One run; the steps are 0 or 1.
  case line(stepA: Int, stepB: Int, count: Int)
  case axes(dims: [Int], a: [Int], b: [Int])

  init(_ a: Shape, _ b: Shape, to shape: Shape) {
    if a.dims == b.dims {
      self = .line(stepA: 1, stepB: 1, count: shape.count)
    } else if b.count == 1 || shape.count == 0 {
      self = .line(stepA: 1, stepB: 0, count: shape.count)
    } else if a.count == 1 {
      self = .line(stepA: 0, stepB: 1, count: shape.count)
    } else {
      var dims = shape.dims
      var x = a.strides(broadcastTo: shape)
      var y = b.strides(broadcastTo: shape)
      // Merge trailing axes along which both operands are contiguous (or both constant).
      while let last = dims.indices.last, last > 0, x[last - 1] == x[last] * dims[last],
        y[last - 1] == y[last] * dims[last]
      {
        dims[last - 1] *= dims[last]
        (x[last - 1], y[last - 1]) = (x[last], y[last])
        dims.removeLast()
        x.removeLast()
        y.removeLast()
      }
      self = .axes(dims: dims, a: x, b: y)
    }
  }

  /// Hands out runs: pointers, their steps, where the run starts in the result, and its length.
  @inline(__always)
  func run<E: BitwiseCopyable>(
    _ p: UnsafePointer<E>, _ q: UnsafePointer<E>,
    _ body: (UnsafePointer<E>, Int, UnsafePointer<E>, Int, Int, Int) -> Void
  ) {
    switch self {
    case .line(let stepA, let stepB, let count):
      WorkStop.stretches(of: count) { part in
        let i = part.lowerBound
        body(p + i * stepA, stepA, q + i * stepB, stepB, i, part.count)
      }
    case .axes(let dims, let x, let y):
      let last = dims.count - 1
      var position = [Int](repeating: 0, count: dims.count)
      var (i, j, at, asked) = (0, 0, 0, 0)
      while true {
        body(p + i, x[last], q + j, y[last], at, dims[last])
        at += dims[last]
        if at - asked > 1 << 20 {
          if WorkStop.isAsked { return }
          asked = at
        }
        var axis = last - 1
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
}

/// The same for two tensors whose operation a recording cannot repeat.
@inline(__always)
func pairs<E: BitwiseCopyable>(
  _ a: Tensor, _ b: Tensor, _ shape: Shape, _: E.Type,
  _ body: (UnsafePointer<E>, Int, UnsafePointer<E>, Int, Int, Int) -> Void
) {
  withExtendedLifetime((a.storage, b.storage)) {
    PairWalk(a.shape, b.shape, to: shape).run(a.elements(E.self), b.elements(E.self), body)
  }
}
