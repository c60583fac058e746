import Drawing

/// Text for people, broken into lines of a width.
package enum Prose {
  /// The lines of each paragraph of Markdown joined and broken anew; lists, tables and code stay lines.
  package static func wrapped(_ text: String, width: Int) -> [String] {
    var paragraphs: [String] = []
    var isOpen = false
    var isFenced = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isFenced.toggle() }
      let flows = !isFenced && Prose.flows(line)
      if flows, isOpen, let last = paragraphs.indices.last {
        paragraphs[last] += " " + line
      } else {
        paragraphs.append(String(line))
      }
      isOpen = flows
    }
    return paragraphs.flatMap { broken($0, width: width) }
  }

  /// Whether a line is prose, which may be joined with its neighbours.
  private static func flows(_ line: Substring) -> Bool {
    guard let first = line.first, !line.allSatisfy(\.isWhitespace) else { return false }
    if ["```", "* "].contains(where: line.hasPrefix) { return false }
    if "#>|-+ =".contains(first) || line.hasSuffix("\\") { return false }
    return !(first.isNumber && line.dropFirst().prefix(3).contains { $0 == "." || $0 == ")" })
  }

  /// One line broken between words; the lines behind the first begin with so many blanks. A word that
  /// is wider than a line is cut.
  package static func broken(_ line: String, width: Int, indent: Int = 0) -> [String] {
    let width = max(8 + indent, width)
    let start = String(line.prefix { $0 == " " })
    var lines: [String] = []
    var (open, taken) = (start, start.count)
    var isEmpty = true
    for word in line.dropFirst(start.count).split(separator: " ", omittingEmptySubsequences: false)
    {
      let size = DisplayWidth.of(String(word))
      if !isEmpty, taken + 1 + size > width {
        lines.append(open)
        (open, taken) = (String(repeating: " ", count: indent), indent)
        isEmpty = true
      }
      if !isEmpty { (open, taken) = (open + " ", taken + 1) }
      for character in word {
        let size = DisplayWidth.of(character)
        if taken + size > width {
          lines.append(open)
          (open, taken) = (String(repeating: " ", count: indent), indent)
        }
        open.append(character)
        taken += size
      }
      isEmpty = false
    }
    return lines + [open]
  }
}
