import Drawing
import Terminal

/// Lines to look through, over the page.
package struct Pager: Sendable {
  let title: String
  let lines: [String]
  var row = 0
  var column = 0
  /// What is asked when the pager is left.
  var back: StudioState.Question?
  /// A cell that is being edited is behind it.
  var isOverCell = false

  init(title: String, lines: [String], back: StudioState.Question? = nil) {
    (self.title, self.lines, self.back) = (title, lines, back)
  }

  /// False when it is left.
  mutating func press(_ key: Key, rows: Int) -> Bool {
    let last = max(0, lines.count - rows)
    switch key {
    case .down, .character("j"), .enter: row = min(last, row + 1)
    case .up, .character("k"): row = max(0, row - 1)
    case .pageDown, .character(" "), .control("d"): row = min(last, row + rows - 1)
    case .pageUp, .control("u"): row = max(0, row - rows + 1)
    case .home, .character("g"): row = 0
    case .end, .character("G"): row = last
    case .right, .character("l"): column = min(column + 8, 4096)
    case .left, .character("h"): column = max(0, column - 8)
    case .escape, .character("q"), .control("c"): return false
    default: break
    }
    return true
  }

  func draw(_ grid: inout Grid) {
    let rows = grid.height - 3
    for row in 1..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    let place = "\(min(row + 1, lines.count))–\(min(row + rows, lines.count)) of \(lines.count)"
    grid.write(title, column: 2, row: 1, style: Style(isBold: true), limit: grid.width - 4)
    grid.write(
      place, column: max(2, grid.width - DisplayWidth.of(place) - 2), row: 1,
      style: Style(isDim: true))
    for (index, line) in lines.dropFirst(row).prefix(rows).enumerated() {
      let shown = column == 0 ? Substring(line) : line.dropFirst(column)
      let style: Style =
        switch line.first {
        case "+": Style(foreground: Color(35))
        case "-": Style(foreground: Color(160))
        default: .plain
        }
      grid.write(String(shown.prefix(grid.width)), column: 2, row: 2 + index, style: style)
    }
  }
}
