extension Commands {
  static let cellCommands: [Command] =
    [
      .simple("edit", "Edits the cell.", keys: ["<enter>"], family: "Cells") { state in
        guard state.cell.kind != .fixed else {
          state.message = "these bytes of the file are kept as they are; m makes them text to edit"
          return
        }
        state.mode = .edit
      },
      .simple(
        "apply", "Makes the change that the mistake of the cell offers.", keys: ["A"],
        family: "Cells", unless: { $0.offeredChange == nil ? "no change is offered here" : nil }
      ) { state in
        guard let change = state.offeredChange else { return }
        let before = state.cells
        state.cells[state.focus].editor.replace(with: change)
        state.remember(.replaced(before))
        state.message = "changed; Ctrl-J runs it, z takes it back"
      },
      .simple("insert-above", "A new cell above.", keys: ["a"], family: "Cells") { state in
        state.insertCell(at: state.focus)
      },
      .simple("insert-below", "A new cell below.", keys: ["b"], family: "Cells") { state in
        state.insertCell(at: state.focus + 1)
      },
      Command("delete", "Deletes the cell; z brings it back.", keys: ["dd"], family: "Cells") {
        state, _ in
        state.removeChosen()
      },
      Command("cut", "Cuts the cell.", keys: ["x"], family: "Cells") { state, _ in
        state.clipboard = Array(state.cells[state.chosen])
        return state.removeChosen()
      },
      .simple("copy", "Copies the cell.", keys: ["c"], family: "Cells") { state in
        state.clipboard = Array(state.cells[state.chosen])
        let count = state.clipboard.count
        state.endRange()
        state.message = "copied\(count > 1 ? " \(count) cells" : ""); v pastes below"
      },
      .simple(
        "paste", "Pastes a cell below.", keys: ["v"], family: "Cells",
        unless: { $0.clipboard.isEmpty ? "nothing was cut or copied yet" : nil }
      ) { state in
        state.paste()
      },
      .simple(
        "undo", "Takes the last change of the page back.", keys: ["z"], family: "Cells",
        unless: {
          $0.done.isEmpty ? "nothing to undo on the page; Ctrl-Z undoes inside a cell" : nil
        }
      ) { state in
        if !state.undo() { state.message = "that cannot be undone" }
      },
      .simple(
        "redo", "Makes an undone change again.", keys: ["Z"], family: "Cells",
        unless: { $0.undone.isEmpty ? "nothing was undone" : nil }
      ) { state in
        if !state.redo() { state.message = "that cannot be done again" }
      },
      .simple(
        "move-up", "Moves the cell up.", keys: ["<altup>"], family: "Cells",
        unless: { $0.chosen.lowerBound == 0 ? "this is the first cell" : nil }
      ) { state in
        state.moveChosen(by: -1)
      },
      .simple(
        "move-down", "Moves the cell down.", keys: ["<altdown>"], family: "Cells",
        unless: { $0.chosen.upperBound == $0.cells.count - 1 ? "this is the last cell" : nil }
      ) { state in
        state.moveChosen(by: 1)
      },
      Command(
        "merge", "Joins the cell with the one below.", keys: ["M"], family: "Cells",
        unless: {
          $0.focus + 1 < $0.cells.count && $0.cells[$0.focus + 1].kind.isCode == $0.cell.kind.isCode
            && $0.cell.kind != .fixed ? nil : "the cell below is of another kind"
        }
      ) { state, _ in
        state.mergeBelow()
        return []
      },
      Command(
        "split", "Splits the cell at the cursor.", keys: ["<c-\\>"], in: .both, family: "Cells",
        unless: { $0.cell.kind == .fixed ? "these bytes of the file are kept as they are" : nil }
      ) { state, _ in
        state.splitCell()
        return []
      },
      .simple("to-code", "Makes the cell code.", keys: ["y"], family: "Cells") { state in
        state.retypeChosen(.code(flags: []))
      },
      .simple("to-text", "Makes the cell text.", keys: ["m"], family: "Cells") { state in
        state.retypeChosen(.text)
      },
      .simple(
        "to-raw", "Makes the cell text that stays line by line.", keys: ["r"], family: "Cells"
      ) { state in
        state.makeRaw()
      },
    ]

  static let headingCommands: [Command] = (1...6).map { (level: Int) -> Command in
    let summary = "Makes the cell a heading of level \(level)."
    return Command(
      "heading-\(level)", summary, keys: ["g\(level)"], family: "Cells",
      unless: { $0.cell.kind == .fixed ? "these bytes of the file are kept as they are" : nil }
    ) { state, _ in
      state.makeHeading(level)
      return []
    }
  }
}

extension StudioState {
  /// The text of the cell in focus with the change that its mistake offers, as long as it is the text
  /// that was run.
  var offeredChange: String? {
    guard condition(focus) == .failed, let evaluated = cell.evaluated, cell.isText(evaluated.text)
    else { return nil }
    return evaluated.result.change
  }

  mutating func insertCell(at: Int, _ kind: StudioCell.Kind = .code(flags: []), _ text: String = "")
  {
    let id = kind.isCode ? freshID() : ""
    var cell = StudioCell(id: id, kind: kind, text: text)
    cell.key = nextKey
    nextKey += 1
    cells.insert(cell, at: at)
    remember(.inserted(id: id, at: at))
    focus = at
  }

  /// What the cell was doing is ended.
  mutating func removeCell() -> [Effect] {
    var effects: [Effect] = []
    _ = interrupt(focus, &effects)
    cells[focus].activity = .idle
    let cell = cells.remove(at: focus)
    if !cell.editor.isEmpty { bin.insert(cell, at: 0) }
    remember(.removed(cell, at: focus))
    if cells.isEmpty { insertCell(at: 0) }
    focus = min(focus, cells.count - 1)
    message = "deleted a cell; z brings it back"
    return effects
  }

  /// Joins the texts; undone as one change of the page.
  mutating func mergeBelow() {
    let before = cells
    let text = cell.text + "\n" + cells[focus + 1].text
    cells.remove(at: focus + 1)
    cells[focus].editor.replace(with: text)
    remember(.replaced(before))
  }

  /// Two cells, the lower with what stands from the cursor on.
  mutating func splitCell() {
    let before = cells
    let editor = cell.editor
    let row = editor.row
    let upper =
      editor.lines[..<row].map { String($0) } + [String(editor.lines[row][..<editor.column])]
    let lower =
      [String(editor.lines[row][editor.column...])] + editor.lines[(row + 1)...].map { String($0) }
    func joined(_ lines: [String]) -> String {
      lines.joined(separator: "\n").trimmingBlankEnds
    }
    let kind = cell.kind
    cells[focus].editor.replace(with: joined(upper))
    insertCell(at: focus + 1, kind.isCode ? .code(flags: []) : .text, joined(lower))
    _ = done.popLast()
    remember(.replaced(before))
  }

  mutating func moveCell(by steps: Int) {
    let target = focus + steps
    guard cells.indices.contains(target) else { return }
    cells.insert(cells.remove(at: focus), at: target)
    remember(.moved(from: focus, to: target))
    focus = target
  }

  mutating func retypeChosen(_ kind: StudioCell.Kind) {
    let (count, at) = (done.count, focus)
    for each in chosen {
      focus = each
      retype(kind)
    }
    rememberTogether(from: count)
    focus = at
    endRange()
  }

  /// Text that begins with so many signs of a heading.
  mutating func makeHeading(_ level: Int) {
    retype(.text)
    let bare = cell.text.drop { $0 == "#" }.drop { $0 == " " }
    cell.editor.replace(with: String(repeating: "#", count: level) + " " + bare)
    changes += 1
  }

  /// Text between fences: it is never run, and its lines are never joined.
  mutating func makeRaw() {
    guard cell.kind != .fixed, !cell.text.hasPrefix("```") else { return }
    remember(.replaced(cells))
    let count = done.count
    retype(.text)
    done.removeSubrange(count...)
    var fence = "```"
    while cell.text.contains(fence) { fence += "`" }
    cell.editor.replace(with: "\(fence)text\n\(cell.text)\n\(fence)")
  }

  mutating func retype(_ kind: StudioCell.Kind) {
    guard cell.kind.isCode != kind.isCode || cell.kind == .fixed else { return }
    remember(.retyped(id: cell.id, at: focus, from: cell.kind))
    cell.kind = kind
    cell.id = kind.isCode ? freshID() : ""
  }
}

extension String {
  /// Without empty lines at its ends.
  fileprivate var trimmingBlankEnds: String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false)
    while let first = lines.first, first.isEmpty { lines.removeFirst() }
    while let last = lines.last, last.isEmpty { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
