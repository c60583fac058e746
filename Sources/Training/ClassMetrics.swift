import Tensors

/// True positives, predicted and true members of each class.
package struct ClassCounts: Sendable {
  package let hits: [Double]
  package let predicted: [Double]
  package let actual: [Double]

  package init(_ prediction: Tensor, _ y: Tensor) throws {
    let table = try Metrics.confusion(prediction, y)
    let n = table.dims[0]
    let counts = table.array(of: Double.self)
    hits = (0..<n).map { counts[$0 * n + $0] }
    predicted = (0..<n).map { c in (0..<n).reduce(0) { $0 + counts[$1 * n + c] } }
    actual = (0..<n).map { c in (0..<n).reduce(0) { $0 + counts[c * n + $1] } }
  }

  package enum Score: Sendable { case precision, recall, f1 }

  /// 0 where a class has no members to be divided by.
  private static func score(_ score: Score, _ hits: Double, _ predicted: Double, _ actual: Double)
    -> Double
  {
    let whole =
      switch score {
      case .precision: predicted
      case .recall: actual
      case .f1: (predicted + actual) / 2
      }
    return whole == 0 ? 0 : hits / whole
  }

  /// The score of each class.
  package func each(_ score: Score) -> [Double] {
    hits.indices.map { Self.score(score, hits[$0], predicted[$0], actual[$0]) }
  }

  /// The mean over the classes that occur.
  package func macro(_ score: Score) -> Double {
    let present = hits.indices.filter { predicted[$0] + actual[$0] > 0 }
    let all = each(score)
    return present.isEmpty ? 0 : present.reduce(0) { $0 + all[$1] } / Double(present.count)
  }

  /// The score of all decisions together.
  package func micro(_ score: Score) -> Double {
    Self.score(score, hits.reduce(0, +), predicted.reduce(0, +), actual.reduce(0, +))
  }

  /// Gorodkin 2004: correlation of predicted and true classes, from -1 to 1.
  package var matthews: Double {
    let total = actual.reduce(0, +)
    let products = zip(predicted, actual).reduce(0) { $0 + $1.0 * $1.1 }
    let top = hits.reduce(0, +) * total - products
    let left = total * total - predicted.reduce(0) { $0 + $1 * $1 }
    let right = total * total - actual.reduce(0) { $0 + $1 * $1 }
    return left * right == 0 ? 0 : top / (left * right).squareRoot()
  }
}

extension Metrics {
  /// The share of labels [N] among the k largest scores [N, classes].
  package static func topK(_ scores: Tensor, _ y: Tensor, k: Int) throws -> Double {
    guard scores.rank == 2, y.dims == [scores.dims[0]], k > 0 else {
      throw TensorError.invalid(
        operation: "top_k",
        reason: "needs scores [N, classes] and labels [N], found \(scores.dims) and \(y.dims)",
        hint: nil)
    }
    let order = try scores.argsort(descending: true)
    let (n, classes) = (scores.dims[0], scores.dims[1])
    let hits = (0..<n).count { row in
      (0..<min(k, classes)).contains { order.integer(at: row * classes + $0) == y.integer(at: row) }
    }
    return n == 0 ? .nan : Double(hits) / Double(n)
  }

  /// Naeini et al. 2015: the mean distance of confidence and accuracy over equal bins.
  package static func calibrationError(_ chances: Tensor, _ y: Tensor, bins: Int) throws -> Double {
    guard chances.rank == 2, y.dims == [chances.dims[0]], bins > 0, chances.dims[1] > 0 else {
      throw TensorError.invalid(
        operation: "ece",
        reason: "needs chances [N, classes] and labels [N], found \(chances.dims) and \(y.dims)",
        hint: nil)
    }
    try MemoryBudget.check([bins, 2])
    let best = try chances.reduce(.max, axes: [1])
    let label = try chances.arg(max: true, axis: 1)
    var (sums, hits) = ([Double](repeating: 0, count: bins), [Double](repeating: 0, count: bins))
    for i in 0..<y.count {
      let confidence = best.double(at: i)
      guard confidence >= 0, confidence <= 1 + 1e-6 else {
        throw TensorError.invalid(
          operation: "ece", reason: "chances lie between 0 and 1, here is \(confidence)",
          hint: "softmax(…)")
      }
      // Bins are open below and closed above, as in the paper.
      let bin = min(bins - 1, max(0, Int((confidence * Double(bins)).rounded(.up)) - 1))
      sums[bin] += confidence
      hits[bin] += label.integer(at: i) == y.integer(at: i) ? 1 : 0
    }
    return zip(sums, hits).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(max(1, y.count))
  }
}
