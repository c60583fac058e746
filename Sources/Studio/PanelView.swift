import Drawing

/// Draws a panel as a table over the page.
enum PanelView {
  static func draw(_ state: StudioState, _ grid: inout Grid, _ panel: Panel, choice: Int) {
    let lines = state.lines(of: panel)
    let heads = StudioState.heads(of: panel)
    for row in 1..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    grid.write(panel.title, column: 2, row: 1, style: Style(isBold: true))
    guard !lines.isEmpty else {
      let what =
        switch panel {
        case .runs: "no training yet"
        case .queue: "nothing is at work"
        case .bin: "no cell was deleted"
        case .lessons: "no lessons are found; GRADUS_LESSONS=FOLDER names their folder"
        case .variables, .outline: "nothing has a value yet; e a runs the page"
        }
      grid.write(what, column: 2, row: 3, style: Style(isDim: true))
      return
    }
    let widths = heads.indices.map { at in
      min(34, ([heads] + lines.map(\.columns)).map { DisplayWidth.of($0[at]) }.max() ?? 0)
    }
    let visible = max(1, grid.height - 5)
    let first = min(max(0, choice - visible / 2), max(0, lines.count - visible))
    write(heads, widths, &grid, row: 2, Style(isDim: true))
    for (index, line) in lines.dropFirst(first).prefix(visible).enumerated() {
      let isChosen = first + index == choice
      if isChosen {
        for column in 0..<grid.width {
          grid[column, 3 + index] = Glyph(" ", Style(isReversed: true))
        }
      }
      write(line.columns, widths, &grid, row: 3 + index, Style(isReversed: isChosen))
    }
  }

  private static func write(
    _ columns: [String], _ widths: [Int], _ grid: inout Grid, row: Int, _ style: Style
  ) {
    var column = 2
    for (text, width) in zip(columns, widths) {
      grid.write(
        text, column: column, row: row, style: style, limit: min(width, grid.width - column))
      column += width + (width > 0 ? 2 : 0)
    }
  }
}
