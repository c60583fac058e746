extension Commands {
  static let navigationCommands: [Command] = [
    .simple("down", "Goes to the next cell.", keys: ["j", "<down>"], family: "Move") { state in
      state.moveFocus(by: max(1, state.count))
    },
    .simple("up", "Goes to the cell above.", keys: ["k", "<up>"], family: "Move") { state in
      state.moveFocus(by: -max(1, state.count))
    },
    .simple("first", "Goes to the first cell.", keys: ["gg", "<home>"], family: "Move") { state in
      state.focus = 0
    },
    .simple("last", "Goes to the last cell.", keys: ["G", "<end>"], family: "Move") { state in
      state.focus = state.cells.count - 1
    },
    .simple("next-heading", "Goes to the next heading.", keys: ["}"], family: "Move") { state in
      state.find("no heading below") { $0.kind == .text && $0.text.hasPrefix("#") }
    },
    .simple("previous-heading", "Goes to the heading above.", keys: ["{"], family: "Move") {
      state in
      let above = state.cells[..<state.focus]
      guard let at = above.lastIndex(where: { $0.kind == .text && $0.text.hasPrefix("#") }) else {
        state.message = "no heading above"
        return
      }
      state.focus = at
    },
    .simple("next-error", "Goes to the next cell that failed.", keys: ["gx"], family: "Move") {
      state in
      state.find("no cell has failed") { $0.evaluated?.result.error != nil }
    },
    .simple("next-running", "Goes to the next cell that is at work.", keys: ["gr"], family: "Move")
    { state in
      state.find("no cell is at work") { $0.isBusy }
    },
    .simple("page-down", "Scrolls down.", keys: ["<pagedown>", "<c-d>"], family: "Move") { state in
      state.turnPage(1)
    },
    .simple("page-up", "Scrolls up.", keys: ["<pageup>", "<c-u>"], family: "Move") { state in
      state.turnPage(-1)
    },
    .simple("fold", "Hides or shows what a cell shows.", keys: ["o"], family: "View") { state in
      state.cell.isFolded.toggle()
    },
    .simple("whole", "Shows a long output whole, or its ends.", keys: ["O"], family: "View") {
      state in
      state.cell.isWhole.toggle()
    },
    .simple(
      "scroll-output-down", "Scrolls in a long output.", keys: ["]"], family: "View",
      unless: { $0.layout.isCut($0.focus) ? nil : "the output of this cell is shown whole" }
    ) { state in
      state.cell.outputStart += 8
      state.isScrollFree = true
    },
    .simple(
      "scroll-output-up", "Scrolls back in a long output.", keys: ["["], family: "View",
      unless: { $0.cell.outputStart == 0 ? "the output is at its beginning" : nil }
    ) { state in
      state.cell.outputStart = max(0, state.cell.outputStart - 8)
      state.isScrollFree = true
    },
    .simple("help", "Shows what every key does.", keys: ["?"], family: "View") { state in
      state.mode = .help(scroll: 0)
    },
    .simple(
      "command", "Finds a command by its name.", keys: [":", "<a-x>"], in: .both, family: "View"
    ) { state in
      state.mode = .command(text: "", choice: 0)
    },
  ]
}

extension StudioState {
  mutating func moveFocus(by steps: Int) {
    let target = focus + steps
    focus = min(max(0, target), cells.count - 1)
    if !isRanging { endRange() }
  }

  /// The next cell behind the focus that fits, from the top again after the last.
  mutating func find(_ otherwise: String, _ fits: (StudioCell) -> Bool) {
    let order = Array(cells.indices.dropFirst(focus + 1)) + Array(cells.indices.prefix(focus + 1))
    guard let at = order.first(where: { fits(cells[$0]) }) else {
      message = otherwise
      return
    }
    focus = at
  }

  /// Scrolls by most of a screen; the focus follows.
  mutating func turnPage(_ direction: Int) {
    layOut()
    let step = max(1, size.rows - StudioView.chrome - 2)
    scroll = min(max(0, scroll + direction * step), max(0, layout.height - step))
    focus = layout.cell(at: scroll + (direction > 0 ? step / 2 : step / 2)) ?? focus
    isScrollFree = true
  }
}
