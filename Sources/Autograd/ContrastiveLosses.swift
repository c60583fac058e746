import Tensors
import Vocabulary

// Losses for rare classes, regions, pairs and preferences.
extension Operations {
  private static let a = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let b = [0.1, 0.4, -0.8, 0.9, 0.3, 2.0]
  private static let marks = [1.0, 0, 1, 1, 0, 0]

  private static func same(_ name: String, _ a: Variable, _ b: Variable) throws {
    guard a.dims == b.dims else {
      throw TensorError.shapesDiffer(operation: name, left: a.dims, right: b.dims)
    }
  }

  package static let focal: TensorOperation = loss(
    "focal",
    [
      Argument("scores", .tensor, "Raw scores, any shape."),
      Argument("y", .tensor, "0 or 1 for each."),
      Argument("gamma", .number, "How much easy examples are played down.", default: "2"),
      Argument("alpha", .number, "The weight of class 1; none below 0.", default: "0.25"),
    ], "Binary cross-entropy that plays down what is already known.",
    "focal([0.0], [1])", "0.0433217",
    samples: [
      .init([a, marks], [[6], [6]], varying: [0]),
      .init([a, marks], [[6], [6]], ["gamma": .number(0), "alpha": .number(-1)], varying: [0]),
    ]
  ) { inputs, at in
    let (x, y) = (try inputs[0].floating(), inputs[1])
    try same("focal", x, y)
    let p = try Operations.sigmoid(x)
    let entropy = try Operations.softplus(x) - x * y
    let missed = try p + y - p * y * 2
    let gamma = at.number("gamma", default: 2)
    var result = gamma == 0 ? entropy : try entropy * missed.power(.number(gamma))
    let alpha = at.number("alpha", default: 0.25)
    if alpha >= 0 { result = try result * (y * (2 * alpha - 1) + (1 - alpha)) }
    return result
  }

  package static let dice: TensorOperation = .composed(
    "dice_loss", "Losses",
    [
      Argument("chances", .tensor, "Chances from 0 to 1: [N, ...]."),
      Argument("y", .tensor, "0 or 1 for each, in the same shape."),
      Argument("smooth", .number, "Added above and below the fraction line.", default: "1"),
      reductionArgument,
    ], "1 - 2 |A B| / (|A| + |B|) for each example: how little two regions overlap.",
    details: "Milletari and others 2016, with plain sums below the line.",
    "dice_loss([[1.0, 0.0]], [[1.0, 1.0]], smooth=0)", "0.333333",
    samples: [
      .init([[0.1, 0.4, 0.8, 0.9, 0.3, 0.6], marks], [[2, 3], [2, 3]], varying: [0])
    ]
  ) { inputs, at in
    let (p, y) = (try inputs[0].floating(), inputs[1])
    try same("dice_loss", p, y)
    guard p.rank > 0 else {
      throw TensorError.invalid(
        operation: "dice_loss", reason: "needs [N, ...], this is one number", hint: nil)
    }
    let smooth = at.number("smooth", default: 1)
    let axes = Array(1..<Swift.max(p.rank, 1))
    func total(_ x: Variable) throws -> Variable { axes.isEmpty ? x : try x.sum(axes: axes) }
    let both = try total(p * y) * 2 + smooth
    return try reduced(1 - both / (total(p) + total(y) + smooth), at.text("reduction"))
  }

  package static let contrast: TensorOperation = .composed(
    "info_nce", "Losses",
    [
      Argument("a", .tensor, "One view of each example: [N, D]."),
      Argument("b", .tensor, "Another view of each: [N, D]."),
      Argument("temperature", .number, "What cosines are divided by.", default: "0.1"),
      Argument("both", .boolean, "Also find a from b, and average.", default: "true"),
    ], "Cross-entropy of finding each example's other view among all.",
    details: "van den Oord and others 2018; both ways as CLIP. Vectors are first made length 1.",
    "info_nce(eye(2), eye(2), temperature=1)", "0.313262",
    samples: [
      .init([a, b], [[3, 2], [3, 2]]),
      .init([a, b], [[2, 3], [2, 3]], ["both": .boolean(false), "temperature": .number(0.5)]),
    ]
  ) { inputs, at in
    let (x, y) = (try inputs[0].floating(), try inputs[1].floating())
    try same("info_nce", x, y)
    guard x.rank == 2 else {
      throw TensorError.invalid(
        operation: "info_nce", reason: "needs [N, D], found \(x.dims)", hint: nil)
    }
    let temperature = at.number("temperature", default: 0.1)
    let scores =
      try Variable.matmul(Operations.unit(x), Operations.unit(y), transposeB: true)
      / temperature
    let labels = Variable(try Tensor((0..<x.dims[0]).map { Int64($0) }))
    let there = try Operations.crossEntropy([scores, labels])
    guard at.boolean("both", default: true) else { return there }
    return try (there + Operations.crossEntropy([scores.swappedLast(), labels])) / 2
  }

  package static let preference: TensorOperation = loss(
    "dpo",
    [
      Argument("chosen", .tensor, "Log-chances of the preferred texts."),
      Argument("rejected", .tensor, "Log-chances of the others."),
      Argument("chosen_before", .tensor, "The same under the model of reference."),
      Argument("rejected_before", .tensor, "The same under the model of reference."),
      Argument("beta", .number, "How strongly the reference holds.", default: "0.1"),
    ], "Direct preference optimisation: -log sigmoid(beta (gain of chosen - gain of rejected)).",
    "dpo([-1.0], [-1.0], [-1.0], [-1.0])", "0.693147",
    samples: [.init([a, b, marks, a.reversed()], [[6], [6], [6], [6]])]
  ) { inputs, at in
    let gain = try (inputs[0] - inputs[2]) - (inputs[1] - inputs[3])
    return try Operations.softplus((gain * at.number("beta", default: 0.1)).negated())
  }

  package static let pinball: TensorOperation = loss(
    "quantile_loss",
    predictionArguments + [Argument("q", .number, "The quantile, from 0 to 1.", default: "0.5")],
    "q times what the prediction is too low, 1 - q times what it is too high.",
    "quantile_loss([0.0, 0.0], [1.0, -1.0], q=0.9, reduction=\"none\")", "[0.9, 0.1]",
    samples: [.init([a, b], [[6], [6]], ["q": .number(0.8)])]
  ) { inputs, at in
    let q = at.number("q", default: 0.5)
    let d = try inputs[1] - inputs[0]
    return try Operations.maximum([d * q, d * (q - 1)])
  }

  static let contrastiveLosses: [TensorOperation] = [focal, dice, contrast, preference, pinball]
}
