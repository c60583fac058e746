import Tensors

/// How well scores put the right things first.
package enum Ranking {
  /// Scores and truths (not 0) of the same length, best first; equal scores share a threshold.
  static func thresholds(_ scores: Tensor, _ y: Tensor, _ word: String) throws -> [(
    score: Double, hits: Double, misses: Double
  )] {
    guard scores.dims == y.dims, scores.rank == 1 else {
      throw TensorError.shapesDiffer(operation: word, left: scores.dims, right: y.dims)
    }
    let order = try scores.argsort(descending: true).array(of: Int64.self)
    var steps: [(score: Double, hits: Double, misses: Double)] = []
    for at in order.map({ Int($0) }) {
      let (score, isHit) = (scores.double(at: at), y.double(at: at) != 0)
      if let last = steps.last, last.score == score {
        steps[steps.count - 1].hits += isHit ? 1 : 0
        steps[steps.count - 1].misses += isHit ? 0 : 1
      } else {
        steps.append((score, isHit ? 1 : 0, isHit ? 0 : 1))
      }
    }
    return steps
  }

  /// False and true positive rates from the strictest threshold to the loosest, from (0, 0).
  package static func roc(_ scores: Tensor, _ y: Tensor) throws -> (
    falseRates: [Double], trueRates: [Double], thresholds: [Double]
  ) {
    let steps = try thresholds(scores, y, "roc")
    let hits = steps.reduce(0) { $0 + $1.hits }
    let misses = steps.reduce(0) { $0 + $1.misses }
    guard hits > 0, misses > 0 else {
      throw TensorError.invalid(
        operation: "roc", reason: "needs labels of both kinds, 0 and 1", hint: nil)
    }
    var (x, y, at) = ([0.0], [0.0], [Double.infinity])
    for step in steps {
      x.append(x[x.count - 1] + step.misses / misses)
      y.append(y[y.count - 1] + step.hits / hits)
      at.append(step.score)
    }
    return (x, y, at)
  }

  /// The area under the ROC curve: the chance that a 1 has a larger score than a 0.
  package static func auc(_ scores: Tensor, _ y: Tensor) throws -> Double {
    let (x, y, _) = try roc(scores, y)
    var area = 0.0
    for i in 1..<x.count { area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2 }
    return area
  }

  /// The area under precision over recall, in steps: sum of (R_n - R_n-1) P_n.
  package static func averagePrecision(_ scores: Tensor, _ y: Tensor) throws -> Double {
    let steps = try thresholds(scores, y, "average_precision")
    let total = steps.reduce(0) { $0 + $1.hits }
    guard total > 0 else {
      throw TensorError.invalid(
        operation: "average_precision", reason: "there is no label 1", hint: nil)
    }
    var (hits, seen, area) = (0.0, 0.0, 0.0)
    for step in steps {
      hits += step.hits
      seen += step.hits + step.misses
      area += step.hits / total * hits / seen
    }
    return area
  }

  /// Rows of one query, or of several [queries, documents].
  private static func rows(_ scores: Tensor, _ y: Tensor, _ word: String) throws -> [(
    order: [Int], gains: [Double]
  )] {
    guard scores.dims == y.dims, scores.rank == 1 || scores.rank == 2, scores.count > 0 else {
      throw TensorError.shapesDiffer(operation: word, left: scores.dims, right: y.dims)
    }
    let order = try scores.argsort(descending: true).array(of: Int64.self).map { Int($0) }
    let gains = y.array(of: Double.self)
    let n = scores.dims[scores.rank - 1]
    return stride(from: 0, to: scores.count, by: n).map {
      (Array(order[$0..<$0 + n]), Array(gains[$0..<$0 + n]))
    }
  }

  /// Järvelin and Kekäläinen 2002: gains discounted by log2(place + 1), relative to the best order.
  package static func ndcg(_ scores: Tensor, _ gains: Tensor, k: Int?) throws -> Double {
    let rows = try rows(scores, gains, "ndcg")
    if let k, k < 1 {
      throw TensorError.invalid(
        operation: "ndcg", reason: "k is \(k), it should be at least 1", hint: nil)
    }
    func discounted(_ gains: [Double]) throws -> Double {
      try gains.prefix(k ?? gains.count).enumerated().reduce(0) { sum, item in
        let place = try Tensor.number(Double(item.offset + 2)).unary(.log).item ?? 1
        return sum + item.element / place
      }
    }
    let all = try rows.map { order, gains in
      let best = try discounted(gains.sorted(by: >))
      return best == 0 ? 0 : try discounted(order.map { gains[$0] }) / best
    }
    return all.reduce(0, +) / Double(all.count)
  }

  /// The mean of 1 / place of the first relevant document; 0 for a query without one.
  package static func reciprocalRank(_ scores: Tensor, _ relevant: Tensor) throws -> Double {
    let all = try rows(scores, relevant, "mrr").map { order, gains in
      order.firstIndex { gains[$0] != 0 }.map { 1 / Double($0 + 1) } ?? 0
    }
    return all.reduce(0, +) / Double(all.count)
  }
}
