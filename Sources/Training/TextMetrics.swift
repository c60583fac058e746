import Tensors

/// How near texts are to the texts they should be; words are elements of the lists.
package enum TextMetrics {
  /// Levenshtein: the fewest insertions, deletions and replacements from a to b.
  package static func editDistance<T: Equatable>(_ a: [T], _ b: [T]) -> Int {
    var last = Array(0...b.count)
    for i in a.indices where !WorkStop.isAsked {
      var row = [i + 1] + last.dropFirst()
      for j in b.indices {
        row[j + 1] = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      }
      last = row
    }
    return last[b.count]
  }

  /// How often each run of n words occurs.
  private static func runs(_ words: [String], _ n: Int) -> [[String]: Int] {
    guard words.count >= n else { return [:] }
    var counts: [[String]: Int] = [:]
    for i in 0...words.count - n { counts[Array(words[i..<i + n]), default: 0] += 1 }
    return counts
  }

  private static func shared(_ a: [[String]: Int], _ b: [[String]: Int]) -> Int {
    a.reduce(0) { $0 + min($1.value, b[$1.key] ?? 0) }
  }

  /// Papineni et al. 2002 over a corpus: the geometric mean of clipped precisions of runs of 1 to
  /// `n` words, times the brevity penalty.
  package static func bleu(_ candidates: [[String]], _ references: [[String]], n: Int = 4) throws
    -> Double
  {
    var (hits, totals) = ([Int](repeating: 0, count: n), [Int](repeating: 0, count: n))
    for (candidate, reference) in zip(candidates, references) {
      for length in 1...n {
        hits[length - 1] += shared(runs(candidate, length), runs(reference, length))
        totals[length - 1] += max(0, candidate.count - length + 1)
      }
    }
    guard hits.allSatisfy({ $0 > 0 }) else { return 0 }
    var product = 1.0
    for i in 0..<n { product *= Double(hits[i]) / Double(totals[i]) }
    let mean = try Tensor.number(product).binary(.power, .number(1 / Double(n))).item ?? 0
    let given = candidates.reduce(0) { $0 + $1.count }
    let wanted = references.reduce(0) { $0 + $1.count }
    if given >= wanted { return mean }
    let penalty = try Tensor.number(1 - Double(wanted) / Double(given)).unary(.exp).item ?? 0
    return mean * penalty
  }

  /// Lin 2004: F1 of shared runs of n words.
  package static func rouge(_ candidate: [String], _ reference: [String], n: Int) -> Double {
    let (a, b) = (runs(candidate, n), runs(reference, n))
    return f1(
      shared(a, b), a.values.reduce(0, +), b.values.reduce(0, +))
  }

  /// Lin 2004: F1 of the longest common subsequence.
  package static func rougeL(_ candidate: [String], _ reference: [String]) -> Double {
    var last = [Int](repeating: 0, count: reference.count + 1)
    for word in candidate {
      var row = [0]
      for j in reference.indices {
        row.append(word == reference[j] ? last[j] + 1 : max(last[j + 1], row[j]))
      }
      last = row
    }
    return f1(last[reference.count], candidate.count, reference.count)
  }

  private static func f1(_ hits: Int, _ given: Int, _ wanted: Int) -> Double {
    given + wanted == 0 ? 0 : 2 * Double(hits) / Double(given + wanted)
  }
}
