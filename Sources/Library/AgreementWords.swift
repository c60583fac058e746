import Autograd
import Language
import Tensors
import Training
import Vocabulary

extension StandardLibrary {
  private static func metric(
    _ name: String, _ first: (String, String), _ second: (String, String), _ summary: String,
    _ details: String, _ example: Example,
    _ score: @escaping @Sendable (Tensor, Tensor) throws -> Double
  ) -> Builtin {
    Builtin(
      Entry(
        name, family: "Metrics",
        [Argument(first.0, .tensor, first.1), Argument(second.0, .tensor, second.1)],
        summary: summary, details: details, examples: [example])
    ) { call, _ in .number(try score(call.tensor(first.0), call.tensor(second.0))) }
  }

  private static let labels = ("p", "Scores [N, classes] or labels [N].")
  private static let truth = ("y", "What is true.")

  static let agreementWords: [Builtin] = [
    metric(
      "balanced_accuracy", labels, truth, "The mean over classes of the share that is found.", "",
      Example("balanced_accuracy([0, 0, 0, 1], [0, 0, 1, 1])", prints: "0.75")
    ) { try ClassCounts($0, $1).balancedAccuracy },
    metric(
      "kappa", labels, truth, "Agreement of two labellings beyond what chance gives.",
      "Cohen 1960: 1 for the same, 0 for chance.",
      Example("kappa([1, 1, 0, 0], [1, 0, 0, 0])", prints: "0.5")
    ) { try ClassCounts($0, $1).kappa },
    metric(
      "brier", ("p", "Chances of 1 [N], or of each class [N, classes]."), truth,
      "The mean squared distance of chances and what happened.", "Brier 1950.",
      Example("brier([1, 0.5], [1, 0])", prints: "0.125"), Agreement.brier),
    metric(
      "pearson", ("a", "Numbers."), ("b", "As many."), "The correlation of two series.", "",
      Example("pearson([1, 2, 3], [2, 4, 6])", prints: "1"), Agreement.pearson),
    metric(
      "spearman", ("a", "Numbers."), ("b", "As many."),
      "The correlation of the ranks of two series.", "Equal numbers share the mean of their ranks.",
      Example("spearman([1, 2, 3], [1, 8, 27])", prints: "1"), Agreement.spearman),
    metric(
      "mape", ("p", "Predictions."), truth, "The mean error as a share of what is true.", "",
      Example("mape([1.1, 1.8], [1, 2])", prints: "0.1"), Agreement.relativeError),
    Builtin(
      Entry(
        "dice_score", family: "Metrics",
        [Argument("a", .tensor, "A mask."), Argument("b", .tensor, "A mask of the same shape.")],
        summary: "Twice the shared places of two masks over the places of each.",
        details: "Dice 1945; 1 when both are empty.",
        examples: [Example("dice_score([1, 1, 0, 0], [0, 1, 1, 0])", prints: "0.5")])
    ) { call, _ in
      let (a, b) = (try call.tensor("a"), try call.tensor("b"))
      guard a.dims == b.dims else {
        throw TensorError.shapesDiffer(operation: "dice_score", left: a.dims, right: b.dims)
      }
      let (x, y) = (a.array(of: Double.self), b.array(of: Double.self))
      let (all, shared) = (
        x.count { $0 != 0 } + y.count { $0 != 0 }, zip(x, y).count { $0 != 0 && $1 != 0 }
      )
      return .number(all == 0 ? 1 : 2 * Double(shared) / Double(all))
    },
    Builtin(
      Entry(
        "pr", family: "Metrics",
        [
          Argument("score", .tensor, "Scores [N], larger for 1."),
          Argument("y", .tensor, "Labels 0 and 1 [N]."),
        ], summary: "Precision and recall for every threshold; average_precision is their area.",
        examples: [Example("pr([0.9, 0.6, 0.4], [1, 0, 1]).precision[1]", prints: "0.5")])
    ) { call, _ in
      let curve = try Ranking.precisionRecall(call.tensor("score"), call.tensor("y"))
      func tensor(_ x: [Double]) throws -> Value {
        .tensor(Variable(try Tensor(x.map { Float($0) })))
      }
      return .record(
        Record([
          ("precision", try tensor(curve.precision)), ("recall", try tensor(curve.recall)),
          ("threshold", try tensor(curve.thresholds)),
        ]))
    },
    Builtin(
      Entry(
        "wer", family: "Metrics",
        [Argument("a", .any, "A text."), Argument("b", .any, "The text it should be.")],
        summary: "Insertions, deletions and replacements of words for each word there should be.",
        examples: [Example("wer(\"the cat sat\", \"the cat sat down\")", prints: "0.25")])
    ) { call, _ in
      let (a, b) = (try call.text("a"), try call.text("b"))
      func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
      let (given, wanted) = (words(a), words(b))
      guard !wanted.isEmpty else { throw call.error("there should be words", at: "b") }
      return .number(
        Double(TextMetrics.editDistance(given, wanted)) / Double(wanted.count))
    },
  ]
}
