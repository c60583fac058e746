extension Tensor {
  /// The largest element under each window of [N, C, H, W], and its flat position in the input.
  package static func maxPool2d(_ x: Tensor, window: [Int], _ geometry: WindowGeometry) throws -> (
    values: Tensor, positions: Tensor
  ) {
    let (source, target) = try pooled("max_pool", x, window, geometry)
    let values = try Tensor(uninitialised: target, source.dtype)
    let positions = try Tensor(uninitialised: target, .int64)
    func run<E: TensorElement & Comparable>(_: E.Type) {
      let p = source.elements(E.self)
      let (v, at) = (values.fresh(E.self), positions.fresh(Int64.self))
      eachWindow(source, window, geometry, target) { out, places in
        var best = -1
        for place in places where best < 0 || p[place] > p[best] || p[place] != p[place] {
          best = place
          if p[place] != p[place] { break }
        }
        v[out] = best < 0 ? E(element: -Double.infinity) : p[best]
        at[out] = Int64(best)
      }
    }
    withExtendedLifetime(source.storage) {
      if source.dtype == .float64 { run(Double.self) } else { run(Float.self) }
    }
    return (values, positions)
  }

  /// The mean under each window; places outside the image count as zeros.
  package static func avgPool2d(_ x: Tensor, window: [Int], _ geometry: WindowGeometry) throws
    -> Tensor
  {
    let (source, target) = try pooled("avg_pool", x, window, geometry)
    let result = try Tensor(uninitialised: target, source.dtype)
    let scale = 1 / Double(window[0] * window[1])
    func run<E: TensorElement>(_: E.Type) {
      let (p, y) = (source.elements(E.self), result.fresh(E.self))
      eachWindow(source, window, geometry, target) { out, places in
        var sum = 0.0
        for place in places { sum += p[place].asDouble }
        y[out] = E(element: sum * scale)
      }
    }
    withExtendedLifetime(source.storage) {
      if source.dtype == .float64 { run(Double.self) } else { run(Float.self) }
    }
    return result
  }

  /// The gradient of `avgPool2d`: each value spread evenly over its window.
  package static func avgPool2dGradient(
    _ upstream: Tensor, input: Shape, window: [Int], _ geometry: WindowGeometry
  ) throws -> Tensor {
    let result = try Tensor.zeros(input, upstream.dtype)
    let scale = 1 / Double(window[0] * window[1])
    func run<E: TensorElement & Numeric>(_: E.Type) {
      let (g, y) = (upstream.elements(E.self), result.fresh(E.self))
      eachWindow(result, window, geometry, upstream.shape) { out, places in
        let share = E(element: g[out].asDouble * scale)
        for place in places { y[place] += share }
      }
    }
    withExtendedLifetime(upstream.storage) {
      if upstream.dtype == .float64 { run(Double.self) } else { run(Float.self) }
    }
    return result
  }

  private static func pooled(
    _ operation: String, _ x: Tensor, _ window: [Int], _ geometry: WindowGeometry
  ) throws -> (Tensor, Shape) {
    guard x.rank == 4 else {
      throw TensorError.invalid(
        operation: operation, reason: "needs images [N, C, H, W], this is \(x.shape)", hint: nil)
    }
    let source = x.dtype.isFloat ? x : try x.cast(.float32)
    let out = try geometry.output(operation, image: [x.dims[2], x.dims[3]], window: window)
    return (source, try Shape(checking: [x.dims[0], x.dims[1], out.height, out.width]))
  }

  /// Hands out, for each place of the result, the flat positions its window covers.
  @inline(__always)
  private static func eachWindow(
    _ x: Tensor, _ window: [Int], _ geometry: WindowGeometry, _ target: Shape,
    _ body: (Int, UnsafeBufferPointer<Int>) -> Void
  ) {
    let (h, w) = (x.dims[2], x.dims[3])
    withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, window[0] * window[1])) { places in
      var out = 0
      for plane in 0..<x.dims[0] * x.dims[1] {
        for oy in 0..<target.dims[2] {
          for ox in 0..<target.dims[3] {
            var count = 0
            for ky in 0..<window[0] {
              let y = oy * geometry.stride.height - geometry.padTop + ky * geometry.dilation.height
              if y < 0 || y >= h { continue }
              for kx in 0..<window[1] {
                let column =
                  ox * geometry.stride.width - geometry.padLeft + kx * geometry.dilation.width
                if column < 0 || column >= w { continue }
                places[count] = (plane * h + y) * w + column
                count += 1
              }
            }
            body(out, UnsafeBufferPointer(rebasing: places[..<count]))
            out += 1
          }
        }
      }
    }
  }
}
