import Vocabulary

extension Commands {
  private static func row(
    _ name: String, _ summary: String, _ keys: [String],
    _ perform: @escaping @Sendable (inout StudioState) -> Void
  ) -> Command {
    .simple(name, summary, keys: keys, in: .cell, family: "Edit", perform)
  }

  static let editingCommands: [Command] = [
    row("leave", "Back to the page.", ["<esc>"]) { $0.mode = .navigate },
    row("newline", "A new line.", ["<enter>"]) { $0.cell.editor.newline() },
    row("complete", "Completes the word, or indents.", ["<tab>"]) { $0.complete(by: 1) },
    row("complete-back", "The completion before.", ["<backtab>"]) { $0.complete(by: -1) },
    row("undo-typing", "Undoes inside the cell.", ["<c-z>", "<c-_>"]) { state in
      if !state.cell.editor.undo() { state.message = "nothing to undo in this cell" }
    },
    row("redo-typing", "Does it again.", ["<c-y>"]) { state in
      if !state.cell.editor.redo() { state.message = "nothing was undone in this cell" }
    },
    row("left", "One character left.", ["<left>", "<c-b>"]) { $0.cell.editor.left() },
    row("right", "One character right.", ["<right>", "<c-f>"]) { $0.cell.editor.right() },
    row("line-up", "One line up, then to the cell above.", ["<up>", "<c-p>"]) { state in
      if !state.cell.editor.up() { state.editNeighbour(-1) }
    },
    row("line-down", "One line down, then to the cell below.", ["<down>", "<c-n>"]) { state in
      if !state.cell.editor.down() { state.editNeighbour(1) }
    },
    row("word-left", "One word left.", ["<wordleft>", "<a-b>"]) { $0.cell.editor.wordLeft() },
    row("word-right", "One word right.", ["<wordright>", "<a-f>"]) { $0.cell.editor.wordRight() },
    row("line-start", "To the start of the line.", ["<home>", "<c-a>"]) {
      $0.cell.editor.lineStart()
    },
    row("line-end", "To the end of the line.", ["<end>", "<c-e>"]) { $0.cell.editor.lineEnd() },
    row("backspace", "Deletes to the left.", ["<backspace>", "<c-h>"]) {
      $0.cell.editor.backspace()
    },
    row("delete-right", "Deletes to the right.", ["<delete>", "<c-d>"]) { $0.cell.editor.delete() },
    row("delete-word", "Deletes the word to the left.", ["<c-w>"]) { $0.cell.editor.deleteWord() },
    row("delete-line-end", "Deletes to the end of the line.", ["<c-k>"]) {
      $0.cell.editor.deleteToLineEnd()
    },
    row("delete-line-start", "Deletes to the start of the line.", ["<c-u>"]) {
      $0.cell.editor.deleteToLineStart()
    },
  ]
}

extension StudioState {
  /// Goes on editing in the next cell above or below that can be edited.
  mutating func editNeighbour(_ direction: Int) {
    var at = focus + direction
    while cells.indices.contains(at), cells[at].kind == .fixed { at += direction }
    guard cells.indices.contains(at) else { return }
    focus = at
    let lines = cells[at].editor.lines
    cells[at].editor.place(
      row: direction > 0 ? 0 : lines.count - 1, column: cells[at].editor.column)
  }
}
