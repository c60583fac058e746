import Drawing

/// Names beside and below what they name.
enum Labels {
  /// At most `width` columns of a text, its middle given up first.
  static func fitted(_ text: String, _ width: Int) -> String {
    let text = Sanitize.text(text)
    guard DisplayWidth.of(text) > width else { return text }
    guard width > 1 else { return width == 1 ? "…" : "" }
    let head = start(text, (width - 1 + 1) / 2)
    let tail = String(start(String(text.reversed()), (width - 1) / 2).reversed())
    return head + "…" + tail
  }

  private static func start(_ text: String, _ width: Int) -> String {
    var (result, left) = ("", width)
    for character in text {
      left -= DisplayWidth.of(character)
      guard left >= 0 else { break }
      result.append(character)
    }
    return result
  }

  /// A text filled up with blanks to `width` columns.
  static func padded(_ text: String, _ width: Int, isRight: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
    return isRight ? blanks + text : text + blanks
  }

  /// Different rows near the wanted ones; nil where there is no room left.
  static func rows(near wanted: [Int], in rows: Range<Int>) -> [Int?] {
    var result = [Int?](repeating: nil, count: wanted.count)
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }.prefix(rows.count)
    var next = rows.lowerBound
    for (position, index) in order.enumerated() {
      // Leave enough rows for those that come after.
      let last = rows.upperBound - (order.count - position)
      let row = min(last, max(next, wanted[index]))
      result[index] = row
      next = row + 1
    }
    return result
  }

  /// Words on as many lines as the width asks for.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let word = fitted(String(word), width)
      if line.isEmpty {
        line = word
      } else if DisplayWidth.of(line) + 1 + DisplayWidth.of(word) <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = word
      }
    }
    return lines + [line]
  }
}

extension Grid {
  /// A sentence in place of a picture that has nothing to show or no room.
  static func message(_ text: String, width: Int, height: Int?) -> Grid {
    let lines = Labels.wrapped(text, max(1, width))
    var grid = Grid(width: max(1, width), height: max(1, min(lines.count, height ?? lines.count)))
    for (row, line) in lines.enumerated() { grid.write(line, column: 0, row: row) }
    return grid
  }

  /// The line above a picture: its title, and what it cannot show; nothing when both are empty.
  /// Returns the rows it took.
  mutating func heading(_ title: String, _ note: String) -> Int {
    if title.isEmpty, note.isEmpty { return 0 }
    let taken = write(title, column: 0, row: 0, style: Style(isBold: true))
    let start = title.isEmpty ? 0 : taken + 3
    if start + DisplayWidth.of(note) <= width {
      write(note, column: start, row: 0)
    } else {
      write(note, column: max(0, width - DisplayWidth.of(note)), row: 0)
    }
    return 1
  }
}
