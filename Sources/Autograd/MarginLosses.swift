import Tensors
import Vocabulary

extension Operations {
  private static let a = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let b = [0.1, 0.4, -0.8, 0.9, 0.3, 2.0]
  private static let signs = [1.0, -1, -1, 1, 1, -1]
  private static let labels = Argument("y", .tensor, "1 or -1 for each place.")
  private static func margin(_ value: String) -> Argument {
    Argument("margin", .number, "The distance that is asked for.", default: value)
  }

  /// The part above 0, with slope 0 at 0.
  package static func hinge(_ x: Variable) throws -> Variable { try Operations.relu(x) }

  package static let hingeEmbedding: TensorOperation = loss(
    "hinge_embedding", [Argument("distance", .tensor, "Any shape."), labels, margin("1")],
    "The distance where y is 1, what it lacks to a margin where y is -1.",
    "hinge_embedding([0.5, 0.25], [1, -1], reduction=\"none\")", "[0.5, 0.75]",
    samples: [.init([a, signs], [[6], [6]], varying: [0])]
  ) { inputs, at in
    let (x, y) = (inputs[0], inputs[1].value)
    let zero = try Variable.number(0)
    // Between 1 and -1 both count, as in PyTorch.
    let near = try Variable.where(Variable(y.compare(.equal, .number(-1))), zero, x)
    let far = try hinge(at.number("margin", default: 1) - x)
    let other = try Variable.where(Variable(y.compare(.equal, .number(1))), zero, far)
    return try near + other
  }

  package static let marginRanking: TensorOperation = loss(
    "margin_ranking",
    [
      Argument("a", .tensor, "Any shape."), Argument("b", .tensor, "The shape of a."), labels,
      margin("0"),
    ],
    "What a - b (b - a where y is -1) lacks to a margin.", "margin_ranking([1.0], [3.0], [1])", "2",
    samples: [.init([a, b, signs], [[6], [6], [6]], ["margin": .number(0.3)], varying: [0, 1])]
  ) { inputs, at in
    try hinge(
      at.number("margin", default: 0) - inputs[2] * (inputs[0] - inputs[1]))
  }

  package static let softMargin: TensorOperation = loss(
    "logistic_loss", [Argument("scores", .tensor, "Any shape."), labels],
    "log(1 + exp(-y score)).", "logistic_loss([0.0], [1])", "0.693147",
    samples: [.init([a, signs], [[6], [6]], varying: [0])]
  ) { inputs, _ in try Operations.softplus((inputs[0] * inputs[1]).negated()) }

  /// The cosine of the angle between vectors along an axis.
  package static let cosineSimilarity: TensorOperation = .composed(
    "cosine_similarity", "Losses",
    [
      Argument("a", .tensor, "Any shape."), Argument("b", .tensor, "A shape that fits a's."),
      Argument("axis", .integer, "The axis of the vectors.", default: "-1"),
      Argument("eps", .number, "The smallest length that is divided by.", default: "1e-8"),
    ], "The cosine of the angle between vectors along an axis.",
    "cosine_similarity([1, 1], [0, 2])", "0.707107", samples: [.init([a, b], [[2, 3], [2, 3]])]
  ) { inputs, at in
    let axis = at.integer("axis", default: -1)
    let eps = at.number("eps", default: 1e-8)
    let shape = try Shape.broadcast(
      inputs[0].shape, inputs[1].shape, operation: "cosine_similarity")
    func unit(_ x: Variable) throws -> Variable {
      let x = try x.floating().broadcast(to: shape)
      let length = try Operations.norm(x, .reduction([axis], true))
      // The bound is no part of the gradient.
      let lift = try length.value.binary(.maximum, .number(eps)).binary(.subtract, length.value)
      return try x / (length + Variable(lift))
    }
    return try (unit(inputs[0]) * unit(inputs[1])).sum(axis)
  }

  package static let cosineEmbedding: TensorOperation = loss(
    "cosine_embedding",
    [
      Argument("a", .tensor, "[N, D]."), Argument("b", .tensor, "[N, D]."),
      Argument("y", .tensor, "1 or -1 for each pair."), margin("0"),
    ], "1 - cosine where y is 1, the cosine above a margin where y is -1.",
    "cosine_embedding([[1, 0]], [[0, 1]], [1])", "1",
    samples: [.init([a, b, [1, -1]], [[2, 3], [2, 3], [2]], varying: [0, 1])]
  ) { inputs, at in
    let (x, y) = (try inputs[0].floating(), try inputs[1].floating())
    func squares(_ p: Variable, _ q: Variable) throws -> Variable { try (p * q).sum(-1) }
    let lengths = try (squares(x, x) + 1e-12) * (squares(y, y) + 1e-12)
    let cosine = try squares(x, y) / Operations.sqrt(lengths)
    let same = Variable(try inputs[2].value.compare(.equal, .number(1)))
    return try Variable.where(same, 1 - cosine, hinge(cosine - at.number("margin", default: 0)))
  }

  /// The length of each difference along the last axis: (sum |a - b + eps|^p)^(1/p).
  package static func pairDistance(
    _ a: Variable, _ b: Variable, p: Double, eps: Double, keepDims: Bool = false
  ) throws -> Variable { try vectorNorm(a - b + eps, p: p, axes: [-1], keepDims: keepDims) }

  package static let pairwiseDistance: TensorOperation = .composed(
    "pairwise_distance", "Losses",
    [
      Argument("a", .tensor, "[..., D]."), Argument("b", .tensor, "[..., D]."),
      Argument("p", .number, "The norm.", default: "2"),
      Argument("eps", .number, "Added to the difference.", default: "1e-6"),
    ], "The distance of vectors along the last axis.",
    "pairwise_distance([0, 0], [3, 4], eps=0)", "5", samples: [.init([a, b], [[2, 3], [2, 3]])]
  ) { inputs, at in
    try pairDistance(
      inputs[0].floating(), inputs[1].floating(), p: at.number("p", default: 2),
      eps: at.number("eps", default: 1e-6))
  }

  package static let tripletMargin: TensorOperation = loss(
    "triplet_margin",
    [
      Argument("anchor", .tensor, "[..., D]."), Argument("positive", .tensor, "[..., D]."),
      Argument("negative", .tensor, "[..., D]."), margin("1"),
      Argument("p", .number, "The norm of the distance.", default: "2"),
      Argument(
        "swap", .boolean, "Take the nearer of anchor and positive to the negative.",
        default: "false"),
    ], "What the negative lacks to be farther than the positive by a margin.",
    "triplet_margin([[0.0]], [[1.0]], [[1.5]])", "0.5",
    samples: [.init([a, b, signs], [[2, 3], [2, 3], [2, 3]])]
  ) { inputs, at in
    let p = at.number("p", default: 2)
    func distance(_ x: Variable, _ y: Variable) throws -> Variable {
      try pairDistance(x, y, p: p, eps: 1e-6)
    }
    var far = try distance(inputs[0], inputs[2])
    if at.boolean("swap", default: false) {
      far = try Operations.minimum([far, distance(inputs[1], inputs[2])])
    }
    return try hinge(distance(inputs[0], inputs[1]) - far + at.number("margin", default: 1))
  }

  package static let multiMargin: TensorOperation = loss(
    "multi_margin",
    [
      Argument("scores", .tensor, "[N, classes]."), Argument("y", .tensor, "Labels [N]."),
      Argument("p", .integer, "1 or 2.", default: "1"), margin("1"),
    ], "What each class lacks to be below the true one by a margin, averaged over the classes.",
    "multi_margin([[0.0, 0.5]], [1])", "0.25",
    samples: [.init([a, [0, 2]], [[2, 3], [2]], varying: [0])]
  ) { inputs, at in
    try multiMarginLosses(
      inputs[0], inputs[1].value.cast(.int64), p: at.integer("p", default: 1),
      margin: at.number("margin", default: 1), weight: nil)
  }

  package static func multiMarginLosses(
    _ x: Variable, _ y: Tensor, p: Int, margin: Double, weight: Variable?
  ) throws -> Variable {
    let classes = x.dims.last ?? 1
    let rows = try x.reshaped([-1, classes])
    let labels = try y.reshaped([-1])
    let index = try labels.reshaped([-1, 1])
    let own = try rows.picked(Tensor.positions(of: index, in: rows.shape, axis: 1, "multi_margin"))
    var losses = try hinge(rows - own + margin)
    if p == 2 { losses = try losses * losses }
    if let weight { losses = try losses * weight.picked(index) }
    let others = Variable(try Tensor.oneHot(labels, classes: classes).cast(x.dtype))
    let total = try (losses * (1 - others)).sum(1) / Double(classes)
    return x.rank < 2 ? try total.reshaped([]) : total
  }

  package static let multiLabelSoftMargin: TensorOperation = loss(
    "multilabel_soft_margin",
    [Argument("scores", .tensor, "[N, classes]."), Argument("y", .tensor, "0 or 1 for each.")],
    "Binary cross-entropy of raw scores averaged over the classes.",
    "multilabel_soft_margin([[0.0]], [[1.0]])", "0.693147",
    samples: [.init([a, [0, 1, 1, 0, 1, 0]], [[2, 3], [2, 3]], varying: [0])]
  ) { inputs, _ in
    let (x, y) = (inputs[0], inputs[1])
    return try Operations.mean(
      Operations.softplus(x) - x * y, .reduction([-1], false))
  }

  package static let multiLabelMargin: TensorOperation = loss(
    "multilabel_margin",
    [
      Argument("scores", .tensor, "[N, classes]."),
      Argument("y", .tensor, "The true classes of each row, ended by -1."),
    ], "What each wrong class lacks to be below each true one by 1.",
    "multilabel_margin([[0.0, 0.5]], [[1, -1]])", "0.25",
    samples: [.init([a, [0, 2, -1, 1, -1, 0]], [[2, 3], [2, 3]], varying: [0])]
  ) { inputs, _ in
    let x = inputs[0]
    let y = try inputs[1].value.cast(.int64)
    guard x.dims == y.dims else {
      throw TensorError.shapesDiffer(operation: "multilabel_margin", left: x.dims, right: y.dims)
    }
    let classes = x.dims.last ?? 1
    let rows = try x.reshaped([-1, classes])
    var wrong: [Int64] = []
    var right: [Int64] = []
    var row: [Int64] = []
    for n in 0..<rows.dims[0] {
      let known = (0..<classes).map { y.integer(at: n * classes + $0) }.prefix { $0 >= 0 }
      for label in known where label >= classes {
        throw TensorError.indexOutOfRange(index: label, size: classes, axis: 1)
      }
      for label in known {
        for other in 0..<classes where !known.contains(other) {
          right.append(Int64(n * classes + label))
          wrong.append(Int64(n * classes + other))
          row.append(Int64(n))
        }
      }
    }
    let losses = try hinge(1 - (rows.picked(Tensor(right)) - rows.picked(Tensor(wrong))))
    let total = try (losses / Double(classes)).dropped(
      at: Tensor(row), into: Shape(checking: [rows.dims[0]]))
    return x.rank < 2 ? try total.reshaped([]) : total
  }

  static let marginLosses: [TensorOperation] = [
    hingeEmbedding, marginRanking, softMargin, cosineSimilarity, cosineEmbedding, pairwiseDistance,
    tripletMargin, multiMargin, multiLabelSoftMargin, multiLabelMargin,
  ]
}
