import Plots

/// What is different between two notebooks: code, parameters, what was shown, curves, last metrics.
package enum NotebookDifference {
  /// Nothing but a blank text where they are the same.
  package static func text(
    _ a: Notebook, _ b: Notebook, names: (String, String) = ("A", "B"), width: Int = 80
  ) -> String {
    let parts = [
      texts(a, b), code(a, b), parameters(a, b), outputs(a, b), metrics(a, b, names),
      curves(a, b, names, width),
    ]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// A notebook as git compares it: without machine-written lines, with the last metrics of its runs.
  package static func forGit(_ notebook: Notebook) -> String {
    var text = ""
    for segment in notebook.segments where segment.kind != .ledger {
      guard case .output(let id, _) = segment.kind else {
        text += String(decoding: segment.raw, as: UTF8.self)
        continue
      }
      text += "out #\(id)\n\(segment.body)"
    }
    let last = lastValues(notebook)
    guard !last.isEmpty else { return text }
    return text + "\nlast values\n" + last.map { "\($0.name)  \($0.value)\n" }.joined()
  }

  // MARK: Parts

  private static func lines(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// Lines taken away and put in, where they stand.
  private static func changes(_ a: [Substring], _ b: [Substring]) -> [String] {
    var removed: [Int: Substring] = [:]
    var inserted: [Int: Substring] = [:]
    for change in b.difference(from: a) {
      switch change {
      case .remove(let at, let line, _): removed[at] = line
      case .insert(let at, let line, _): inserted[at] = line
      }
    }
    var result: [String] = []
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if let line = removed[i], i < a.count {
        result.append("- \(line)")
        i += 1
      } else if let line = inserted[j], j < b.count {
        result.append("+ \(line)")
        j += 1
      } else {
        (i, j) = (i + 1, j + 1)
      }
    }
    return result
  }

  private static func texts(_ a: Notebook, _ b: Notebook) -> [String] {
    func all(_ notebook: Notebook) -> [Substring] {
      notebook.segments.filter { $0.kind == .text }.flatMap { lines($0.body) }
        .filter { !$0.allSatisfy(\.isWhitespace) }
    }
    let found = changes(all(a), all(b))
    return found.isEmpty ? [] : ["text"] + found.map { "  " + $0 }
  }

  private static func cells(_ notebook: Notebook) -> [(id: String, flags: [String], body: String)] {
    notebook.segments.compactMap { segment in
      guard case .code(let id, let flags) = segment.kind else { return nil }
      return (id, flags, segment.body)
    }
  }

  private static func code(_ a: Notebook, _ b: Notebook) -> [String] {
    let (before, after) = (cells(a), cells(b))
    let old = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
    let new = Set(after.map(\.id))
    var result: [String] = []
    for cell in before where !new.contains(cell.id) {
      result += ["cell #\(cell.id) is gone"] + lines(cell.body).dropLast().map { "  - \($0)" }
    }
    for cell in after {
      guard let other = old[cell.id] else {
        result += ["cell #\(cell.id) is new"] + lines(cell.body).dropLast().map { "  + \($0)" }
        continue
      }
      var found = changes(lines(other.body), lines(cell.body))
      if other.flags != cell.flags {
        found.append(
          "flags \(other.flags.joined(separator: " ")) → \(cell.flags.joined(separator: " "))")
      }
      if !found.isEmpty { result += ["cell #\(cell.id)"] + found.map { "  " + $0 } }
    }
    return result
  }

  private static func parameters(_ a: Notebook, _ b: Notebook) -> [String] {
    func all(_ notebook: Notebook) -> [(name: String, value: String)] {
      cells(notebook).filter { $0.flags.contains("params") }.flatMap { lines($0.body) }
        .compactMap { line in
          let pair = line.split(separator: "=", maxSplits: 1).map { part in
            String(part.split(separator: " ").joined(separator: " "))
          }
          return pair.count == 2 ? (pair[0], pair[1]) : nil
        }
    }
    let (before, after) = (all(a), all(b))
    let rows = before.compactMap { name, value -> String? in
      guard let other = after.first(where: { $0.name == name }) else { return nil }
      return other.value == value ? nil : "  \(name)  \(value) → \(other.value)"
    }
    return rows.isEmpty ? [] : ["parameters"] + rows
  }

  private static func outputs(_ a: Notebook, _ b: Notebook) -> [String] {
    let (before, after) = (a.outputs, b.outputs)
    let changed = cells(b).map(\.id).filter { id in
      before[id].map { old in after[id].map { $0.body != old.body } ?? true } ?? false
    }
    return changed.isEmpty
      ? [] : ["shows something else: " + changed.map { "#\($0)" }.joined(separator: " ")]
  }

  private static func lastValues(_ notebook: Notebook) -> [(name: String, value: Float)] {
    Ledger(notebook.ledger ?? "").entries.flatMap { entry in
      entry.series.compactMap { series in
        series.values.last.map { ("\(entry.run) \(series.name)", $0) }
      }
    }
  }

  private static func metrics(_ a: Notebook, _ b: Notebook, _ names: (String, String)) -> [String] {
    let (before, after) = (lastValues(a), lastValues(b))
    let old = Dictionary(before) { first, _ in first }
    let new = Set(after.map(\.name))
    guard before.map(\.name) != after.map(\.name) || before.map(\.value) != after.map(\.value)
    else {
      return []
    }
    var rows = [["last values", names.0, names.1, "change"]]
    rows += before.filter { !new.contains($0.name) }.map { [$0.name, "\($0.value)", "·", ""] }
    rows += after.map { name, value in
      guard let was = old[name] else { return [name, "·", "\(value)", ""] }
      let change = was == 0 ? "" : percent(Double(value) / Double(was) - 1)
      return [name, "\(was)", "\(value)", value == was ? "=" : change]
    }
    return TextTable.lines(rows)
  }

  private static func percent(_ share: Double) -> String {
    guard share.isFinite, abs(share) < 1e6 else { return "" }
    let tenths = Int((abs(share) * 1000).rounded())
    return "\(share < 0 ? "-" : "+")\(tenths / 10).\(tenths % 10) %"
  }

  /// The curves of both in one plot for each kind of number, where they differ.
  private static func curves(
    _ a: Notebook, _ b: Notebook, _ names: (String, String), _ width: Int
  ) -> [String] {
    let (before, after) = (Ledger(a.ledger ?? "").entries, Ledger(b.ledger ?? "").entries)
    let same = Set(
      before.filter { entry in after.contains { $0.run == entry.run && $0.series == entry.series } }
        .map(\.run))
    let plots = SeriesPlots.of([
      (names.0, before.filter { !same.contains($0.run) }),
      (names.1, after.filter { !same.contains($0.run) }),
    ])
    return plots.map { plot in
      plot.draw(width: width, height: 14, depth: .none).plainText() + "\n" + plot.description
    }
  }
}
