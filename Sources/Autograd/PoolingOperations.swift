import Tensors
import Vocabulary

extension Operations {
  private static let family = "Windows"
  private static let twelve = (0..<16).map { 0.4 * Double($0 * 7 % 17) - 1.7 }
  private static func settings(_ axes: Int) -> [Argument] {
    [
      Argument("x", .tensor, "[..., C] and \(axes) more ax\(axes == 1 ? "is" : "es")."),
      Argument("k", .any, "The window's size, one or for each axis."),
      Argument(
        "stride", .any, "From window to window; the window's size when none.", default: "none"),
      Argument("pad", .any, "Added on each side.", default: "0"),
    ]
  }

  private static func windows(_ name: String, _ x: Variable, _ axes: Int, _ a: Attributes) throws
    -> Windows
  {
    func each(_ name: String, _ value: [Int]) throws -> [Int] {
      let found = a.integers(name) ?? value
      if found.count == 1 { return Array(repeating: found[0], count: axes) }
      guard found.count == axes else {
        throw TensorError.invalid(
          operation: name, reason: "needs one number or \(axes), these are \(found.count)",
          hint: nil)
      }
      return found
    }
    guard x.rank > axes else {
      throw TensorError.invalid(
        operation: name, reason: "needs [..., C] and \(axes) more axes, this is \(x.shape)",
        hint: nil)
    }
    let kernel = try each("k", [2])
    return try Windows(
      name, over: Array(x.dims.suffix(axes)), kernel: kernel, stride: each("stride", kernel),
      pad: each("pad", [0]).map { ($0, $0) }, dilation: each("dilation", [1]))
  }

  private static func maxPool(_ axes: Int, _ source: String, _ prints: String, _ shape: [Int])
    -> TensorOperation
  {
    .composed(
      "max_pool\(axes)d", family, settings(axes), "The largest element under each window.", source,
      prints, samples: [.init([twelve], [shape], ["k": .integer(2)])]
    ) { inputs, a in
      try inputs[0].windowMaxima(windows("max_pool\(axes)d", inputs[0], axes, a)).values
    }
  }
  package static let maxPool1d: TensorOperation = maxPool(
    1, "max_pool1d([[1, 3, 2, 5]], 2)[0]", "[3, 5]", [1, 2, 8])
  package static let maxPool3d: TensorOperation = maxPool(
    3, "max_pool3d(ones(1, 2, 2, 2), 2).shape", "(1, 1, 1, 1)", [1, 2, 2, 4])

  private static func avgPool(_ axes: Int, _ source: String, _ prints: String, _ shape: [Int])
    -> TensorOperation
  {
    .composed(
      "avg_pool\(axes)d", family, settings(axes), "The mean under each window.", source, prints,
      samples: [.init([twelve], [shape], ["k": .integer(2)])]
    ) { inputs, a in
      try inputs[0].windowMeans(
        windows("avg_pool\(axes)d", inputs[0], axes, a), includingPad: true)
    }
  }
  package static let avgPool1d: TensorOperation = avgPool(
    1, "avg_pool1d([[1, 3, 2, 5]], 2)[0]", "[2, 3.5]", [1, 2, 8])
  package static let avgPool3d: TensorOperation = avgPool(
    3, "avg_pool3d(ones(1, 2, 2, 2), 2).shape", "(1, 1, 1, 1)", [1, 2, 2, 4])

  private static let adaptiveArguments = [
    Argument("x", .tensor, "[..., C] and as many axes as there are sizes."),
    Argument("sizes", .integer, "The sizes of the result.", variadic: true),
  ]
  package static let adaptiveAvgPool: TensorOperation = .composed(
    "adaptive_avg_pool", family, adaptiveArguments,
    "The mean of each of a given number of parts of the last axes.",
    "adaptive_avg_pool([[1, 3, 2, 6]], 2)[0]", "[2, 4]",
    samples: [.init([twelve], [[1, 4, 4]], ["sizes": .integers([3, 2])])]
  ) { inputs, a in
    let sizes = a.integers("sizes") ?? [1]
    return try inputs[0].windowMeans(
      Windows(adaptive: sizes, over: Array(inputs[0].dims.suffix(sizes.count))),
      includingPad: false)
  }
  package static let adaptiveMaxPool: TensorOperation = .composed(
    "adaptive_max_pool", family, adaptiveArguments,
    "The largest element of each of a given number of parts of the last axes.",
    "adaptive_max_pool([[1, 3, 2, 6]], 2)[0]", "[3, 6]",
    samples: [.init([twelve], [[1, 4, 4]], ["sizes": .integers([3, 2])])]
  ) { inputs, a in
    let sizes = a.integers("sizes") ?? [1]
    return try inputs[0].windowMaxima(
      Windows(adaptive: sizes, over: Array(inputs[0].dims.suffix(sizes.count)))
    ).values
  }

  package static let imageColumns: TensorOperation = .composed(
    "im2col", family, settings(2), "The pixels under each window as columns [N, C k k, windows].",
    "im2col(ones(1, 2, 3, 3), 2).shape", "(1, 8, 4)",
    samples: [
      .init(
        [twelve], [[1, 1, 4, 4]], ["k": .integer(2), "stride": .integer(1), "pad": .integer(1)])
    ]
  ) { inputs, a in
    let x = inputs[0]
    guard x.rank == 4 else {
      throw TensorError.invalid(
        operation: "im2col", reason: "needs [N, C, H, W], this is \(x.shape)",
        hint: "unfold, for windows of a sequence")
    }
    var settings = a
    if settings["stride"] == nil { settings["stride"] = .integer(1) }
    return try x.unfolded(windows("im2col", x, 2, settings))
  }

  package static let unfold: TensorOperation = .composed(
    "unfold", family,
    [
      Argument("x", .tensor, "A sequence [T, ...]."),
      Argument("n", .integer, "Places of a window."),
      Argument("step", .integer, "Places from one window to the next.", default: "1"),
    ], "The windows of a sequence one after the other: [windows, n, ...].",
    "unfold([1, 2, 3, 4], 2)[1]", "[2, 3]",
    samples: [
      .init([twelve], [[16]], ["n": .integer(3), "step": .integer(2)]),
      .init([twelve], [[4, 4]], ["n": .integer(2)]),
    ]
  ) { inputs, a in
    let x = inputs[0]
    let (n, step) = (a.integer("n", default: 1), a.integer("step", default: 1))
    guard x.rank > 0, n > 0, step > 0, n <= x.dims[0] else {
      throw TensorError.invalid(
        operation: "unfold",
        reason: "windows of \(n) places every \(step) do not fit a sequence of shape \(x.dims)",
        hint: nil)
    }
    let windows = (x.dims[0] - n) / step + 1
    let rows = try Tensor.positions([windows, n]) { $0[0] * step + $0[1] }
    return try x.taking(at: rows)
  }

  static let pooling: [TensorOperation] = [
    maxPool1d, maxPool3d, avgPool1d, avgPool3d, adaptiveAvgPool, adaptiveMaxPool,
    imageColumns, unfold,
  ]
}

extension Variable {
  /// [N, C, ...] to the elements under each window: [N, C width, windows].
  package func unfolded(_ windows: Windows) throws -> Variable {
    let planes = dims[0] * dims[1]
    let columns = try picked(windows.positions(planes: planes))  // [planes, windows, width]
    let count = windows.out.reduce(1, *)
    return try columns.transposed([0, 2, 1]).reshaped([dims[0], dims[1] * windows.width, count])
  }
}
