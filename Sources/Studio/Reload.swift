import Notebooks
import Terminal

extension StudioState {
  /// Takes over the bytes of the file. Cells that are still there keep their values and what can be
  /// undone in them.
  mutating func reload(_ bytes: [UInt8]) {
    remember(.replaced(cells))
    takeOver(bytes)
    message = "the page shows the file as it is now; z goes back"
  }

  /// Joins what was changed here with what another program wrote.
  mutating func merge(_ theirs: [UInt8]) {
    let (lines, conflicts) = LineDifference.merge(
      base: LineDifference.lines(of: fileBytes), mine: LineDifference.lines(of: document()),
      theirs: LineDifference.lines(of: theirs))
    remember(.replaced(cells))
    takeOver(Array(lines.joined(separator: "\n").utf8))
    message =
      conflicts == 0
      ? "merged; z goes back"
      : "merged with \(conflicts) place\(conflicts == 1 ? "" : "s") that both have changed; z goes back"
  }

  private mutating func takeOver(_ bytes: [UInt8]) {
    let notebook = Notebook(bytes)
    let document = Document(notebook)
    var known = cells
    var fresh = document.cells
    for at in fresh.indices {
      let match =
        known.firstIndex {
          $0.isCode == fresh[at].isCode && $0.id == fresh[at].id && $0.text == fresh[at].text
        } ?? (fresh[at].isCode ? known.firstIndex { $0.isCode && $0.id == fresh[at].id } : nil)
      guard let match else {
        fresh[at].key = nextKey
        nextKey += 1
        continue
      }
      var kept = known.remove(at: match)
      if kept.text != fresh[at].text { kept.editor.replace(with: fresh[at].text) }
      (kept.kind, kept.origin, kept.output) = (fresh[at].kind, fresh[at].origin, fresh[at].output)
      (kept.role, kept.readsOfCheck) = (fresh[at].role, fresh[at].readsOfCheck)
      fresh[at] = kept
    }
    if !fresh.contains(where: { $0.kind != .fixed }) {
      var cell = StudioCell(id: "c1", kind: .code(flags: []), text: "")
      cell.key = nextKey
      nextKey += 1
      fresh.append(cell)
    }
    let focused = cell.key
    cells = fresh
    focus = cells.firstIndex { $0.key == focused } ?? min(focus, cells.count - 1)
    frontMatter = document.frontMatter
    ledger = Ledger(notebook.ledger ?? "")
    savedLedger = ledger.text
    ledgerOrigin = document.ledger
    refreshSources()
  }

  /// Shows which lines differ; a question that led here is asked again afterwards.
  mutating func showDifference(from old: [UInt8], to new: [UInt8], back: Question?) {
    let difference = LineDifference(
      LineDifference.lines(of: old), LineDifference.lines(of: new))
    let lines = difference.shown()
    mode = .pager(
      Pager(
        title: "what has changed: - in the file, + here",
        lines: lines.isEmpty ? ["nothing"] : lines, back: back))
  }
}
