import Autograd
import Tensors
import Vocabulary

// Convolutions that enlarge, and those of volumes.
extension LayerKinds {
  private static let channels = [
    Argument("in", .integer, "Channels in; taken from the chain when left out.", default: "none"),
    Argument("out", .integer, "Channels out."),
    Argument("k", .integer, "The side of the window."),
  ]
  private static let groups = Argument(
    "groups", .integer, "Blocks of channels that do not mix.", default: "1")
  private static let dilation = Argument(
    "dilation", .integer, "Distance between the window's elements.", default: "1")
  private static let bias = Argument(
    "bias", .boolean, "Add a learned constant to each channel.", default: "true")

  /// Weights of a window with as many axes, [rows, columns / groups, k…], and the bias.
  static func windowParameters(
    _ name: String, _ settings: Attributes, axes: Int, isTransposed: Bool = false,
    _ stream: inout RandomStream
  ) throws -> [(name: String, value: Tensor)] {
    let (input, output) = (settings.integer("in", default: 1), settings.integer("out", default: 1))
    let groups = settings.integer("groups", default: 1)
    guard input % groups == 0, output % groups == 0 else {
      throw TensorError.invalid(
        operation: name,
        reason: "\(input) and \(output) channels do not split into \(groups) groups", hint: nil)
    }
    let window = Array(repeating: settings.integer("k", default: 1), count: axes)
    let dims = (isTransposed ? [input, output / groups] : [output, input / groups]) + window
    // As PyTorch counts them: the second axis and the window.
    let fanIn = try Shape(checking: Array(dims.dropFirst())).count
    var result = try weightParameters(uniform(dims, fanIn: fanIn, &stream), settings)
    if settings.boolean("bias", default: true) {
      result.append(("bias", try uniform([output], fanIn: fanIn, &stream)))
    }
    return result
  }

  private static func shifted(_ y: Variable, _ layer: Layer, axes: Int) throws -> Variable {
    guard let bias = layer.parameter("bias") else { return y }
    return try y + bias.reshaped([bias.dims[0]] + Array(repeating: 1, count: axes))
  }

  private static func windows(_ settings: Attributes, axes: Int) -> Convolution {
    var result = Convolution(axes: axes)
    func each(_ name: String, _ value: Int) -> [Int] {
      Array(repeating: settings.integer(name, default: value), count: axes)
    }
    result.stride = each("stride", 1)
    result.dilation = each("dilation", 1)
    result.pad = each("pad", 0).map { ($0, $0) }
    result.groups = settings.integer("groups", default: 1)
    return result
  }

  private static func checked(_ x: Variable, _ layer: Layer, axes: Int, _ needed: String) throws
    -> Variable
  {
    guard x.rank == axes + 2 else {
      throw TensorError.invalid(
        operation: layer.text, reason: "needs \(needed), found \(x.dims)", hint: nil)
    }
    return try x.floating()
  }

  private static func transposed(
    _ name: String, axes: Int, needed: String, _ summary: String, _ example: Example
  ) -> LayerKind {
    LayerKind(
      Entry(
        name, family: "Layers",
        channels + [
          Argument("stride", .integer, "How many times larger the result gets.", default: "1"),
          Argument("pad", .integer, "What is cut off on each side.", default: "0"),
          Argument("extra", .integer, "What is added behind.", default: "0"), groups, dilation,
          bias, normArgument,
        ], summary: summary,
        details: "\(needed); weight [in, out / groups, k…] starts as PyTorch's. The size becomes "
          + "(size - 1) stride - 2 pad + dilation (k - 1) + extra + 1.",
        examples: [example]),
      inputSetting: "in", inputSize: { $0.count == axes + 1 ? $0[0] : nil },
      parameters: { settings, stream in
        try windowParameters(name, settings, axes: axes, isTransposed: true, &stream)
      },
      apply: { layer, x, _ in
        guard let weight = try weight(of: layer) else { return x }
        let extra = layer.settings.integer("extra", default: 0)
        let y = try Variable.transposedConvolution(
          checked(x, layer, axes: axes, needed), weight, windows(layer.settings, axes: axes),
          extra: Array(repeating: extra, count: axes))
        return try shifted(y, layer, axes: axes)
      })
  }

  static let convolutionTranspose = transposed(
    "ConvTranspose", axes: 2, needed: "images [N, C, H, W]",
    "Each pixel spread over a window by weights: images become larger.",
    Example("ConvTranspose(4, 2, 2, stride=2)(ones(1, 4, 8, 8)).shape", prints: "(1, 2, 16, 16)"))

  static let convolutionTranspose1 = transposed(
    "ConvTranspose1", axes: 1, needed: "sequences [N, C, L]",
    "Each place spread over a window by weights: sequences become longer.",
    Example("ConvTranspose1(4, 2, 2, stride=2)(ones(1, 4, 8)).shape", prints: "(1, 2, 16)"))

  static let convolution3 = LayerKind(
    Entry(
      "Conv3", family: "Layers",
      channels + [
        Argument("stride", .integer, "Places from one window to the next.", default: "1"),
        Argument(
          "pad", .any, "Zeros added on each side, or \"same\" to keep the size at stride 1.",
          default: "\"same\""), groups, dilation, bias, normArgument,
      ], summary: "The same small window of weights at every place of a volume.",
      details: "Volumes are [N, C, D, H, W]; weight [out, in / groups, k, k, k].",
      examples: [Example("Conv3(1, 2, 3)(ones(1, 1, 4, 4, 4)).shape", prints: "(1, 2, 4, 4, 4)")]),
    inputSetting: "in", inputSize: { $0.count == 4 ? $0[0] : nil },
    parameters: { settings, stream in
      try windowParameters("Conv3", settings, axes: 3, &stream)
    },
    apply: { layer, x, _ in
      guard let weight = try weight(of: layer) else { return x }
      var c = windows(layer.settings, axes: 3)
      if layer.settings["pad"] == nil || layer.settings.text("pad") == "same" {
        let reach = (weight.dims[2] - 1) * c.dilation[0]
        c.pad = Array(repeating: (reach / 2, reach - reach / 2), count: 3)
      }
      let y = try Variable.convolution(
        checked(x, layer, axes: 3, "volumes [N, C, D, H, W]"), weight, c)
      return try shifted(y, layer, axes: 3)
    })

  /// He et al. 2015.
  static let prelu = LayerKind(
    Entry(
      "PReLU", family: "Layers",
      [Argument("n", .integer, "Slopes: 1, or one for each channel (axis 1).", default: "1")],
      summary: "x above 0, a learned slope times x below.",
      details: "Slopes start at 0.25.",
      examples: [Example("PReLU()([-4, 2])", prints: "[-1, 2]")]),
    parameters: { settings, _ in
      let n = settings.integer("n", default: 1)
      return [("weight", try Tensor.full(Shape(checking: [n]), 0.25, .float32))]
    },
    apply: { layer, x, _ in
      try layer.parameter("weight").map { try Operations.prelu([x.floating(), $0]) } ?? x
    })
}
