extension Editor {
  // MARK: Selecting

  /// The ends of what is selected; nil when nothing is.
  package var selection: (from: Place, to: Place)? {
    guard let anchor, anchor != cursor else { return nil }
    return anchor < cursor ? (anchor, cursor) : (cursor, anchor)
  }

  package var selectedText: String? { selection.map { text(from: $0.from, to: $0.to) } }

  // MARK: Moving

  package mutating func left() {
    if column > 0 {
      place(row: row, column: column - 1)
    } else if row > 0 {
      place(row: row - 1, column: lines[row - 1].count)
    }
  }

  package mutating func right() {
    if column < lines[row].count {
      place(row: row, column: column + 1)
    } else if row < lines.count - 1 {
      place(row: row + 1, column: 0)
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

  package mutating func wordRight() { place(row: row, column: wordEnd) }

  var wordEnd: Int {
    var end = column
    while end < lines[row].count, !Editor.isWord(lines[row][end]) { end += 1 }
    while end < lines[row].count, Editor.isWord(lines[row][end]) { end += 1 }
    return end
  }

  var wordStart: Int {
    var start = column
    while start > 0, !Editor.isWord(lines[row][start - 1]) { start -= 1 }
    while start > 0, Editor.isWord(lines[row][start - 1]) { start -= 1 }
    return start
  }

  static func isWord(_ character: Character) -> Bool {
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
