import Drawing

/// The Markdown that notebooks are written in as HTML: headings, lists, tables, code, emphasis, links.
/// What is HTML in it is shown as text.
enum MarkdownHTML {
  static func html(_ text: String) -> String {
    var blocks = MarkdownBlocks()
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      blocks.read(String(line))
    }
    return blocks.finished()
  }

  static func escaped(_ text: String) -> String { Sanitize.markup(text, keepsLines: true) }

  /// Code, emphasis and links inside a line.
  static func inline(_ text: String) -> String {
    var result = ""
    for (index, piece) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    {
      if index % 2 == 1 {
        result += "<code>\(escaped(String(piece)))</code>"
      } else {
        result += links(escaped(String(piece)))
      }
    }
    return result
  }

  private static func links(_ text: String) -> String {
    // Only addresses of the web and places beside the page; nothing that runs.
    let linked = text.replacing(/\[([^\]]*)\]\(([^)\s]*)\)/) { match in
      let target = String(match.2)
      let isSafe =
        target.hasPrefix("https://") || target.hasPrefix("http://") || !target.contains(":")
      return isSafe ? "<a href=\"\(target)\">\(match.1)</a>" : String(match.1)
    }
    return linked.replacing(/\*\*([^*]+)\*\*/) { "<strong>\($0.1)</strong>" }
      .replacing(/\*([^*\s][^*]*)\*/) { "<em>\($0.1)</em>" }
  }
}

private struct MarkdownBlocks {
  private enum Kind {
    case none, paragraph, bullets, numbers, table
    case code(String, info: String)
  }

  private var html = ""
  private var kind = Kind.none
  private var lines: [String] = []

  mutating func read(_ line: String) {
    let bare = line.drop { $0 == " " }
    if case .code(let fence, _) = kind {
      if bare.hasPrefix(fence), bare.allSatisfy({ $0 == fence.first || $0 == " " }) {
        end()
      } else {
        lines.append(line)
      }
      return
    }
    let hashes = bare.prefix { $0 == "#" }.count
    if bare.isEmpty {
      end()
    } else if bare.hasPrefix("```") || bare.hasPrefix("~~~") {
      end()
      let fence = bare.prefix { $0 == bare.first }
      kind = .code(String(fence), info: String(bare.dropFirst(fence.count)))
    } else if (1...6).contains(hashes), bare.dropFirst(hashes).hasPrefix(" ") {
      end()
      let text = bare.dropFirst(hashes + 1)
      html += "<h\(hashes)>\(MarkdownHTML.inline(String(text)))</h\(hashes)>\n"
    } else if bare.hasPrefix("<!--"), bare.hasSuffix("-->") {
      end()
    } else if bare.count >= 3, bare.allSatisfy({ $0 == "-" }) {
      end()
      html += "<hr>\n"
    } else if bare.hasPrefix("- ") || bare.hasPrefix("* ") {
      begin(.bullets)
      lines.append(String(bare.dropFirst(2)))
    } else if let dot = bare.firstIndex(of: "."), dot != bare.startIndex,
      bare[..<dot].allSatisfy({ $0.isASCII && $0.isNumber }), bare[dot...].hasPrefix(". ")
    {
      begin(.numbers)
      lines.append(String(bare[dot...].dropFirst(2)))
    } else if bare.hasPrefix("|") {
      begin(.table)
      lines.append(String(bare))
    } else {
      go(on: String(bare))
    }
  }

  /// A line that goes on with what is open, or begins a paragraph.
  private mutating func go(on line: String) {
    switch kind {
    case .bullets, .numbers: lines[lines.count - 1] += "\n" + line
    case .none, .table, .code:
      begin(.paragraph)
      lines.append(line)
    case .paragraph: lines.append(line)
    }
  }

  private mutating func begin(_ next: Kind) {
    switch (kind, next) {
    case (.bullets, .bullets), (.numbers, .numbers), (.table, .table), (.paragraph, .paragraph):
      break
    default: end()
    }
    kind = next
  }

  private mutating func end() {
    switch kind {
    case .none: break
    case .paragraph: html += "<p>\(MarkdownHTML.inline(lines.joined(separator: "\n")))</p>\n"
    case .bullets: html += list("ul")
    case .numbers: html += list("ol")
    case .table: html += table()
    case .code(_, let info): html += LessonHTML.block(info, lines)
    }
    (kind, lines) = (.none, [])
  }

  private func list(_ name: String) -> String {
    "<\(name)>\n" + lines.map { "<li>\(MarkdownHTML.inline($0))</li>\n" }.joined() + "</\(name)>\n"
  }

  private func table() -> String {
    var rows = lines.map { line in
      line.split(separator: "|").map { MarkdownHTML.inline(String($0)) }
    }
    rows.removeAll { $0.allSatisfy { $0.allSatisfy { "-: ".contains($0) } } }
    return "<table>\n"
      + rows.enumerated().map { index, row in
        let name = index == 0 ? "th" : "td"
        return "<tr>" + row.map { "<\(name)>\($0)</\(name)>" }.joined() + "</tr>\n"
      }.joined() + "</table>\n"
  }

  mutating func finished() -> String {
    end()
    return html
  }
}
