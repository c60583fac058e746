import Autograd
import Tensors
import Vocabulary

package enum LayerKinds {
  package static let all: [LayerKind] = [
    linear, convolution, convolution1, convolution3, convolutionTranspose, convolutionTranspose1,
    prelu, embedding, rnn, gru, lstm, attention, layerNorm, rmsNorm,
    batchNorm, groupNorm, instanceNorm, dropout, maxPool, avgPool, adaptivePool, globalPool,
    upsample, reshape, graphConv, graphAttention,
  ]

  package static let catalog = Catalog(all, entry: \.entry)

  /// Sizes and probabilities that make sense, whatever the kind.
  static func check(_ settings: Attributes, of name: String) throws {
    for (setting, value) in settings.items {
      let low = ["pad", "eps", "dropout", "momentum", "p", "extra"].contains(setting) ? 0 : 1
      if case .integer(let n) = value, n < low {
        throw TensorError.invalid(
          operation: name, reason: "\(setting) is \(n), it should be at least \(low)", hint: nil)
      }
    }
    for chance in ["p", "dropout"] where settings[chance] != nil {
      let p = settings.number(chance, default: 0)
      guard p >= 0, p < 1 else {
        throw TensorError.invalid(
          operation: name, reason: "\(chance) is \(p), it should be at least 0 and below 1",
          hint: nil)
      }
    }
  }

  /// Uniform in ±1 / sqrt(fan in), as PyTorch starts linear and convolution layers.
  static func uniform(_ dims: [Int], fanIn: Int, _ stream: inout RandomStream) throws -> Tensor {
    let bound = 1 / Double(Swift.max(1, fanIn)).squareRoot()
    return try Initialisers.uniform(dims, bound: bound, &stream)
  }
}
