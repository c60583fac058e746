import Autograd
import Tensors

extension Adapters {
  static func addLosses(_ table: inout Table) {
    func simple(_ name: String, _ body: @escaping (Call) throws -> Variable) {
      table.add("nn.functional.\(name)") { c in
        c.ignore("size_average", "reduce")
        return [try Operations.reduced(body(c), c.text(-1, "reduction", "mean"))]
      }
    }
    simple("mse_loss") { c in
      let d = try c.x() - c.x(1)
      return try d * d
    }
    simple("l1_loss") { c in try Operations.abs(c.x() - c.x(1)) }
    simple("huber_loss") { c in
      try Operations.huber([c.x(), c.x(1)], none(["delta": .number(c.num(-1, "delta", 1))]))
    }
    simple("smooth_l1_loss") { c in
      try Operations.smoothL1([c.x(), c.x(1)], none(["beta": .number(c.num(-1, "beta", 1))]))
    }
    simple("soft_margin_loss") { c in
      try Operations.softplus((c.x() * c.x(1)).negated())
    }
    simple("poisson_nll_loss") { c in
      try Operations.poissonNLL(
        [c.x(), c.x(1)],
        none([
          "log_input": .boolean(c.flag(-1, "log_input", true)),
          "full": .boolean(c.flag(-1, "full", false)), "eps": .number(c.num(-1, "eps", 1e-8)),
        ]))
    }
    simple("gaussian_nll_loss") { c in
      var variance = try c.x(2, "var")
      let x = try c.x()
      if variance.rank == x.rank - 1, variance.rank > 0 || x.rank == 1,
        variance.dims == Array(x.dims.dropLast())
      {
        variance = try variance.expanded(axis: variance.rank)
      }
      return try Operations.gaussianNLL(
        [x, c.x(1), variance],
        none([
          "full": .boolean(c.flag(-1, "full", false)), "eps": .number(c.num(-1, "eps", 1e-6)),
        ]))
    }
    simple("binary_cross_entropy") { c in
      let loss = try Operations.binaryCrossEntropy([c.x(), c.x(1)], none([:]))
      return try c.maybe(2, "weight").map { try loss * $0 } ?? loss
    }
    simple("binary_cross_entropy_with_logits") { c in
      try logitsLoss(
        c.x(), c.x(1), weight: c.maybe(2, "weight"), positive: c.maybe(-1, "pos_weight"))
    }
    simple("hinge_embedding_loss") { c in
      try Operations.hingeEmbedding(
        [c.x(), c.x(1)], none(["margin": .number(c.num(-1, "margin", 1))]))
    }
    simple("margin_ranking_loss") { c in
      try Operations.marginRanking(
        [c.x(), c.x(1), c.x(2)], none(["margin": .number(c.num(-1, "margin", 0))]))
    }
    simple("cosine_embedding_loss") { c in
      try Operations.cosineEmbedding(
        [c.x(), c.x(1), c.x(2)], none(["margin": .number(c.num(-1, "margin", 0))]))
    }
    simple("triplet_margin_loss") { c in
      try Operations.tripletMargin(
        [c.x(), c.x(1), c.x(2)],
        none([
          "margin": .number(c.num(-1, "margin", 1)), "p": .number(c.num(-1, "p", 2)),
          "swap": .boolean(c.flag(-1, "swap", false)),
        ]))
    }
    simple("multi_margin_loss") { c in
      try Operations.multiMarginLosses(
        c.x(), c.x(1).value, p: c.int(-1, "p", 1), margin: c.num(-1, "margin", 1),
        weight: c.maybe(-1, "weight"))
    }
    simple("multilabel_margin_loss") { c in
      try Operations.multiLabelMargin([c.x(), c.x(1)], none([:]))
    }
    simple("multilabel_soft_margin_loss") { c in
      try multiLabelSoft(c.x(), c.x(1), c.maybe(-1, "weight"))
    }
    table.add("nn.functional.kl_div") { c in
      let loss = try Operations.klDiv(
        [c.x(), c.x(1)], none(["log_target": .boolean(c.flag(-1, "log_target", false))]))
      let reduction = try c.text(-1, "reduction", "mean")
      if reduction == "batchmean" {
        return [try loss.sum() / Double(max(1, c.x().dims.first ?? 1))]
      }
      return [try Operations.reduced(loss, reduction)]
    }
    table.add("nn.functional.nll_loss") { c in
      [
        try Operations.nll(
          c.x(), c.x(1).value, weight: c.maybe(2, "weight"),
          ignore: c.int(-1, "ignore_index", -100),
          reduction: c.text(-1, "reduction", "mean"))
      ]
    }
    table.add("nn.functional.cross_entropy") { c in
      [
        try crossEntropy(
          c.x(), c.x(1), weight: c.maybe(2, "weight"), ignore: c.int(-1, "ignore_index", -100),
          smooth: c.num(-1, "label_smoothing", 0), reduction: c.text(-1, "reduction", "mean"))
      ]
    }
    table.add("nn.functional.linear_cross_entropy") { c in
      let (x, w) = (try c.x(), try c.x(1))
      let flat = try w.rank > 2 ? w.reshaped([-1, w.dims[w.rank - 1]]) : w
      var logits = try linear(x, flat, c.maybe(3, "linear_bias"))
      if w.rank > 2 { logits = try logits.reshaped(Array(x.dims.dropLast()) + w.dims.dropLast()) }
      c.ignore("options")
      return [
        try crossEntropy(
          logits, c.x(2), weight: c.maybe(-1, "weight"), ignore: c.int(-1, "ignore_index", -100),
          smooth: c.num(-1, "label_smoothing", 0), reduction: c.text(-1, "reduction", "mean"))
      ]
    }
    table.add("nn.functional.ctc_loss") { c in
      [
        try ctc(
          c.x(), c.x(1).value, c.ints(2, "input_lengths") ?? [], c.ints(3, "target_lengths") ?? [],
          blank: c.int(4, "blank", 0), reduction: c.text(5, "reduction", "mean"),
          zeroInfinity: c.flag(6, "zero_infinity", false))
      ]
    }
    table.add("nn.functional.cosine_similarity") { c in
      let pair = try [c.x(), c.x(1)]
      let isNumber = pair.allSatisfy { $0.rank == 0 }
      return [
        try Operations.cosineSimilarity(
          isNumber ? pair.map { try $0.reshaped([1]) } : pair,
          ["axis": .integer(c.int(2, "dim", 1)), "eps": .number(c.num(3, "eps", 1e-8))])
      ]
    }
    table.add("nn.functional.pairwise_distance") { c in
      [
        try Operations.pairDistance(
          c.x(), c.x(1), p: c.num(2, "p", 2), eps: c.num(3, "eps", 1e-6),
          keepDims: c.flag(4, "keepdim", false))
      ]
    }
    table.add("nn.functional.pdist") { c in
      let x = try c.x()
      let n = x.dims[0]
      let pairs = (0..<n).flatMap { i in (i + 1..<max(i + 1, n)).map { (i, $0) } }
      return [
        try Operations.vectorNorm(
          x.chosen(pairs.map(\.0), axis: 0) - x.chosen(pairs.map(\.1), axis: 0),
          p: c.num(1, "p", 2), axes: [-1])
      ]
    }
    table.add("cdist") { c in
      let (a, b) = (try c.x(), try c.x(1))
      _ = c.given(3, "compute_mode")
      return [
        try Operations.vectorNorm(
          a.expanded(axis: a.rank - 1) - b.expanded(axis: b.rank - 2), p: c.num(2, "p", 2),
          axes: [-1])
      ]
    }
  }

  static func none(_ attributes: Attributes) -> Attributes {
    var result = attributes
    result["reduction"] = .text("none")
    return result
  }

  static func linear(_ x: Variable, _ w: Variable, _ b: Variable?) throws -> Variable {
    let y =
      try w.rank == 1
      ? Variable.matmul(x, w) : Variable.matmul(x, w, transposeB: true)
    return try b.map { try y + $0 } ?? y
  }

  static func logitsLoss(
    _ z: Variable, _ y: Variable, weight: Variable?, positive: Variable?
  ) throws -> Variable {
    var loss: Variable
    if let positive {
      let scale = try (positive - 1) * y + 1
      loss = try (1 - y) * z + scale * Operations.softplus(z.negated())
    } else {
      loss = try Operations.softplus(z) - z * y
    }
    if let weight { loss = try loss * weight }
    return loss
  }

  static func multiLabelSoft(_ x: Variable, _ y: Variable, _ weight: Variable?) throws -> Variable {
    let losses = try Operations.softplus(x) - x * y
    let weighted = try weight.map { try losses * $0 } ?? losses
    return try Operations.mean(weighted, .reduction([-1], false))
  }

  static func crossEntropy(
    _ x: Variable, _ y: Variable, weight: Variable?, ignore: Int, smooth: Double, reduction: String
  ) throws -> Variable {
    let axis = x.rank == 1 ? 0 : 1
    let logs = try Operations.logSoftmax(x, ["axis": .integer(axis)])
    let classes = Double(x.dims[axis])
    var shaped = weight
    if let weight {
      shaped = try weight.reshaped([x.dims[axis]] + Array(repeating: 1, count: x.rank - 1 - axis))
    }
    if y.dtype.isFloat {
      var target = y
      if smooth > 0 { target = try target * (1 - smooth) + smooth / classes }
      var terms = try logs * target
      if let shaped { terms = try terms * shaped }
      let losses = try terms.sum(axis).negated()
      if reduction == "mean" {
        return try losses.sum() / Double(max(1, x.shape.count / x.dims[axis]))
      }
      return try Operations.reduced(losses, reduction)
    }
    let labels = y.value
    let plain = try Operations.nll(
      logs, labels, weight: weight, ignore: ignore,
      reduction: smooth > 0 && reduction != "none" ? "sum" : reduction)
    if smooth == 0 { return plain }
    let counted = try labels.compare(.notEqual, .integer(ignore)).cast(x.dtype)
    var spread = logs
    if let shaped { spread = try spread * shaped }
    let smoothed = try spread.sum(axis).negated() * Variable(counted)
    if reduction == "none" { return try plain * (1 - smooth) + smoothed * (smooth / classes) }
    let total = try plain * (1 - smooth) + smoothed.sum() * (smooth / classes)
    if reduction == "sum" { return total }
    guard let weight else { return try total / Variable(counted).sum() }
    let safe = try Variable.where(Variable(counted.cast(.bool)), y, Variable(.integer(0))).value
    return try total / (weight.picked(safe) * Variable(counted)).sum()
  }

  /// PyTorch's form: labels in one row for all or one for each, chances of [T, N, classes].
  static func ctc(
    _ logs: Variable, _ targets: Tensor, _ lengths: [Int], _ targetLengths: [Int], blank: Int,
    reduction: String, zeroInfinity: Bool
  ) throws -> Variable {
    let x = logs.rank == 2 ? try logs.expanded(axis: 1) : logs
    var labels: [[Int]] = []
    var at = 0
    for (n, count) in targetLengths.enumerated() {
      let start = targets.rank == 2 ? n * targets.dims[1] : at
      guard start + count <= targets.count else { throw Unsupported("labels that are missing") }
      labels.append((start..<start + count).map { targets.integer(at: $0) })
      at += count
    }
    let losses = try Operations.alignmentLosses(
      x, labels: labels, lengths: lengths, blank: blank, zeroInfinity: zeroInfinity,
      isNormalised: true)
    if reduction == "none" { return logs.rank == 2 ? try losses.reshaped([]) : losses }
    if reduction == "sum" { return try losses.sum() }
    let divisor = try Tensor(targetLengths.map { Double(max($0, 1)) })
    return try Operations.mean(losses / Variable(divisor))
  }
}
