import Drawing

/// The whole screen: a function of the state.
package enum StudioView {
  /// Rows that are not the page: title, message, keys.
  static let chrome = 3
  static let least = (columns: 40, rows: 8)

  package static func draw(_ state: StudioState) -> (grid: Grid, cursor: (column: Int, row: Int)?) {
    var grid = Grid(width: state.size.columns, height: state.size.rows)
    guard state.size.columns >= least.columns, state.size.rows >= least.rows else {
      drawTooSmall(&grid)
      return (grid, nil)
    }
    drawTitle(state, &grid)
    var cursor = drawPage(state, &grid)
    drawMessage(state, &grid)
    drawFooter(state, &grid)
    switch state.mode {
    case .help(let scroll):
      HelpView.draw(&grid, state.keys, scroll: scroll)
      cursor = nil
    case .command(let text, let choice):
      cursor = CommandLineView.draw(state, &grid, text: text, choice: choice)
    case .panel(let panel, let choice):
      PanelView.draw(state, &grid, panel, choice: choice)
      cursor = nil
    case .search(let text, _):
      let row = grid.height - 2
      for column in 0..<grid.width { grid[column, row] = .blank }
      cursor = (1 + grid.write("/" + text, column: 1, row: row, limit: grid.width - 3), row)
      let scope = "in \(state.searchScope.rawValue)"
      let start = grid.width - scope.count - 2
      if let cursor, cursor.column + 2 < start {
        grid.write(scope, column: start, row: row, style: Style(isDim: true))
      }
    case .pager(let pager):
      pager.draw(&grid)
      cursor = nil
    case .viewer(let viewer):
      viewer.draw(&grid)
      cursor = nil
    case .recall(let text, let choice):
      cursor = RecallView.draw(state, &grid, text: text, choice: choice)
    case .inspect(let inspection):
      inspection.draw(&grid)
      cursor = nil
    case .answer(let text):
      let row = grid.height - 2
      for column in 0..<grid.width { grid[column, row] = .blank }
      let asked = "your answer: "
      let end = 1 + grid.write(asked + text, column: 1, row: row, limit: grid.width - 3)
      cursor = (end, row)
    case .review(let sitting):
      sitting.draw(&grid)
      cursor = nil
    case .navigate:
      if state.showsContinuations { drawContinuations(state, &grid) }
      cursor = nil
    case .ask: cursor = nil
    case .edit:
      guard let cursor else { break }
      drawGhost(state, &grid, cursor)
      drawCompletion(state, &grid, cursor)
    }
    return (grid, cursor)
  }

  private static func drawTooSmall(_ grid: inout Grid) {
    let text = Array(
      "This terminal is \(grid.width)x\(grid.height); the notebook needs \(least.columns)x\(least.rows). "
        + "Make it larger; nothing is lost. q quits.")
    for (row, piece) in PageLayout.wrapped(text, row: 0, width: max(1, grid.width)).enumerated() {
      grid.write(String(text[piece.columns]), column: 0, row: row)
    }
  }

  private static func drawTitle(_ state: StudioState, _ grid: inout Grid) {
    let style = Style(isReversed: true)
    for column in 0..<grid.width { grid[column, 0] = Glyph(" ", style) }
    let mode: String
    switch state.mode {
    case .navigate, .ask: mode = "NAV"
    case .edit: mode = state.vi?.isNormal == true ? "VI" : "EDIT"
    case .command: mode = "COMMAND"
    case .help: mode = "HELP"
    case .search: mode = "SEARCH"
    case .panel: mode = "PANEL"
    case .pager: mode = "PAGER"
    case .viewer: mode = "DATA"
    case .recall: mode = "RECALL"
    case .inspect: mode = "LOOK"
    case .answer: mode = "ANSWER"
    case .review: mode = "REVIEW"
    }
    var right = " cell \(state.focus + 1)/\(state.cells.count) "
    if let score = state.lesson?.score { right = " \(score.past) of \(score.all) steps " }
    let busy = state.cells.indices.count { state.isBusy($0) }
    if busy > 0 { right = "\(busy) at work  \(right)" }
    if state.isStranger { right = "not yours  \(right)" }
    if state.isReadOnly { right = "read only  \(right)" }
    if state.chosen.count > 1 { right = "\(state.chosen.count) chosen  \(right)" }
    let start = grid.width - DisplayWidth.of(right)
    grid.write(
      " \(mode) ", column: 0, row: 0, style: Style(isBold: true, isReversed: true))
    let saved = state.isModified && (state.isMarked || !state.isTyping) ? " ● not saved" : ""
    let room = max(0, start - 11)
    let isRoom = DisplayWidth.of(state.name) + saved.count <= room
    grid.write(
      state.name + (isRoom ? saved : String(saved.prefix(2))), column: 10, row: 0, style: style,
      limit: room)
    grid.write(right, column: start, row: 0, style: style)
  }

  private static func drawPage(_ state: StudioState, _ grid: inout Grid) -> (
    column: Int, row: Int
  )? {
    let layout = state.layout
    guard layout.frames.count == state.cells.count else { return nil }
    let rows = 1..<(grid.height - 2)
    let offset = 1 - state.scroll
    for at in layout.cells(on: state.scroll..<(state.scroll + rows.count)) {
      CellView(state: state, at: at, frame: layout.frames[at]).draw(
        on: &grid, offset: offset, rows: rows)
    }
    drawScrollBar(layout, state, &grid, rows)
    guard case .edit = state.mode, let (line, piece) = layout.cursorLine(state),
      rows.contains(line + offset)
    else { return nil }
    let view = CellView(state: state, at: state.focus, frame: layout.frames[state.focus])
    return (view.cursorColumn(piece), line + offset)
  }

  private static func drawScrollBar(
    _ layout: PageLayout, _ state: StudioState, _ grid: inout Grid, _ rows: Range<Int>
  ) {
    guard layout.height > rows.count else { return }
    let size = max(1, rows.count * rows.count / layout.height)
    let room = max(1, layout.height - rows.count)
    let start = min(rows.count - size, (rows.count - size) * min(state.scroll, room) / room)
    for row in 0..<size {
      grid[grid.width - 1, rows.lowerBound + start + row] = Glyph("▐", Style(isDim: true))
    }
  }

  private static func drawMessage(_ state: StudioState, _ grid: inout Grid) {
    let row = grid.height - 2
    var text = state.message
    var style = Style(isBold: true)
    if case .ask(let question) = state.mode {
      text = question.text
      style = Style(foreground: Color(166), isBold: true)
    } else if text.isEmpty, case .edit = state.mode, !state.hint.isEmpty {
      text = state.hint
      style = Style(isDim: true)
    }
    let width = grid.width - 2
    if DisplayWidth.of(Sanitize.text(text)) > width {
      grid.write(text, column: 1, row: row, style: style, limit: width - 1)
      grid.write("…", column: grid.width - 2, row: row, style: style)
    } else {
      grid.write(text, column: 1, row: row, style: style, limit: width)
    }
  }

  private static func drawFooter(_ state: StudioState, _ grid: inout Grid) {
    let row = grid.height - 1
    var column = 1
    for (keys, label) in footer(state) {
      let width = DisplayWidth.of(keys) + DisplayWidth.of(label) + 3
      guard column + width <= grid.width + 2 else { break }
      column += grid.write(keys, column: column, row: row, style: Style(isBold: true)) + 1
      column += grid.write(label, column: column, row: row, style: Style(isDim: true)) + 2
    }
  }

  private static func footer(_ state: StudioState) -> [(keys: String, label: String)] {
    if !state.pending.isEmpty {
      return state.keys.continuations(of: state.pending).map { ($0.keys, $0.command.entry.name) }
    }
    func keys(_ names: [(String, String)]) -> [(String, String)] {
      names.compactMap { name, label in
        Commands.catalog[name].flatMap { state.keys.keys(of: $0).first }.map {
          (Commands.shown($0), label)
        }
      }
    }
    switch state.mode {
    case .edit:
      return keys([
        ("leave", "page"), ("run-next", "run"), ("complete", "complete"),
        ("undo-typing", "undo"), ("interrupt", "end run"), ("save", "save"),
        ("command", "commands"),
      ])
    case .navigate:
      if let hints = state.lessonFooter { return hints }
      if state.chosen.count > 1 {
        return keys([
          ("run", "run them"), ("delete", "delete"), ("cut", "cut"), ("copy", "copy"),
          ("move-down", "move"), ("to-text", "text"), ("range", "let go"),
        ])
      }
      let steering =
        state.cell.activeRuns.isEmpty ? [] : [("pause", "pause"), ("interrupt", "end")]
      let offered = state.offeredChange == nil ? [] : [("apply", "apply the change")]
      return keys(
        steering + offered + [
          ("edit", "edit"), ("run-next", "run"), ("run-all", "all"), ("insert-below", "new"),
          ("undo", "undo"), ("save", "save"), ("help", "help"), ("quit", "quit"),
        ])
    case .command: return [("Enter", "do it"), ("↑ ↓", "choose"), ("Esc", "back")]
    case .help: return [("j k", "scroll"), ("Esc", "back")]
    case .search: return [("Enter", "search"), ("Tab", "where"), ("Esc", "back")]
    case .recall: return [("Enter", "put in"), ("↑ ↓", "choose"), ("Esc", "back")]
    case .panel(.queue, _):
      return [
        ("j k", "choose"), ("Space", "pause"), ("J K", "reorder"), ("d", "end it"),
        ("Enter", "go there"), ("Esc", "back"),
      ]
    case .panel(.bin, _):
      return [("j k", "choose"), ("Enter", "bring back"), ("Esc", "back")]
    case .panel(.variables, _):
      return [
        ("j k", "choose"), ("Enter", "go to its cell"), ("v", "look inside"), ("Esc", "back"),
      ]
    case .panel(.lessons, _): return [("j k", "choose"), ("Enter", "open"), ("Esc", "back")]
    case .panel: return [("j k", "choose"), ("Enter", "go to its cell"), ("Esc", "back")]
    case .answer: return [("Enter", "answer"), ("Esc", "back")]
    case .review(let sitting): return sitting.footer
    case .viewer:
      return [
        ("h j k l", "move"), (", .", "slice"), ("s", "go to"), ("+ -", "digits"),
        ("g G 0 $", "ends"), ("Esc", "back"),
      ]
    case .inspect(let inspection):
      let change = inspection.isChanged ? [("c", "go on with it")] : []
      return inspection.open == nil
        ? [("h j k l", "move"), ("Enter", "examples")] + change + [("Esc", "back")]
        : [("j k", "choose"), ("0-9 + -", "relabel"), ("d", "drop"), ("u", "undo")] + change
          + [("Esc", "back")]
    case .pager:
      return [("j k Space", "scroll"), ("h l", "sideways"), ("g G", "ends"), ("Esc", "back")]
    case .ask(let question): return question.answers.map { (String($0.key), $0.label) }
    }
  }

  /// What may follow the keys that were pressed, with what it does.
  private static func drawContinuations(_ state: StudioState, _ grid: inout Grid) {
    let rows = state.keys.continuations(of: state.pending).prefix(grid.height - 5)
    let top = grid.height - 2 - rows.count
    for (index, row) in rows.enumerated() {
      for column in 0..<grid.width { grid[column, top + index] = .blank }
      grid.write(row.keys, column: 2, row: top + index, style: Style(isBold: true), limit: 10)
      let reason = row.command.refusal(state)
      grid.write(
        reason.map { "not now: \($0)" } ?? row.command.entry.summary, column: 13, row: top + index,
        style: Style(isDim: reason != nil), limit: grid.width - 14)
    }
  }

  private static func drawCompletion(
    _ state: StudioState, _ grid: inout Grid, _ cursor: (column: Int, row: Int)
  ) {
    guard let open = state.completion else { return }
    let count = min(8, open.choices.count, max(1, grid.height - 5))
    let first = min(max(0, open.choice - count / 2), open.choices.count - count)
    let shown = Array(open.choices[first..<(first + count)])
    let words = min(24, shown.map { DisplayWidth.of(Sanitize.text($0.text)) }.max() ?? 0)
    let signs = shown.map { DisplayWidth.of(Sanitize.text($0.signature)) }.max() ?? 0
    let summary = open.choices[open.choice].summary
    let wide = max(words + (signs > 0 ? signs + 2 : 0), DisplayWidth.of(Sanitize.text(summary)))
    let width = min(grid.width - 2, wide + 2)
    let height = count + (summary.isEmpty ? 0 : 1)
    let isBelow = cursor.row + height < grid.height - 2
    let top = isBelow ? cursor.row + 1 : max(1, cursor.row - height)
    let left = max(0, min(cursor.column, grid.width - width))
    for (index, choice) in shown.enumerated() {
      let isChosen = first + index == open.choice
      let style = Style(isBold: isChosen, isReversed: isChosen)
      for column in 0..<width { grid[left + column, top + index] = Glyph(" ", style) }
      grid.write(
        choice.text, column: left + 1, row: top + index, style: style, limit: min(words, width - 2))
      grid.write(
        choice.signature, column: left + words + 3, row: top + index,
        style: Style(isDim: !isChosen, isReversed: isChosen), limit: max(0, width - words - 4))
    }
    guard !summary.isEmpty else { return }
    for column in 0..<width { grid[left + column, top + count] = .blank }
    grid.write(
      summary, column: left + 1, row: top + count, style: Style(foreground: Color(32)),
      limit: width - 2)
  }
}

extension StudioState.Question {
  var text: String {
    switch self {
    case .quit: "There are changes that are not saved, or cells at work."
    case .recovery: "The file has changed since the text that was recovered was typed."
    case .changed: "Another program has changed the file since it was read."
    case .trust(let files):
      "Somebody else made this notebook; it names "
        + (files.isEmpty ? "no files." : files.count == 1 ? "1 file." : "\(files.count) files.")
        + " Run it?"
    case .locked(let owner, _):
      "Another gradus has this notebook open" + (owner.map { " (process \($0))." } ?? ".")
    case .solution: "Put one way to do it in place of your text? z brings yours back."
    }
  }

  var answers: [(key: Character, label: String)] {
    switch self {
    case .quit: [("s", "save and quit"), ("d", "discard and quit"), ("c", "stay")]
    case .recovery:
      [("r", "take the recovered text"), ("f", "take the file"), ("d", "show the difference")]
    case .changed:
      [("m", "merge"), ("o", "overwrite"), ("r", "reload"), ("d", "difference"), ("c", "not now")]
    case .trust: [("y", "run it, it is mine now"), ("l", "list the files"), ("n", "do not run")]
    case .locked(_, let canAttach):
      (canAttach ? [("a", "attach to it")] : []) + [("r", "read and run only"), ("q", "quit")]
    case .solution: [("y", "show it"), ("n", "not yet")]
    }
  }
}
