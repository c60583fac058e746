import Drawing

/// The `:` line with the commands it finds, each with its key or the reason why not now.
enum CommandLineView {
  static func draw(_ state: StudioState, _ grid: inout Grid, text: String, choice: Int) -> (
    column: Int, row: Int
  ) {
    let found = Commands.found(text)
    let room = min(found.count, max(1, min(10, grid.height - 5)))
    let first = min(max(0, choice - room / 2), max(0, found.count - room))
    let top = grid.height - 2 - room
    for row in max(1, top - 1)..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    for column in 0..<grid.width { grid[column, max(1, top - 1)] = Glyph("─", Style(isDim: true)) }
    for (index, command) in found.dropFirst(first).prefix(room).enumerated() {
      let isChosen = first + index == choice
      let reason = command.refusal(state)
      let style = Style(isDim: reason != nil, isReversed: isChosen)
      let row = top + index
      for column in 0..<grid.width { grid[column, row] = Glyph(" ", style) }
      grid.write(command.entry.name, column: 2, row: row, style: style, limit: 18)
      let keys = state.keys.keys(of: command).first.map { Commands.shown($0) } ?? ""
      grid.write(keys, column: 21, row: row, style: style, limit: 9)
      grid.write(
        reason.map { "not now: \($0)" } ?? command.entry.summary, column: 31, row: row,
        style: style,
        limit: grid.width - 32)
    }
    let row = grid.height - 2
    grid[1, row] = Glyph(":", Style(isBold: true))
    let width = grid.write(text, column: 2, row: row, limit: grid.width - 3)
    if found.isEmpty {
      grid.write(
        "  no command is called that", column: 2 + width, row: row, style: Style(isDim: true))
    }
    return (2 + width, row)
  }
}
