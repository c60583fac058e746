import Tensors
import Vocabulary

// Weights written as direction and size.
extension Operations {
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let weights = Argument("w", .tensor, "Weights [out, ...].")

  package static let weightNorm: TensorOperation = .composed(
    "weight_norm", "Normalise",
    [
      Argument("v", .tensor, "Directions [out, ...]."), Argument("g", .tensor, "Lengths [out]."),
    ], "Weights of given lengths: g v / |v|, row by row.",
    details: "Salimans and Kingma 2016.", "weight_norm([[3, 4]], [10])[0]", "[6, 8]",
    samples: [.init([six, [1.5, -0.4]], [[2, 3], [2]]), .init([six, [2]], [[1, 2, 3], [1]])]
  ) { inputs, _ in
    let v = try inputs[0].floating()
    guard v.rank > 0, inputs[1].dims == [v.dims[0]] else {
      throw TensorError.invalid(
        operation: "weight_norm",
        reason:
          "directions \(v.dims) need lengths [\(v.dims.first ?? 1)], these are \(inputs[1].dims)",
        hint: nil)
    }
    let flat = try v.reshaped([v.dims[0], v.dims.dropFirst().reduce(1, *)])
    let scale = try inputs[1] / Operations.norm(flat, .reduction([1], false))
    return try v * scale.reshaped([v.dims[0]] + Array(repeating: 1, count: v.rank - 1))
  }

  package static let spectralNorm: TensorOperation = .composed(
    "spectral_norm", "Normalise",
    [weights, Argument("rounds", .integer, "Steps towards the largest one.", default: "50")],
    "Weights divided by their largest singular value, so that no input grows.",
    details: "Miyato and others 2018, by power iteration from a fixed start.",
    "spectral_norm([[3, 0], [0, 4]])[1]", "[0, 1]",
    samples: [.init([six], [[2, 3]], ["rounds": .integer(200)])]
  ) { inputs, a in
    let w = try inputs[0].floating()
    guard w.rank >= 2, w.shape.count > 0 else {
      throw TensorError.invalid(
        operation: "spectral_norm", reason: "needs weights [out, ...], found \(w.dims)", hint: nil)
    }
    let flat = try w.reshaped([w.dims[0], -1])
    if Gradients.isNested {
      return try w / flat.singularValues().s.indexed([.index(0)])
    }
    let rounds = a.integer("rounds", default: 50)
    guard rounds > 0, rounds <= 100_000 else {
      throw TensorError.invalid(
        operation: "spectral_norm", reason: "\(rounds) rounds", hint: "1 to 100000")
    }
    // With u and v as constants, u W v has the singular value's own slope.
    let fixed = flat.detached()
    var v = Variable(try Tensor.full(Shape(checking: [flat.dims[1]]), 1, w.dtype))
    var u = try Operations.unit(Variable.matmul(fixed, v))
    for _ in 0..<rounds {
      v = try Operations.unit(Variable.matmul(u, fixed))
      u = try Operations.unit(Variable.matmul(fixed, v))
    }
    let size = try Variable.matmul(u, Variable.matmul(flat, v))
    return try w / size
  }

  static let weightNorms: [TensorOperation] = [weightNorm, spectralNorm]
}
