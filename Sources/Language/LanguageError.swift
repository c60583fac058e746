/// A diagnosis: what is wrong, where, and what to try.
package struct LanguageError: Error, Sendable {
  /// A short stable name of the mistake, such as `shape` or `name`.
  package let code: String
  /// One plain sentence.
  package let message: String
  package var span: SourceSpan?
  /// The values involved, one line each.
  package var details: [String]
  package var hint: String?
  /// A change that was tried and makes the program run.
  package var repair: Repair?
  /// Functions the mistake happened inside of, innermost first.
  package var calls: [String] = []

  package init(
    _ code: String, _ message: String, at span: SourceSpan? = nil, details: [String] = [],
    hint: String? = nil
  ) {
    self.code = code
    self.message = message
    self.span = span
    self.details = details
    self.hint = hint
  }

  /// The sentence, the source line with a caret under the place, the values, and the way out.
  package func rendered(source: String) -> String {
    var lines = [message]
    if let span { lines += SourceLine(source, span).caretLines }
    lines += details.map { "    " + $0 }
    if let innermost = calls.first { lines.append("    in \(innermost)") }
    if let line = repair?.line(in: source) {
      lines.append(line.isEmpty ? "    hint  leave the line out" : "    try  " + line)
    } else if let hint {
      lines.append("    hint  " + hint)
    }
    return lines.joined(separator: "\n")
  }
}

/// The line of a source that a span begins on.
struct SourceLine {
  let number: Int
  let text: String
  let column: Int
  let width: Int

  init(_ source: String, _ span: SourceSpan) {
    let bytes = Array(source.utf8)
    let at = min(span.start, bytes.count)
    let start = (bytes[..<at].lastIndex(of: 10) ?? -1) + 1
    let end = bytes[at...].firstIndex(of: 10) ?? bytes.count
    number = bytes[..<start].count { $0 == 10 } + 1
    text = String(decoding: bytes[start..<end], as: UTF8.self)
    column = String(decoding: bytes[start..<at], as: UTF8.self).count
    width = max(1, String(decoding: bytes[at..<max(at, min(span.end, end))], as: UTF8.self).count)
  }

  /// The line and its caret; a long line is cut to a window around the place.
  var caretLines: [String] {
    let characters = Array(text.map { $0 == "\t" ? " " : $0 })
    let first = column > 60 ? column - 40 : 0
    let shown = String(characters.dropFirst(first).prefix(100))
    let label = "\(number) │ "
    let indent = String(repeating: " ", count: label.count + column - first)
    let caret = String(repeating: "^", count: min(width, max(1, 100 - (column - first))))
    return ["  " + label + (first > 0 ? "…" + shown.dropFirst() : shown), "  " + indent + caret]
  }
}
