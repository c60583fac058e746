import ArgumentParser
import Library
import Vocabulary

struct WordsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "words", abstract: "The reference: every word of the language, or one.")

  @ArgumentParser.Argument(help: "A word.") var name: String?
  @Flag(help: "As a Markdown table.") var markdown = false

  func run() throws {
    guard let name else { return print(markdown ? Reference.markdown : Reference.text) }
    guard let entry = StandardLibrary.reference.entry(named: name) else {
      let near =
        StandardLibrary.reference.suggestion(for: name).map { "; did you mean \($0)?" } ?? ""
      throw ValidationError("no word is called \(name)\(near)")
    }
    print(Prelude.definitions[entry.name].map(\.page) ?? entry.reference)
  }
}
