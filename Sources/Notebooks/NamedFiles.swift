extension Notebook {
  /// Files that the code names, in order: texts between quotes that look like paths. What is put together
  /// only while it runs is not among them.
  package var namedFiles: [String] {
    var found: [String] = []
    for at in cells {
      for match in segments[at].body.matches(of: /"([^"\n{}]+)"|'([^'\n{}]+)'/) {
        let text = String(match.1 ?? match.2 ?? "")
        let ending = text.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        let hasEnding =
          text.contains(".") && (1...11).contains(ending.count) && !text.contains(" ")
          && ending.allSatisfy { $0.isLetter || $0.isNumber } && !ending.allSatisfy(\.isNumber)
        guard hasEnding || text.contains("/"), !found.contains(text) else { continue }
        found.append(text)
      }
    }
    return found
  }
}
