import Drawing

/// What was found for a line that is being typed, above it: at most ten rows around the chosen one.
enum FoundList {
  static func draw(
    _ grid: inout Grid, count: Int, choice: Int,
    row draw: (inout Grid, _ index: Int, _ row: Int, _ isChosen: Bool) -> Void
  ) {
    let room = min(count, max(1, min(10, grid.height - 5)))
    let first = min(max(0, choice - room / 2), max(0, count - room))
    let top = grid.height - 2 - room
    for row in max(1, top - 1)..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    for column in 0..<grid.width { grid[column, max(1, top - 1)] = Glyph("─", Style(isDim: true)) }
    for index in first..<min(count, first + room) {
      draw(&grid, index, top + index - first, index == choice)
    }
  }
}
