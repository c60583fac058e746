import Files
import Notebooks
import Terminal

/// Writes every change of a page to a journal beside the file, and brings it back after a crash.
package final class Recovery {
  let journal: Journal
  /// The hashes of pages that are being written.
  var saving: [String] = []
  /// What was not written yet of the file that the records change.
  private var base: [UInt8]?
  private var needsCells = false
  /// The disk took a record no more; and how far the page had come when it was tried last.
  private var isStopped = false
  private var triedChanges = 0
  private var shape: [Shape] = []
  private var noted: [Int] = []
  /// The lines of cells that were changed, as the journal has them.
  private var texts: [Int: [[Character]]] = [:]
  /// The versions of cells whose texts the journal or its base has.
  private var known: [Int: Int] = [:]
  private var recorded: [Int: Int] = [:]

  private struct Shape {
    let key: Int
    let id: String
    let kind: StudioCell.Kind

    init(_ cell: StudioCell) { (key, id, kind) = (cell.key, cell.id, cell.kind) }
  }

  /// The journal of a notebook.
  package static func path(for notebook: String) -> String {
    let slash = notebook.lastIndex(of: "/")
    let folder = slash.map { String(notebook[...$0]) } ?? ""
    var name = slash.map { String(notebook[notebook.index(after: $0)...]) } ?? notebook
    if name.hasSuffix(".grd.md") { name.removeLast(7) }
    return "\(folder).\(name).grd.journal"
  }

  /// Where a session of a notebook can be reached that goes on without a terminal.
  package static func socket(for notebook: String) -> SocketPlace {
    let journal = path(for: notebook)
    let slash = journal.lastIndex(of: "/")
    return SocketPlace(
      folder: slash.map { String(journal[..<$0]) } ?? ".",
      name: String(journal[(slash.map { journal.index(after: $0) } ?? journal.startIndex)...])
        .replacing(".grd.journal", with: ".grd.socket"))
  }

  /// Locks the journal of a notebook.
  package init(_ notebook: String) throws(Journal.Problem) {
    journal = try Journal(Recovery.path(for: notebook))
  }

  // MARK: Writing

  /// Begins anew from what the file holds now; what the page has beyond it is noted at once.
  ///
  /// A page that was just read numbers its cells as whoever reads the base again; any other writes
  /// its cells with the base.
  package func begin(_ bytes: [UInt8], _ state: StudioState, isFresh: Bool = false) {
    (base, isStopped, needsCells) = (bytes, false, !isFresh)
    if !state.isModified { journal.clear() }
    shape = state.cells.indices.map { Shape(state.cells[$0]) }
    texts = [:]
    known = [:]
    if isFresh { for cell in state.cells { known[cell.key] = cell.editor.version } }
    noted = state.cells.indices.map { state.cells[$0].editor.version }
    // What is new and all that goes beyond it are there together, or what was before still counts.
    if state.isModified {
      let outputs = state.cells.compactMap { output(of: $0, in: state) }
      let writing = saving.map { RecoveryRecord.saving($0) }
      if append(.together([.base(bytes), cellsRecord(state)] + outputs + writing)) { base = nil }
      needsCells = false
    }
    recorded = [:]
    for at in state.cells.indices {
      recorded[state.cells[at].key] = state.cells[at].evaluated?.number
    }
  }

  /// The base is written with the first change, so that looking at a file writes nothing.
  private func writeBase() {
    guard let bytes = base else { return }
    let writing = saving.map { RecoveryRecord.saving($0) }
    if append(writing.isEmpty ? .base(bytes) : .together([.base(bytes)] + writing)) { base = nil }
  }

  @discardableResult
  private func append(_ record: RecoveryRecord) -> Bool {
    if !isStopped, !journal.append(record.bytes) { isStopped = true }
    return !isStopped
  }

  /// Whether the disk takes what is appended.
  package var isKept: Bool { !isStopped }

  /// Appends what has changed since the last call. A disk that takes nothing is tried again with the
  /// next change; what is to be said then.
  @discardableResult
  package func note(_ state: StudioState) -> String? {
    if isStopped {
      guard state.changes != triedChanges else { return nil }
      triedChanges = state.changes
      isStopped = false
      (recorded, known) = ([:], [:])
      noteCells(state)
      for at in state.cells.indices { noteOutput(state.cells[at], of: state) }
      return isStopped ? nil : "the journal is kept again"
    }
    noteChanges(state)
    guard isStopped else { return nil }
    triedChanges = state.changes
    return "the journal has stopped, the disk takes nothing: save elsewhere with :write NAME"
  }

  private func noteChanges(_ state: StudioState) {
    let isSameShape =
      state.cells.count == shape.count
      && state.cells.indices.allSatisfy {
        shape[$0].key == state.cells[$0].key && shape[$0].id == state.cells[$0].id
          && shape[$0].kind == state.cells[$0].kind
      }
    if !isSameShape {
      noteCells(state)
    } else if let first = state.cells.indices.first(where: {
      noted[$0] != state.cells[$0].editor.version
    }) {
      if needsCells {
        noteCells(state)
      } else {
        for at in first..<state.cells.count where noted[at] != state.cells[at].editor.version {
          noteText(state.cells[at])
          noted[at] = state.cells[at].editor.version
        }
      }
    }
    for at in state.cells.indices
    where state.cells[at].isEvaluated && state.cells[at].evaluated?.record != nil {
      noteOutput(state.cells[at], of: state)
    }
  }

  private func noteText(_ cell: StudioCell) {
    writeBase()
    let lines = cell.editor.lines
    if let old = texts[cell.key] {
      if let change = RecoveryRecord.lines(key: cell.key, from: old, to: lines) { append(change) }
    } else {
      append(.text(key: cell.key, Array(cell.text.utf8)))
    }
    texts[cell.key] = lines
    known[cell.key] = cell.editor.version
  }

  private func noteOutput(_ cell: StudioCell, of state: StudioState) {
    guard let evaluated = cell.evaluated, recorded[cell.key] != evaluated.number,
      let record = output(of: cell, in: state)
    else { return }
    if needsCells { noteCells(state) }
    recorded[cell.key] = evaluated.number
    writeBase()
    append(record)
    if evaluated.record?.runs.isEmpty == false { journal.flushSoon() }
  }

  /// What a cell shows beyond the file; nil when that is nothing.
  private func output(of cell: StudioCell, in state: StudioState) -> RecoveryRecord? {
    var ledger = Ledger()
    let (info, body): ([String], String?)
    if let record = cell.evaluated?.record {
      (info, body) = (record.info, record.body)
      ledger.entries = record.runs
    } else if let segment = cell.output, segment.line == 0,
      case .output(_, let words) = segment.kind
    {
      // It was brought back from a journal.
      (info, body) = (words, segment.body)
      ledger.entries = state.ledger.entries.filter { $0.run.hasPrefix(cell.id + ".") }
    } else {
      return nil
    }
    return .output(
      key: cell.key, info: info.joined(separator: " "), body: body, series: ledger.text ?? "")
  }

  private func noteCells(_ state: StudioState) {
    needsCells = false
    let cells = cellsRecord(state)
    guard let bytes = base else {
      append(cells)
      return
    }
    let writing = saving.map { RecoveryRecord.saving($0) }
    if append(.together([.base(bytes), cells] + writing)) { base = nil }
  }

  /// All cells in their order, with the texts that the journal does not have.
  private func cellsRecord(_ state: StudioState) -> RecoveryRecord {
    shape = state.cells.indices.map { Shape(state.cells[$0]) }
    noted = state.cells.indices.map { state.cells[$0].editor.version }
    let cells = state.cells.map { cell in
      let isKnown = known[cell.key] == cell.editor.version
      known[cell.key] = cell.editor.version
      if !isKnown { texts[cell.key] = nil }
      return RecoveryRecord.Cell(
        key: cell.key, id: cell.id, kind: cell.kind, text: isKnown ? nil : cell.text)
    }
    return .cells(cells)
  }

  /// Notes that the page is about to be written to the file, so that a file that was written is known
  /// again even when nobody lived to say so.
  package func noteSaving(_ bytes: [UInt8]) {
    let hash = RecoveryRecord.hash(of: bytes)
    saving.append(hash)
    if base == nil { append(.saving(hash)) }
  }

  package func flush() { journal.flush() }

  /// Nothing is left to recover.
  package func end() { journal.remove() }

  // MARK: Reading

  /// What a journal of an earlier session holds beyond its base file.
  package static func recovered(_ notebook: String) -> (
    isOf: (_ file: [UInt8]) -> Bool, state: StudioState
  )? {
    let records = Journal.records(path(for: notebook)).compactMap { RecoveryRecord($0) }
      .flatMap(\.parts)
    guard
      let start = records.lastIndex(where: { if case .base = $0 { true } else { false } }),
      case .base(let base) = records[start]
    else { return nil }
    var state = StudioState(path: notebook, notebook: Notebook(base))
    let before = state.cells.map(\.text)
    // Lines that were changed; the cells that are not here are as the base has them.
    var texts: [Int: [String]] = [:]
    var all = Dictionary(state.cells.map { ($0.key, $0) }) { first, _ in first }
    for record in records[(start + 1)...] { state.apply(record, &texts, &all) }
    for at in state.cells.indices {
      guard let lines = texts[state.cells[at].key] else { continue }
      let text = lines.joined(separator: "\n")
      if text != state.cells[at].text { state.cells[at].editor.replace(with: text) }
    }
    state.refreshSources()
    let isChanged = state.cells.map(\.text) != before || records.count > start + 1
    let saved = records[(start + 1)...].compactMap { record in
      if case .saving(let hash) = record { hash } else { nil }
    }
    return isChanged
      ? ({ $0 == base || (!saved.isEmpty && saved.contains(RecoveryRecord.hash(of: $0))) }, state)
      : nil
  }
}

extension StudioCell {
  /// What the file is to have as its output.
  mutating func setOutput(_ info: [String], _ body: String?) {
    output = body.map {
      Notebook.Segment(
        kind: .output(id: id, info: info), raw: Notebook.fenced("out", ["#" + id] + info, $0),
        body: $0, line: 0)
    }
  }
}

extension StudioState {
  /// `all` has every cell that was there at some time.
  fileprivate mutating func apply(
    _ record: RecoveryRecord, _ texts: inout [Int: [String]], _ all: inout [Int: StudioCell]
  ) {
    switch record {
    case .base, .saving, .together: break
    case .cells(let order):
      for cell in cells { all[cell.key] = cell }
      cells = order.map { each in
        var cell = all[each.key] ?? StudioCell(id: each.id, kind: each.kind, text: each.text ?? "")
        (cell.key, cell.id, cell.kind) = (each.key, each.id, each.kind)
        if let text = each.text { texts[each.key] = StudioState.lines(of: text) }
        all[each.key] = cell
        return cell
      }
      nextKey = max(nextKey, (cells.map(\.key).max() ?? 0) + 1)
    case .lines(let key, let at, let removed, let inserted):
      guard let old = texts[key], at <= old.count, removed <= old.count - at else { break }
      texts[key]?.replaceSubrange(at..<(at + removed), with: inserted)
    case .text(let key, let bytes):
      texts[key] = StudioState.lines(of: String(decoding: bytes, as: UTF8.self))
    case .output(let key, let info, let body, let series):
      guard let place = cells.firstIndex(where: { $0.key == key }) else { break }
      let id = cells[place].id
      let words = info.split(separator: " ").map(String.init)
      cells[place].setOutput(words, body)
      ledger.entries.removeAll { $0.run.hasPrefix(id + ".") }
      ledger.entries += Ledger(series).entries
    }
  }

  private static func lines(of text: String) -> [String] {
    text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { String(Substring($0)) }
  }

  /// Takes over what a crashed session had typed; asks when the file has changed since.
  package mutating func recover(file: [UInt8]) {
    guard let (isOf, recovered) = Recovery.recovered(path) else { return }
    let changed = recovered.changedCells(from: self)
    let old = Dictionary(cells.map { ($0.key, $0.text) }) { first, _ in first }
    let lastChanged = recovered.cells.lastIndex { old[$0.key] != $0.text }
    guard changed > 0 || recovered.document() != document() else { return }
    if isOf(file) {
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
