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
    shape: { _, dims, kind in kind == .float32 ? dims : nil },
    apply: { layer, x, context in
      let p = layer.settings.number("p", default: 0.5)
      return try dropped(x, p, &context)
    })

  /// Rows of a table [n, d] chosen by whole numbers.
  static let embedding = LayerKind(
    Entry(
      "Embedding", family: "Layers",
      [Argument("n", .integer, "How many rows."), Argument("d", .integer, "The length of a row.")],
      summary: "A learned row for each whole number.",
      examples: [Example("Embedding(10, 4)([1, 2, 3]).shape", prints: "(3, 4)")]),
    parameters: { settings, stream in
      let shape = try Shape(
        checking: [settings.integer("n", default: 1), settings.integer("d", default: 1)])
      return [("weight", try stream.blank(shape) ?? stream.normal(shape))]
    },
    shape: { settings, dims, kind in
      kind == .int64 ? dims + [settings.integer("d", default: 1)] : nil
    },
    apply: { layer, x, _ in
      guard let weight = layer.parameter("weight") else { return x }
      guard !x.dtype.isFloat else {
        throw TensorError.wrongKind(
          operation: layer.text, found: x.dtype, expected: "whole numbers")
      }
      return try weight.taking(at: x.value.cast(.int64))
    })
}
