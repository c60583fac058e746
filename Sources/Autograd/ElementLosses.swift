import Tensors
import Vocabulary

extension Operations {
  static let reductionArgument = Argument(
    "reduction", .text, "\"mean\", \"sum\" or \"none\".", default: "\"mean\"")

  /// A loss of each element as one number, or as it is.
  package static func reduced(_ loss: Variable, _ reduction: String?) throws -> Variable {
    switch reduction {
    case nil, "mean"?: return try Operations.mean(loss)
    case "sum"?: return try loss.sum()
    case "none"?: return loss
    case let other?:
      throw TensorError.invalid(
        operation: "reduction", reason: "\(other) is not a way to reduce a loss",
        hint: "\"mean\", \"sum\" or \"none\"")
    }
  }

  static func loss(
    _ name: String, _ arguments: [Argument], _ summary: String, _ source: String, _ prints: String,
    samples: [TensorOperation.Sample],
    _ body: @escaping @Sendable ([Variable], Attributes) throws -> Variable
  ) -> TensorOperation {
    .composed(
      name, "Losses", arguments + [reductionArgument], summary, source, prints, samples: samples
    ) { inputs, a in try reduced(body(inputs, a), a.text("reduction")) }
  }

  static let predictionArguments = [
    Argument("prediction", .tensor, "Any shape."),
    Argument("target", .tensor, "A shape that fits the prediction's."),
  ]
  private static let a = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let b = [0.1, 0.4, -0.8, 0.9, 0.3, 2.0]
  private static let chances = [0.1, 0.4, 0.8, 0.9, 0.3, 0.6]

  package static let huber: TensorOperation = loss(
    "huber",
    predictionArguments + [Argument("delta", .number, "Where it turns linear.", default: "1")],
    "Half the squared error below delta, linear above.", "huber([0.0, 0.0], [1.0, 3.0])", "1.5",
    samples: [.init([a, b], [[6], [6]]), .init([a, b], [[6], [6]], ["delta": .number(0.5)])]
  ) { inputs, at in
    let delta = at.number("delta", default: 1)
    let distance = try Operations.abs(inputs[0] - inputs[1])
    let near = try Variable(distance.value.compare(.less, .number(delta)))
    return try Variable.where(
      near, distance * distance * 0.5, (distance - 0.5 * delta) * delta)
  }

  package static let smoothL1: TensorOperation = loss(
    "smooth_l1",
    predictionArguments + [Argument("beta", .number, "Where it turns linear.", default: "1")],
    "The squared error over 2 beta below beta, the distance above.",
    "smooth_l1([0.0, 0.0], [1.0, 3.0])", "1.5",
    samples: [.init([a, b], [[6], [6]]), .init([a, b], [[6], [6]], ["beta": .number(0.5)])]
  ) { inputs, at in
    let beta = at.number("beta", default: 1)
    let distance = try Operations.abs(inputs[0] - inputs[1])
    if beta == 0 { return distance }
    let near = try Variable(distance.value.compare(.less, .number(beta)))
    return try Variable.where(
      near, distance * distance * (0.5 / beta), distance - 0.5 * beta)
  }

  package static let klDiv: TensorOperation = loss(
    "kl_div",
    [
      Argument("prediction", .tensor, "Logarithms of chances."),
      Argument("target", .tensor, "Chances, or their logarithms."),
      Argument("log_target", .boolean, "Whether the target holds logarithms.", default: "false"),
    ], "target (log(target) - prediction), the divergence of Kullback and Leibler.",
    "kl_div([0.0], [1.0])", "0",
    samples: [
      .init([a, chances], [[6], [6]]),
      .init([a, b], [[2, 3], [2, 3]], ["log_target": .boolean(true)]),
    ]
  ) { inputs, at in
    if at.boolean("log_target", default: false) {
      return try Operations.exp(inputs[1]) * (inputs[1] - inputs[0])
    }
    return try Operations.xlogy([inputs[1], inputs[1]]) - inputs[1] * inputs[0]
  }

  package static let binaryCrossEntropy: TensorOperation = loss(
    "binary_cross_entropy", predictionArguments,
    "Cross-entropy of chances from 0 to 1 against chances; logarithms are kept above -100.",
    "binary_cross_entropy([0.5], [1.0])", "0.693147",
    samples: [.init([chances, chances.reversed()], [[6], [6]])]
  ) { inputs, _ in
    let (p, y) = (inputs[0], inputs[1])
    func bounded(_ x: Variable) throws -> Variable {
      try Operations.maximum([x, .number(-100)])
    }
    return try (y * bounded(Operations.log(p)) + (1 - y) * bounded(Operations.log1p(p.negated())))
      .negated()
  }

  package static let gaussianNLL: TensorOperation = loss(
    "gaussian_nll",
    predictionArguments + [
      Argument("variance", .tensor, "Positive, a shape that fits."),
      Argument("full", .boolean, "Add the constant log(2 pi) / 2.", default: "false"),
      Argument("eps", .number, "The smallest variance.", default: "1e-6"),
    ], "-log of the normal density up to a constant.", "gaussian_nll([0.0], [1.0], [1.0])", "0.5",
    samples: [.init([a, b, chances], [[6], [6], [6]])]
  ) { inputs, at in
    let eps = at.number("eps", default: 1e-6)
    let variance = inputs[2]
    // The bound is no part of the gradient.
    let lift = Variable(
      try variance.value.binary(.maximum, .number(eps)).binary(.subtract, variance.value))
    let safe = try variance + lift
    let distance = try inputs[0] - inputs[1]
    var loss = try (Operations.log(safe) + distance * distance / safe) * 0.5
    if at.boolean("full", default: false) { loss = try loss + 0.9189385332046727 }
    return loss
  }

  package static let poissonNLL: TensorOperation = loss(
    "poisson_nll",
    predictionArguments + [
      Argument("log_input", .boolean, "The prediction is a logarithm.", default: "true"),
      Argument("full", .boolean, "Add Stirling's approximation of log(target!).", default: "false"),
      Argument("eps", .number, "Added inside the logarithm.", default: "1e-8"),
    ], "-log of the Poisson density up to a constant.", "poisson_nll([0.0], [1.0])", "1",
    samples: [
      .init([a, chances], [[6], [6]]),
      .init([chances, [0.1, 3, 2, 5, 0, 1]], [[6], [6]], ["log_input": .boolean(false)]),
    ]
  ) { inputs, at in
    let (x, y) = (inputs[0], inputs[1])
    var loss: Variable
    if at.boolean("log_input", default: true) {
      loss = try Operations.exp(x) - y * x
    } else {
      loss = try x - y * Operations.log(x + at.number("eps", default: 1e-8))
    }
    if at.boolean("full", default: false) {
      let many = Variable(try y.value.compare(.greater, .number(1)))
      let safe = try Variable.where(many, y, .number(1))
      let stirling =
        try safe * Operations.log(safe) - safe
        + Operations.log(safe * (2 * Double.pi)) * 0.5
      loss = try loss + Variable.where(many, stirling, .number(0))
    }
    return loss
  }

  /// -w log p at the labels, averaged by weight; labels may lie behind further axes.
  package static func nll(
    _ logs: Variable, _ labels: Tensor, weight: Variable?, ignore: Int?, reduction: String
  ) throws -> Variable {
    guard logs.rank > 0 else {
      throw TensorError.invalid(operation: "nll", reason: "needs [..., classes, ...]", hint: nil)
    }
    let axis = logs.rank == 1 ? 0 : 1
    let classes = logs.dims[axis]
    var expected = logs.dims
    expected.remove(at: axis)
    guard labels.dims == expected, !labels.dtype.isFloat else {
      throw TensorError.invalid(
        operation: "nll",
        reason: "scores \(logs.dims) need labels \(expected), these are \(labels.dims)",
        hint: nil)
    }
    var positions = [Int64](repeating: -1, count: labels.count)
    var kinds = positions
    let inner = logs.dims[(axis + 1)...].reduce(1, *)
    for i in 0..<labels.count {
      let label = labels.integer(at: i)
      if label == ignore { continue }
      guard label >= 0, label < classes else {
        throw TensorError.indexOutOfRange(index: label, size: classes, axis: axis)
      }
      positions[i] = Int64((i / inner * classes + label) * inner + i % inner)
      kinds[i] = Int64(label)
    }
    let picked = try logs.picked(Tensor(positions, shape: labels.shape)).negated()
    let places = try Tensor(kinds, shape: labels.shape)
    let counted = try places.compare(.greaterEqual, .number(0)).cast(logs.dtype)
    let weights = try weight.map { try $0.picked(places) } ?? Variable(counted)
    let losses = try picked * weights
    switch reduction {
    case "none": return losses
    case "sum": return try losses.sum()
    default: return try losses.sum() / weights.sum()
    }
  }

  package static let negativeLogLikelihood: TensorOperation = .composed(
    "nll", "Losses",
    [
      Argument("logs", .tensor, "Logarithms of chances [N, classes, ...]."),
      Argument("y", .tensor, "Labels [N, ...] from 0."), reductionArgument,
      Argument("ignore", .integer, "A label that does not count.", default: "-100"),
    ], "-log p at the labels.", "nll([[-1, -2]], [1])", "2",
    samples: [.init([a, [0, 2]], [[2, 3], [2]], varying: [0])]
  ) { inputs, at in
    try nll(
      inputs[0], inputs[1].value.cast(.int64), weight: nil,
      ignore: at.integer("ignore", default: -100), reduction: at.text("reduction") ?? "mean")
  }

  static let elementLosses: [TensorOperation] = [
    huber, smoothL1, klDiv, binaryCrossEntropy, gaussianNLL, poissonNLL, negativeLogLikelihood,
  ]
}
