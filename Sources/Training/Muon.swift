import Autograd
import Tensors
import Vocabulary

extension OptimizerKinds {
  /// Momentum whose matrix is made orthogonal by Newton and Schulz's iteration, in bfloat16 as the
  /// reference does.
  package static let muon = OptimizerKind(
    "Muon", rate: "0.001",
    [
      Argument("momentum", .number, "Share of the last move kept.", default: "0.95"),
      Argument("nesterov", .boolean, "Look ahead along the move.", default: "true"),
      Argument(
        "coefficients", .any, "Of the iteration's polynomial.", default: "(3.4445, -4.775, 2.0315)"),
      Argument("rounds", .integer, "Iterations.", default: "5"), eps("1e-7"),
      Argument(
        "scale", .text, "\"shape\", \"adam\" or \"spectral\": how a matrix's shape sets the rate.",
        default: "\"shape\""),
    ], decay: "0.1",
    summary: "Orthogonal steps for matrices; other parameters take plain momentum.",
    details: "Jordan et al. 2024."
  ) { s in
    let momentum = s.number("momentum")
    let velocity = try s.average("velocity", s.gradient, momentum)
    let ahead = s.settings.boolean("nesterov", default: true)
    let move = try ahead ? s.gradient + (velocity - s.gradient) * momentum : velocity
    try s.shrinkWeights()
    guard move.rank == 2 else {
      s.weights = try s.weights - move * s.rate
      return
    }
    let (rows, columns) = (Double(move.dims[0]), Double(move.dims[1]))
    let factor =
      switch s.settings.text("scale") ?? "shape" {
      case "adam": 0.2 * max(rows, columns).squareRoot()
      case "spectral": (rows / columns).squareRoot()
      default: max(1, rows / columns).squareRoot()
      }
    s.weights = try s.weights - orthogonal(move, s) * (s.rate * factor)
  }

  /// Newton and Schulz: x <- a x + (b g + c g²) x with g = x xᵀ, rounded to bfloat16 at each product.
  private static func orthogonal(_ matrix: Variable, _ s: ParameterStep) throws -> Variable {
    let all = s.settings.numbers("coefficients") ?? []
    // The reference multiplies by coefficients of f32.
    let single = (all.count == 3 ? all : [3.4445, -4.775, 2.0315]).map { Double(Float($0)) }
    let (a, b, c) = (single[0], single[1], single[2])
    let isTall = matrix.dims[0] > matrix.dims[1]
    var x = try bfloat(matrix)
    if isTall { x = try x.swappedLast() }
    let norm = try bfloat(Operations.norm(x)).value.item ?? 0
    x = try bfloat(x / max(norm, s.number("eps")))
    for _ in 0..<s.settings.integer("rounds", default: 5) {
      let g = try bfloat(Variable.matmul(x, x, transposeB: true))
      let h = try bfloat(g * b + Variable.matmul(g, g) * c)
      x = try bfloat(x * a + Variable.matmul(h, x))
    }
    return isTall ? try x.swappedLast() : x
  }

  /// The nearest number with 8 significant bits, halves to the even one; in double precision, so that
  /// the order of a product's sum does not show.
  private static func bfloat(_ x: Variable) throws -> Variable {
    let rounded = x.value.array(of: Float.self).map { value -> Float in
      guard value.isFinite else { return value }
      let bits = value.bitPattern
      return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
    }
    return Variable(try Tensor(rounded, shape: x.shape).cast(.float64))
  }
}
