import Tensors
import Vocabulary

extension Operations {
  private static let x = Argument("x", .tensor, "Any shape.")
  private static let points = [-4.1, -1.3, -0.4, 0.3, 0.9, 3.6]

  private static func activation(
    _ name: String, _ extra: [Argument], _ summary: String, details: String = "",
    _ source: String, _ prints: String, at attributes: Attributes = [:],
    _ body: @escaping @Sendable (Variable, Attributes) throws -> Variable
  ) -> TensorOperation {
    .composed(
      name, "Activations", [x] + extra, summary, details: details, source, prints,
      samples: [.init([points], [[6]], attributes)]
    ) { inputs, a in try body(inputs[0].floating(), a) }
  }

  package static let selu: TensorOperation = activation(
    "selu", [], "A scaled elu that keeps mean 0 and variance 1.",
    details: "Klambauer and others 2017.", "selu([-1, 1])", "[-1.11133, 1.0507]"
  ) { x, _ in try scaledElu(x, alpha: 1.6732632423543772, scale: 1, out: 1.0507009873554805) }

  package static let celu: TensorOperation = activation(
    "celu", [Argument("alpha", .number, "Where it levels off, below 0.", default: "1")],
    "x above 0, alpha (exp(x / alpha) - 1) below.", "celu([-1, 1], 2)", "[-0.786939, 1]",
    at: ["alpha": .number(2)]
  ) { x, a in
    let alpha = a.number("alpha", default: 1)
    return try scaledElu(x, alpha: alpha, scale: 1 / alpha, out: 1)
  }

  /// out x above 0, out alpha (exp(scale x) - 1) below.
  package static func scaledElu(_ x: Variable, alpha: Double, scale: Double, out: Double) throws
    -> Variable
  {
    let above = Variable(try x.value.compare(.greater, .number(0)))
    let below = try Variable.where(above, Variable.number(0), x)
    return try Variable.where(above, x * out, Operations.expm1(below * scale) * (alpha * out))
  }

  package static let mish: TensorOperation = activation(
    "mish", [], "x tanh(softplus(x)).", details: "Misra 2019.", "mish([-1, 1])",
    "[-0.303401, 0.865098]"
  ) { x, _ in try x * Operations.tanh(Operations.softplus(x)) }

  package static let softSign: TensorOperation = activation(
    "softsign", [], "x / (1 + |x|), between -1 and 1.", "softsign([-1, 3])", "[-0.5, 0.75]"
  ) { x, _ in try x / (Operations.abs(x) + 1) }

  package static let logSigmoid: TensorOperation = activation(
    "log_sigmoid", [], "The logarithm of sigmoid, without underflow.", "log_sigmoid(0)", "-0.693147"
  ) { x, _ in try Operations.softplus(x.negated()).negated() }

  package static let hardTanh: TensorOperation = activation(
    "hard_tanh",
    [
      Argument("lo", .number, "The smallest result.", default: "-1"),
      Argument("hi", .number, "The largest result.", default: "1"),
    ], "x kept between two bounds; the slope is 1 strictly inside, else 0.",
    "hard_tanh([-3, 0.5, 2])", "[-1, 0.5, 1]"
  ) { x, a in
    try bounded(x, a.number("lo", default: -1), a.number("hi", default: 1))
  }

  /// x clipped, constant at and beyond the bounds.
  package static func bounded(_ x: Variable, _ low: Double, _ high: Double) throws -> Variable {
    let isInside = try x.value.compare(.greater, .number(low)).logical(
      and: true, x.value.compare(.less, .number(high)))
    let isOut = try isInside.compare(.equal, .number(0)).logical(
      and: true, x.value.compare(.equal, x.value))
    let clipped = try x.value.binary(.maximum, .number(low)).binary(.minimum, .number(high))
    return try Variable.where(Variable(isOut), Variable(clipped), x)
  }

  package static let relu6: TensorOperation = activation(
    "relu6", [], "x kept between 0 and 6.", "relu6([-1, 3, 9])", "[0, 3, 6]"
  ) { x, _ in try bounded(x, 0, 6) }

  package static let hardSigmoid: TensorOperation = activation(
    "hard_sigmoid", [], "x / 6 + 1/2 kept between 0 and 1.", "hard_sigmoid([-9, 0, 9])",
    "[0, 0.5, 1]"
  ) { x, _ in try bounded(x + 3, 0, 6) / 6 }

  package static let hardSwish: TensorOperation = activation(
    "hard_swish", [], "x hard_sigmoid(x).", details: "Howard and others 2019.",
    "hard_swish([-9, 1, 9])",
    "[0, 0.666667, 9]"
  ) { x, _ in try x * bounded(x + 3, 0, 6) / 6 }

  package static let tanhShrink: TensorOperation = activation(
    "tanh_shrink", [], "x - tanh(x).", "tanh_shrink(1)", "0.238406"
  ) { x, _ in try x - Operations.tanh(x) }

  private static let lambda = Argument("lambda", .number, "Where zero ends.", default: "0.5")

  package static let hardShrink: TensorOperation = activation(
    "hard_shrink", [lambda], "x where |x| is above lambda, else 0.", "hard_shrink([0.4, -2])",
    "[0, -2]"
  ) { x, a in
    let far = try x.value.unary(.abs).compare(.lessEqual, .number(a.number("lambda", default: 0.5)))
    return try Variable.where(Variable(far), .number(0), x)
  }

  package static let softShrink: TensorOperation = activation(
    "shrink", [lambda], "x moved towards 0 by lambda, and 0 where it would cross.",
    "shrink([0.4, -2])", "[0, -1.5]"
  ) { x, a in
    let lambda = a.number("lambda", default: 0.5)
    let near = try x.value.unary(.abs).compare(.lessEqual, .number(lambda))
    let step = Variable(try x.value.unary(.sign).binary(.multiply, .number(lambda)))
    return try Variable.where(Variable(near), x * 0, x - step)
  }

  package static let threshold: TensorOperation = activation(
    "threshold",
    [
      Argument("bound", .number, "What x must exceed."),
      Argument("value", .number, "What stands in its place."),
    ], "x where it exceeds a bound, a value elsewhere.", "threshold([1, 5], 2, 0)", "[0, 5]",
    at: ["bound": .number(0.5), "value": .number(-1)]
  ) { x, a in
    let below = try x.value.compare(.lessEqual, .number(a.number("bound", default: 0)))
    return try Variable.where(Variable(below), .number(a.number("value", default: 0)), x)
  }

  package static let geluTanh: TensorOperation = activation(
    "gelu_tanh", [], "The gelu as approximated with tanh.", "gelu_tanh([-1, 1])",
    "[-0.158808, 0.841192]"
  ) { x, _ in
    let inner = try (x + x * x * x * 0.044715) * 0.7978845608028654
    return try x * 0.5 * (Operations.tanh(inner) + 1)
  }

  package static let glu: TensorOperation = .composed(
    "glu", "Activations",
    [
      Argument("x", .tensor, "An even size along the axis."),
      Argument("axis", .integer, "The axis that is halved.", default: "-1"),
    ], "The first half times the sigmoid of the second.", details: "Dauphin and others 2017.",
    "glu([2, 0])", "[1]", samples: [.init([points], [[6]]), .init([points], [[3, 2]])]
  ) { inputs, a in
    let x = inputs[0]
    let axis = try x.shape.axis(a.integer("axis", default: -1))
    let half = x.dims[axis] / 2
    guard half * 2 == x.dims[axis] else {
      throw TensorError.invalid(
        operation: "glu", reason: "axis \(axis) has \(x.dims[axis]) elements, an odd number",
        hint: nil)
    }
    return try x.sliced(axis: axis, 0..<half)
      * Operations.sigmoid(x.sliced(axis: axis, half..<2 * half))
  }

  package static let prelu: TensorOperation = .composed(
    "prelu", "Activations",
    [x, Argument("w", .tensor, "The slope below 0: a number, or one for each channel (axis 1).")],
    "x above 0, w x below, where w is learned.", details: "He and others 2015.",
    "prelu([-2, 3], 0.5)", "[-1, 3]",
    samples: [
      .init([points, [0.3]], [[6], []]), .init([points, [0.3, -0.2, 0.1]], [[2, 3], [3]]),
    ]
  ) { inputs, _ in
    let (x, w) = (inputs[0], inputs[1])
    let above = Variable(try x.value.compare(.greater, .number(0)))
    var slope = w
    if w.shape.count > 1, x.rank > 2 {
      slope = try w.reshaped([w.shape.count] + Array(repeating: 1, count: x.rank - 2))
    } else if w.rank > 0, w.shape.count == 1 {
      slope = try w.reshaped([])
    }
    return try Variable.where(above, x, x * slope)
  }

  static let shapedActivations: [TensorOperation] = [
    selu, celu, mish, softSign, logSigmoid, hardTanh, relu6, hardSigmoid, hardSwish, tanhShrink,
    hardShrink, softShrink, threshold, geluTanh, glu, prelu,
  ]
}
