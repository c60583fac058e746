import Tensors
import Vocabulary

/// The settings of a convolution over any number of axes.
package struct Convolution: Sendable {
  package var stride: [Int]
  package var pad: [(Int, Int)]
  package var dilation: [Int]
  package var groups = 1

  package init(axes: Int) {
    stride = Array(repeating: 1, count: axes)
    pad = Array(repeating: (0, 0), count: axes)
    dilation = stride
  }

  /// The last two axes as the two-dimensional kernels want them.
  fileprivate var plane: WindowGeometry {
    var geometry = WindowGeometry()
    let n = stride.count
    geometry.stride = (stride[n - 2], stride[n - 1])
    geometry.dilation = (dilation[n - 2], dilation[n - 1])
    (geometry.padTop, geometry.padBottom) = pad[n - 2]
    (geometry.padLeft, geometry.padRight) = pad[n - 1]
    geometry.groups = groups
    return geometry
  }

  /// One axis of size 1 more, in front.
  fileprivate var raised: Convolution {
    var result = self
    result.stride.insert(1, at: 0)
    result.dilation.insert(1, at: 0)
    result.pad.insert((0, 0), at: 0)
    return result
  }
}

extension Variable {
  /// x [N, C, ...] under w [out, C / groups, ...], for one, two or three axes.
  package static func convolution(_ x: Variable, _ w: Variable, _ c: Convolution) throws -> Variable
  {
    let axes = c.stride.count
    guard x.rank == axes + 2, w.rank == axes + 2 else {
      throw TensorError.invalid(
        operation: "conv\(axes)d",
        reason: "needs [N, C] and \(axes) more axes, these are \(x.shape) and \(w.shape)",
        hint: nil)
    }
    if axes == 1 {
      return try convolution(x.expanded(axis: 2), w.expanded(axis: 2), c.raised).squeezed(axis: 2)
    }
    if axes == 2 { return try conv2d(x, w, c.plane) }
    let (n, depth) = (x.dims[0], x.dims[2])
    let reach = (w.dims[2] - 1) * c.dilation[0]
    let room = depth + c.pad[0].0 + c.pad[0].1 - reach - 1
    guard room >= 0 else {
      throw TensorError.windowTooLarge(
        operation: "conv3d", window: Array(w.dims.dropFirst(2)), input: Array(x.dims.dropFirst(2)))
    }
    let out = room / c.stride[0] + 1
    var total: Variable?
    for k in 0..<w.dims[2] {
      let rows = (0..<out).map { o in
        let at = o * c.stride[0] - c.pad[0].0 + k * c.dilation[0]
        return at >= 0 && at < depth ? at : -1
      }
      let slices = try x.chosen(rows, axis: 2).folded()  // [N out, C, H, W]
      let part = try conv2d(
        slices, w.indexed([.range(nil, nil, 1), .range(nil, nil, 1), .index(k)]), c.plane)
      total = try total.map { try $0 + part } ?? part
    }
    guard let total else { throw TensorError.negativeSize(w.dims) }
    return try total.unfoldedDepth(n, out)
  }

  /// The transposed convolution: x [N, C, ...] under w [C, out / groups, ...].
  package static func transposedConvolution(
    _ x: Variable, _ w: Variable, _ c: Convolution, extra: [Int]
  ) throws -> Variable {
    let axes = c.stride.count
    guard x.rank == axes + 2, w.rank == axes + 2, extra.count == axes, x.dims[1] == w.dims[0] else {
      throw TensorError.invalid(
        operation: "conv_transpose\(axes)d",
        reason:
          "\(x.shape) and weights \(w.shape) do not fit: [N, C, ...] and [C, out / groups, ...]",
        hint: nil)
    }
    if axes == 1 {
      return try transposedConvolution(
        x.expanded(axis: 2), w.expanded(axis: 2), c.raised, extra: [0] + extra
      ).squeezed(axis: 2)
    }
    if extra.contains(where: { $0 != 0 }), axes > 1 {
      // What is added behind may lie under windows: take the whole and cut it.
      var whole = c
      whole.pad = Array(repeating: (0, 0), count: axes)
      let full = try transposedConvolution(x, w, whole, extra: Array(repeating: 0, count: axes))
      let widths = (0..<axes).reversed().flatMap { [-c.pad[$0].0, extra[$0] - c.pad[$0].1] }
      return try full.padded(widths, mode: "constant")
    }
    func size(_ i: Int) throws -> Int {
      let out =
        (x.dims[i + 2] - 1) * c.stride[i] - c.pad[i].0 - c.pad[i].1
        + c.dilation[i] * (w.dims[i + 2] - 1) + extra[i] + 1
      guard out > 0 else { throw TensorError.negativeSize([out]) }
      return out
    }
    if axes == 2 {
      let shape = try Shape(
        checking: [x.dims[0], w.dims[1] * c.groups, size(0), size(1)])
      return try inputGradient(x, w, shape, c.plane)
    }
    let (n, depth, out) = (x.dims[0], x.dims[2], try size(0))
    let slices = try x.folded()  // [N D, C, H, W]
    let shape = try Shape(checking: [slices.dims[0], w.dims[1] * c.groups, size(1), size(2)])
    var total: Variable?
    for k in 0..<w.dims[2] {
      let kernel = try w.indexed([.range(nil, nil, 1), .range(nil, nil, 1), .index(k)])
      let rows = (0..<out).map { o in
        let at = o + c.pad[0].0 - k * c.dilation[0]
        return at >= 0 && at % c.stride[0] == 0 && at / c.stride[0] < depth ? at / c.stride[0] : -1
      }
      let part = try inputGradient(slices, kernel, shape, c.plane).unfoldedDepth(n, depth)
        .chosen(rows, axis: 2)
      total = try total.map { try $0 + part } ?? part
    }
    guard let total else { throw TensorError.negativeSize(w.dims) }
    return total
  }

  /// [N, C, D, H, W] to [N D, C, H, W].
  private func folded() throws -> Variable {
    try transposed([0, 2, 1, 3, 4]).reshaped([dims[0] * dims[2], dims[1], dims[3], dims[4]])
  }

  /// [N D, C, H, W] to [N, C, D, H, W].
  private func unfoldedDepth(_ n: Int, _ depth: Int) throws -> Variable {
    try reshaped([n, depth] + dims.dropFirst()).transposed([0, 2, 1, 3, 4])
  }
}

extension Operations {
  private static func numbers(_ n: Int) -> [Double] {
    (0..<n).map { 0.2 * Double($0 * 7 % 11) - 0.9 }
  }

  private static func settings(_ axes: Int, _ a: Attributes) throws -> Convolution {
    func each(_ name: String, _ value: Int) throws -> [Int] {
      let found = a.integers(name) ?? [value]
      if found.count == 1 { return Array(repeating: found[0], count: axes) }
      guard found.count == axes else {
        throw TensorError.invalid(
          operation: name, reason: "needs one number or \(axes), these are \(found.count)",
          hint: nil)
      }
      return found
    }
    var result = Convolution(axes: axes)
    result.stride = try each("stride", 1)
    result.dilation = try each("dilation", 1)
    result.pad = try each("pad", 0).map { ($0, $0) }
    result.groups = a.integer("groups", default: 1)
    guard
      (result.stride + result.dilation + [result.groups]).allSatisfy({ $0 > 0 && $0 < 1 << 31 }),
      result.pad.allSatisfy({ $0.0 >= 0 && $0.0 < 1 << 31 })
    else {
      throw TensorError.invalid(
        operation: "convolution", reason: "stride, dilation and groups start at 1, padding at 0",
        hint: nil)
    }
    return result
  }

  private static func convolution(
    _ axes: Int, _ prints: String, _ shapes: [[Int]], isTransposed: Bool
  ) -> TensorOperation {
    let name = isTransposed ? "conv_transpose\(axes)d" : "conv\(axes)d"
    let sizes = String(repeating: ", 3", count: axes)
    let small = String(repeating: ", 2", count: axes)
    var sampleSettings: [Attributes] = [
      [:], ["stride": .integer(2), "pad": .integer(1)],
      ["dilation": .integer(2), "pad": .integer(1)],
    ]
    if axes == 3 { sampleSettings = [["stride": .integer(2), "pad": .integer(1)]] }
    return .composed(
      name, "Linear algebra",
      [
        Argument("x", .tensor, "[N, C] and \(axes) more ax\(axes == 1 ? "is" : "es")."),
        Argument(
          "w", .tensor,
          isTransposed ? "Weights [C, out / groups, ...]." : "Weights [out, C / groups, ...]."),
        Argument(
          "stride", .any, "From one window to the next, one or for each axis.", default: "1"),
        Argument("pad", .any, "Zeros on each side.", default: "0"),
        Argument("dilation", .any, "Distance between the window's elements.", default: "1"),
        Argument("groups", .integer, "Blocks of channels that do not mix.", default: "1"),
      ],
      isTransposed
        ? "The gradient of a convolution for its input: each element spread by the weights."
        : "Each element of the result is the sum of weights times the window below it.",
      "\(name)(ones(1, 1\(sizes)), ones(1, 1\(small))).shape", prints,
      samples: sampleSettings.map {
        .init(shapes.map { numbers($0.reduce(1, *)) }, shapes, $0)
      }
    ) { inputs, a in
      let c = try settings(axes, a)
      let (x, w) = (try inputs[0].floating(), try inputs[1].floating())
      if isTransposed {
        return try Variable.transposedConvolution(
          x, w, c, extra: Array(repeating: 0, count: axes))
      }
      return try Variable.convolution(x, w, c)
    }
  }

  package static let conv1d: TensorOperation = convolution(
    1, "(1, 1, 2)", [[2, 2, 4], [3, 2, 2]], isTransposed: false)
  package static let conv3d: TensorOperation = convolution(
    3, "(1, 1, 2, 2, 2)", [[1, 2, 2, 3, 3], [1, 2, 2, 2, 2]], isTransposed: false)
  package static let convTranspose1d: TensorOperation = convolution(
    1, "(1, 1, 4)", [[2, 2, 4], [2, 3, 2]], isTransposed: true)
  package static let convTranspose2d: TensorOperation = convolution(
    2, "(1, 1, 4, 4)", [[1, 2, 3, 3], [2, 1, 2, 2]], isTransposed: true)
  package static let convTranspose3d: TensorOperation = convolution(
    3, "(1, 1, 4, 4, 4)", [[1, 1, 2, 3, 2], [1, 2, 2, 2, 2]], isTransposed: true)

  static let volumes: [TensorOperation] = [
    conv1d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d,
  ]
}
