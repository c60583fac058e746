import Drawing

/// A notebook as plain text: texts as they are, code after a bar, what it showed below.
package enum PlainPage {
  package static func text(_ notebook: Notebook) -> String {
    var parts: [String] = []
    for (index, segment) in notebook.segments.enumerated() {
      switch segment.kind {
      case .text:
        var text = segment.body[...]
        if index == 0, let end = FrontMatter.end(segment.body) {
          text = Substring(decoding: Array(segment.body.utf8)[end...], as: UTF8.self)
          if let title = notebook.title, !text.contains("# \(title)") { parts.append(title) }
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter {
          JupyterText.mark(Array(($0 + "\n").utf8)) == nil
        }
        parts.append(lines.joined(separator: "\n"))
      case .code: parts.append(indented(segment.body, by: "  │ "))
      case .output: parts.append(indented(segment.body, by: "    "))
      case .expect: parts.append(indented(segment.body, by: "  ✓ "))
      case .conflict: parts.append(indented(segment.body, by: "  ! "))
      case .ledger: break
      }
    }
    let pages = parts.map { trimmed($0) }.filter { !$0.isEmpty }
    return pages.map { Sanitize.text($0, keepsLines: true) }.joined(separator: "\n\n") + "\n"
  }

  private static func indented(_ text: String, by start: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { ($0.isEmpty ? start.trimmingEnd : start + $0) }.joined(separator: "\n")
  }

  /// Without blank lines at its ends.
  private static func trimmed(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    func isBlank(_ line: Substring?) -> Bool {
      line?.allSatisfy { $0.isWhitespace || $0 == "│" || $0 == "✓" || $0 == "!" } ?? false
    }
    while isBlank(lines.first) { lines.removeFirst() }
    while isBlank(lines.last) { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
