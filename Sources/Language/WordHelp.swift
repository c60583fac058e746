import Vocabulary

extension Interpreter {
  /// What `?name` shows: a word's page, the source of a word written in the language, or a value.
  func help(_ source: String, in names: Names) throws(LanguageError) -> OutputItem {
    let name = String(source.drop { $0 == "?" || $0 == " " }.prefix { !$0.isWhitespace })
    if name.isEmpty { return .text(families) }
    if let value = names[name] {
      return .text("\(name) is \(value.withArticle)\n" + value.text(width: 72))
    }
    if let entry = words.entry(named: name) { return .text(entry.reference) }
    if let definition = prelude[name] { return .text(definition.page) }
    if let page = Diagnosis.page(of: name) { return .text(page) }
    let known = names.order + prelude.keys.sorted() + words.names
    throw LanguageError(
      "name", "nothing is called `\(name)`", at: SourceSpan(1, 1 + name.utf8.count),
      hint: Suggestion.nearest(to: name, among: known).map { "?" + $0 })
  }

  /// All words by family.
  private var families: String {
    var order: [String] = []
    var members: [String: [String]] = [:]
    let entries =
      words.names.compactMap { words.entry(named: $0) }
      + prelude.keys.sorted().compactMap { prelude[$0]?.entry }
    for entry in entries {
      if members[entry.family] == nil { order.append(entry.family) }
      members[entry.family, default: []].append(entry.name)
    }
    return order.map { family in
      var lines = [family]
      var line = " "
      for name in members[family] ?? [] {
        if line.count + name.count + 1 > 72 {
          lines.append(line)
          line = " "
        }
        line += " " + name
      }
      return (lines + [line]).joined(separator: "\n")
    }.joined(separator: "\n") + "\n?name tells more about one"
  }
}
