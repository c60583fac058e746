import Tensors

/// How far predictions and truths agree beyond being equal.
package enum Agreement {
  private static func pairs(_ a: Tensor, _ b: Tensor, _ word: String) throws -> ([Double], [Double])
  {
    guard a.dims == b.dims, a.count > 0 else {
      throw TensorError.shapesDiffer(operation: word, left: a.dims, right: b.dims)
    }
    return (a.array(of: Double.self), b.array(of: Double.self))
  }

  private static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xx += (a - mx) * (a - mx)
      yy += (b - my) * (b - my)
      xy += (a - mx) * (b - my)
    }
    return xx * yy == 0 ? .nan : xy / (xx.squareRoot() * yy.squareRoot())
  }

  /// From -1 to 1: how well a straight line relates two series.
  package static func pearson(_ a: Tensor, _ b: Tensor) throws -> Double {
    let (x, y) = try pairs(a, b, "pearson")
    return correlation(x, y)
  }

  /// Pearson's correlation of ranks; equal numbers share the mean of theirs.
  package static func spearman(_ a: Tensor, _ b: Tensor) throws -> Double {
    let (x, y) = try pairs(a, b, "spearman")
    return correlation(ranks(x), ranks(y))
  }

  private static func ranks(_ x: [Double]) -> [Double] {
    let order = x.indices.sorted { (x[$0], $0) < (x[$1], $1) }
    var result = [Double](repeating: 0, count: x.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, x[order[end]] == x[order[start]] { end += 1 }
      for at in start..<end { result[order[at]] = Double(start + end - 1) / 2 }
      start = end
    }
    return result
  }

  /// The mean of |p - y| / |y|.
  package static func relativeError(_ prediction: Tensor, _ y: Tensor) throws -> Double {
    let (p, truth) = try pairs(prediction, y, "mape")
    guard truth.allSatisfy({ $0 != 0 }) else {
      throw TensorError.invalid(
        operation: "mape", reason: "a true value is 0, nothing can be a share of it", hint: "mae")
    }
    return zip(p, truth).reduce(0) { $0 + abs($1.0 - $1.1) / abs($1.1) } / Double(p.count)
  }

  /// Brier 1950: the squared distance of chances and what happened. Chances of 1 [N], or of every
  /// class [N, classes].
  package static func brier(_ chances: Tensor, _ y: Tensor) throws -> Double {
    if chances.rank == 2 {
      let happened = try Tensor.oneHot(y, classes: chances.dims[1])
      let (p, truth) = try pairs(chances, happened, "brier")
      return zip(p, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Double(chances.dims[0])
    }
    let (p, truth) = try pairs(chances, y, "brier")
    return zip(p, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(p.count)
  }
}

extension ClassCounts {
  /// The mean recall of the classes that have members.
  package var balancedAccuracy: Double {
    let present = actual.indices.filter { actual[$0] > 0 }
    let recalls = each(.recall)
    return present.isEmpty ? .nan : present.reduce(0) { $0 + recalls[$1] } / Double(present.count)
  }

  /// Cohen 1960: agreement beyond what chance would give, at most 1.
  package var kappa: Double {
    let total = actual.reduce(0, +)
    let expected = zip(predicted, actual).reduce(0) { $0 + $1.0 * $1.1 } / (total * total)
    return expected == 1 ? .nan : (hits.reduce(0, +) / total - expected) / (1 - expected)
  }
}

extension Ranking {
  /// Precision and recall from the strictest threshold to the loosest.
  package static func precisionRecall(_ scores: Tensor, _ y: Tensor) throws -> (
    precision: [Double], recall: [Double], thresholds: [Double]
  ) {
    let steps = try thresholds(scores, y, "pr")
    let total = steps.reduce(0) { $0 + $1.hits }
    guard total > 0 else {
      throw TensorError.invalid(operation: "pr", reason: "there is no label 1", hint: nil)
    }
    var (hits, seen) = (0.0, 0.0)
    var (precision, recall): ([Double], [Double]) = ([], [])
    for step in steps {
      hits += step.hits
      seen += step.hits + step.misses
      precision.append(hits / seen)
      recall.append(hits / total)
    }
    return (precision, recall, steps.map(\.score))
  }
}
