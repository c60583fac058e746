import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  /// Cross-correlation of images [N, in, H, W] with weight [out, in / groups, k, k].
  static let convolution = LayerKind(
    Entry(
      "Conv", family: "Layers",
      [
        Argument(
          "in", .integer, "Channels in; taken from the chain when left out.", default: "none"),
        Argument("out", .integer, "Channels out."),
        Argument("k", .integer, "The side of the square window."),
        Argument("stride", .integer, "Pixels from one window to the next.", default: "1"),
        Argument(
          "pad", .any, "Zeros added on each side, or \"same\" to keep the size at stride 1.",
          default: "\"same\""),
        Argument("groups", .integer, "Blocks of channels that do not mix.", default: "1"),
        Argument("dilation", .integer, "Distance between the window's pixels.", default: "1"),
        Argument("bias", .boolean, "Add a learned constant to each channel.", default: "true"),
      ], summary: "The same small window of weights at every place of an image.",
      details: "Images are [N, C, H, W]; weight [out, in / groups, k, k] starts as Linear's.",
      examples: [Example("Conv(1, 4, 3)(ones(2, 1, 8, 8)).shape", prints: "(2, 4, 8, 8)")]),
    inputSetting: "in", inputSize: { $0.count == 3 ? $0[0] : nil },
    parameters: { settings, stream in
      let groups = settings.integer("groups", default: 1)
      let (rows, columns) = (
        settings.integer("out", default: 1), settings.integer("in", default: 1)
      )
      guard columns % groups == 0, rows % groups == 0 else {
        throw TensorError.invalid(
          operation: "Conv",
          reason: "\(columns) and \(rows) channels do not split into \(groups) groups",
          hint: nil)
      }
      let k = settings.integer("k", default: 1)
      let dims = [rows, columns / groups, k, k]
      let fanIn = try Shape(checking: Array(dims.dropFirst())).count
      let weight = try uniform(dims, fanIn: fanIn, &stream)
      guard settings.boolean("bias", default: true) else { return [("weight", weight)] }
      return [("weight", weight), ("bias", try uniform([rows], fanIn: fanIn, &stream))]
    },
    apply: { layer, x, _ in
      guard let weight = layer.parameter("weight") else { return x }
      guard x.rank == 4 else {
        throw TensorError.invalid(
          operation: layer.text, reason: "needs images [N, C, H, W], found \(x.dims)",
          hint: x.rank == 3 ? "x[:, none] for images of one channel" : nil)
      }
      var settings = layer.settings
      if layer.settings["pad"] == nil || layer.settings.text("pad") == "same" {
        let reach = (weight.dims[2] - 1) * settings.integer("dilation", default: 1)
        // An even window has one place more after than before.
        settings["pad"] = .integers([reach / 2, reach - reach / 2, reach / 2, reach - reach / 2])
      }
      let float = try x.dtype.isFloat ? x : x.cast(.float32)
      let result = try Variable.conv2d(float, weight, WindowGeometry(settings))
      return try layer.parameter("bias").map { try result + $0.reshaped([1, -1, 1, 1]) } ?? result
    })

  private static func pool(
    _ name: String, _ summary: String, _ example: Example,
    _ body: @escaping @Sendable (Variable, [Int], WindowGeometry) throws -> Variable
  ) -> LayerKind {
    LayerKind(
      Entry(
        name, family: "Layers",
        [Argument("k", .integer, "The side of the window; also the stride.")],
        summary: summary, examples: [example]),
      apply: { layer, x, _ in
        let k = layer.settings.integer("k", default: 2)
        return try body(x, [k, k], WindowGeometry(["stride": .integer(k)]))
      })
  }
  static let maxPool = pool(
    "MaxPool", "The largest pixel of each k x k block.",
    Example("MaxPool(2)(ones(1, 1, 8, 8)).shape", prints: "(1, 1, 4, 4)"), Variable.maxPool2d)
  static let avgPool = pool(
    "AvgPool", "The mean pixel of each k x k block.",
    Example("AvgPool(2)(ones(1, 1, 8, 8)).shape", prints: "(1, 1, 4, 4)"), Variable.avgPool2d)
}
