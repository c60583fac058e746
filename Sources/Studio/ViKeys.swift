import Terminal

/// Keys of vi inside a cell, for who asks for them with `:vi`.
struct ViKeys: Sendable {
  var isNormal = false
  /// An operator that waits for a motion, or a key that waits for a letter.
  private var pending: Character?
  private var count = 0
  private var register = ""

  /// Takes a key in; false when it is not vi's.
  mutating func press(_ key: Key, _ editor: inout Editor) -> Bool {
    guard isNormal else {
      guard key == .escape else { return false }
      isNormal = true
      if editor.column > 0 { editor.left() }
      return true
    }
    guard case .character(let c) = key else {
      (pending, count) = (nil, 0)
      if key == .control("r") { return editor.redo() || true }
      return false
    }
    if let digit = c.wholeNumberValue, c.isASCII, digit > 0 || count > 0 {
      count = min(9999, count * 10 + digit)
      return true
    }
    let times = max(1, count)
    if let waiting = pending {
      pending = nil
      count = 0
      finish(waiting, c, times, &editor)
      return true
    }
    if "dcygrft".contains(c) {
      pending = c
      return true
    }
    count = 0
    if let place = ViKeys.motion(c, times, editor) {
      editor.place(row: place.row, column: place.column)
      return true
    }
    act(c, times, &editor)
    return true
  }

  /// Where a motion leads; nil for other keys.
  private static func motion(_ c: Character, _ times: Int, _ editor: Editor) -> Editor.Place? {
    var moved = editor
    for _ in 0..<times {
      switch c {
      case "h": moved.place(row: moved.row, column: moved.column - 1)
      case "l", " ": moved.place(row: moved.row, column: moved.column + 1)
      case "j": if !moved.down() { break }
      case "k": if !moved.up() { break }
      case "w": moved.wordForward()
      case "b": moved.wordLeft()
      case "e": moved.wordRight()
      case "0": moved.lineStart()
      case "^":
        moved.place(
          row: moved.row, column: moved.lines[moved.row].firstIndex { $0 != " " } ?? 0)
      case "$": moved.lineEnd()
      case "G": moved.place(row: moved.lines.count - 1, column: 0)
      case "%":
        if let pair = moved.matchingBracket { moved.place(row: pair.row, column: pair.column) }
      default: return nil
      }
    }
    return moved.cursor
  }

  private mutating func finish(
    _ waiting: Character, _ c: Character, _ times: Int, _ editor: inout Editor
  ) {
    switch waiting {
    case "g": if c == "g" { editor.place(row: 0, column: 0) }
    case "r":
      guard editor.column < editor.lines[editor.row].count else { return }
      let at = editor.cursor
      editor.change(from: at, to: Editor.Place(at.row, at.column + 1), to: String(c))
      editor.place(row: at.row, column: at.column)
    case "f", "t":
      let rest = editor.lines[editor.row].dropFirst(editor.column + 1)
      if let at = rest.firstIndex(of: c) {
        editor.place(row: editor.row, column: waiting == "f" ? at : at - 1)
      }
    default:
      if c == waiting { return lines(waiting, times, &editor) }
      guard let end = ViKeys.motion(c, times, editor) else { return }
      let (from, to) = editor.cursor < end ? (editor.cursor, end) : (end, editor.cursor)
      apply(waiting, from, to, &editor)
    }
  }

  private mutating func apply(
    _ operation: Character, _ from: Editor.Place, _ to: Editor.Place, _ editor: inout Editor
  ) {
    register = editor.text(from: from, to: to)
    if operation != "y" { editor.change(from: from, to: to, to: "") }
    if operation == "c" { isNormal = false }
  }

  /// Whole lines, with their end.
  private mutating func lines(_ operation: Character, _ times: Int, _ editor: inout Editor) {
    let first = editor.row
    let last = min(editor.lines.count - 1, first + times - 1)
    let end = Editor.Place(last, editor.lines[last].count)
    register = editor.text(from: Editor.Place(first, 0), to: end) + "\n"
    switch operation {
    case "d" where last + 1 < editor.lines.count:
      editor.change(from: Editor.Place(first, 0), to: Editor.Place(last + 1, 0), to: "")
    case "d" where first > 0:
      editor.change(
        from: Editor.Place(first - 1, editor.lines[first - 1].count), to: end, to: "")
      editor.lineStart()
    case "d", "c":
      editor.change(from: Editor.Place(first, 0), to: end, to: "")
      isNormal = operation == "d"
    default: break
    }
  }

  private mutating func act(_ c: Character, _ times: Int, _ editor: inout Editor) {
    let end = Editor.Place(editor.row, editor.lines[editor.row].count)
    switch c {
    case "i": isNormal = false
    case "a":
      editor.place(row: editor.row, column: editor.column + 1)
      isNormal = false
    case "I":
      editor.lineStart()
      isNormal = false
    case "A":
      editor.lineEnd()
      isNormal = false
    case "o":
      editor.lineEnd()
      editor.newline()
      isNormal = false
    case "O":
      editor.lineStart()
      editor.insert("\n")
      editor.place(row: editor.row - 1, column: 0)
      isNormal = false
    case "x":
      apply(
        "d", editor.cursor, Editor.Place(editor.row, min(end.column, editor.column + times)),
        &editor)
    case "D": apply("d", editor.cursor, end, &editor)
    case "C": apply("c", editor.cursor, end, &editor)
    case "J":
      guard editor.row + 1 < editor.lines.count else { return }
      let blanks = editor.lines[editor.row + 1].prefix { $0 == " " }.count
      editor.change(from: end, to: Editor.Place(editor.row + 1, blanks), to: " ")
    case "p", "P":
      guard !register.isEmpty else { return }
      if register.last == "\n" {
        let row = c == "p" ? editor.row : editor.row - 1
        if row < 0 {
          editor.change(from: Editor.Place(0, 0), to: Editor.Place(0, 0), to: register)
        } else {
          let at = Editor.Place(row, editor.lines[row].count)
          editor.change(from: at, to: at, to: "\n" + register.dropLast())
        }
        editor.lineStart()
      } else {
        if c == "p" { editor.place(row: editor.row, column: editor.column + 1) }
        editor.change(from: editor.cursor, to: editor.cursor, to: register)
      }
    case "u": for _ in 0..<times { _ = editor.undo() }
    case "~":
      guard editor.column < end.column else { return }
      let old = String(editor.lines[editor.row][editor.column])
      let other = old == old.uppercased() ? old.lowercased() : old.uppercased()
      editor.change(
        from: editor.cursor, to: Editor.Place(editor.row, editor.column + 1), to: other)
    default: break
    }
  }
}

extension Editor {
  /// To the start of the next word.
  mutating func wordForward() {
    let line = lines[row]
    var at = column
    while at < line.count, Editor.isWord(line[at]) { at += 1 }
    while at < line.count, !Editor.isWord(line[at]) { at += 1 }
    if at == line.count, row + 1 < lines.count {
      place(row: row + 1, column: lines[row + 1].firstIndex { $0 != " " } ?? 0)
    } else {
      place(row: row, column: at)
    }
  }
}
