/// One cell of a grid.
package struct Glyph: Sendable, Hashable {
  package var character: Character
  package var style: Style

  package init(_ character: Character, _ style: Style = .plain) {
    self.character = character
    self.style = style
  }

  package static let blank = Glyph(" ")
  /// The right half of a wide character.
  package static let continuation = Glyph("\u{0}")
}

/// Styled characters in rows and columns: the only thing anyone draws on.
package struct Grid: Sendable, Equatable {
  package let width: Int
  package let height: Int
  private var glyphs: [Glyph]

  package init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
    glyphs = Array(repeating: .blank, count: self.width * self.height)
  }

  /// Reading outside gives a blank, writing outside does nothing.
  package subscript(column: Int, row: Int) -> Glyph {
    get {
      guard column >= 0, column < width, row >= 0, row < height else { return .blank }
      return glyphs[row * width + column]
    }
    set {
      guard column >= 0, column < width, row >= 0, row < height else { return }
      glyphs[row * width + column] = newValue
    }
  }

  /// Writes text in a row, made harmless and cut at the edge; the columns it took.
  @discardableResult
  package mutating func write(
    _ text: String, column: Int, row: Int, style: Style = .plain, limit: Int? = nil
  ) -> Int {
    var at = column
    let end = min(width, limit.map { column + $0 } ?? width)
    for character in Sanitize.text(text) {
      let size = DisplayWidth.of(character)
      if size == 0 { continue }
      guard at + size <= end else { break }
      self[at, row] = Glyph(character, style)
      if size == 2 { self[at + 1, row] = .continuation }
      at += size
    }
    return at - column
  }

  package mutating func draw(_ other: Grid, column: Int, row: Int) {
    for y in 0..<other.height {
      for x in 0..<other.width { self[column + x, row + y] = other[x, y] }
    }
  }

  /// The characters alone, blanks at line ends cut.
  package func plainText() -> String {
    (0..<height).map { row in
      var line = ""
      for column in 0..<width where self[column, row] != .continuation {
        line.append(self[column, row].character)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// The characters with colours as escape sequences.
  package func ansiText() -> String {
    (0..<height).map { row in
      var line = ""
      var current = Style.plain
      var last = width - 1
      while last >= 0, self[last, row] == .blank { last -= 1 }
      for column in stride(from: 0, through: last, by: 1) {
        let glyph = self[column, row]
        if glyph == .continuation { continue }
        if glyph.style != current {
          line += glyph.style.sequence
          current = glyph.style
        }
        line.append(glyph.character)
      }
      return line + (current == .plain ? "" : "\u{1B}[0m")
    }.joined(separator: "\n")
  }
}
