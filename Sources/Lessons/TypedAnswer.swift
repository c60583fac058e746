import Language

// What is typed line by line, made whole.
extension LessonDialogue {
  /// What is typed for a single blank stands in its place; lines that give names of the starter anew, or
  /// of what was handed in last, stand in place of its lines.
  static func completed(_ typed: String, starter: String, last: String? = nil) -> String {
    for whole in [last, starter].compactMap({ $0 }) {
      if let changed = replaced(typed, in: whole) { return changed }
    }
    let pieces = starter.split(separator: "___", omittingEmptySubsequences: false)
    guard pieces.count == 2, !CellNames(of: starter).binds.isEmpty,
      CellNames(of: typed).binds.isEmpty, !typed.contains("___"), !typed.isEmpty
    else { return typed }
    let isWholeSide = trimmed(pieces[0]).hasSuffix("=") && pieces[1].allSatisfy(\.isWhitespace)
    let isWord = typed.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
    return starter.replacing("___", with: isWholeSide || isWord ? typed : "(\(typed))")
  }

  /// The text with these lines in place of those that bind the same; nil when one has no such place.
  private static func replaced(_ typed: String, in whole: String) -> String? {
    var lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
    let new = typed.split(separator: "\n", omittingEmptySubsequences: false)
    guard new.count < lines.count else { return nil }
    for line in new {
      let names = CellNames(of: String(line)).binds
      let places = lines.indices.filter {
        !names.isEmpty && CellNames(of: String(lines[$0])).binds == names
      }
      guard places.count == 1 else { return nil }
      lines[places[0]] = line
    }
    return lines.joined(separator: "\n")
  }
}
