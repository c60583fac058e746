/// Finds what a mistyped name was meant to be.
package enum Suggestion {
  /// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours),
  /// when that distance is at most a third of the longer name; ties go to the earlier candidate.
  package static func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = folded(name)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates where candidate != name {
      let other = folded(candidate)
      let allowed = max(1, max(wanted.count, other.count) / 3)
      guard abs(wanted.count - other.count) <= allowed else { continue }
      let distance = editDistance(wanted, other)
      if distance <= allowed, distance < (best?.distance ?? .max), distance < wanted.count {
        best = (candidate, distance)
      }
    }
    return best?.candidate
  }

  /// Case and underscores are the commonest slips, so they cost nothing.
  private static func folded(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "_" }.prefix(64).map { $0 }
  }

  /// Optimal string alignment distance. Cost: product of the lengths.
  static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i] + Array(repeating: 0, count: b.count)
      for j in 1...b.count {
        let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        row[j] = min(replaced, last[j] + 1, row[j - 1] + 1)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
