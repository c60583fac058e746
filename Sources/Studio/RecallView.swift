import Drawing
import Terminal

/// Texts that were run before, found by their letters.
enum RecallView {
  static func draw(_ state: StudioState, _ grid: inout Grid, text: String, choice: Int) -> (
    column: Int, row: Int
  ) {
    let found = state.recalled(text)
    let room = min(found.count, max(1, min(10, grid.height - 5)))
    let first = min(max(0, choice - room / 2), max(0, found.count - room))
    let top = grid.height - 2 - room
    for row in max(1, top - 1)..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    for column in 0..<grid.width { grid[column, max(1, top - 1)] = Glyph("─", Style(isDim: true)) }
    for (index, text) in found.dropFirst(first).prefix(room).enumerated() {
      let style = Style(isReversed: first + index == choice)
      for column in 0..<grid.width { grid[column, top + index] = Glyph(" ", style) }
      let line = OutputBlock.split(text).joined(separator: " ⏎ ")
      grid.write(line, column: 2, row: top + index, style: style, limit: grid.width - 4)
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
