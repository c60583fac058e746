import Terminal

extension StudioState {
  /// Takes what the mouse did; false for other keys.
  mutating func pressMouse(_ key: Key) -> Bool {
    switch key {
    case .wheelUp: turnWheel(-3)
    case .wheelDown: turnWheel(3)
    case .click(let column, let row): click(column, row)
    default: return false
    }
    return true
  }

  private mutating func turnWheel(_ lines: Int) {
    let key: Key = lines < 0 ? .up : .down
    switch mode {
    case .navigate, .edit, .search, .ask:
      layOut()
      let visible = max(1, size.rows - StudioView.chrome)
      scroll = min(max(0, scroll + lines), max(0, layout.height - visible))
      isScrollFree = true
    case .help, .pager, .panel, .viewer, .inspect, .command, .recall, .answer, .review:
      for _ in 0..<abs(lines) { _ = press(key) }
    }
  }

  /// A click chooses a cell, or a place in the cell that is edited.
  private mutating func click(_ column: Int, _ row: Int) {
    let isOnPage = row >= 1 && row < size.rows - 2
    switch mode {
    case .navigate, .edit:
      layOut()
      guard isOnPage, let at = layout.cell(at: scroll + row - 1), cells.indices.contains(at) else {
        return
      }
      if at != focus {
        focus = at
        mode = .navigate
        endRange()
      } else if isTyping {
        place(column, scroll + row - 1)
      }
      isScrollFree = true
    case .panel(let panel, _):
      let all = lines(of: panel)
      let visible = max(1, size.rows - 5)
      guard case .panel(_, let choice) = mode else { return }
      let first = min(max(0, choice - visible / 2), max(0, all.count - visible))
      let at = first + row - 3
      if row >= 3, all.indices.contains(at) { mode = .panel(panel, choice: at) }
    default: break
    }
  }

  /// Puts the cursor where a line of the page was clicked.
  private mutating func place(_ column: Int, _ line: Int) {
    let frame = layout.frames[focus]
    let index = line - frame.top - frame.header
    guard frame.text.indices.contains(index) else { return }
    let piece = frame.text[index]
    var taken = CellView.left
    var at = piece.columns.lowerBound
    let characters = cell.editor.lines[piece.row]
    while at < min(piece.columns.upperBound, characters.count) {
      let width = CellView.width(of: characters[at])
      if taken + width > column { break }
      taken += width
      at += 1
    }
    cell.editor.place(row: piece.row, column: at)
  }
}
