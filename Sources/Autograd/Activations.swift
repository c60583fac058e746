import Tensors
import Vocabulary

extension Operations {
  private static let family = "Activations"

  package static let relu: TensorOperation = TensorOperation.elementwise(
    "relu", .relu, family, "The larger of 0 and x.",
    example: Example("relu([-1, 2])", prints: "[0, 2]")
  ) { _, y in Variable(try y.value.compare(.greater, .number(0)).cast(y.dtype)) }

  package static let sigmoid: TensorOperation = TensorOperation.elementwise(
    "sigmoid", .sigmoid, family, "1 / (1 + exp(-x)), between 0 and 1.",
    example: Example("sigmoid([0, 2])", prints: "[0.5, 0.880797]")
  ) { _, y in try y * (1 - y) }

  package static let tanh: TensorOperation = TensorOperation.elementwise(
    "tanh", .tanh, family, "The hyperbolic tangent, between -1 and 1.",
    example: Example("tanh([0, 1])", prints: "[0, 0.761594]")
  ) { _, y in try 1 - y * y }

  package static let softplus: TensorOperation = TensorOperation.elementwise(
    "softplus", .softplus, family, "log(1 + exp(x)), a smooth relu.",
    example: Example("softplus(0)", prints: "0.693147")
  ) { x, _ in try Operations.sigmoid(x) }

  /// Hendrycks and Gimpel 2016, the exact form with the normal distribution function.
  package static let gelu: TensorOperation = TensorOperation.elementwise(
    "gelu", .gelu, family, "x times the chance that a normal variable is below x.",
    example: Example("gelu([-1, 1])", prints: "[-0.158655, 0.841345]")
  ) { x, _ in
    let below = try (Operations.erf(x * 0.7071067811865476) + 1) * 0.5
    return try below + x * Operations.exp(x * x * -0.5) * 0.3989422804014327
  }

  package static let silu: TensorOperation = TensorOperation.elementwise(
    "silu", .silu, family, "x sigmoid(x), also called swish.",
    example: Example("silu([0, 1])", prints: "[0, 0.731059]")
  ) { x, y in
    let s = try Operations.sigmoid(x)
    return try s + y * (1 - s)
  }

  package static let leakyRelu: TensorOperation = TensorOperation(
    Entry(
      "leaky_relu", family: family,
      [
        Argument("x", .tensor, "Any shape."),
        Argument("slope", .number, "The slope below 0.", default: "0.01"),
      ], summary: "x above 0, slope times x below.",
      examples: [Example("leaky_relu([-10, 2])", prints: "[-0.1, 2]")]),
    samples: [.init([[-1.5, -0.2, 0.4, 2]], [[4]], ["slope": .number(0.1)])],
    forward: { inputs, attributes in
      let slope = try Tensor.number(attributes.number("slope", default: 0.01))
      return try Tensor.where(
        inputs[0].compare(.greater, .number(0)), inputs[0], inputs[0].binary(.multiply, slope))
    },
    gradient: { c in
      let slope = c.attributes.number("slope", default: 0.01)
      let above = Variable(try c.inputs[0].value.compare(.greater, .number(0)))
      return [try Variable.where(above, c.upstream, c.upstream * slope)]
    })

  package static let elu: TensorOperation = TensorOperation(
    Entry(
      "elu", family: family, [Argument("x", .tensor, "Any shape.")],
      summary: "x above 0, exp(x) - 1 below.", details: "Clevert, Unterthiner, Hochreiter 2016.",
      examples: [Example("elu([-1, 2])", prints: "[-0.632121, 2]")]),
    samples: [.init([[-1.5, -0.2, 0.4, 2]], [[4]])],
    forward: { inputs, _ in
      try Tensor.where(
        inputs[0].compare(.greater, .number(0)), inputs[0], inputs[0].unary(.expm1))
    },
    gradient: { c in
      let above = Variable(try c.inputs[0].value.compare(.greater, .number(0)))
      return [try Variable.where(above, c.upstream, c.upstream * (c.output + 1))]
    })

  private static let axisArguments = [
    Argument("x", .tensor, "Any shape."),
    Argument("axis", .integer, "The axis that is normalised.", default: "-1"),
  ]
  private static let axisSamples: [TensorOperation.Sample] = [
    .init([[0.1, -0.7, 1.2, 0.4, 0.9, -1.1]], [[2, 3]]),
    .init([[0.1, -0.7, 1.2, 0.4, 0.9, -1.1]], [[2, 3]], ["axis": .integer(0)]),
  ]

  package static let softmax: TensorOperation = TensorOperation(
    Entry(
      "softmax", family: family, axisArguments, summary: "exp(x) divided by its sum along an axis.",
      examples: [Example("softmax([1, 2, 3])", prints: "[0.0900306, 0.244728, 0.665241]")]),
    samples: axisSamples,
    forward: { inputs, attributes in
      try inputs[0].softmax(axis: attributes.integer("axis", default: -1))
    },
    gradient: { c in
      let axis = c.attributes.integer("axis", default: -1)
      let mean = try (c.upstream * c.output).sum(axes: [axis], keepDims: true)
      return [try c.output * (c.upstream - mean)]
    })

  package static let logSoftmax: TensorOperation = TensorOperation(
    Entry(
      "log_softmax", family: family, axisArguments, summary: "The logarithm of softmax.",
      examples: [Example("log_softmax([0, 0])", prints: "[-0.693147, -0.693147]")]),
    samples: axisSamples,
    forward: { inputs, attributes in
      try inputs[0].softmax(axis: attributes.integer("axis", default: -1), logarithm: true)
    },
    gradient: { c in
      let axis = c.attributes.integer("axis", default: -1)
      let total = try c.upstream.sum(axes: [axis], keepDims: true)
      return [try c.upstream - Operations.exp(c.output) * total]
    })

  package static let logSumExp: TensorOperation = TensorOperation(
    Entry(
      "logsumexp", family: family, axisArguments,
      summary: "The logarithm of the sum of exp(x) along an axis, without overflow.",
      examples: [Example("logsumexp([1000, 1000])", prints: "1000.69")]),
    samples: axisSamples,
    forward: { inputs, attributes in
      let axis = attributes.integer("axis", default: -1)
      let x = inputs[0].dtype.isFloat ? inputs[0] : try inputs[0].cast(.float32)
      let top = try x.reduce(.max, axes: [axis], keepDims: true)
      let shift = try Tensor.where(top.test(\.isFinite), top, .number(0, x.dtype))
      let sum = try x.binary(.subtract, shift).unary(.exp).reduce(.sum, axes: [axis])
      return try sum.unary(.log).binary(.add, shift.reshaped(sum.dims))
    },
    gradient: { c in
      let axis = c.attributes.integer("axis", default: -1)
      let at = try c.inputs[0].shape.axis(axis)
      let weights = try Operations.softmax(c.inputs[0], ["axis": .integer(axis)])
      return [try weights * c.upstream.expanded(axis: at)]
    })

  static let activations: [TensorOperation] = [
    relu, leakyRelu, elu, gelu, silu, softplus, sigmoid, tanh, softmax, logSoftmax, logSumExp,
  ]
}
