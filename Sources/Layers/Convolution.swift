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
        normArgument,
      ], summary: "The same small window of weights at every place of an image.",
      details: "Images are [N, C, H, W]; weight [out, in / groups, k, k] starts as Linear's.",
      examples: [Example("Conv(1, 4, 3)(ones(2, 1, 8, 8)).shape", prints: "(2, 4, 8, 8)")]),
    inputSetting: "in", inputSize: { $0.count == 3 ? $0[0] : nil },
    parameters: { settings, stream in
      try windowParameters("Conv", settings, axes: 2, &stream)
    },
    apply: { layer, x, _ in
      guard let weight = try weight(of: layer) else { return x }
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

  /// Cross-correlation of sequences of vectors [N, in, L] with weight [out, in / groups, k].
  static let convolution1 = LayerKind(
    Entry(
      "Conv1", family: "Layers",
      [
        Argument(
          "in", .integer, "Channels in; taken from the chain when left out.", default: "none"),
        Argument("out", .integer, "Channels out."), Argument("k", .integer, "The window's length."),
        Argument("stride", .integer, "Places from one window to the next.", default: "1"),
        Argument(
          "pad", .any, "Zeros added on each side, or \"same\" to keep the length at stride 1.",
          default: "\"same\""),
        Argument("groups", .integer, "Blocks of channels that do not mix.", default: "1"),
        Argument("dilation", .integer, "Distance between the window's places.", default: "1"),
        Argument("bias", .boolean, "Add a learned constant to each channel.", default: "true"),
        Argument("causal", .boolean, "No place sees a later one.", default: "false"), normArgument,
      ], summary: "The same short window of weights at every place of a sequence.",
      details: "Sequences are [N, C, L] as in PyTorch.",
      examples: [Example("Conv1(2, 4, 3)(ones(5, 2, 8)).shape", prints: "(5, 4, 8)")]),
    inputSetting: "in", inputSize: { $0.count == 2 ? $0[0] : nil },
    parameters: { settings, stream in
      try windowParameters("Conv1", settings, axes: 1, &stream)
    },
    apply: { layer, x, _ in
      guard let weight = try weight(of: layer) else { return x }
      guard x.rank == 3 else {
        throw TensorError.invalid(
          operation: layer.text, reason: "needs sequences [N, C, L], found \(x.dims)", hint: nil)
      }
      let dilation = layer.settings.integer("dilation", default: 1)
      let reach = (weight.dims[2] - 1) * dilation
      var (before, after) = (reach / 2, reach - reach / 2)
      if let pad = layer.settings.integers("pad")?.first { (before, after) = (pad, pad) }
      if layer.settings.boolean("causal", default: false) { (before, after) = (reach, 0) }
      var geometry = WindowGeometry()
      geometry.stride = (1, layer.settings.integer("stride", default: 1))
      geometry.dilation = (1, dilation)
      (geometry.padLeft, geometry.padRight) = (before, after)
      geometry.groups = layer.settings.integer("groups", default: 1)
      let float = try x.dtype.isFloat ? x : x.cast(.float32)
      let result = try Variable.conv2d(
        float.expanded(axis: 2), weight.expanded(axis: 2), geometry
      ).squeezed(axis: 2)
      return try layer.parameter("bias").map { try result + $0.reshaped([1, -1, 1]) } ?? result
    })
}
