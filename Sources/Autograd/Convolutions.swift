import Tensors
import Vocabulary

extension WindowGeometry {
  /// Settings `stride`, `pad` (a number of pixels on each side), `dilation`, `groups`.
  package init(_ attributes: Attributes, stride defaultStride: Int = 1) {
    self.init()
    let stride = attributes.integers("stride") ?? [defaultStride]
    self.stride = (stride.first ?? 1, stride.last ?? 1)
    let dilation = attributes.integers("dilation") ?? [1]
    self.dilation = (dilation.first ?? 1, dilation.last ?? 1)
    let pad = attributes.integers("pad") ?? [0]
    if pad.count == 4 {
      (padTop, padBottom, padLeft, padRight) = (pad[0], pad[1], pad[2], pad[3])
    } else {
      (padTop, padBottom) = (pad.first ?? 0, pad.first ?? 0)
      (padLeft, padRight) = (pad.last ?? 0, pad.last ?? 0)
    }
    groups = attributes.integer("groups", default: 1)
  }
}

extension Variable {
  package static func conv2d(_ x: Variable, _ w: Variable, _ geometry: WindowGeometry) throws
    -> Variable
  {
    try Tensor.conv2d(x.value, w.value, geometry).recorded(from: [x, w], keeping: .inputs) { c in
      let (x, w) = (c.inputs[0], c.inputs[1])
      return [
        c.isWanted(0) ? try inputGradient(c.upstream, w, x.shape, geometry).like(x) : nil,
        c.isWanted(1) ? try weightGradient(c.upstream, x, w.shape, geometry).like(w) : nil,
      ]
    }
  }

  // The three products of a convolution are linear in each argument, so each one's gradients are
  // again among the three.
  package static func inputGradient(
    _ up: Variable, _ w: Variable, _ input: Shape, _ geometry: WindowGeometry
  ) throws -> Variable {
    try Tensor.conv2dInputGradient(up.value, w.value, input: input, geometry).recorded(from: [
      up, w,
    ]) {
      c in
      [
        try conv2d(c.upstream, c.inputs[1], geometry),
        try weightGradient(c.inputs[0], c.upstream, c.inputs[1].shape, geometry),
      ]
    }
  }

  private static func weightGradient(
    _ up: Variable, _ x: Variable, _ weight: Shape, _ geometry: WindowGeometry
  ) throws -> Variable {
    try Tensor.conv2dWeightGradient(up.value, x.value, weight: weight, geometry).recorded(
      from: [up, x]
    ) { c in
      [
        try conv2d(c.inputs[1], c.upstream, geometry),
        try inputGradient(c.inputs[0], c.upstream, c.inputs[1].shape, geometry),
      ]
    }
  }

  package static func maxPool2d(_ x: Variable, window: [Int], _ geometry: WindowGeometry) throws
    -> Variable
  {
    let (values, positions) = try Tensor.maxPool2d(x.value, window: window, geometry)
    return values.recorded(from: [x], keeping: .nothing) { c in
      [try c.upstream.dropped(at: positions, into: c.inputs[0].shape)]
    }
  }

  package static func avgPool2d(_ x: Variable, window: [Int], _ geometry: WindowGeometry) throws
    -> Variable
  {
    try Tensor.avgPool2d(x.value, window: window, geometry).recorded(
      from: [x], keeping: .nothing
    ) { c in
      let shape = c.inputs[0].shape
      return [
        try Tensor.avgPool2dGradient(c.upstream.value, input: shape, window: window, geometry)
          .recorded(from: [c.upstream]) { [try avgPool2d($0.upstream, window: window, geometry)] }
      ]
    }
  }
}

extension Operations {
  private static let image = (0..<18).map { 0.3 * Double($0 * 7 % 11) - 1.4 }
  private static let kernel = (0..<16).map { 0.2 * Double($0 * 5 % 9) - 0.7 }

  package static let conv2d: TensorOperation = TensorOperation(
    Entry(
      "conv2d", family: "Linear algebra",
      [
        Argument("x", .tensor, "Images [N, C, H, W]."),
        Argument("w", .tensor, "Weights [out, C / groups, h, w]."),
        Argument("stride", .integer, "Pixels from one window to the next.", default: "1"),
        Argument("pad", .integer, "Zeros added on each side.", default: "0"),
        Argument("dilation", .integer, "Distance between the window's pixels.", default: "1"),
        Argument("groups", .integer, "Blocks of channels that do not mix.", default: "1"),
      ], summary: "Each output pixel is the sum of weights times the window below it.",
      examples: [
        Example("conv2d(ones(1, 1, 3, 3), ones(1, 1, 2, 2))[0, 0, 0]", prints: "[4, 4]")
      ]),
    samples: [
      .init([image, kernel], [[1, 2, 3, 3], [2, 2, 2, 2]]),
      .init(
        [image, Array(kernel.prefix(8))], [[1, 2, 3, 3], [2, 1, 2, 2]],
        ["stride": .integer(2), "pad": .integer(1), "groups": .integer(2)]),
      .init(
        [image, Array(kernel.prefix(8))], [[2, 1, 3, 3], [2, 1, 2, 2]], ["dilation": .integer(2)]),
    ],
    composed: { inputs, a in try Variable.conv2d(inputs[0], inputs[1], WindowGeometry(a)) })

  private static func pool(
    _ name: String, _ summary: String, _ example: Example,
    _ body: @escaping @Sendable (Variable, [Int], WindowGeometry) throws -> Variable
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: "Linear algebra",
        [
          Argument("x", .tensor, "Images [N, C, H, W]."),
          Argument("k", .integer, "The window's size; also the stride."),
        ], summary: summary, examples: [example]),
      samples: [.init([image], [[1, 2, 3, 3]], ["k": .integer(2)])],
      composed: { inputs, a in
        let k = a.integer("k", default: 2)
        return try body(inputs[0], [k, k], WindowGeometry(a, stride: k))
      })
  }
  package static let maxPool: TensorOperation = pool(
    "max_pool2d", "The largest pixel under each window.",
    Example("max_pool2d([[[[1, 2], [3, 4]]]], 2)[0, 0, 0]", prints: "[4]"), Variable.maxPool2d)
  package static let avgPool: TensorOperation = pool(
    "avg_pool2d", "The mean pixel under each window.",
    Example("avg_pool2d([[[[1, 2], [3, 4]]]], 2)[0, 0, 0]", prints: "[2.5]"), Variable.avgPool2d)

  static let convolutions: [TensorOperation] = [conv2d, maxPool, avgPool]
}
