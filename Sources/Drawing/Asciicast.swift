/// Pictures of a terminal with their moments, as asciicast of version 2: a line of JSON for the terminal,
/// then one for each change, `[seconds, "o", text]`.
package struct Asciicast {
  private var lines: [String] = []
  private var shown: [Substring] = []
  private var cursor: (column: Int, row: Int)?
  private let size: (columns: Int, rows: Int)

  package init(columns: Int, rows: Int, title: String) {
    size = (columns, rows)
    let quoted = Asciicast.quoted(title)
    lines.append(
      "{\"version\": 2, \"width\": \(columns), \"height\": \(rows), \"title\": \(quoted)}")
  }

  /// Adds what a picture changes; nothing when it changes nothing.
  package mutating func add(
    _ grid: Grid, cursor: (column: Int, row: Int)?, milliseconds: Double
  ) {
    let now = grid.ansiText().split(separator: "\n", omittingEmptySubsequences: false)
    var text = shown.isEmpty ? "\u{1B}[2J" : ""
    for (row, line) in now.enumerated().prefix(size.rows)
    where !shown.indices.contains(row) || shown[row] != line {
      text += "\u{1B}[\(row + 1);1H\u{1B}[0m\(line)\u{1B}[0m\u{1B}[K"
    }
    for row in now.count..<max(now.count, min(size.rows, shown.count)) {
      text += "\u{1B}[\(row + 1);1H\u{1B}[0m\u{1B}[K"
    }
    let isMoved = cursor?.column != self.cursor?.column || cursor?.row != self.cursor?.row
    guard !text.isEmpty || isMoved else { return }
    if let cursor {
      text += "\u{1B}[\(cursor.row + 1);\(cursor.column + 1)H\u{1B}[?25h"
    } else {
      text += "\u{1B}[?25l"
    }
    (shown, self.cursor) = (now, cursor)
    let thousandths = Int(milliseconds)
    let rest = String(thousandths % 1000)
    let seconds = "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    lines.append("[\(seconds), \"o\", \(Asciicast.quoted(text))]")
  }

  package var text: String { lines.joined(separator: "\n") + "\n" }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 32 || scalar.value == 127:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
