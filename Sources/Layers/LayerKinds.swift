import Autograd
import Tensors
import Vocabulary

package enum LayerKinds {
  package static let all: [LayerKind] = [
    linear, convolution, embedding, layerNorm, dropout, maxPool, avgPool,
  ]

  package static let catalog = Catalog(all, entry: \.entry)

  /// Sizes and probabilities that make sense, whatever the kind.
  static func check(_ settings: Attributes, of name: String) throws {
    for (setting, value) in settings.items {
      if case .integer(let n) = value, n < (setting == "pad" ? 0 : 1) {
        throw TensorError.invalid(
          operation: name,
          reason: "\(setting) is \(n), it should be at least \(setting == "pad" ? 0 : 1)",
          hint: nil)
      }
    }
    if name == "Dropout", settings.items.contains(where: { $0.name == "p" }) {
      let p = settings.number("p", default: 0.5)
      guard p >= 0, p < 1 else {
        throw TensorError.invalid(
          operation: name, reason: "p is \(p), it should be at least 0 and below 1", hint: nil)
      }
    }
  }

  /// Uniform in ±1 / sqrt(fan in), as PyTorch starts linear and convolution layers.
  static func uniform(_ dims: [Int], fanIn: Int, _ stream: inout RandomStream) throws -> Tensor {
    let bound = 1 / Double(Swift.max(1, fanIn)).squareRoot()
    return try stream.uniform(Shape(checking: dims)).binary(.multiply, .number(2 * bound)).binary(
      .subtract, .number(bound))
  }
}
