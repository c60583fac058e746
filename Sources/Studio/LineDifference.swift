/// Which lines of two texts are the same, and what stands between them.
struct LineDifference {
  /// For each line of the old text, the line of the new one that it became.
  let partners: [Int?]
  private let old: [Substring]
  private let new: [Substring]

  init(_ old: [Substring], _ new: [Substring]) {
    (self.old, self.new) = (old, new)
    var partners = [Int?](repeating: nil, count: old.count)
    let (removed, inserted) = LineDifference.changes(old, new)
    var (a, b) = (0, 0)
    while a < old.count, b < new.count {
      if removed.contains(a) {
        a += 1
      } else if inserted.contains(b) {
        b += 1
      } else {
        partners[a] = b
        (a, b) = (a + 1, b + 1)
      }
    }
    self.partners = partners
  }

  private static func changes(_ old: [Substring], _ new: [Substring]) -> (Set<Int>, Set<Int>) {
    var start = 0
    while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
    var end = 0
    while end < min(old.count, new.count) - start,
      old[old.count - 1 - end] == new[new.count - 1 - end]
    { end += 1 }
    let middle = Array(new[start..<(new.count - end)])
    let difference = middle.difference(from: Array(old[start..<(old.count - end)]))
    var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
    for change in difference {
      switch change {
      case .remove(let at, _, _): removed.insert(start + at)
      case .insert(let at, _, _): inserted.insert(start + at)
      }
    }
    return (removed, inserted)
  }

  static func lines(of bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Changed lines with `-` and `+`, and up to three unchanged lines around them.
  func shown() -> [String] {
    var lines: [(mark: Character, text: Substring)] = []
    var b = 0
    for (a, line) in old.enumerated() {
      guard let partner = partners[a] else {
        lines.append(("-", line))
        continue
      }
      for at in b..<partner { lines.append(("+", new[at])) }
      b = partner + 1
      lines.append((" ", line))
    }
    for at in b..<new.count { lines.append(("+", new[at])) }
    let changed = lines.indices.filter { lines[$0].mark != " " }
    var shown: [String] = []
    var last = -1
    for at in changed {
      let from = max(last + 1, at - 3)
      if from > last + 1 || (last == -1 && from > 0) { shown.append("…") }
      for near in from..<at { shown.append("  \(lines[near].text)") }
      if at > last { shown.append("\(lines[at].mark) \(lines[at].text)") }
      last = max(last, at)
      let next = changed.first { $0 > at } ?? lines.count
      for near in (at + 1)..<max(at + 1, min(next, at + 4)) {
        shown.append("  \(lines[near].text)")
        last = near
      }
    }
    return shown
  }

  /// Joins two texts that grew from one: changes of one side are taken over, places that both have
  /// changed are kept side by side between conflict marks.
  static func merge(base: [Substring], mine: [Substring], theirs: [Substring]) -> (
    lines: [Substring], conflicts: Int
  ) {
    let toMine = LineDifference(base, mine).partners
    let toTheirs = LineDifference(base, theirs).partners
    var merged: [Substring] = []
    var conflicts = 0
    var (o, a, b) = (0, 0, 0)
    func flush(_ end: (o: Int, a: Int, b: Int)) {
      let (was, my, their) = (base[o..<end.o], mine[a..<end.a], theirs[b..<end.b])
      if my == their || their == was {
        merged += my
      } else if my == was {
        merged += their
      } else {
        conflicts += 1
        merged += ["<<<<<<< this page"] + my + ["======="] + their + [">>>>>>> the file"]
      }
      (o, a, b) = end
    }
    for at in base.indices {
      guard let my = toMine[at], let their = toTheirs[at] else { continue }
      if o < at || a < my || b < their { flush((at, my, their)) }
      merged.append(base[at])
      (o, a, b) = (at + 1, my + 1, their + 1)
    }
    flush((base.count, mine.count, theirs.count))
    return (merged, conflicts)
  }
}
