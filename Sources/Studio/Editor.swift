/// A text under edit: lines of characters and a cursor, with undo without limit.
package struct Editor: Sendable {
  package private(set) var lines: [[Character]]
  package private(set) var row = 0
  package private(set) var column = 0
  /// Grows with every change of the text.
  package private(set) var version = 0

  private struct Snapshot: Sendable {
    let lines: [[Character]]
    let row: Int
    let column: Int
  }
  private var past: [Snapshot] = []
  private var future: [Snapshot] = []
  /// Letters typed one after the other are undone together.
  private var isTyping = false

  package init(_ text: String) {
    lines = Editor.split(text)
  }

  private static func split(_ text: String) -> [[Character]] {
    var lines = pieces(text)
    if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Lines of a text; every line end counts as one, and tabs as two blanks.
  private static func pieces(_ text: String) -> [[Character]] {
    var lines: [[Character]] = [[]]
    for character in text {
      switch character {
      case "\n", "\r\n", "\r": lines.append([])
      case "\t": lines[lines.count - 1] += [" ", " "]
      default: lines[lines.count - 1].append(character)
      }
    }
    return lines
  }

  /// The lines joined, without a last line end.
  package var text: String { lines.map { String($0) }.joined(separator: "\n") }

  package var isEmpty: Bool { lines.allSatisfy(\.isEmpty) }

  private mutating func remember(typing: Bool = false) {
    if !(typing && isTyping) { past.append(Snapshot(lines: lines, row: row, column: column)) }
    isTyping = typing
    future = []
    version += 1
  }

  private mutating func restore(_ snapshot: Snapshot) {
    (lines, row, column) = (snapshot.lines, snapshot.row, snapshot.column)
    isTyping = false
    version += 1
  }

  /// False when there is nothing to undo.
  package mutating func undo() -> Bool {
    guard let last = past.popLast() else { return false }
    future.append(Snapshot(lines: lines, row: row, column: column))
    restore(last)
    return true
  }

  /// False when nothing was undone.
  package mutating func redo() -> Bool {
    guard let next = future.popLast() else { return false }
    past.append(Snapshot(lines: lines, row: row, column: column))
    restore(next)
    return true
  }

  // MARK: Changing

  /// Replaces the whole text as one change.
  package mutating func replace(with text: String) {
    remember()
    lines = Editor.split(text)
    place(row: row, column: column)
  }

  package mutating func insert(_ text: String) {
    remember(typing: text.count == 1 && text != "\n")
    let pieces = Editor.pieces(text)
    let tail = Array(lines[row][column...])
    lines[row].removeSubrange(column...)
    var added: [[Character]] = []
    for (index, piece) in pieces.enumerated() {
      if index == 0 { lines[row] += piece } else { added.append(piece) }
    }
    lines.insert(contentsOf: added, at: row + 1)
    row += added.count
    column = lines[row].count
    lines[row] += tail
  }

  /// A new line with the indentation of this one, one step deeper after an opening bracket.
  package mutating func newline() {
    let blanks = lines[row].prefix { $0 == " " }.count
    let opens = column > 0 && "{([".contains(lines[row][column - 1])
    insert("\n" + String(repeating: " ", count: min(blanks, column) + (opens ? 2 : 0)))
    isTyping = false
  }

  /// Two blanks at most, up to the next even column.
  package mutating func indent() { insert(column % 2 == 0 ? "  " : " ") }

  package mutating func backspace() {
    guard column > 0 || row > 0 else { return }
    remember()
    if column > 0 {
      column -= 1
      lines[row].remove(at: column)
    } else {
      column = lines[row - 1].count
      lines[row - 1] += lines[row]
      lines.remove(at: row)
      row -= 1
    }
  }

  package mutating func delete() {
    guard column < lines[row].count || row < lines.count - 1 else { return }
    remember()
    if column < lines[row].count {
      lines[row].remove(at: column)
    } else {
      lines[row] += lines[row + 1]
      lines.remove(at: row + 1)
    }
  }

  /// Replaces the characters before the cursor by a word, as one change.
  package mutating func replaceBeforeCursor(_ count: Int, with word: String) {
    remember()
    let start = max(0, column - count)
    lines[row].replaceSubrange(start..<column, with: Array(word))
    column = start + word.count
  }

  package mutating func deleteToLineEnd() {
    guard column < lines[row].count else { return delete() }
    remember()
    lines[row].removeSubrange(column...)
  }

  package mutating func deleteToLineStart() {
    guard column > 0 else { return }
    remember()
    lines[row].removeSubrange(..<column)
    column = 0
  }

  package mutating func deleteWord() {
    guard column > 0 else { return backspace() }
    remember()
    let start = wordStart
    lines[row].removeSubrange(start..<column)
    column = start
  }

  // MARK: Moving

  package mutating func place(row: Int, column: Int) {
    self.row = min(max(0, row), lines.count - 1)
    self.column = min(max(0, column), lines[self.row].count)
    isTyping = false
  }

  package mutating func left() {
    isTyping = false
    if column > 0 {
      column -= 1
    } else if row > 0 {
      (row, column) = (row - 1, lines[row - 1].count)
    }
  }

  package mutating func right() {
    isTyping = false
    if column < lines[row].count {
      column += 1
    } else if row < lines.count - 1 {
      (row, column) = (row + 1, 0)
    }
  }

  /// False at the first line.
  package mutating func up() -> Bool {
    guard row > 0 else { return false }
    place(row: row - 1, column: column)
    return true
  }

  /// False at the last line.
  package mutating func down() -> Bool {
    guard row < lines.count - 1 else { return false }
    place(row: row + 1, column: column)
    return true
  }

  package mutating func lineStart() { place(row: row, column: 0) }
  package mutating func lineEnd() { place(row: row, column: lines[row].count) }
  package mutating func wordLeft() { place(row: row, column: wordStart) }

  package mutating func wordRight() {
    var end = column
    while end < lines[row].count, !Editor.isWord(lines[row][end]) { end += 1 }
    while end < lines[row].count, Editor.isWord(lines[row][end]) { end += 1 }
    place(row: row, column: end)
  }

  private var wordStart: Int {
    var start = column
    while start > 0, !Editor.isWord(lines[row][start - 1]) { start -= 1 }
    while start > 0, Editor.isWord(lines[row][start - 1]) { start -= 1 }
    return start
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// The part of a word that ends at the cursor.
  package var prefix: String {
    var start = column
    while start > 0, Editor.isWord(lines[row][start - 1]) { start -= 1 }
    return String(lines[row][start..<column])
  }

  /// The word that the cursor stands on or behind; before an open bracket, the word it calls.
  package var word: String {
    var (start, end) = (column, column)
    while end < lines[row].count, Editor.isWord(lines[row][end]) { end += 1 }
    while start > 0, Editor.isWord(lines[row][start - 1]) { start -= 1 }
    return String(lines[row][start..<end])
  }
}

extension Editor {
  /// The word before the innermost bracket that is open at the cursor.
  package var callee: String? {
    var depth = 0
    for line in stride(from: row, through: max(0, row - 20), by: -1) {
      let before = line == row ? lines[line][..<column] : lines[line][...]
      for at in before.indices.reversed() {
        switch before[at] {
        case ")", "]", "}": depth += 1
        case "[", "{": depth = max(0, depth - 1)
        case "(" where depth > 0: depth -= 1
        case "(":
          var start = at
          while start > 0, Editor.isWord(lines[line][start - 1]) { start -= 1 }
          if start < at { return String(lines[line][start..<at]) }
        default: break
        }
      }
    }
    return nil
  }
}

extension Editor {
  /// The partner of the bracket under the cursor, or before it.
  package var matchingBracket: (row: Int, column: Int)? {
    let pairs: [Character: Character] = [
      "(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{",
    ]
    for at in [column, column - 1] where lines[row].indices.contains(at) {
      let bracket = lines[row][at]
      guard let partner = pairs[bracket] else { continue }
      return partnerOf(bracket, partner, row, at)
    }
    return nil
  }

  private func partnerOf(_ bracket: Character, _ partner: Character, _ row: Int, _ column: Int) -> (
    row: Int, column: Int
  )? {
    let isOpening = "([{".contains(bracket)
    var depth = 0
    var (r, c) = (row, column)
    for _ in 0..<20_000 {
      if lines[r].indices.contains(c) {
        if lines[r][c] == bracket { depth += 1 }
        if lines[r][c] == partner { depth -= 1 }
        if depth == 0 { return (r, c) }
      }
      c += isOpening ? 1 : -1
      if c < 0 || c >= lines[r].count {
        r += isOpening ? 1 : -1
        guard lines.indices.contains(r) else { return nil }
        c = isOpening ? 0 : lines[r].count - 1
      }
    }
    return nil
  }
}
