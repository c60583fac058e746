import Tensors
import Vocabulary

extension Operations {
  private static let positive = [0.2, 0.7, 1.3, 2.5, 4.0]

  package static let exp: TensorOperation = TensorOperation.elementwise(
    "exp", .exp, "Elementwise", "The exponential of each element.",
    example: Example("exp([0, 1])", prints: "[1, 2.71828]")
  ) { _, y in y }

  package static let log: TensorOperation = TensorOperation.elementwise(
    "log", .log, "Elementwise", "The natural logarithm of each element.",
    example: Example("log([1, 10])", prints: "[0, 2.30259]"), at: positive
  ) { x, _ in try Variable.number(1) / x }

  package static let log1p: TensorOperation = TensorOperation.elementwise(
    "log1p", .log1p, "Elementwise", "The logarithm of 1 + x, accurate for small x.",
    example: Example("log1p(1e-9)", prints: "1e-9"), at: positive
  ) { x, _ in try Variable.number(1) / (x + 1) }

  package static let sqrt: TensorOperation = TensorOperation.elementwise(
    "sqrt", .sqrt, "Elementwise", "The square root of each element.",
    example: Example("sqrt([4, 9])", prints: "[2, 3]"), at: positive
  ) { _, y in try Variable.number(0.5) / y }

  package static let square: TensorOperation = TensorOperation.elementwise(
    "square", .square, "Elementwise", "Each element times itself.",
    example: Example("square([2, -3])", prints: "[4, 9]")
  ) { x, _ in try x * 2 }

  package static let abs: TensorOperation = TensorOperation.elementwise(
    "abs", .abs, "Elementwise", "The absolute value of each element.",
    example: Example("abs([-2, 3])", prints: "[2, 3]")
  ) { x, _ in Variable(try x.value.unary(.sign)) }

  package static let sin: TensorOperation = TensorOperation.elementwise(
    "sin", .sin, "Elementwise", "The sine of each element, in radians.",
    example: Example("sin([0, pi / 2])", prints: "[0, 1]")
  ) { x, _ in try Operations.cos(x) }

  package static let cos: TensorOperation = TensorOperation.elementwise(
    "cos", .cos, "Elementwise", "The cosine of each element, in radians.",
    example: Example("cos([0, pi])", prints: "[1, -1]")
  ) { x, _ in try Operations.sin(x).negated() }

  package static let erf: TensorOperation = TensorOperation.elementwise(
    "erf", .erf, "Elementwise", "The error function of each element.",
    example: Example("erf([0, 1])", prints: "[0, 0.842701]")
  ) { x, _ in try Operations.exp(x * x * -1) * 1.1283791670955126 }

  static let exponentials: [TensorOperation] = [exp, log, log1p, sqrt, square, abs, sin, cos, erf]

  /// A piecewise constant function: no gradient.
  private static func step(
    _ name: String, _ operation: UnaryOperation, _ summary: String, _ example: Example
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: "Elementwise", [Argument("x", .tensor, "Any shape.")], summary: summary,
        examples: [example]), forward: { inputs, _ in try inputs[0].unary(operation) })
  }

  package static let sign: TensorOperation = step(
    "sign", .sign, "-1, 0 or 1 by the sign of each element.",
    Example("sign([-2, 0, 5])", prints: "[-1, 0, 1]"))
  package static let round: TensorOperation = TensorOperation(
    Entry(
      "round", family: "Elementwise",
      [
        Argument("x", .tensor, "Any shape."),
        Argument("digits", .integer, "Behind the point; before it when negative.", default: "0"),
      ], summary: "The nearest number with so many digits, halves to the even one.",
      examples: [
        Example("round([1.4, 2.5])", prints: "[1, 2]"),
        Example("round(3.14159, 2)", prints: "3.14"),
      ]),
    forward: { inputs, a in
      let digits = a.integer("digits", default: 0)
      return try digits == 0 ? inputs[0].unary(.round) : inputs[0].rounded(digits: digits)
    })
  package static let floor: TensorOperation = step(
    "floor", .floor, "The next whole number below.",
    Example("floor([1.7, -1.2])", prints: "[1, -2]"))
  package static let ceil: TensorOperation = step(
    "ceil", .ceil, "The next whole number above.", Example("ceil([1.2, -1.7])", prints: "[2, -1]"))

  package static let isNaN: TensorOperation = TensorOperation(
    Entry(
      "isnan", family: "Elementwise", [Argument("x", .tensor, "Any shape.")],
      summary: "Whether each element is not a number.",
      examples: [Example("isnan([1, nan])", prints: "[false, true]")]),
    forward: { inputs, _ in try inputs[0].test(\.isNaN) })

  static let rounding: [TensorOperation] = [sign, round, floor, ceil, isNaN]
}

extension Tensor {
  /// The nearest numbers with so many digits behind the point (before it when negative), computed in
  /// double precision.
  fileprivate func rounded(digits: Int) throws -> Tensor {
    if !dtype.isFloat && digits > 0 { return dtype == .bool ? try cast(.int64) : self }
    // Beyond these, rounding changes nothing, or leaves nothing.
    guard digits <= 300 else { return self }
    guard digits >= -300 else { return try Tensor.zeros(shape, dtype) }
    var scale = 1.0
    for _ in 0..<abs(digits) { scale *= 10 }
    let x = try cast(.float64)
    let there: BinaryOperation = digits > 0 ? .multiply : .divide
    let back: BinaryOperation = digits > 0 ? .divide : .multiply
    let scaled = try x.binary(there, .number(scale))
    let near = try scaled.unary(.round).binary(back, .number(scale))
    // What grows too large has no digits to lose.
    let result = try Tensor.where(scaled.test(\.isFinite), near, x)
    return try result.cast(dtype == .bool ? .int64 : dtype)
  }
}
