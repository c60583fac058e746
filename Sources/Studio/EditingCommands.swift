import Vocabulary

extension Commands {
  private static func row(
    _ name: String, _ summary: String, _ keys: [String],
    _ perform: @escaping @Sendable (inout StudioState) -> Void
  ) -> Command {
    .simple(name, summary, keys: keys, in: .cell, family: "Edit", perform)
  }

  static let editingCommands: [Command] = [
    row("leave", "Lets a selection go; back to the page.", ["<esc>"]) { state in
      if state.cell.editor.selection != nil { return state.cell.editor.selectNothing() }
      state.mode = .navigate
    },
    row("mark", "Begins a selection, or lets it go.", ["<c-@>"]) { $0.cell.editor.toggleMark() },
    row("select-all", "Selects the whole cell.", ["<a-a>"]) { $0.cell.editor.selectAll() },
    row("select-left", "Selects to the left.", ["<s-left>"]) {
      $0.cell.editor.selecting { $0.left() }
    },
    row("select-right", "Selects to the right.", ["<s-right>"]) {
      $0.cell.editor.selecting { $0.right() }
    },
    row("select-up", "Selects a line up.", ["<s-up>"]) {
      $0.cell.editor.selecting { _ = $0.up() }
    },
    row("select-down", "Selects a line down.", ["<s-down>"]) {
      $0.cell.editor.selecting { _ = $0.down() }
    },
    row("cut-text", "Cuts what is selected.", ["<c-x>"]) { state in
      state.kill { $0.backspace() }
    },
    row("copy-text", "Copies what is selected.", ["<a-w>"]) { state in
      state.killed = state.cell.editor.selectedText ?? state.killed
      state.cell.editor.selectNothing()
    },
    row("paste-text", "Puts in what was cut, copied or deleted.", ["<c-v>"]) { state in
      state.cell.editor.insert(state.killed)
    },
    row("transpose", "Exchanges two characters.", ["<c-t>"]) { $0.cell.editor.transpose() },
    row("delete-word-right", "Deletes the word to the right.", ["<a-d>"]) { state in
      state.kill { $0.deleteWordRight() }
    },
    row("newline", "A new line.", ["<enter>"]) { $0.cell.editor.newline() },
    Command(
      "complete", "Completes the word, or indents.", keys: ["<tab>"], in: .cell, family: "Edit"
    ) {
      state, _ in
      state.complete(by: 1)
    },
    Command(
      "explain", "The reference of the word; the completion before.", keys: ["<backtab>"],
      in: .cell, family: "Edit"
    ) { state, _ in
      state.complete(by: -1)
    },
    row("undo-typing", "Undoes inside the cell.", ["<c-z>", "<c-_>"]) { state in
      if !state.cell.editor.undo() { state.message = "nothing to undo in this cell" }
    },
    row("redo-typing", "Does it again.", ["<c-y>"]) { state in
      if !state.cell.editor.redo() { state.message = "nothing was undone in this cell" }
    },
    row("left", "One character left.", ["<left>", "<c-b>"]) { $0.cell.editor.moving { $0.left() } },
    row("right", "One character right.", ["<right>", "<c-f>"]) {
      $0.cell.editor.moving { $0.right() }
    },
    row("line-up", "One line up, then to the cell above.", ["<up>", "<c-p>"]) { state in
      var isFirst = false
      state.cell.editor.moving { isFirst = !$0.up() }
      if isFirst { state.editNeighbour(-1) }
    },
    row("line-down", "One line down, then to the cell below.", ["<down>", "<c-n>"]) { state in
      var isLast = false
      state.cell.editor.moving { isLast = !$0.down() }
      if isLast { state.editNeighbour(1) }
    },
    row("word-left", "One word left.", ["<wordleft>", "<a-b>"]) {
      $0.cell.editor.moving { $0.wordLeft() }
    },
    row("word-right", "One word right.", ["<wordright>", "<a-f>"]) {
      $0.cell.editor.moving { $0.wordRight() }
    },
    row("line-start", "To the start of the line.", ["<home>", "<c-a>"]) {
      $0.cell.editor.moving { $0.lineStart() }
    },
    row("line-end", "To the end of the line.", ["<end>", "<c-e>"]) {
      $0.cell.editor.moving { $0.lineEnd() }
    },
    row("backspace", "Deletes to the left.", ["<backspace>", "<c-h>"]) {
      $0.cell.editor.backspace()
    },
    row("delete-right", "Deletes to the right.", ["<delete>", "<c-d>"]) { $0.cell.editor.delete() },
    row("delete-word", "Deletes the word to the left.", ["<c-w>", "<a-backspace>"]) { state in
      state.kill { $0.deleteWord() }
    },
    row("delete-line-end", "Deletes to the end of the line.", ["<c-k>"]) { state in
      state.kill { $0.deleteToLineEnd() }
    },
    row("delete-line-start", "Deletes to the start of the line.", ["<c-u>"]) { state in
      state.kill { $0.deleteToLineStart() }
    },
  ]
}

extension StudioState {
  /// Deletes inside the cell and keeps what went, so that it can be put in again.
  mutating func kill(_ body: (inout Editor) -> Void) {
    let version = cell.editor.version
    body(&cell.editor)
    if cell.editor.version != version, let change = cell.editor.past.last?.changes.last {
      killed = change.removed
    }
  }

  /// Goes on editing in the next cell above or below that can be edited.
  mutating func editNeighbour(_ direction: Int) {
    var at = focus + direction
    while cells.indices.contains(at), cells[at].kind == .fixed || !isEditable(at) {
      at += direction
    }
    guard cells.indices.contains(at) else { return }
    focus = at
    let lines = cells[at].editor.lines
    cells[at].editor.place(
      row: direction > 0 ? 0 : lines.count - 1, column: cells[at].editor.column)
  }
}
