import Drawing

// While typing rests at the end of a line, the rest of a line that was run before is offered.
extension StudioState {
  /// What the line may go on with, when it still stands where it was looked for.
  var ghostText: String? {
    guard case .edit = mode, completion == nil, let ghost, ghost.version == cell.editor.version
    else { return nil }
    return isAtLineEnd ? ghost.text : nil
  }

  private var isAtLineEnd: Bool {
    let editor = cell.editor
    return editor.selection == nil && editor.column == editor.lines[editor.row].count
  }

  /// Looks among the texts that were run, the last one first.
  mutating func findGhost() {
    ghost = nil
    guard cell.isCode, vi?.isNormal != true, isAtLineEnd else { return }
    let line = String(cell.editor.lines[cell.editor.row]).drop { $0 == " " }
    guard line.count >= 2 else { return }
    for text in history {
      for old in text.split(separator: "\n") {
        let other = old.drop { $0 == " " }
        guard other.count > line.count, other.hasPrefix(line) else { continue }
        ghost = (cell.editor.version, String(other.dropFirst(line.count)))
        return
      }
    }
  }

  /// Takes what is offered when the key would go to the right or to the end of the line.
  mutating func takesGhost(_ command: Command) -> Bool {
    guard ["right", "line-end"].contains(command.entry.name), let text = ghostText else {
      return false
    }
    ghost = nil
    cell.editor.insert(text)
    return true
  }
}

extension StudioView {
  static func drawGhost(
    _ state: StudioState, _ grid: inout Grid, _ cursor: (column: Int, row: Int)
  ) {
    guard let text = state.ghostText else { return }
    grid.write(
      text, column: cursor.column, row: cursor.row, style: Style(isDim: true),
      limit: max(0, grid.width - 1 - cursor.column))
  }
}
