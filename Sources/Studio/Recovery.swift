import Files
import Notebooks

/// Writes every change of a page to a journal beside the file, and brings it back after a crash.
package final class Recovery {
  private let journal: Journal
  private var shape: [(Int, String, StudioCell.Kind)] = []
  private var texts: [Int: (version: Int, bytes: [UInt8])] = [:]
  private var recorded: [Int: Int] = [:]

  /// The journal of a notebook.
  package static func path(for notebook: String) -> String {
    let slash = notebook.lastIndex(of: "/")
    let folder = slash.map { String(notebook[...$0]) } ?? ""
    var name = slash.map { String(notebook[notebook.index(after: $0)...]) } ?? notebook
    if name.hasSuffix(".grd.md") { name.removeLast(7) }
    return "\(folder).\(name).grd.journal"
  }

  /// Locks the journal of a notebook.
  package init(_ notebook: String) throws(Journal.Problem) {
    journal = try Journal(Recovery.path(for: notebook))
  }

  // MARK: Writing

  /// Begins anew from what the file holds now; what the page has beyond it is noted at once.
  package func begin(_ bytes: [UInt8], _ state: StudioState) {
    // The new base is appended before anything older is given up.
    journal.append(RecoveryRecord.base(bytes).bytes)
    if !state.isModified {
      journal.clear()
      journal.append(RecoveryRecord.base(bytes).bytes)
    }
    shape = state.cells.map { ($0.key, $0.id, $0.kind) }
    texts = [:]
    for cell in state.cells { texts[cell.key] = (cell.editor.version, Array(cell.text.utf8)) }
    if state.isModified { noteCells(state) }
    recorded = [:]
    for cell in state.cells { recorded[cell.key] = cell.evaluated?.number }
  }

  /// Appends what has changed since the last call.
  package func note(_ state: StudioState) {
    let isSameShape =
      state.cells.count == shape.count
      && zip(state.cells, shape).allSatisfy { $0.key == $1.0 && $0.id == $1.1 && $0.kind == $1.2 }
    if !isSameShape {
      noteCells(state)
    } else {
      for cell in state.cells where texts[cell.key]?.version != cell.editor.version {
        let bytes = Array(cell.text.utf8)
        if let splice = RecoveryRecord.splice(
          key: cell.key, from: texts[cell.key]?.bytes ?? [], to: bytes)
        {
          journal.append(splice.bytes)
        }
        texts[cell.key] = (cell.editor.version, bytes)
      }
    }
    for cell in state.cells {
      guard let evaluated = cell.evaluated, let record = evaluated.record,
        recorded[cell.key] != evaluated.number
      else { continue }
      recorded[cell.key] = evaluated.number
      var ledger = Ledger()
      ledger.entries = record.runs
      journal.append(
        RecoveryRecord.output(
          key: cell.key, info: record.info.joined(separator: " "), body: record.body,
          series: ledger.text ?? ""
        ).bytes)
    }
  }

  private func noteCells(_ state: StudioState) {
    shape = state.cells.map { ($0.key, $0.id, $0.kind) }
    for cell in state.cells { texts[cell.key] = (cell.editor.version, Array(cell.text.utf8)) }
    let cells = state.cells.map {
      RecoveryRecord.Cell(key: $0.key, id: $0.id, kind: $0.kind, text: $0.text)
    }
    journal.append(RecoveryRecord.cells(cells).bytes)
  }

  package func flush() { journal.flush() }

  /// Gives the journal up; it stays when it holds what the file has not.
  package func close(_ state: StudioState) {
    if state.isModified { flush() } else { end() }
  }

  /// Nothing is left to recover.
  package func end() { journal.remove() }

  // MARK: Reading

  /// What a journal of an earlier session holds beyond its base file.
  package static func recovered(_ notebook: String) -> (base: [UInt8], state: StudioState)? {
    let records = Journal.records(path(for: notebook)).compactMap { RecoveryRecord($0) }
    guard
      let start = records.lastIndex(where: { if case .base = $0 { true } else { false } }),
      case .base(let base) = records[start]
    else { return nil }
    var state = StudioState(path: notebook, notebook: Notebook(base))
    let before = state.cells.map(\.text)
    var texts: [Int: [UInt8]] = [:]
    for cell in state.cells { texts[cell.key] = Array(cell.text.utf8) }
    for record in records[(start + 1)...] { state.apply(record, &texts) }
    for at in state.cells.indices {
      guard let bytes = texts[state.cells[at].key] else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      if text != state.cells[at].text { state.cells[at].editor.replace(with: text) }
    }
    state.refreshSources()
    let isChanged = state.cells.map(\.text) != before || records.count > start + 1
    return isChanged ? (base, state) : nil
  }
}

extension StudioState {
  fileprivate mutating func apply(_ record: RecoveryRecord, _ texts: inout [Int: [UInt8]]) {
    switch record {
    case .base: break
    case .cells(let order):
      let known = Dictionary(cells.map { ($0.key, $0) }) { first, _ in first }
      cells = order.map { each in
        var cell = known[each.key] ?? StudioCell(id: each.id, kind: each.kind, text: each.text)
        (cell.key, cell.id, cell.kind) = (each.key, each.id, each.kind)
        texts[each.key] = Array(each.text.utf8)
        return cell
      }
      nextKey = max(nextKey, (cells.map(\.key).max() ?? 0) + 1)
    case .splice(let key, let at, let removed, let inserted):
      guard var bytes = texts[key], at <= bytes.count, removed <= bytes.count - at else { break }
      bytes.replaceSubrange(at..<(at + removed), with: inserted)
      texts[key] = bytes
    case .output(let key, let info, let body, let series):
      guard let place = cells.firstIndex(where: { $0.key == key }) else { break }
      let id = cells[place].id
      let words = info.split(separator: " ").map(String.init)
      cells[place].output = body.map {
        Notebook.Segment(
          kind: .output(id: id, info: words), raw: Notebook.fenced("out", ["#" + id] + words, $0),
          body: $0, line: 0)
      }
      ledger.entries.removeAll { $0.run.hasPrefix(id + ".") }
      ledger.entries += Ledger(series).entries
    }
  }

  /// Takes over what a crashed session had typed; asks when the file has changed since.
  package mutating func recover(file: [UInt8]) {
    guard let (base, recovered) = Recovery.recovered(path) else { return }
    let changed = recovered.changedCells(from: self)
    let old = Dictionary(cells.map { ($0.key, $0.text) }) { first, _ in first }
    let lastChanged = recovered.cells.lastIndex { old[$0.key] != $0.text }
    guard changed > 0 || recovered.document() != document() else { return }
    if base == file {
      remember(.replaced(cells))
      cells = recovered.cells
      ledger = recovered.ledger
      nextKey = recovered.nextKey
      focus = lastChanged ?? min(focus, cells.count - 1)
      let what = changed == 1 ? "1 cell" : "\(changed) cells"
      message = "recovered \(what) that had not been saved; z takes the file's version back"
    } else {
      nextKey = max(nextKey, recovered.nextKey)
      mode = .ask(.recovery(recovered: recovered.cells))
    }
    refreshSources()
  }

  /// How many cells have another text, or are new or gone.
  private func changedCells(from other: StudioState) -> Int {
    let old = Dictionary(other.cells.map { ($0.key, $0.text) }) { first, _ in first }
    let now = Set(cells.map(\.key))
    return cells.count { old[$0.key] != $0.text } + other.cells.count { !now.contains($0.key) }
  }
}
