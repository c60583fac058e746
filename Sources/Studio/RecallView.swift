import Drawing
import Terminal

/// Texts that were run before, found by their letters.
enum RecallView {
  static func draw(_ state: StudioState, _ grid: inout Grid, text: String, choice: Int) -> (
    column: Int, row: Int
  ) {
    let found = state.recalled(text)
    FoundList.draw(&grid, count: found.count, choice: choice) { grid, index, row, isChosen in
      let style = Style(isReversed: isChosen)
      for column in 0..<grid.width { grid[column, row] = Glyph(" ", style) }
      let line = OutputBlock.split(found[index]).joined(separator: " ⏎ ")
      grid.write(line, column: 2, row: row, style: style, limit: grid.width - 4)
    }
    let row = grid.height - 2
    let width = grid.write("recall: " + text, column: 1, row: row, limit: grid.width - 3)
    if found.isEmpty {
      grid.write(
        "  nothing like that was run", column: 1 + width, row: row, style: Style(isDim: true))
    }
    return (1 + width, row)
  }
}

extension StudioState {
  /// Enter puts the text in at the cursor, or into an empty new cell.
  mutating func pressInRecall(_ key: Key, _ text: String, _ choice: Int) -> [Effect] {
    switch key {
    case .escape, .control("c"): mode = .navigate
    case .character(let c): mode = .recall(text: text + String(c), choice: 0)
    case .paste(let pasted):
      mode = .recall(
        text: text + (pasted.split(whereSeparator: \.isNewline).first ?? ""), choice: 0)
    case .backspace, .control("h"):
      mode = text.isEmpty ? .navigate : .recall(text: String(text.dropLast()), choice: 0)
    case .down, .control("n"), .control("r"):
      mode = .recall(text: text, choice: min(choice + 1, max(0, recalled(text).count - 1)))
    case .up, .control("p"): mode = .recall(text: text, choice: max(0, choice - 1))
    case .enter, .run, .tab:
      let found = recalled(text)
      guard found.indices.contains(choice) else { return [] }
      if !cell.isCode { insertCell(at: focus + 1) }
      cell.editor.insert(found[choice])
      changes += 1
      mode = .edit
    default: break
    }
    return []
  }
}
