import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  static let normArgument = Argument(
    "norm", .text,
    "\"weight\" learns directions and lengths apart; \"spectral\" holds the largest singular value "
      + "at 1.", default: "\"none\"")

  /// The parameters that a weight [out, …] is kept as.
  static func weightParameters(_ weight: Tensor, _ settings: Attributes) throws -> [(
    name: String, value: Tensor
  )] {
    switch settings.text("norm") ?? "none" {
    case "none", "spectral": return [("weight", weight)]
    case "weight":
      let rows = try weight.reshaped([weight.dims[0], -1])
      let lengths = try rows.unary(.square).reduce(.sum, axes: [1]).unary(.sqrt)
      return [("weight_g", lengths), ("weight_v", weight)]
    case let other:
      throw TensorError.invalid(
        operation: "norm", reason: "there is no norm of weights \"\(other)\"",
        hint: "\"weight\" or \"spectral\"")
    }
  }

  /// The weight that the parameters stand for.
  static func weight(of layer: Layer) throws -> Variable? {
    if let v = layer.parameter("weight_v"), let g = layer.parameter("weight_g") {
      return try Operations.weightNorm([v, g])
    }
    guard let weight = layer.parameter("weight") else { return nil }
    return layer.settings.text("norm") == "spectral"
      ? try Operations.spectralNorm(weight, ["rounds": .integer(15)]) : weight
  }
}
