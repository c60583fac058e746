import Drawing

/// The `:` line with the commands it finds, each with its key or the reason why not now.
enum CommandLineView {
  static func draw(_ state: StudioState, _ grid: inout Grid, text: String, choice: Int) -> (
    column: Int, row: Int
  ) {
    let found = Commands.found(text)
    FoundList.draw(&grid, count: found.count, choice: choice) { grid, index, row, isChosen in
      let command = found[index]
      let reason = command.refusal(state)
      let style = Style(isDim: reason != nil, isReversed: isChosen)
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
