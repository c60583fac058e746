extension Commands {
  static let searchCommands: [Command] = [
    .simple("search", "Searches in code, text and outputs.", keys: ["/"], family: "Search") {
      state in
      state.mode = .search(text: "", from: state.focus)
    },
    .simple(
      "next-match", "Goes to the next cell with a match.", keys: ["n"], family: "Search",
      unless: { $0.searched.isEmpty ? "nothing was searched yet; / searches" : nil }
    ) { state in
      state.goToMatch(after: state.focus, 1)
    },
    .simple(
      "previous-match", "Goes to the cell with a match above.", keys: ["N"], family: "Search",
      unless: { $0.searched.isEmpty ? "nothing was searched yet; / searches" : nil }
    ) { state in
      state.goToMatch(after: state.focus, -1)
    },
    Command(
      "replace", "Replaces where / searches: `:replace old new`.", family: "Search"
    ) { state, argument in
      let words = StudioState.words(argument)
      guard words.count == 2 else {
        state.message = "write what and by what: :replace old new, or :replace \"a b\" \"c d\""
        return []
      }
      guard state.searchScope != .outputs else {
        state.message = "outputs are made by code and cannot be replaced; / and Tab choose where"
        return []
      }
      state.replaceAll(words[0], with: words[1])
      return []
    },
  ]
}

/// Where is searched and replaced.
enum SearchScope: String, Sendable, CaseIterable {
  case everywhere, code, text, outputs

  func next(_ step: Int) -> SearchScope {
    let all = SearchScope.allCases
    let at = all.firstIndex(of: self) ?? 0
    return all[(at + step + all.count) % all.count]
  }
}

extension StudioState {
  /// Whether a cell's text or output has a text in it, whatever the case.
  func matches(_ at: Int, _ text: String) -> Bool {
    if cells[at].isConcealed { return false }
    let wanted = text.lowercased()
    let cell = cells[at]
    let isInText: Bool =
      switch searchScope {
      case .everywhere: true
      case .code: cell.isCode
      case .text: !cell.isCode
      case .outputs: false
      }
    if isInText, cell.text.lowercased().contains(wanted) { return true }
    guard searchScope == .everywhere || searchScope == .outputs else { return false }
    if cell.errorLines.contains(where: { $0.lowercased().contains(wanted) }) { return true }
    return cell.drawn.pieces.contains { piece in
      switch piece {
      case .lines(let lines): lines.contains { $0.lowercased().contains(wanted) }
      case .text(let text): text.text.lowercased().contains(wanted)
      case .grid(let grid): grid.plainText().lowercased().contains(wanted)
      }
    }
  }

  /// Goes to the nearest cell with a match in a direction, around the ends of the page.
  mutating func goToMatch(after start: Int, _ step: Int) {
    for distance in 1...cells.count {
      let at = ((start + step * distance) % cells.count + cells.count) % cells.count
      guard matches(at, searched) else { continue }
      focus = at
      placeCursorAtMatch()
      break
    }
    sayMatches()
  }

  /// Says in how many cells the searched text is.
  mutating func sayMatches() {
    guard !searched.isEmpty else { return }
    let count = cells.indices.count { matches($0, searched) }
    message =
      count == 0
      ? "\(searched) is nowhere on the page"
      : "/\(searched)   in \(count) cell\(count == 1 ? "" : "s")   n N move"
  }

  private mutating func placeCursorAtMatch() {
    let wanted = Array(searched.lowercased())
    for (row, line) in cell.editor.lines.enumerated() {
      if let column = StudioState.places(of: wanted, in: line).first {
        cells[focus].editor.place(row: row, column: column)
        return
      }
    }
  }

  /// Where a text in small letters begins in a line.
  static func places(of wanted: [Character], in line: [Character]) -> [Int] {
    guard !wanted.isEmpty, wanted.count <= line.count else { return [] }
    let small = line.map { Character($0.lowercased()) }
    return (0...(line.count - wanted.count)).filter {
      small[$0..<($0 + wanted.count)] == wanted[...]
    }
  }

  /// Words between blanks, or between quotes; what is left belongs to the second word.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var rest = text[...]
    while true {
      rest = rest.drop { $0 == " " }
      guard let first = rest.first else { return words }
      if first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") {
        words.append(String(rest[rest.index(after: rest.startIndex)..<end]))
        rest = rest[rest.index(after: end)...]
      } else if words.count == 1 {
        return words + [String(rest)]
      } else {
        let word = rest.prefix { $0 != " " }
        words.append(String(word))
        rest = rest.dropFirst(word.count)
      }
    }
  }

  /// Replaces in code and text; each cell can be undone by itself.
  mutating func replaceAll(_ old: String, with new: String) {
    var cellCount = 0
    for at in cells.indices where cells[at].kind != .fixed {
      if searchScope == .code, !cells[at].isCode { continue }
      if searchScope == .text, cells[at].isCode { continue }
      let text = cells[at].text
      guard text.contains(old) else { continue }
      cells[at].editor.replace(with: text.replacing(old, with: new))
      cellCount += 1
    }
    if cellCount > 0 { changes += 1 }
    message =
      cellCount == 0
      ? "\(old) is in no cell"
      : "replaced in \(cellCount) cell\(cellCount == 1 ? "" : "s"); Ctrl-Z inside a cell undoes it"
  }
}
