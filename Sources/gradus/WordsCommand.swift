import ArgumentParser
import Library
import Vocabulary

struct WordsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "words", abstract: "The reference: every word of the language, or one.")

  @ArgumentParser.Argument(help: "A word.") var name: String?
  @Flag(help: "As a Markdown table.") var markdown = false

  func run() throws {
    if let name {
      guard let entry = StandardLibrary.catalog.entry(named: name) else {
        let near =
          StandardLibrary.catalog.suggestion(for: name).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError("no word is called \(name)\(near)")
      }
      print(entry.reference)
      return
    }
    let entries = StandardLibrary.words.map(\.entry)
    var families: [String] = []
    for entry in entries where !families.contains(entry.family) { families.append(entry.family) }
    for family in families {
      print(markdown ? "\n## \(family)\n\n| word | meaning |\n|---|---|" : "\n\(family)")
      for entry in entries where entry.family == family {
        print(
          markdown
            ? "| `\(entry.signature)` | \(entry.summary) |"
            : "  \(entry.signature)\n      \(entry.summary)")
      }
    }
  }
}
