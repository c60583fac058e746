import Tensors
import Vocabulary

extension Operations {
  private static let family = "Losses"
  private static let logits = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]

  private static func sameShape(_ name: String, _ a: Tensor, _ b: Tensor) throws {
    guard a.dims == b.dims else {
      var hint: String?
      if a.dims == b.dims + [1] { hint = "give the target a last axis: y[:, none]" }
      if b.dims == a.dims + [1] { hint = "give the prediction a last axis: p[:, none]" }
      throw TensorError.invalid(
        operation: name,
        reason:
          "the prediction is \(a.dims) but the target is \(b.dims); broadcasting would compare "
          + "every prediction with every target", hint: hint)
    }
  }

  /// The loss of matching elements, averaged. The target may be one number.
  private static func pairwise(
    _ name: String, _ summary: String, _ example: Example, samples: [TensorOperation.Sample],
    _ body: @escaping @Sendable (Variable, Variable) throws -> Variable
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: family,
        [
          Argument("prediction", .tensor, "Any shape."),
          Argument("target", .tensor, "The prediction's shape, or one number."),
        ], summary: summary, examples: [example]),
      samples: samples,
      composed: { inputs, _ in
        if inputs[1].rank > 0 { try sameShape(name, inputs[0].value, inputs[1].value) }
        return try Operations.mean(body(inputs[0], inputs[1]))
      })
  }

  package static let mse: TensorOperation = pairwise(
    "mse", "The mean squared error.", Example("mse([1.0, 2.0], [1.0, 4.0])", prints: "2"),
    samples: [.init([logits, logits.reversed()], [[2, 3], [2, 3]])]
  ) { a, b in
    let difference = try a - b
    return try difference * difference
  }

  package static let mae: TensorOperation = pairwise(
    "mae", "The mean absolute error.", Example("mae([1.0, 2.0], [1.0, 4.0])", prints: "1"),
    samples: [.init([logits, [0, 0, 0, 0, 0, 0.1]], [[2, 3], [2, 3]])]
  ) { a, b in try Operations.abs(a - b) }

  package static let bce: TensorOperation = pairwise(
    "bce", "Binary cross-entropy of raw scores against chances from 0 to 1.",
    Example("bce([0.0], [1.0])", prints: "0.693147"),
    samples: [.init([logits, [0, 1, 0.3, 0.9, 1, 0]], [[6], [6]])]
  ) { z, y in
    // max(z, 0) - z y + log(1 + exp(-|z|)) = softplus(z) - z y
    try Operations.softplus(z) - z * y
  }

  /// Mean of -log softmax(logits)[label]. Labels are integers [N], or chances in the logits' shape.
  package static let crossEntropy: TensorOperation = TensorOperation(
    Entry(
      "cross_entropy", family: family,
      [
        Argument("logits", .tensor, "Raw scores [..., classes]."),
        Argument("y", .tensor, "Labels [...] from 0, or chances in the logits' shape."),
        Argument(
          "weights", .any, "How much each class counts: the mean is a weighted one.",
          default: "none"),
        Argument("smooth", .number, "Share of each label spread over all classes.", default: "0"),
        Argument("ignore", .integer, "A label whose places do not count.", default: "none"),
      ], summary: "The mean of -log softmax(logits) at the labels.",
      examples: [
        Example("cross_entropy([[0.0, 0.0]], [1])", prints: "0.693147"),
        Example("cross_entropy([[0.0, 0.0], [9.0, 0.0]], [1, -1], ignore=-1)", prints: "0.693147"),
      ]),
    samples: [
      .init([logits, [0, 2]], [[2, 3], [2]], varying: [0]),
      .init([logits, [1, 0]], [[2, 3], [2]], ["smooth": .number(0.1)], varying: [0]),
      .init([logits, [0.2, 0.3, 0.5, 0.1, 0.1, 0.8]], [[2, 3], [2, 3]]),
      .init(
        [logits, [0, 2]], [[2, 3], [2]],
        ["weights": .numbers([0.5, 1, 2]), "smooth": .number(0.1)], varying: [0]),
      .init([logits, [0, -1]], [[2, 3], [2]], ["ignore": .integer(-1)], varying: [0]),
    ],
    composed: { inputs, a in
      let (z, y) = (inputs[0], inputs[1])
      if a["weights"] != nil || a["ignore"] != nil { return try weightedCrossEntropy(z, y, a) }
      // Wrong labels are told by the other way.
      if z.dtype == .float32, z.rank > 0, y.dtype == .int64, y.dims == Array(z.dims.dropLast()),
        z.shape.count > 0, a.number("smooth", default: 0) == 0, !Gradients.isNested,
        let (loss, logs) = try? Tensor.crossEntropy(z.value, labels: y.value)
      {
        return loss.recorded(from: inputs) { c in
          let slope = try Tensor.crossEntropyGradient(
            c.upstream.value, c.inputs[0].value, labels: c.inputs[1].value, logs: logs)
          return [Variable(slope), nil]
        }
      }
      return try composedCrossEntropy(inputs, a)
    })

  /// The sum over places and classes of -weight target log softmax(logits), by the sum of the labels'
  /// weights, as PyTorch has it; places whose label is `ignore` weigh nothing.
  private static func weightedCrossEntropy(_ z: Variable, _ y: Variable, _ a: Attributes) throws
    -> Variable
  {
    guard z.rank > 0, let classes = z.dims.last else { return try composedCrossEntropy([z, y], a) }
    let weights = a.numbers("weights") ?? [Double](repeating: 1, count: classes)
    guard weights.count == classes else {
      throw TensorError.invalid(
        operation: "cross_entropy",
        reason: "\(weights.count) weights for \(classes) classes", hint: nil)
    }
    let rows = Swift.max(1, z.shape.count / Swift.max(1, classes))
    let smooth = a.number("smooth", default: 0)
    let kind = z.dtype.isFloat ? z.dtype : .float32
    let columns = try Tensor(weights, shape: Shape(checking: [classes])).cast(kind)
    let logs = try Operations.logSoftmax(z)
    if y.dims == z.dims, y.dtype.isFloat {
      return try Operations.sum(logs * (y * Variable(columns))).negated() / Double(rows)
    }
    var labels = y.value
    var counts = [Double](repeating: 1, count: y.shape.count)
    if a["ignore"] != nil {
      let ignored = Double(a.integer("ignore", default: 0))
      counts = (0..<labels.count).map { labels.double(at: $0) == ignored ? 0 : 1 }
      let kept = (0..<labels.count).map { counts[$0] == 0 ? 0 : labels.double(at: $0) }
      labels = try Tensor(kept, shape: labels.shape)
    }
    let targets = try classTargets(z.value, labels, smooth: smooth)
    let places = try Tensor(counts, shape: Shape(checking: y.dims + [1])).cast(kind)
    let shares = try targets.binary(.multiply, columns).binary(.multiply, places)
    let total = (0..<labels.count).reduce(0.0) { sum, i in
      counts[i] == 0 ? sum : sum + weights[Int(labels.double(at: i))]
    }
    return try Operations.sum(logs * Variable(shares)).negated() / total
  }

  private static func composedCrossEntropy(_ inputs: [Variable], _ a: Attributes) throws
    -> Variable
  {
    func forward(_ z: Tensor, _ y: Tensor) throws -> Tensor {
      guard z.rank > 0 else {
        throw TensorError.invalid(
          operation: "cross_entropy", reason: "the scores are one number, not [..., classes]",
          hint: nil)
      }
      let targets = try classTargets(z, y, smooth: a.number("smooth", default: 0))
      let rows = Swift.max(1, z.count / Swift.max(1, z.dims[z.rank - 1]))
      return try z.softmax(axis: -1, logarithm: true).binary(.multiply, targets)
        .reduce(.sum).binary(.multiply, .number(-1 / Double(rows)))
    }
    return try forward(inputs[0].value, inputs[1].value).recorded(from: inputs, a) { c in
      let (z, y) = (c.inputs[0], c.inputs[1])
      let smooth = c.attributes.number("smooth", default: 0)
      let rows = Double(Swift.max(1, z.shape.count / Swift.max(1, z.dims[z.rank - 1])))
      let scale = try c.upstream / rows
      if y.dims == z.dims, y.dtype.isFloat {
        let total = try y.sum(axes: [-1], keepDims: true)
        let dz = try (Operations.softmax(z) * total - y) * scale
        return [dz, try (Operations.logSoftmax(z) * scale).negated()]
      }
      let targets = Variable(try classTargets(z.value, y.value, smooth: smooth))
      return [try (Operations.softmax(z) - targets) * scale, nil]
    }
  }

  /// The chances that the prediction is compared with, in the logits' shape.
  private static func classTargets(_ z: Tensor, _ y: Tensor, smooth: Double) throws -> Tensor {
    let classes = z.dims[z.rank - 1]
    let targets: Tensor
    if y.dims == z.dims, y.dtype.isFloat {
      targets = y
    } else {
      guard y.dims == Array(z.dims.dropLast()) else {
        throw TensorError.invalid(
          operation: "cross_entropy",
          reason: "scores \(z.dims) need labels \(Array(z.dims.dropLast())), these are \(y.dims)",
          hint: y.dims == Array(z.dims.dropLast()) + [1] ? "y[:, 0]" : nil)
      }
      // Whole labels are checked where they are used, so that a recorded step checks them again.
      if !y.dtype.isFloat, let marked = try? Tensor.oneHot(y, classes: classes) {
        return try spread(marked.cast(z.dtype.isFloat ? z.dtype : .float32), smooth)
      }
      for i in 0..<y.count {
        let label = y.double(at: i)
        guard label >= 0, label < Double(classes), label == label.rounded() else {
          throw TensorError.invalid(
            operation: "cross_entropy",
            reason:
              "label \(shortLabel(label)) does not fit \(classes) classes (labels run from 0 to "
              + "\(classes - 1))",
            hint: label == Double(classes) ? "y - 1 if the labels start at 1" : nil)
        }
      }
      targets = try Tensor.oneHot(y, classes: classes).cast(z.dtype.isFloat ? z.dtype : .float32)
    }
    return try spread(targets, smooth)
  }

  private static func spread(_ targets: Tensor, _ smooth: Double) throws -> Tensor {
    if smooth == 0 { return targets }
    let classes = targets.dims[targets.rank - 1]
    return try targets.binary(.multiply, .number(1 - smooth)).binary(
      .add, .number(smooth / Double(classes)))
  }

  private static func shortLabel(_ x: Double) -> String {
    Int(exactly: x).map { "\($0)" } ?? "\(x)"
  }

  static let losses: [TensorOperation] = [crossEntropy, bce, mse, mae]
}
