import Language
import Vocabulary

/// Every word by family, as `gradus words` prints them.
package enum Reference {
  private static var families: [(name: String, entries: [Entry])] {
    var order: [String] = []
    var members: [String: [Entry]] = [:]
    for entry in StandardLibrary.entries {
      if members[entry.family] == nil { order.append(entry.family) }
      members[entry.family, default: []].append(entry)
    }
    return order.map { ($0, members[$0] ?? []) }
  }

  package static var text: String {
    families.map { family, entries in
      ([family] + entries.map { "  \($0.signature)\n      \($0.summary)" }).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// The committed page: signatures, arguments and examples with what they print.
  package static var markdown: String {
    let head = """
      # The words of Gradus

      Made by `gradus words --markdown`; a test compares it with the catalog. Words marked with § are
      written in the language itself: `?name` shows their lines.
      """
    let parts = families.map { family, entries in
      let rows = entries.map { entry in
        let mark = Prelude.definitions[entry.name] == nil ? "" : " §"
        let example = entry.examples.first.map { example in
          code(example.source) + (example.prints.map { " → " + code($0) } ?? "")
        }
        return "| \(code(entry.signature))\(mark) | \(escaped(entry.summary)) | \(example ?? "") |"
      }
      return (["## \(family)", "", "| word | meaning | example |", "|---|---|---|"] + rows)
        .joined(separator: "\n")
    }
    return ([head] + parts).joined(separator: "\n\n")
  }

  /// A text as code in a cell of a table: on one line, without what would end the cell.
  private static func code(_ text: String) -> String {
    let line = text.split(separator: "\n").joined(separator: " ⏎ ")
    return line.contains("|") || line.contains("`")
      ? "<code>" + escaped(line) + "</code>" : "`" + line + "`"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing("|", with: "&#124;")
  }
}
