import Language
import Library
import Vocabulary

extension StudioState {
  /// Words that may stand at the cursor: names of the page above, then words of the language.
  func candidates(_ prefix: String) -> [String] {
    var found: Set<String> = []
    for cell in cells[...focus] where cell.isCode {
      for name in cell.names.binds where name.hasPrefix(prefix) && name != prefix {
        found.insert(name)
      }
    }
    for entry in StandardLibrary.catalog.completions(of: prefix) { found.insert(entry.name) }
    for name in Prelude.definitions.keys where name.hasPrefix(prefix) { found.insert(name) }
    found.remove(prefix)
    return found.sorted()
  }

  /// The next completion of the word before the cursor; blanks where there is none.
  mutating func complete(by step: Int) {
    if var open = completion {
      let count = open.words.count
      let old = open.words[open.choice]
      open.choice = (open.choice + step + count) % count
      replaceTyped(old.count, with: open.words[open.choice])
      completion = open
      return
    }
    let prefix = cell.editor.prefix
    guard cell.isCode, !prefix.isEmpty else { return cell.editor.indent() }
    let words = candidates(prefix)
    guard let first = words.first else {
      message = "nothing begins with \(prefix)"
      return
    }
    let common = words.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    if words.count == 1 || common.count > prefix.count {
      replaceTyped(prefix.count, with: words.count == 1 ? first : common)
      if words.count > 1 { message = words.prefix(12).joined(separator: "  ") }
      return
    }
    completion = Completion(words: words, choice: 0)
    replaceTyped(prefix.count, with: first)
  }

  private mutating func replaceTyped(_ count: Int, with word: String) {
    cell.editor.replaceBeforeCursor(count, with: word)
  }

  /// What is said about the word at the cursor.
  var wordHelp: String? {
    guard cell.isCode else { return nil }
    for name in [cell.editor.word, cell.editor.callee].compactMap({ $0 }) {
      if let entry = StandardLibrary.catalog.entry(named: name) {
        return entry.signature + "  " + entry.summary
      }
    }
    return nil
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
