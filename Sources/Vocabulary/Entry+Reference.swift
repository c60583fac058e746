extension Entry {
  /// Everything there is to say about a word, as the reference and `?name` print it.
  package var reference: String {
    var lines = [signature, summary]
    if !details.isEmpty { lines.append(details) }
    if !aliases.isEmpty { lines.append("also called " + aliases.joined(separator: ", ")) }
    let width = arguments.map(\.name.count).max() ?? 0
    for argument in arguments {
      let name = argument.name + String(repeating: " ", count: width - argument.name.count)
      lines.append("  \(name)  \(argument.summary)")
    }
    for example in examples {
      lines.append("  > \(example.source)")
      if let prints = example.prints {
        lines += prints.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }
}
