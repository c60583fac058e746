import Drawing
import Library

/// Colours of code, line by line, whole or not.
struct Highlight {
  private static let keywords: Set<String> = [
    "if", "else", "for", "in", "while", "break", "continue", "return", "and", "or", "not", "true",
    "false", "none", "try", "catch",
  ]
  private static let words: Set<String> = Set(StandardLibrary.catalog.names)
    .union(Prelude.definitions.keys)

  private static let keyword = Style(foreground: Color(133), isBold: true)
  private static let word = Style(foreground: Color(32))
  private static let number = Style(foreground: Color(166))
  private static let text = Style(foreground: Color(64))
  private static let comment = Style(isDim: true)

  /// Three quotes opened on an earlier line.
  private var open: Character?

  /// A style for each character of the next line.
  mutating func styles(_ line: [Character]) -> [Style] {
    var styles = [Style](repeating: .plain, count: line.count)
    var at = 0
    while at < line.count {
      let start = at
      let character = line[at]
      if let quote = open {
        at = Highlight.end(of: quote, line, from: at, isTriple: true) ?? line.count
        if at < line.count || Highlight.ends(quote, line) { open = nil }
        fill(&styles, start..<at, Highlight.text)
      } else if character == "#" {
        at = line.count
        fill(&styles, start..<at, Highlight.comment)
      } else if character == "\"" || character == "'" {
        let isTriple =
          at + 2 < line.count && line[at + 1] == character && line[at + 2] == character
        let body = at + (isTriple ? 3 : 1)
        if let end = Highlight.end(of: character, line, from: body, isTriple: isTriple) {
          at = end
        } else {
          at = line.count
          if isTriple { open = character }
        }
        fill(&styles, start..<at, Highlight.text)
      } else if character.isLetter || character == "_" {
        while at < line.count, line[at].isLetter || line[at].isNumber || line[at] == "_" { at += 1 }
        let name = String(line[start..<at])
        if Highlight.keywords.contains(name) {
          fill(&styles, start..<at, Highlight.keyword)
        } else if Highlight.words.contains(name) {
          fill(&styles, start..<at, Highlight.word)
        }
      } else if character.isNumber {
        while at < line.count, line[at].isNumber || line[at] == "." || line[at] == "e" { at += 1 }
        fill(&styles, start..<at, Highlight.number)
      } else {
        at += 1
      }
    }
    return styles
  }

  private func fill(_ styles: inout [Style], _ range: Range<Int>, _ style: Style) {
    for at in range { styles[at] = style }
  }

  private static func ends(_ quote: Character, _ line: [Character]) -> Bool {
    line.count >= 3 && line.suffix(3).allSatisfy { $0 == quote }
  }

  /// The place behind the closing quotes.
  private static func end(
    of quote: Character, _ line: [Character], from: Int, isTriple: Bool
  ) -> Int? {
    var at = from
    while at < line.count {
      if line[at] == "\\" {
        at += 2
      } else if line[at] == quote {
        if !isTriple { return at + 1 }
        if at + 2 < line.count, line[at + 1] == quote, line[at + 2] == quote { return at + 3 }
        at += 1
      } else {
        at += 1
      }
    }
    return nil
  }
}
