import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  /// (x - mean) / sqrt(variance + eps) over some axes.
  private static func standardised(_ x: Variable, _ axes: [Int], eps: Double) throws -> Variable {
    let over = Attributes.reduction(axes, true)
    let center = try x - Operations.mean(x, over)
    return try center / Operations.sqrt(Operations.mean(center * center, over) + eps)
  }

  private static let eps = Argument(
    "eps", .number, "Added to the variance, so that the root is not 0.", default: "0.00001")

  private static func channels(_ name: String, _ summary: String) -> Argument {
    Argument(name, .integer, summary + "; taken from the chain when left out.", default: "none")
  }

  /// A learned scale of ones and shift of zeros.
  private static func scaleAndShift(_ size: Int, shift: Bool = true) throws -> [(
    name: String, value: Tensor
  )] {
    let shape = try Shape(checking: [size])
    let weight = try Tensor.full(shape, 1)
    return shift ? [("weight", weight), ("bias", try Tensor.zeros(shape))] : [("weight", weight)]
  }

  /// x with the layer's scale and shift for each channel (axis 1).
  private static func scaled(_ x: Variable, by layer: Layer) throws -> Variable {
    guard let weight = layer.parameter("weight") else { return x }
    let dims = [1, -1] + Array(repeating: 1, count: x.rank - 2)
    let scaled = try x * weight.reshaped(dims)
    return try layer.parameter("bias").map { try scaled + $0.reshaped(dims) } ?? scaled
  }

  private static func checkChannels(_ layer: Layer, _ x: Variable, _ count: Int, rank: Int) throws {
    guard x.rank >= rank, x.dims[1] == count else {
      throw TensorError.invalid(
        operation: layer.text,
        reason: "expects \(count) channels on axis 1 of at least \(rank) axes, found \(x.dims)",
        hint: nil)
    }
  }

  /// Ba, Kiros, Hinton 2016.
  static let layerNorm = LayerKind(
    Entry(
      "LayerNorm", family: "Layers", [channels("d", "The last axis"), eps],
      summary: "Mean 0 and variance 1 on the last axis, then a learned scale and shift.",
      details: "(x - mean) / sqrt(var + eps) * weight + bias.",
      examples: [Example("LayerNorm(4)(randn(2, 4)).shape", prints: "(2, 4)")]),
    inputSetting: "d", inputSize: { $0.last },
    parameters: { settings, _ in try scaleAndShift(settings.integer("d", default: 1)) },
    shape: keepingLast,
    apply: { layer, x, _ in
      guard let weight = layer.parameter("weight"), let bias = layer.parameter("bias") else {
        return x
      }
      try checkLast(layer, x, weight.dims[0])
      let eps = layer.settings.number("eps", default: 1e-5)
      if isPlain(x, weight, bias) {
        let (y, notes) = try Tensor.layerNorm(
          x.value, weight: weight.value, bias: bias.value, eps: eps)
        return y.recorded(from: [x, weight, bias], keeping: .inputs) { c in
          let slopes = try Tensor.layerNormGradient(
            c.upstream.value, c.inputs[0].value, weight: c.inputs[1].value, notes: notes)
          return [Variable(slopes.x), Variable(slopes.weight), Variable(slopes.bias)]
        }
      }
      return try standardised(x, [-1], eps: eps) * weight + bias
    })

  /// Whether kernels for f32 without gradients of gradients serve.
  private static func isPlain(_ inputs: Variable...) -> Bool {
    !Gradients.isNested && inputs.allSatisfy { $0.dtype == .float32 && $0.shape.count > 0 }
  }

  /// The shape stays, where the last axis is the one that the layer is for.
  private static let keepingLast: LayerKind.ShapeRule = { settings, dims, kind in
    kind == .float32 && dims.last == settings.integer("d", default: 1) ? dims : nil
  }

  static func checkLast(_ layer: Layer, _ x: Variable, _ size: Int) throws {
    guard x.dims.last == size else {
      throw TensorError.invalid(
        operation: layer.text, reason: "expects \(size) on its last axis, found \(x.dims)",
        hint: nil)
    }
  }

  /// Zhang and Sennrich 2019.
  static let rmsNorm = LayerKind(
    Entry(
      "RMSNorm", family: "Layers", [channels("d", "The last axis"), eps],
      summary: "The last axis divided by the root of its mean square, then a learned scale.",
      examples: [Example("RMSNorm(2, eps=1e-9)([[3.0, 4.0]]) * 5^0.5", prints: nil)]),
    inputSetting: "d", inputSize: { $0.last },
    parameters: { settings, _ in
      try scaleAndShift(settings.integer("d", default: 1), shift: false)
    },
    shape: keepingLast,
    apply: { layer, x, _ in
      guard let weight = layer.parameter("weight") else { return x }
      try checkLast(layer, x, weight.dims[0])
      let square = try Operations.mean(x * x, Attributes.reduction([-1], true))
      let eps = layer.settings.number("eps", default: 1e-5)
      return try x / Operations.sqrt(square + eps) * weight
    })

  /// Wu and He 2018: the channels of one example in groups.
  static let groupNorm = LayerKind(
    Entry(
      "GroupNorm", family: "Layers",
      [
        Argument("groups", .integer, "Groups of channels."),
        channels("c", "How many channels"), eps,
      ], summary: "Mean 0 and variance 1 in each group of channels of each example.",
      examples: [Example("GroupNorm(2, 4)(randn(3, 4, 5, 5)).shape", prints: "(3, 4, 5, 5)")]),
    inputSetting: "c", inputSize: { $0.first },
    parameters: { settings, _ in
      let (c, groups) = (settings.integer("c", default: 1), settings.integer("groups", default: 1))
      guard c % groups == 0 else {
        throw TensorError.invalid(
          operation: "GroupNorm", reason: "\(c) channels do not split into \(groups) groups",
          hint: nil)
      }
      return try scaleAndShift(c)
    },
    apply: { layer, x, _ in
      try checkChannels(layer, x, layer.settings.integer("c", default: 1), rank: 2)
      let groups = layer.settings.integer("groups", default: 1)
      let eps = layer.settings.number("eps", default: 1e-5)
      let together = try x.reshaped([x.dims[0], groups, -1])
      return try scaled(standardised(together, [-1], eps: eps).reshaped(x.dims), by: layer)
    })

  /// Ulyanov, Vedaldi, Lempitsky 2016.
  static let instanceNorm = LayerKind(
    Entry(
      "InstanceNorm", family: "Layers",
      [
        channels("c", "How many channels"), eps,
        Argument("affine", .boolean, "A learned scale and shift.", default: "false"),
      ], summary: "Mean 0 and variance 1 in each channel of each example.",
      examples: [Example("InstanceNorm(2)(randn(3, 2, 5, 5)).shape", prints: "(3, 2, 5, 5)")]),
    inputSetting: "c", inputSize: { $0.first },
    parameters: { settings, _ in
      settings.boolean("affine", default: false)
        ? try scaleAndShift(settings.integer("c", default: 1)) : []
    },
    apply: { layer, x, _ in
      try checkChannels(layer, x, layer.settings.integer("c", default: 1), rank: 3)
      let eps = layer.settings.number("eps", default: 1e-5)
      return try scaled(standardised(x, Array(2..<x.rank), eps: eps), by: layer)
    })

  /// Ioffe and Szegedy 2015: statistics of the batch while training, running averages of them
  /// otherwise (variances with n - 1, as PyTorch keeps them).
  static let batchNorm = LayerKind(
    Entry(
      "BatchNorm", family: "Layers",
      [
        channels("c", "How many channels"), eps,
        Argument("momentum", .number, "Share of a batch in the running averages.", default: "0.1"),
        Argument("affine", .boolean, "A learned scale and shift.", default: "true"),
      ],
      summary:
        "Mean 0 and variance 1 in each channel over the batch, then a learned scale and shift.",
      details: "For [N, C], [N, C, L] and images. Outside training it uses running averages, which "
        + "the gradient carries and update takes.",
      examples: [
        Example("BatchNorm(2, eps=0)([[1.0, 2.0]])", prints: nil),
        Example("BatchNorm(2)(ones(3, 2, 4, 4)).shape", prints: "(3, 2, 4, 4)"),
      ]),
    inputSetting: "c", inputSize: { $0.first },
    parameters: { settings, _ in
      settings.boolean("affine", default: true)
        ? try scaleAndShift(settings.integer("c", default: 1)) : []
    },
    buffers: { settings in
      let shape = try Shape(checking: [settings.integer("c", default: 1)])
      return [
        ("running_mean", try Tensor.zeros(shape)), ("running_var", try Tensor.full(shape, 1)),
        ("num_batches_tracked", try Tensor.integer(0)),
      ]
    },
    apply: { layer, x, context in
      try checkChannels(layer, x, layer.settings.integer("c", default: 1), rank: 2)
      let eps = layer.settings.number("eps", default: 1e-5)
      let x = try x.dtype.isFloat ? x : x.cast(.float32)
      if context.isTraining {
        let axes = [0] + Array(2..<x.rank)
        if let weight = layer.parameter("weight"), let bias = layer.parameter("bias"),
          isPlain(x, weight, bias)
        {
          return try plainBatchNorm(x, weight, bias, eps: eps, layer, &context)
        }
        try note(x.value, axes, momentum: layer.settings.number("momentum", default: 0.1), &context)
        return try scaled(standardised(x, axes, eps: eps), by: layer)
      }
      guard let mean = context.buffer("running_mean"), let variance = context.buffer("running_var")
      else { return x }
      let dims = [1, -1] + Array(repeating: 1, count: x.rank - 2)
      let root = try Variable(variance.binary(.add, .number(eps)).unary(.sqrt)).reshaped(dims)
      return try scaled((x - Variable(mean).reshaped(dims)) / root, by: layer)
    })

  private static func plainBatchNorm(
    _ x: Variable, _ weight: Variable, _ bias: Variable, eps: Double, _ layer: Layer,
    _ context: inout LayerContext
  ) throws -> Variable {
    let (y, notes, statistics) = try Tensor.batchNorm(
      x.value, weight: weight.value, bias: bias.value, eps: eps)
    let n = x.shape.count / weight.shape.count
    try note(
      mean: statistics.sliced(axis: 0, 0..<1), squares: statistics.sliced(axis: 0, 1..<2), of: n,
      momentum: layer.settings.number("momentum", default: 0.1), &context)
    return y.recorded(from: [x, weight, bias], keeping: .inputs) { c in
      let slopes = try Tensor.batchNormGradient(
        c.upstream.value, c.inputs[0].value, weight: c.inputs[1].value, notes: notes)
      return [Variable(slopes.x), Variable(slopes.weight), Variable(slopes.bias)]
    }
  }

  /// running = (1 - momentum) running + momentum batch.
  private static func note(
    _ x: Tensor, _ axes: [Int], momentum: Double, _ context: inout LayerContext
  ) throws {
    let mean = try x.reduce(.mean, axes: axes, keepDims: true)
    let distance = try x.binary(.subtract, mean)
    let n = max(1, x.count / max(1, mean.count))
    try note(
      mean: mean, squares: distance.unary(.square).reduce(.sum, axes: axes), of: n,
      momentum: momentum, &context)
  }

  private static func note(
    mean: Tensor, squares: Tensor, of n: Int, momentum: Double, _ context: inout LayerContext
  ) throws {
    let variance = try squares.binary(.divide, .number(Double(max(1, n - 1))))
    for i in context.buffers.indices {
      let old = context.buffers[i].value
      switch context.buffers[i].name {
      case "running_mean":
        context.buffers[i].value = try mixed(old, mean.reshaped(old.dims), momentum)
      case "running_var":
        context.buffers[i].value = try mixed(old, variance.reshaped(old.dims), momentum)
      default: context.buffers[i].value = try old.binary(.add, .integer(1))
      }
    }
  }

  private static func mixed(_ old: Tensor, _ new: Tensor, _ share: Double) throws -> Tensor {
    try old.binary(.multiply, .number(1 - share)).binary(
      .add, new.binary(.multiply, .number(share))
    ).cast(.float32)
  }
}
