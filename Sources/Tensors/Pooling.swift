import CKernels

extension WindowGeometry {
  /// Whether windows lie inside the image without gaps.
  fileprivate var isPlain: Bool {
    padTop == 0 && padLeft == 0 && padBottom == 0 && padRight == 0 && dilation == (1, 1)
  }

  /// All planes of images as the channels of one.
  fileprivate func window(_ input: Shape, _ window: [Int], _ target: Shape) -> ck_window {
    ck_window(
      channels: input.dims[0] * input.dims[1], height: input.dims[2], width: input.dims[3],
      kernel_height: window[0], kernel_width: window[1], stride_height: stride.height,
      stride_width: stride.width, pad_top: 0, pad_left: 0, dilation_height: 1, dilation_width: 1,
      out_height: target.dims[2], out_width: target.dims[3])
  }
}

extension Tensor {
  /// The largest element under each window of [N, C, H, W], and its flat position in the input.
  package static func maxPool2d(_ x: Tensor, window: [Int], _ geometry: WindowGeometry) throws -> (
    values: Tensor, positions: Tensor
  ) {
    let (source, target) = try pooled("max_pool", x, window, geometry)
    let values = try Tensor(uninitialised: target, source.dtype)
    let positions = try Tensor(uninitialised: target, .int64)
    let input = source.shape
    if geometry.isPlain, source.dtype.isFloat {
      let isDouble = source.dtype == .float64
      let plan = geometry.window(input, window, target)
      let planes = max(1, grain / 2 / max(1, input.dims[2] * input.dims[3]))
      try apply("max_pool2d", [source], [values, positions]) { at in
        nonisolated(unsafe) let at = at
        Workers.split(plan.channels, grain: planes) { part in
          var plan = plan
          let places = at[2].assumingMemoryBound(to: Int64.self)
          if isDouble {
            ck_max_pool_f64(
              &plan, part.lowerBound, part.upperBound, at[0].assumingMemoryBound(to: Double.self),
              at[1].assumingMemoryBound(to: Double.self), places)
          } else {
            ck_max_pool_f32(
              &plan, part.lowerBound, part.upperBound, at[0].assumingMemoryBound(to: Float.self),
              at[1].assumingMemoryBound(to: Float.self), places)
          }
        }
      }
      return (values, positions)
    }
    func run<E: TensorElement & Comparable>(
      _: E.Type, _ address: UnsafePointer<UnsafeMutableRawPointer>
    ) {
      let p = address[0].assumingMemoryBound(to: E.self)
      let v = address[1].assumingMemoryBound(to: E.self)
      let at = address[2].assumingMemoryBound(to: Int64.self)
      eachWindow(input, window, geometry, target) { out, places in
        var best = -1
        for place in places where best < 0 || p[place] > p[best] || p[place] != p[place] {
          best = place
          if p[place] != p[place] { break }
        }
        v[out] = best < 0 ? E(element: -Double.infinity) : p[best]
        at[out] = Int64(best)
      }
    }
    let isDouble = source.dtype == .float64
    try apply("max_pool2d", [source], [values, positions]) { at in
      if isDouble { run(Double.self, at) } else { run(Float.self, at) }
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
    let input = source.shape
    func run<E: TensorElement>(
      _: E.Type, _ address: UnsafePointer<UnsafeMutableRawPointer>
    ) {
      let p = address[0].assumingMemoryBound(to: E.self)
      let y = address[1].assumingMemoryBound(to: E.self)
      eachWindow(input, window, geometry, target) { out, places in
        var sum = 0.0
        for place in places { sum += p[place].asDouble }
        y[out] = E(element: sum * scale)
      }
    }
    let isDouble = source.dtype == .float64
    try apply("avg_pool2d", [source], [result]) { at in
      if isDouble { run(Double.self, at) } else { run(Float.self, at) }
    }
    return result
  }

  /// The gradient of `avgPool2d`: each value spread evenly over its window.
  package static func avgPool2dGradient(
    _ upstream: Tensor, input: Shape, window: [Int], _ geometry: WindowGeometry
  ) throws -> Tensor {
    let result = try Tensor(uninitialised: input, upstream.dtype)
    let scale = 1 / Double(window[0] * window[1])
    let (target, bytes) = (upstream.shape, input.count * upstream.dtype.size)
    func run<E: TensorElement & Numeric>(
      _: E.Type, _ address: UnsafePointer<UnsafeMutableRawPointer>
    ) {
      let g = address[0].assumingMemoryBound(to: E.self)
      let y = address[1].assumingMemoryBound(to: E.self)
      address[1].initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      eachWindow(input, window, geometry, target) { out, places in
        let share = E(element: g[out].asDouble * scale)
        for place in places { y[place] += share }
      }
    }
    let isDouble = upstream.dtype == .float64
    try apply("avg_pool2d to images", [upstream], [result]) { at in
      if isDouble { run(Double.self, at) } else { run(Float.self, at) }
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
    let source = try x.dtype.isFloat ? x.unpacked() : x.cast(.float32)
    let out = try geometry.output(operation, image: [x.dims[2], x.dims[3]], window: window)
    return (source, try Shape(checking: [x.dims[0], x.dims[1], out.height, out.width]))
  }

  /// Hands out, for each place of the result, the flat positions its window covers.
  @inline(__always)
  private static func eachWindow(
    _ x: Shape, _ window: [Int], _ geometry: WindowGeometry, _ target: Shape,
    _ body: (Int, UnsafeBufferPointer<Int>) -> Void
  ) {
    let (h, w) = (x.dims[2], x.dims[3])
    withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, window[0] * window[1])) { places in
      var out = 0
      for plane in 0..<x.dims[0] * x.dims[1] where !WorkStop.isAsked {
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
