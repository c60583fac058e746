import Autograd
import Language
import Tensors
import Training
import Vocabulary

extension StandardLibrary {
  private static let p = Argument("p", .tensor, "Scores [N, classes] or labels [N].")
  private static let y = Argument("y", .tensor, "True labels [N].")
  private static let score = Argument("score", .tensor, "Scores [N], larger for 1.")
  private static let truth = Argument("y", .tensor, "Labels 0 and 1 [N].")

  private static func metric(
    _ name: String, _ arguments: [Argument], _ summary: String, details: String = "",
    _ example: Example, _ body: @escaping @Sendable (Call, Interpreter) throws -> Value
  ) -> Builtin {
    Builtin(
      Entry(
        name, family: "Metrics", arguments, summary: summary, details: details,
        examples: [example]), body)
  }

  private static func classScore(
    _ name: String, _ summary: String, _ example: Example, _ score: ClassCounts.Score
  ) -> Builtin {
    metric(
      name,
      [
        p, y,
        Argument("average", .text, "\"macro\", \"micro\" or \"none\".", default: "\"macro\""),
        Argument("of", .any, "Only this class.", default: "none"),
      ], summary,
      details: "macro: the mean over classes; micro: all decisions together; none: each.",
      example
    ) { call, _ in
      let counts = try ClassCounts(call.tensor("p"), call.tensor("y"))
      if !call.isNone("of") {
        let of = try call.integer("of")
        guard counts.hits.indices.contains(of) else {
          throw call.error("classes run from 0 to \(counts.hits.count - 1)", at: "of")
        }
        return .number(counts.each(score)[of])
      }
      switch try call.text("average") {
      case "macro": return .number(counts.macro(score))
      case "micro": return .number(counts.micro(score))
      case "none": return try Value(Tensor(counts.each(score).map { Float($0) }))
      default: throw call.wrong("average", expected: "\"macro\", \"micro\" or \"none\"")
      }
    }
  }

  static let metricWords: [Builtin] =
    classMetrics + rankingMetrics + textMetrics + imageMetrics

  private static let classMetrics: [Builtin] = [
    metric(
      "accuracy", [p, y], "The share of right predictions.",
      Example("accuracy([1, 0, 1, 1], [1, 0, 0, 1])", prints: "0.75")
    ) { call, _ in .number(try Metrics.accuracy(call.tensor("p"), call.tensor("y"))) },
    metric(
      "top_k", [p, y, Argument("k", .integer, "How many guesses.", default: "5")],
      "The share of labels among the k largest scores.",
      Example("top_k([[0.1, 0.5, 0.4], [0.8, 0.1, 0.1]], [2, 2], k=2)", prints: "0.5")
    ) { call, _ in
      .number(try Metrics.topK(call.tensor("p"), call.tensor("y"), k: call.integer("k")))
    },
    metric(
      "confusion", [p, y], "Counts of true labels (rows) by predicted ones (columns).",
      Example("confusion([0, 1, 1], [0, 1, 0])[0]", prints: "[1, 1]")
    ) { call, _ in try Value(Metrics.confusion(call.tensor("p"), call.tensor("y"))) },
    classScore(
      "precision", "The share of a class's predictions that are right.",
      Example("precision([1, 1, 1, 0], [1, 0, 1, 1], of=1)", prints: "0.666667"), .precision),
    classScore(
      "recall", "The share of a class's members that are found.",
      Example("recall([1, 0, 0, 0], [1, 1, 1, 0], average=\"none\")", prints: "[1, 0.333333]"),
      .recall),
    classScore(
      "f1", "The harmonic mean of precision and recall.",
      Example("f1([1, 1, 0], [1, 0, 0], average=\"micro\")", prints: "0.666667"), .f1),
    metric(
      "matthews", [p, y], "The correlation of predicted and true classes, from -1 to 1.",
      details: "Matthews 1975; for several classes Gorodkin 2004.",
      Example("matthews([1, 1, 0, 0], [0, 0, 1, 1])", prints: "-1")
    ) { call, _ in .number(try ClassCounts(call.tensor("p"), call.tensor("y")).matthews) },
    metric(
      "ece",
      [
        Argument("p", .tensor, "Chances [N, classes]."), y,
        Argument("bins", .integer, "Equal steps of confidence.", default: "15"),
      ], "The calibration error: how far confidence lies from accuracy on average.",
      details: "Naeini, Cooper, Hauskrecht 2015.",
      Example("ece([[0.75, 0.25], [0.75, 0.25]], [0, 1], bins=10)", prints: "0.25")
    ) { call, _ in
      .number(
        try Metrics.calibrationError(
          call.tensor("p"), call.tensor("y"), bins: call.integer("bins")))
    },
  ]

  private static let rankingMetrics: [Builtin] = [
    metric(
      "auc", [score, truth], "The area under the ROC curve.",
      details: "The chance that a 1 has a larger score than a 0; equal scores count half.",
      Example("auc([0.9, 0.4, 0.6, 0.1], [1, 1, 0, 0])", prints: "0.75")
    ) { call, _ in .number(try Ranking.auc(call.tensor("score"), call.tensor("y"))) },
    metric(
      "roc", [score, truth], "False and true positive rates for every threshold.",
      Example("roc([0.9, 0.1], [1, 0]).tpr", prints: "[0, 1, 1]")
    ) { call, _ in
      let curve = try Ranking.roc(call.tensor("score"), call.tensor("y"))
      func tensor(_ x: [Double]) throws -> Value { try Value(Tensor(x.map { Float($0) })) }
      return .record(
        Record([
          ("fpr", try tensor(curve.falseRates)), ("tpr", try tensor(curve.trueRates)),
          ("threshold", try tensor(curve.thresholds)),
        ]))
    },
    metric(
      "average_precision", [score, truth],
      "The area under precision over recall (PR-AUC), in steps.",
      Example("average_precision([0.9, 0.6, 0.4], [1, 0, 1])", prints: "0.833333")
    ) { call, _ in .number(try Ranking.averagePrecision(call.tensor("score"), call.tensor("y"))) },
    metric(
      "ndcg",
      [
        Argument("score", .tensor, "Scores [documents] or [queries, documents]."),
        Argument("gain", .tensor, "How useful each document is."),
        Argument("k", .any, "Only the first k places.", default: "none"),
      ], "Gains discounted by place, relative to the best order.",
      details: "Järvelin and Kekäläinen 2002.",
      Example("ndcg([3, 2, 1], [3, 2, 0])", prints: "1")
    ) { call, _ in
      let k = call.isNone("k") ? nil : try call.integer("k")
      return .number(try Ranking.ndcg(call.tensor("score"), call.tensor("gain"), k: k))
    },
    metric(
      "mrr",
      [
        Argument("score", .tensor, "Scores [documents] or [queries, documents]."),
        Argument("relevant", .tensor, "Whether each document is what was asked for."),
      ], "The mean of 1 / place of the first relevant document.",
      Example("mrr([[3, 2, 1], [3, 2, 1]], [[0, 1, 0], [1, 0, 0]])", prints: "0.75")
    ) { call, _ in
      .number(try Ranking.reciprocalRank(call.tensor("score"), call.tensor("relevant")))
    },
  ]

  /// Words of a text, or the elements of a list.
  private static func words(_ value: Value, _ interpreter: Interpreter) throws -> [String] {
    if case .text(let text) = value {
      return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    return try interpreter.elements(of: value)?.map(\.inline) ?? [value.inline]
  }

  /// One text, or one for each of a list of texts.
  private static func corpus(_ call: Call, _ name: String, _ interpreter: Interpreter) throws
    -> [[String]]
  {
    if case .text = call[name] { return [try words(call[name], interpreter)] }
    return try call.elements(name, interpreter).map { try words($0, interpreter) }
  }

  private static let textArguments = [
    Argument("a", .any, "A text, or a list of texts."),
    Argument("b", .any, "What it should be: as many texts."),
  ]

  private static func pairs(_ call: Call, _ interpreter: Interpreter) throws -> (
    [[String]], [[String]]
  ) {
    let (a, b) = (try corpus(call, "a", interpreter), try corpus(call, "b", interpreter))
    guard a.count == b.count, !a.isEmpty else {
      throw call.error("\(a.count) texts need as many references, not \(b.count)", at: "b")
    }
    return (a, b)
  }

  private static let textMetrics: [Builtin] = [
    metric(
      "bleu", textArguments, "How many runs of up to four words a text shares with its reference.",
      details: "Papineni et al. 2002 over all texts together, without smoothing.",
      Example("bleu(\"the cat sat on the mat\", \"the cat sat on the mat\")", prints: "1")
    ) { call, interpreter in
      let (a, b) = try pairs(call, interpreter)
      return .number(try TextMetrics.bleu(a, b))
    },
    metric(
      "rouge", textArguments, "F1 of shared words, pairs of words and the longest subsequence.",
      details: "Lin 2004; means over the texts: (r1, r2, rl).",
      Example("rouge(\"the cat sat\", \"the cat ran\").rl", prints: "0.666667")
    ) { call, interpreter in
      let (a, b) = try pairs(call, interpreter)
      func mean(_ body: ([String], [String]) -> Double) -> Value {
        .number(zip(a, b).reduce(0) { $0 + body($1.0, $1.1) } / Double(a.count))
      }
      return .record(
        Record([
          ("r1", mean { TextMetrics.rouge($0, $1, n: 1) }),
          ("r2", mean { TextMetrics.rouge($0, $1, n: 2) }), ("rl", mean(TextMetrics.rougeL)),
        ]))
    },
    metric(
      "edit_distance",
      [Argument("a", .any, "A text or a list."), Argument("b", .any, "Another one.")],
      "The fewest insertions, deletions and replacements from one to the other.",
      Example("edit_distance(\"kitten\", \"sitting\")", prints: "3")
    ) { call, interpreter in
      if case .text(let a) = call["a"], case .text(let b) = call["b"] {
        return .integer(TextMetrics.editDistance(Array(a), Array(b)))
      }
      let (a, b) = (try call.elements("a", interpreter), try call.elements("b", interpreter))
      return .integer(TextMetrics.editDistance(a.map(\.inline), b.map(\.inline)))
    },
  ]

  private static func boxes(_ value: Value?, _ call: Call, _ name: String) throws -> [[Double]] {
    guard let x = value?.variable?.value, x.count == 0 || (x.rank == 2 && x.dims[1] == 4) else {
      throw call.wrong(name, expected: "boxes [n, 4] of x0, y0, x1, y1")
    }
    let all = x.array(of: Double.self)
    return stride(from: 0, to: all.count, by: 4).map { Array(all[$0..<$0 + 4]) }
  }

  private static func detections(
    _ call: Call, _ name: String, scored: Bool, _ interpreter: Interpreter
  )
    throws -> [Detection.Found]
  {
    try call.elements(name, interpreter).map { value in
      guard case .record(let record) = value else {
        throw call.wrong(name, expected: "a list of records, one for each image")
      }
      let boxes = try boxes(record["boxes"], call, name)
      let labels = record["labels"]?.variable?.value.array(of: Int64.self).map { Int($0) }
      let scores = scored ? record["scores"]?.variable?.value.array(of: Double.self) : []
      guard let labels, let scores, labels.count == boxes.count,
        !scored || scores.count == boxes.count
      else {
        throw call.error(
          "each image needs boxes\(scored ? ", scores" : "") and labels of one length", at: name)
      }
      return Detection.Found(boxes: boxes, scores: scores, labels: labels)
    }
  }

  private static let imageMetrics: [Builtin] = [
    metric(
      "iou",
      [Argument("a", .tensor, "A mask."), Argument("b", .tensor, "A mask of the same shape.")],
      "The places where both masks are set over those where any is.",
      Example("iou([1, 1, 0, 0], [0, 1, 1, 0])", prints: "0.333333")
    ) { call, _ in
      let (a, b) = (try call.tensor("a"), try call.tensor("b"))
      guard a.dims == b.dims else {
        throw TensorError.shapesDiffer(operation: "iou", left: a.dims, right: b.dims)
      }
      let (x, y) = (a.array(of: Double.self), b.array(of: Double.self))
      let joint = zip(x, y).count { $0 != 0 || $1 != 0 }
      let shared = zip(x, y).count { $0 != 0 && $1 != 0 }
      return .number(joint == 0 ? 1 : Double(shared) / Double(joint))
    },
    metric(
      "box_iou",
      [Argument("a", .tensor, "Boxes [n, 4]."), Argument("b", .tensor, "Boxes [m, 4].")],
      "Shared over joint area of every two boxes: [n, m].",
      details: "A box is x0, y0, x1, y1.",
      Example("box_iou([[0, 0, 2, 2]], [[1, 0, 3, 2]])[0]", prints: "[0.333333]")
    ) { call, _ in
      let (a, b) = (try boxes(call["a"], call, "a"), try boxes(call["b"], call, "b"))
      let all = a.flatMap { x in b.map { Float(Detection.overlap(x, $0)) } }
      return .tensor(Variable(try Tensor(all, shape: Shape(checking: [a.count, b.count]))))
    },
    metric(
      "mean_ap",
      [
        Argument("found", .list, "For each image (boxes, scores, labels)."),
        Argument("truths", .list, "For each image (boxes, labels)."),
        Argument("at", .any, "One overlap in place of 0.5 to 0.95.", default: "none"),
      ], "Mean average precision over classes and over overlaps from 0.5 to 0.95.",
      details: "As COCO reads it: precision at 101 recalls, each truth found once.",
      Example(
        "mean_ap([(boxes=[[0, 0, 2, 2]], scores=[0.9], labels=[1])], [(boxes=[[0, 0, 2, 2]], labels=[1])])",
        prints: "1")
    ) { call, interpreter in
      let found = try detections(call, "found", scored: true, interpreter)
      let truths = try detections(call, "truths", scored: false, interpreter)
      guard found.count == truths.count else {
        throw call.error(
          "\(found.count) images need as many truths, not \(truths.count)", at: "truths")
      }
      if call.isNone("at") { return .number(Detection.meanAveragePrecision(found, truths)) }
      let limit = try call.number("at")
      return .number(Detection.meanAveragePrecision(found, truths, overlaps: [limit]))
    },
  ]
}
