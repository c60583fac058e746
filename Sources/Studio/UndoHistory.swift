import Files
import Glibc
import Notebooks

/// What can be undone inside the cells of a saved notebook, kept for the next session.
package enum UndoHistory {
  /// More than this is not kept: the oldest steps go first.
  private static let limit = 4 << 20

  /// Where the history of a notebook is; nil without a home.
  package static func path(for notebook: String) -> String? {
    let state = getenv("XDG_STATE_HOME").map { String(cString: $0) } ?? ""
    let home = getenv("HOME").map { String(cString: $0) + "/.local/state" } ?? ""
    let folder = state.isEmpty ? home : state
    guard !folder.isEmpty, let real = realpath(notebook, nil) else { return nil }
    defer { free(real) }
    var hasher = SHA256()
    hasher.update(String(cString: real))
    return "\(folder)/gradus/undo/\(hasher.finishShort())"
  }

  /// The history of a page that is as its file; nil when there is none.
  package static func bytes(of state: StudioState) -> [UInt8]? {
    guard !state.isModified, isAsRead(state) else { return nil }
    var writer = RecordWriter()
    writer.text(mark(of: state.fileBytes))
    writer.number(state.cells.count)
    var room = limit
    var isEmpty = true
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
        if count > 0 { isEmpty = false }
        writer.number(count)
        writer.bytes += kept.bytes
      }
    }
    return isEmpty ? nil : writer.bytes
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
