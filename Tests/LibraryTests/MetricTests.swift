import Testing

/// Metrics against values worked out by hand from their definitions.
@Suite struct MetricTests {
  private func number(_ source: String) throws -> Double {
    let text = try #require(shown(source).last)
    return try #require(Double(text))
  }

  private static let known: [(String, Double)] = [
    // Three classes with 2 of 3, 1 of 2 and 1 of 1 found; each is predicted twice.
    ("precision([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2])", 0.6666666667),
    ("recall([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2])", 0.7222222222),
    ("f1([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2])", 0.6555555556),
    ("f1([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2], average=\"micro\")", 0.6666666667),
    // (TP TN - FP FN) / root = (2 * 3 - 1 * 1) / 12; for three classes 12 / root of 24 * 22.
    ("matthews([1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0, 0])", 0.4166666667),
    ("matthews([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2])", 0.5222329679),
    // Of six pairs five are in order and one is equal.
    ("auc([0.9, 0.5, 0.3, 0.5, 0.1], [1, 1, 0, 0, 0])", 0.9166666667),
    // Hits at places 1, 3 and 5.
    ("average_precision([5, 4, 3, 2, 1], [1, 0, 1, 0, 1])", 0.7555555556),
    // 1 / log2(3) for the only gain, at place 2.
    ("ndcg([2, 1, 0], [0, 1, 0])", 0.6309297536),
    ("ndcg([3, 2, 1], [0, 0, 1], k=2)", 0),
    ("mrr([3, 2, 1], [0, 0, 1])", 0.3333333333),
    // Confidences 0.9, 0.8, 0.6 in one bin, two of three right.
    ("ece([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], [0, 1, 1], bins=2)", 0.1),
    // Precisions 5/6, 4/5, 3/4, 2/3, whose product is 1/3; then 4 words for 6: exp(-1/2).
    ("bleu(\"the cat sat on the mat\", \"the cat sat on the rug\")", 0.7598356857),
    ("bleu(\"the cat sat on\", \"the cat sat on the mat\")", 0.6065306597),
    ("rouge(\"a b c d\", \"a c b d e\").r1", 0.8888888889),
    ("rouge(\"a b c d\", \"a b d c\").r2", 0.3333333333),
    ("rouge(\"a b c d\", \"a c b d e\").rl", 0.6666666667),
    ("edit_distance([1, 2, 3], [2, 3, 4])", 2),
    ("rmse([1.0, 5.0], [1.0, 1.0])", 2.828427125),
    ("r2([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])", 0.5),
    ("perplexity(x => x, (x=zeros(5, 8), y=[0, 1, 2, 3, 4]))", 8),
    ("top_k([[0.1, 0.5, 0.4], [0.8, 0.1, 0.1]], [2, 0], k=2)", 1),
    ("iou([true, false], [true, true])", 0.5),
    // One replaced, one inserted, for three words.
    ("wer(\"a x c d\", \"a b c\")", 0.6666666667),
    ("multiplicative(2, t => 0.5)(3)", 0.25),
    ("multiplicative(1, t => t / (t + 1))(9)", 0.1),
  ]

  @Test(arguments: known)
  func `a metric has the value of its definition`(source: String, want: Double) throws {
    let got = try number(source)
    #expect(abs(got - want) < 1e-5, "\(source): \(got), want \(want)")
  }

  /// Two truths, three boxes: a perfect one, a wrong one, and one that overlaps by 0.6.
  private let images = """
    found = [(boxes=[[0, 0, 10, 10], [50, 50, 60, 60], [20, 0, 30, 6]], scores=[0.9, 0.8, 0.7], labels=[0, 0, 0])]
    truths = [(boxes=[[0, 0, 10, 10], [20, 0, 30, 10]], labels=[0, 0])]

    """

  @Test func `mean average precision follows COCO`() throws {
    // Up to 0.6 recalls to 0.5 have precision 1 (51 of 101), the rest 2 / 3 (50).
    let both = (51 + 50 * 2.0 / 3) / 101
    let one = 51.0 / 101
    let loose = try number(images + "mean_ap(found, truths, at=0.5)")
    let strict = try number(images + "mean_ap(found, truths, at=0.75)")
    let mean = try number(images + "mean_ap(found, truths)")
    #expect(abs(loose - both) < 1e-5)
    #expect(abs(strict - one) < 1e-5)
    #expect(abs(mean - (3 * both + 7 * one) / 10) < 1e-5)
  }

  @Test(arguments: [
    ("auc([1, 2], [1, 1])", ["labels of both kinds"]),
    ("precision([0, 1], [0, 1], of=2)", ["classes run from 0 to 1"]),
    ("precision([0, 1], [0, 1], average=\"mean\")", ["\"macro\", \"micro\" or \"none\""]),
    ("ece([[2.0, 1.0]], [0])", ["chances lie between 0 and 1", "softmax"]),
    ("bleu([\"a\"], [\"a\", \"b\"])", ["1 texts need as many references, not 2"]),
    ("box_iou([1, 2], [3, 4])", ["boxes [n, 4]"]),
    ("mean_ap([(boxes=[[0, 0, 1, 1]], labels=[0])], [])", ["boxes, scores and labels"]),
    ("top_k([1, 2], [1, 2])", ["needs scores [N, classes]"]),
  ])
  func `a metric that cannot be taken is told`(source: String, parts: [String]) {
    let text = diagnosis(source)
    for part in parts { #expect(text.contains(part), "\(text)") }
  }
}
