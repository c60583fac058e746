import Tensors

/// Which change explains what is different: the first notebook with each change of the second alone, run.
package enum Ablation {
  /// One step from a notebook to another.
  struct Change {
    let name: String
    let made: Notebook
  }

  /// Changed names of `params` cells one by one, other cells whole: changed, new and gone.
  static func changes(from a: Notebook, to b: Notebook) -> [Change] {
    var changes: [Change] = []
    let (old, new) = (cells(a), cells(b))
    for (id, cell) in new {
      guard let before = old.first(where: { $0.id == id })?.cell else {
        changes.append(Change(name: "new cell #\(id)", made: inserting(id, cell, of: new, into: a)))
        continue
      }
      guard before.body != cell.body else { continue }
      let lines = parameterChanges(before, cell)
      if lines.isEmpty {
        changes.append(Change(name: "cell #\(id)", made: replacing(id, cell.body, in: a)))
      }
      for (name, body) in lines {
        changes.append(Change(name: name, made: replacing(id, body, in: a)))
      }
    }
    for (id, _) in old where !new.contains(where: { $0.id == id }) {
      var made = a
      made.segments.removeAll { if case .code(id, _) = $0.kind { true } else { false } }
      changes.append(Change(name: "without cell #\(id)", made: made))
    }
    if a.seed != b.seed {
      var made = a
      made.seed = b.seed
      changes.append(Change(name: "seed  \(a.seed) → \(b.seed)", made: made))
    }
    return changes
  }

  private typealias Cell = (id: String, cell: Notebook.Segment)

  private static func cells(_ notebook: Notebook) -> [Cell] {
    notebook.cells.map { (notebook.id(of: $0), notebook.segments[$0]) }
  }

  private static func replacing(_ id: String, _ body: String, in notebook: Notebook) -> Notebook {
    var made = notebook
    for at in made.cells where made.id(of: at) == id { made.segments[at].body = body }
    return made
  }

  /// Puts a cell where it stands in its own notebook: behind the nearest cell above that both have.
  private static func inserting(
    _ id: String, _ cell: Notebook.Segment, of all: [Cell], into notebook: Notebook
  ) -> Notebook {
    var made = notebook
    let place = all.firstIndex { $0.id == id } ?? 0
    let above = all[..<place].last { each in made.cells.contains { made.id(of: $0) == each.id } }
    let at = above.flatMap { each in made.cells.first { made.id(of: $0) == each.id } }
    made.segments.insert(cell, at: at.map { $0 + 1 } ?? made.cells.first ?? made.segments.count)
    return made
  }

  /// For a cell of assignments in which only values differ: each changed one alone, as a name and the
  /// text of the cell with it.
  private static func parameterChanges(
    _ before: Notebook.Segment, _ after: Notebook.Segment
  ) -> [(name: String, body: String)] {
    guard case .code(_, let flags) = before.kind, flags.contains("params") else { return [] }
    func lines(_ body: String) -> [Substring] {
      body.split(separator: "\n", omittingEmptySubsequences: false)
    }
    func pair(_ line: Substring) -> (name: String, value: String)? {
      let sides = line.split(separator: "=", maxSplits: 1).map { side in
        side.split(separator: " ").joined(separator: " ")
      }
      return sides.count == 2 ? (sides[0], sides[1]) : nil
    }
    let (old, new) = (lines(before.body), lines(after.body))
    guard old.count == new.count else { return [] }
    var found: [(name: String, body: String)] = []
    for (at, (x, y)) in zip(old, new).enumerated() where x != y {
      guard let a = pair(x), let b = pair(y), a.name == b.name else { return [] }
      var changed = old
      changed[at] = y
      found.append(("\(a.name)  \(a.value) → \(b.value)", changed.joined(separator: "\n")))
    }
    return found
  }

  /// A table: a row for each change alone, with its share of the whole difference.
  package static func table(
    _ a: Notebook, _ b: Notebook, names: (String, String), folder: String
  ) -> [String] {
    let changes = changes(from: a, to: b)
    guard !changes.isEmpty else { return ["no change of the code to explain"] }
    let before = Trials.outcome(of: a, folder: folder)
    let after = Trials.outcome(of: b, folder: folder)
    let alone = changes.map { ($0.name, Trials.outcome(of: $0.made, folder: folder)) }
    var lines: [String] = []
    for (name, from) in before.values {
      guard let to = after[name], to != from else { continue }
      var rows = [[name, "value", "share"], [names.0, shortNumber(from), ""]]
      for (change, outcome) in alone {
        guard let value = outcome[name] else {
          rows.append(["  \(change)", outcome.problem ?? "·", ""])
          continue
        }
        let share = ((value - from) / (to - from) * 100).rounded()
        rows.append(["  \(change)", shortNumber(value), share.isFinite ? "\(Int(share)) %" : ""])
      }
      rows.append([names.1, shortNumber(to), "100 %"])
      lines += (lines.isEmpty ? [] : [""]) + TextTable.lines(rows)
    }
    let problems = [(names.0, before), (names.1, after)].compactMap { name, outcome in
      outcome.problem.map { "\(name): \($0)" }
    }
    return (lines.isEmpty ? ["the last values are the same"] : lines) + problems
  }
}
