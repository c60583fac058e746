import Files
import Glibc
import Notebooks

/// What can be undone inside the cells of a saved notebook, kept for the next session.
package enum UndoHistory {
  /// More than this is not kept: the oldest steps go first.
  private static let limit = 4 << 20

  /// Where the history of a notebook is; nil without a home.
  package static func path(for notebook: String) -> String? {
    guard let folder = Recollection.folder, let real = realpath(notebook, nil) else { return nil }
    defer { free(real) }
    var hasher = SHA256()
    hasher.update(String(cString: real))
    return "\(folder)/undo/\(hasher.finishShort())"
  }

  /// The history of a page that is as its file; nil when there is none.
  package static func bytes(of state: StudioState) -> [UInt8]? {
    let isEmpty =
      state.done.isEmpty && state.undone.isEmpty
      && state.cells.allSatisfy { $0.editor.past.isEmpty && $0.editor.future.isEmpty }
    guard !state.isModified, !isEmpty, isAsRead(state) else { return nil }
    var writer = RecordWriter()
    writer.text(mark(of: state.fileBytes))
    writer.number(state.cells.count)
    var room = limit
    var isAllLeftOut = true
    for at in state.cells.indices {
      let editor = state.cells[at].editor
      for steps in [editor.past, editor.future] {
        var kept = RecordWriter()
        var count = 0
        for step in steps.reversed() {
          var one = RecordWriter()
          one.step(step)
          guard one.bytes.count <= room else { break }
          room -= one.bytes.count
          kept.bytes = one.bytes + kept.bytes
          count += 1
        }
        if count > 0 { isAllLeftOut = false }
        writer.number(count)
        writer.bytes += kept.bytes
      }
    }
    for changes in [state.done, state.undone] {
      var kept: [RecordWriter] = []
      for change in changes.reversed() {
        var one = RecordWriter()
        one.change(change)
        guard one.bytes.count <= room else { break }
        room -= one.bytes.count
        kept.insert(one, at: 0)
      }
      if !kept.isEmpty { isAllLeftOut = false }
      writer.number(kept.count)
      for one in kept { writer.bytes += one.bytes }
    }
    return isAllLeftOut ? nil : writer.bytes
  }

  /// Whether whoever reads the file gets the same cells.
  private static func isAsRead(_ state: StudioState) -> Bool {
    let read = Document(Notebook(state.fileBytes)).cells
    return read.count == state.cells.count
      && zip(read, state.cells).allSatisfy { $0.text == $1.text }
  }

  private static func mark(of bytes: [UInt8]) -> String {
    var hasher = SHA256()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finishShort()
  }

  /// Writes the history of a page beside those of others.
  package static func keep(_ state: StudioState) {
    guard let path = path(for: state.path), let bytes = bytes(of: state) else { return }
    FileBytes.makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    try? FileBytes.writeAtomically(bytes, to: path)
  }

  package static func recall(_ state: inout StudioState) {
    guard let path = path(for: state.path), let bytes = try? FileBytes.read(path, limit: 8 << 20)
    else { return }
    adopt(bytes, &state)
  }

  /// Takes a history over when it belongs to the file as it is.
  package static func adopt(_ bytes: [UInt8], _ state: inout StudioState) {
    var reader = RecordReader(bytes: bytes[...])
    guard !state.isModified, reader.text() == mark(of: state.fileBytes),
      reader.number() == state.cells.count
    else { return }
    var all: [([Editor.Step], [Editor.Step])] = []
    for _ in state.cells.indices {
      guard let past = reader.steps(), let future = reader.steps() else { return }
      all.append((past, future))
    }
    guard let done = reader.changes(from: &state.nextKey),
      let undone = reader.changes(from: &state.nextKey)
    else { return }
    (state.done, state.undone) = (done, undone)
    for at in state.cells.indices {
      state.cells[at].editor.adopt(past: all[at].0, future: all[at].1)
    }
  }
}

extension RecordWriter {
  fileprivate mutating func step(_ step: Editor.Step) {
    number(step.cursor.row)
    number(step.cursor.column)
    number(step.changes.count)
    for change in step.changes {
      number(change.place.row)
      number(change.place.column)
      text(change.removed)
      text(change.inserted)
    }
  }
}

// Changes of the page: a letter for the kind, then what it needs.
extension RecordWriter {
  fileprivate mutating func change(_ change: CellChange) {
    switch change {
    case .inserted(let id, let at):
      text("i")
      text(id)
      number(at)
    case .removed(let removed, let at):
      text("r")
      number(at)
      cell(removed)
    case .moved(let from, let to):
      text("m")
      number(from)
      number(to)
    case .retyped(let id, let at, let kind):
      text("k")
      text(id)
      number(at)
      text(RecoveryRecord.name(of: kind))
    case .replaced(let cells):
      text("p")
      number(cells.count)
      for each in cells { cell(each) }
    case .group(let changes):
      text("g")
      number(changes.count)
      for each in changes { self.change(each) }
    }
  }

  private mutating func cell(_ cell: StudioCell) {
    text(cell.id)
    text(RecoveryRecord.name(of: cell.kind))
    text(cell.text)
    var info: [String] = []
    var body: String?
    if let record = cell.evaluated?.record {
      (info, body) = (record.info, record.body)
    } else if case .output(_, let words)? = cell.output?.kind {
      (info, body) = (words, cell.output?.body)
    }
    number(body == nil ? 0 : 1)
    text(info.joined(separator: " "))
    text(body ?? "")
  }
}

extension RecordReader {
  /// Cells that come back get keys that no other has.
  fileprivate mutating func changes(from nextKey: inout Int) -> [CellChange]? {
    guard let count = number() else { return nil }
    var changes: [CellChange] = []
    for _ in 0..<count {
      guard let one = change(&nextKey, depth: 0) else { return nil }
      changes.append(one)
    }
    return changes
  }

  private mutating func change(_ nextKey: inout Int, depth: Int) -> CellChange? {
    switch text() {
    case "i":
      guard let id = text(), let at = number() else { return nil }
      return .inserted(id: id, at: at)
    case "r":
      guard let at = number(), let cell = cell(&nextKey) else { return nil }
      return .removed(cell, at: at)
    case "m":
      guard let from = number(), let to = number() else { return nil }
      return .moved(from: from, to: to)
    case "k":
      guard let id = text(), let at = number(), let kind = text() else { return nil }
      return .retyped(id: id, at: at, from: RecoveryRecord.kind(named: kind))
    case "p":
      guard let count = number(), count > 0, count <= bytes.count else { return nil }
      var cells: [StudioCell] = []
      for _ in 0..<count {
        guard let one = cell(&nextKey) else { return nil }
        cells.append(one)
      }
      return .replaced(cells)
    case "g":
      guard depth < 8, let count = number() else { return nil }
      var group: [CellChange] = []
      for _ in 0..<count {
        guard let one = change(&nextKey, depth: depth + 1) else { return nil }
        group.append(one)
      }
      return .group(group)
    default: return nil
    }
  }

  private mutating func cell(_ nextKey: inout Int) -> StudioCell? {
    guard let id = text(), let kind = text(), let content = text(), let has = number(),
      let info = text(), let body = text()
    else { return nil }
    var cell = StudioCell(id: id, kind: RecoveryRecord.kind(named: kind), text: content)
    (cell.key, nextKey) = (nextKey, nextKey + 1)
    if has == 1 { cell.setOutput(info.split(separator: " ").map(String.init), body) }
    return cell
  }
}

extension RecordReader {
  fileprivate mutating func steps() -> [Editor.Step]? {
    guard let count = number() else { return nil }
    var steps: [Editor.Step] = []
    for _ in 0..<count {
      guard let row = number(), let column = number(), let changes = number() else { return nil }
      var step = Editor.Step(changes: [], cursor: Editor.Place(row, column))
      for _ in 0..<changes {
        guard let row = number(), let column = number(), let removed = text(), let inserted = text()
        else { return nil }
        step.changes.append(
          Editor.Change(place: Editor.Place(row, column), removed: removed, inserted: inserted))
      }
      steps.append(step)
    }
    return steps
  }
}
