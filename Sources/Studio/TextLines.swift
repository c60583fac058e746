import Synchronization

/// The lines of a text that is shown, cut where they are looked at.
final class TextLines: Sendable {
  let text: String
  let count: Int
  /// Where some of the lines begin: every 64th.
  private let marks = Mutex<[String.Index]>([])
  private static let step = 64

  /// A last line end counts as nothing.
  init(_ text: String) {
    self.text = text
    count = text.utf8.count { $0 == 10 } + (text.hasSuffix("\n") ? 0 : 1)
  }

  private func findMarks() -> [String.Index] {
    var found = [text.startIndex]
    var number = 0
    var at = text.utf8.startIndex
    while let end = text.utf8[at...].firstIndex(of: 10) {
      at = text.utf8.index(after: end)
      number += 1
      if number % TextLines.step == 0 { found.append(at) }
    }
    return found
  }

  /// A line, with blanks for tabs.
  subscript(line: Int) -> String {
    let mark = marks.withLock { marks in
      if marks.isEmpty { marks = findMarks() }
      return marks[min(line / TextLines.step, marks.count - 1)]
    }
    var start = mark
    for _ in 0..<(line % TextLines.step) {
      guard let end = text.utf8[start...].firstIndex(of: 10) else { return "" }
      start = text.utf8.index(after: end)
    }
    let end = text.utf8[start...].firstIndex(of: 10) ?? text.endIndex
    let bytes = text.utf8[start..<end]
    let shown = bytes.last == 13 ? bytes.dropLast() : bytes
    let line = String(Substring(shown))
    return line.utf8.contains(9) ? line.replacing("\t", with: "  ") : line
  }
}
