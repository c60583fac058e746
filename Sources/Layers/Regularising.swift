import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  /// Srivastava et al. 2014, in the inverted form: what stays is divided by 1 - p.
  static let dropout = LayerKind(
    Entry(
      "Dropout", family: "Layers",
      [Argument("p", .number, "The chance that an element is dropped.")],
      summary: "While training, sets elements to 0 by chance and scales up the rest.",
      examples: [Example("Dropout(0.5)([1, 2])", prints: "[1, 2]")]),
    apply: { layer, x, context in
      let p = layer.settings.number("p", default: 0.5)
      guard layer.isTraining || context.isTraining, p > 0 else { return x }
      let mask = try context.stream.uniform(x.shape).compare(.greaterEqual, .number(p))
      return try x * Variable(mask.cast(.float32).binary(.divide, .number(1 - p)))
    })

  /// Ba, Kiros, Hinton 2016: (x - mean) / sqrt(var + 1e-5) on the last axis, scaled and shifted.
  static let layerNorm = LayerKind(
    Entry(
      "LayerNorm", family: "Layers",
      [
        Argument(
          "d", .integer, "The last axis; taken from the chain when left out.", default: "none")
      ],
      summary: "Mean 0 and variance 1 on the last axis, then a learned scale and shift.",
      examples: [Example("LayerNorm(4)(randn(2, 4)).shape", prints: "(2, 4)")]),
    inputSetting: "d", inputSize: { $0.last },
    parameters: { settings, _ in
      let shape = try Shape(checking: [settings.integer("d", default: 1)])
      return [("weight", try Tensor.full(shape, 1)), ("bias", try Tensor.zeros(shape))]
    },
    apply: { layer, x, _ in
      guard let weight = layer.parameter("weight"), let bias = layer.parameter("bias") else {
        return x
      }
      guard x.dims.last == weight.dims[0] else {
        throw TensorError.invalid(
          operation: layer.text,
          reason: "expects \(weight.dims[0]) on its last axis, found \(x.dims)",
          hint: nil)
      }
      let last = Attributes.reduction([-1], true)
      let center = try x - Operations.mean(x, last)
      let spread = try Operations.sqrt(Operations.mean(center * center, last) + 1e-5)
      return try center / spread * weight + bias
    })

  /// Rows of a table [n, d] chosen by whole numbers.
  static let embedding = LayerKind(
    Entry(
      "Embedding", family: "Layers",
      [Argument("n", .integer, "How many rows."), Argument("d", .integer, "The length of a row.")],
      summary: "A learned row for each whole number.",
      examples: [Example("Embedding(10, 4)([1, 2, 3]).shape", prints: "(3, 4)")]),
    parameters: { settings, stream in
      let dims = [settings.integer("n", default: 1), settings.integer("d", default: 1)]
      return [("weight", try stream.normal(Shape(checking: dims)))]
    },
    apply: { layer, x, _ in
      guard let weight = layer.parameter("weight") else { return x }
      guard !x.dtype.isFloat else {
        throw TensorError.wrongKind(
          operation: layer.text, found: x.dtype, expected: "whole numbers")
      }
      let rows = (0..<x.shape.count).map { x.value.integer(at: $0) }
      return try weight.taking(rows).reshaped(x.dims + [weight.dims[1]])
    })
}
