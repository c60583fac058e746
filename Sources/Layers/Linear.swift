import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  /// y = x Wᵀ + b with weight [out, in] and bias [out], on the last axis of x.
  static let linear = LayerKind(
    Entry(
      "Linear", family: "Layers",
      [
        Argument("in", .integer, "Inputs; taken from the chain when left out.", default: "none"),
        Argument("out", .integer, "Outputs."),
        Argument("bias", .boolean, "Add a learned constant to each output.", default: "true"),
        normArgument,
      ], summary: "Weighted sums of the last axis plus a bias.",
      details: "weight [out, in] and bias [out] start uniform in ±1/sqrt(in).",
      examples: [Example("Linear(3, 2)(ones(4, 3)).shape", prints: "(4, 2)")]),
    inputSetting: "in", inputSize: { $0.last },
    parameters: { settings, stream in
      let (rows, columns) = (
        settings.integer("out", default: 1), settings.integer("in", default: 1)
      )
      let weight = try uniform([rows, columns], fanIn: columns, &stream)
      let weights = try weightParameters(weight, settings)
      guard settings.boolean("bias", default: true) else { return weights }
      return weights + [("bias", try uniform([rows], fanIn: columns, &stream))]
    },
    shape: { settings, dims, kind in
      kind == .float32 && dims.last == settings.integer("in", default: 1)
        ? dims.dropLast() + [settings.integer("out", default: 1)] : nil
    },
    apply: { layer, x, _ in
      guard let weight = try weight(of: layer) else { return x }
      guard x.dims.last == weight.dims[1] else {
        throw TensorError.invalid(
          operation: layer.text,
          reason: "expects \(weight.dims[1]) on its last axis, found \(x.dims)",
          hint: x.rank > 2 ? "flatten before it" : "a layer that takes \(x.dims.last ?? 1) numbers")
      }
      let float = try x.dtype.isFloat ? x : x.cast(.float32)
      return try Variable.linear(float, weight, layer.parameter("bias"))
    })
}
