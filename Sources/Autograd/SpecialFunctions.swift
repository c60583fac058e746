import Tensors
import Vocabulary

extension Operations {
  private static let inside = [-0.8, -0.35, 0.1, 0.45, 0.9]
  private static let above = [1.2, 1.7, 2.3, 4.5, 7.0]
  private static let positive = [0.2, 0.7, 1.3, 2.5, 4.0]

  private static func function(
    _ name: String, _ operation: UnaryOperation, _ summary: String, _ source: String,
    _ prints: String, at points: [Double] = [-1.3, -0.4, 0.3, 0.9, 2.1],
    derivative: @escaping TensorOperation.Derivative
  ) -> TensorOperation {
    .elementwise(
      name, operation, "Elementwise", summary, example: Example(source, prints: prints), at: points,
      derivative: derivative)
  }

  package static let tan: TensorOperation = function(
    "tan", .tan, "The tangent of each element, in radians.", "tan(0.5)", "0.546302"
  ) { _, y in try y * y + 1 }
  package static let asin: TensorOperation = function(
    "asin", .asin, "The angle in radians whose sine is x.", "asin(1)", "1.5708", at: inside
  ) { x, _ in try Operations.rsqrt(1 - x * x) }
  package static let acos: TensorOperation = function(
    "acos", .acos, "The angle in radians whose cosine is x.", "acos(0)", "1.5708", at: inside
  ) { x, _ in try Operations.rsqrt(1 - x * x).negated() }
  package static let atan: TensorOperation = function(
    "atan", .atan, "The angle in radians whose tangent is x.", "atan(1)", "0.785398"
  ) { x, _ in try Variable.number(1) / (x * x + 1) }
  package static let sinh: TensorOperation = function(
    "sinh", .sinh, "The hyperbolic sine.", "sinh(1)", "1.1752"
  ) { x, _ in try Operations.cosh(x) }
  package static let cosh: TensorOperation = function(
    "cosh", .cosh, "The hyperbolic cosine.", "cosh(1)", "1.54308"
  ) { x, _ in try Operations.sinh(x) }
  package static let asinh: TensorOperation = function(
    "asinh", .asinh, "The number whose hyperbolic sine is x.", "asinh(1)", "0.881374"
  ) { x, _ in try Operations.rsqrt(x * x + 1) }
  package static let acosh: TensorOperation = function(
    "acosh", .acosh, "The number from 0 on whose hyperbolic cosine is x.", "acosh(2)", "1.31696",
    at: above
  ) { x, _ in try Operations.rsqrt(x * x - 1) }
  package static let atanh: TensorOperation = function(
    "atanh", .atanh, "The number whose hyperbolic tangent is x.", "atanh(0.5)", "0.549306",
    at: inside
  ) { x, _ in try Variable.number(1) / (1 - x * x) }
  package static let log2: TensorOperation = function(
    "log2", .log2, "The logarithm to base 2.", "log2([1, 8])", "[0, 3]", at: positive
  ) { x, _ in try Variable.number(1.4426950408889634) / x }
  package static let log10: TensorOperation = function(
    "log10", .log10, "The logarithm to base 10.", "log10([1, 1000])", "[0, 3]", at: positive
  ) { x, _ in try Variable.number(0.4342944819032518) / x }
  package static let exp2: TensorOperation = function(
    "exp2", .exp2, "2 to the power of each element.", "exp2([3, -1])", "[8, 0.5]"
  ) { _, y in try y * 0.6931471805599453 }
  package static let expm1: TensorOperation = function(
    "expm1", .expm1, "exp(x) - 1, accurate for small x.", "expm1(1e-9)", "1e-9"
  ) { _, y in try y + 1 }
  package static let rsqrt: TensorOperation = function(
    "rsqrt", .rsqrt, "1 over the square root of each element.", "rsqrt([4, 16])", "[0.5, 0.25]",
    at: positive
  ) { x, y in try y * -0.5 / x }
  package static let reciprocal: TensorOperation = function(
    "reciprocal", .reciprocal, "1 over each element.", "reciprocal([4.0, 0.5])", "[0.25, 2]"
  ) { _, y in try (y * y).negated() }
  package static let erfc: TensorOperation = function(
    "erfc", .erfc, "1 - erf(x), accurate for large x.", "erfc([0, 3])", "[1, 2.20905e-5]"
  ) { x, _ in try Operations.exp(x * x * -1) * -1.1283791670955126 }
  package static let erfinv: TensorOperation = function(
    "erfinv", .erfinv, "The number whose error function is x.", "erfinv(0.5)", "0.476936",
    at: inside
  ) { _, y in try Operations.exp(y * y) * 0.886226925452758 }
  package static let lgamma: TensorOperation = function(
    "lgamma", .lgamma, "The logarithm of the absolute value of the gamma function.",
    "exp(lgamma(5))", "24", at: [-1.3, -0.4, 0.3, 2.1, 5.5]
  ) { x, _ in try Operations.digamma(x) }
  package static let digamma: TensorOperation = function(
    "digamma", .digamma, "The derivative of lgamma.", "digamma(1)", "-0.577216",
    at: [-1.3, -0.4, 0.3, 2.1, 5.5]
  ) { x, _ in try Operations.polygamma(x, ["n": .integer(1)]) }
  package static let i0: TensorOperation = function(
    "i0", .besselI0, "The modified Bessel function of order 0.", "i0(1)", "1.26607"
  ) { x, _ in try Operations.i1(x) }
  package static let i1: TensorOperation = function(
    "i1", .besselI1, "The modified Bessel function of order 1.", "i1(1)", "0.565159"
  ) { x, y in try Operations.i0(x) - y / x }

  package static let polygamma: TensorOperation = TensorOperation(
    Entry(
      "polygamma", family: "Elementwise",
      [
        Argument("x", .tensor, "Any shape."),
        Argument("n", .integer, "Which derivative of digamma.", default: "1"),
      ], summary: "The n-th derivative of digamma.",
      examples: [Example("polygamma(1, 1)", prints: "1.64493")]),
    samples: [
      .init([positive], [[5]], ["n": .integer(1)]), .init([positive], [[5]], ["n": .integer(3)]),
    ],
    forward: { inputs, a in
      let n = a.integer("n", default: 1)
      guard n >= 0, n <= 1000 else {
        throw TensorError.invalid(
          operation: "polygamma", reason: "n is \(n), it should lie between 0 and 1000", hint: nil)
      }
      return try Tensor.number(Double(n)).binary(
        .polygamma, inputs[0].dtype.isFloat ? inputs[0] : inputs[0].cast(.float32))
    },
    gradient: { c in
      let n = c.attributes.integer("n", default: 1)
      return [try c.upstream * Operations.polygamma(c.inputs[0], ["n": .integer(n + 1)])]
    })

  package static let trunc: TensorOperation = TensorOperation(
    Entry(
      "trunc", family: "Elementwise", [Argument("x", .tensor, "Any shape.")],
      summary: "The whole part of each element, towards zero.",
      examples: [Example("trunc([1.7, -1.7])", prints: "[1, -1]")]),
    forward: { inputs, _ in try inputs[0].unary(.trunc) })

  package static let sinc: TensorOperation = TensorOperation(
    Entry(
      "sinc", family: "Elementwise", [Argument("x", .tensor, "Any shape.")],
      summary: "sin(pi x) / (pi x), and 1 at 0.",
      examples: [Example("sinc([0, 0.5])", prints: "[1, 0.63662]")]),
    samples: [.init([[-1.3, -0.4, 0.3, 2.1]], [[4]])],
    composed: { inputs, _ in
      let x = try inputs[0].floating() * Double.pi
      let isZero = Variable(try x.value.compare(.equal, .number(0)))
      let safe = try Variable.where(isZero, .number(1), x)
      return try Variable.where(isZero, 1 - x * x / 6, Operations.sin(safe) / safe)
    })

  static let specialFunctions: [TensorOperation] = [
    tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh, log2, log10, exp2, expm1, rsqrt,
    reciprocal, erfc, erfinv, lgamma, digamma, polygamma, i0, i1, trunc, sinc, atan2, hypot, xlogy,
    logAddExp, copySign, fmod, igamma,
  ]

  // MARK: Two arguments

  private static let pair = [
    Argument("a", .tensor, "Any shape."), Argument("b", .tensor, "A shape that fits a's."),
  ]
  private static let pairSamples: [TensorOperation.Sample] = [
    .init([[0.5, -1, 2, 0.1], [0.2, 0.3, 1.1, 0.9]], [[2, 2], [2, 2]]),
    .init([[0.5, -1, 2, 0.1], [0.2, 0.3]], [[2, 2], [2]]),
  ]
  private static let positiveSamples: [TensorOperation.Sample] = [
    .init([[0.5, 1, 2, 0.1], [0.2, 0.3, 1.1, 0.9]], [[2, 2], [2, 2]]),
    .init([[0.5, 1, 2, 0.1], [0.2, 0.3]], [[2, 2], [2]]),
  ]

  package static let atan2: TensorOperation = TensorOperation(
    Entry(
      "atan2", family: "Elementwise", pair,
      summary: "The angle in radians of the point (b, a) seen from the x axis.",
      examples: [Example("atan2(1, -1)", prints: "2.35619")]),
    samples: pairSamples, forward: { inputs, _ in try inputs[0].binary(.atan2, inputs[1]) },
    gradient: { c in
      let (a, b) = (c.inputs[0], c.inputs[1])
      let square = try a * a + b * b
      return [
        try (c.upstream * b / square).like(a), try (c.upstream * a / square).negated().like(b),
      ]
    })

  package static let hypot: TensorOperation = TensorOperation(
    Entry(
      "hypot", family: "Elementwise", pair, summary: "The root of a^2 + b^2.",
      examples: [Example("hypot(3, 4)", prints: "5")]),
    samples: pairSamples, forward: { inputs, _ in try inputs[0].binary(.hypot, inputs[1]) },
    gradient: { c in
      let (a, b) = (c.inputs[0], c.inputs[1])
      return [
        try (c.upstream * a / c.output).like(a), try (c.upstream * b / c.output).like(b),
      ]
    })

  package static let xlogy: TensorOperation = TensorOperation(
    Entry(
      "xlogy", family: "Elementwise", pair, summary: "a log(b), and 0 where a is 0.",
      examples: [Example("xlogy([0, 2], [0, 1])", prints: "[0, 0]")]),
    samples: positiveSamples,
    composed: { inputs, _ in
      let (a, b) = (try inputs[0].floating(), try inputs[1].floating())
      let isZero = try a.value.compare(.equal, .number(0)).logical(
        and: true, b.value.compare(.equal, b.value))
      let mask = Variable(isZero)
      return try Variable.where(mask, a * 0, a * Operations.log(Variable.where(mask, b * 0 + 1, b)))
    })

  package static let logAddExp: TensorOperation = TensorOperation(
    Entry(
      "logaddexp", family: "Elementwise", pair,
      summary: "log(exp(a) + exp(b)), without overflow.",
      examples: [Example("logaddexp(1000, 1000)", prints: "1000.69")]),
    samples: pairSamples,
    forward: { inputs, _ in
      let top = try inputs[0].binary(.maximum, inputs[1])
      let float = try top.dtype.isFloat ? top : top.cast(.float32)
      let distance = try inputs[0].binary(.subtract, inputs[1]).unary(.abs).unary(.negate)
      let gap = try distance.dtype.isFloat ? distance : distance.cast(.float32)
      let known = try Tensor.where(gap.test(\.isNaN), Tensor.number(-.infinity), gap)
      let sum = try float.binary(.add, known.unary(.exp).unary(.log1p))
      // Two equal infinities: their difference is no number, their sum is.
      return sum
    },
    gradient: { c in
      let (a, b) = (c.inputs[0], c.inputs[1])
      return [
        try (c.upstream * Operations.sigmoid(a - b)).like(a),
        try (c.upstream * Operations.sigmoid(b - a)).like(b),
      ]
    })

  package static let copySign: TensorOperation = TensorOperation(
    Entry(
      "copysign", family: "Elementwise", pair, summary: "The size of a with the sign of b.",
      examples: [Example("copysign([1, 2], -3)", prints: "[-1, -2]")]),
    samples: [.init([[0.5, -1, 2, 0.1], [0.2, -0.3, 1, -0.9]], [[4], [4]], varying: [0])],
    forward: { inputs, _ in try inputs[0].binary(.copysign, inputs[1]) },
    gradient: { c in
      let ratio = try c.inputs[0].value.unary(.sign).binary(.multiply, c.output.value.unary(.sign))
      return [
        try (c.upstream * Variable(ratio)).like(c.inputs[0]),
        Variable(try .zeros(c.inputs[1].shape, c.inputs[1].dtype)),
      ]
    })

  package static let fmod: TensorOperation = TensorOperation(
    Entry(
      "fmod", family: "Elementwise", pair, summary: "The remainder of a / b with the sign of a.",
      examples: [Example("fmod([7, -7], 3)", prints: "[1, -1]")]),
    samples: [.init([[5.5, -7.2, 2, 0.1], [2, 2.5, 1.3, 0.9]], [[4], [4]])],
    forward: { inputs, _ in try inputs[0].binary(.fmod, inputs[1]) },
    gradient: { c in
      let whole = try c.inputs[0].value.binary(.divide, c.inputs[1].value).unary(.trunc)
      return [
        try c.upstream.like(c.inputs[0]),
        try (c.upstream * Variable(whole)).negated().like(c.inputs[1]),
      ]
    })

  package static let igamma: TensorOperation = TensorOperation(
    Entry(
      "igamma", family: "Elementwise",
      [
        Argument("a", .tensor, "Positive, any shape."),
        Argument("x", .tensor, "From 0 on, a shape that fits a's."),
        Argument("upper", .boolean, "The part above x instead.", default: "false"),
      ], summary: "The share of the gamma function's integral below x.",
      details: "The gradient for a is not known in closed form and counts as 0.",
      examples: [Example("igamma(1, 1)", prints: "0.632121")]),
    samples: [
      .init([[0.5, 1, 2, 3.1], [0.2, 0.3, 1.1, 4.9]], [[4], [4]], varying: [1]),
      .init(
        [[0.5, 1, 2, 3.1], [0.2, 0.3, 1.1, 4.9]], [[4], [4]], ["upper": .boolean(true)],
        varying: [1]),
    ],
    forward: { inputs, at in
      try inputs[0].binary(at.boolean("upper", default: false) ? .igammac : .igamma, inputs[1])
    },
    gradient: { c in
      let (a, x) = (c.inputs[0], c.inputs[1])
      let slope = try Operations.exp((a - 1) * Operations.log(x) - x - Operations.lgamma(a))
      let sign = c.attributes.boolean("upper", default: false) ? -1.0 : 1.0
      return [nil, try (c.upstream * slope * sign).like(x)]
    })
}
