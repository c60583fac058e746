extension Commands {
  static let viewCommands: [Command] = [
    .simple(
      "next-stale", "Goes to the next cell that is not up to date.", keys: ["gs"], family: "Move"
    ) { state in
      let old = Set(
        state.cells.indices.filter { state.cells[$0].isCode && !state.isCurrent($0) }
          .map { state.cells[$0].key })
      state.find("every cell is up to date") { old.contains($0.key) }
    },
    .simple("pager", "Looks through all of a cell's output.", keys: ["P"], family: "View") {
      state in
      let lines = state.cell.drawn.lines + state.cell.errorLines
      state.mode = .pager(
        Pager(title: "#\(state.cell.id)", lines: lines.isEmpty ? ["nothing is shown"] : lines))
    },
    .simple("queue", "Shows what is at work and what waits.", keys: ["Q"], family: "View") {
      state in
      state.mode = .panel(.queue, choice: 0)
    },
    .simple("keys", "Shows the keys file's problems.", keys: [], family: "View") { state in
      let problems = state.keys.problems
      let place = Keymaps.path ?? "nowhere: there is no home folder"
      state.mode = .pager(
        Pager(
          title: "keys",
          lines: ["The keys file is \(place)", "A line of it: save = <c-s> W", ""]
            + (problems.isEmpty ? ["No keys are wanted twice."] : problems)))
    },
    .simple("vi", "Keys of vi inside cells, or not.", keys: [], in: .both, family: "Edit") {
      state in
      state.vi = state.vi == nil ? ViKeys() : nil
      state.message = state.vi == nil ? "vi's keys are off" : "vi's keys inside cells are on"
    },
    Command(
      "to-clipboard", "Puts the cell on the terminal's clipboard.", keys: ["Y"], family: "Cells"
    ) { state, _ in
      state.message = "sent to the clipboard of the terminal"
      return [.toClipboard(state.cell.text)]
    },
    Command(
      "selection-to-clipboard", "Puts what is selected on the terminal's clipboard.",
      keys: ["<a-y>"], in: .cell, family: "Edit",
      unless: { $0.cell.editor.selectedText == nil ? "nothing is selected" : nil }
    ) { state, _ in
      guard let text = state.cell.editor.selectedText else { return [] }
      state.message = "sent to the clipboard of the terminal"
      return [.toClipboard(text)]
    },
    Command(
      "run-section", "Runs what is not up to date under this heading.", keys: ["es"], family: "Run"
    ) { state, _ in
      func isHeading(_ at: Int) -> Bool {
        state.cells[at].kind == .text && state.cells[at].text.hasPrefix("#")
      }
      let first = state.cells.indices.prefix(state.focus + 1).last(where: isHeading) ?? 0
      let last =
        state.cells.indices.dropFirst(state.focus + 1).first(where: isHeading) ?? state.cells.count
      state.run(Array(first..<last), onlyOld: true)
      return state.startReady()
    },
    Command(
      "run-insert", "Runs the cell and begins a new one below.", keys: ["<runinsert>"], in: .both,
      family: "Run"
    ) { state, _ in
      state.run([state.focus])
      state.insertCell(at: state.focus + 1)
      state.mode = .edit
      return state.startReady()
    },
  ]
}

extension Drawn {
  /// Everything as lines of text.
  var lines: [String] {
    pieces.flatMap { piece in
      switch piece {
      case .lines(let lines): lines
      case .text(let text): (0..<text.count).map { text[$0] }
      case .grid(let grid): OutputBlock.split(grid.plainText())
      }
    }
  }
}

extension StudioState {
  /// Looks inside the value that a line of the variables names.
  mutating func openViewer(_ lines: [PanelLine], _ choice: Int) {
    guard lines.indices.contains(choice), let at = lines[choice].cell,
      let name = lines[choice].columns.first,
      let value = cells[at].evaluated?.result.bound.first(where: { $0.0 == name })?.1,
      let viewer = DataViewer(name: name, value)
    else {
      message = "only tensors and tables can be looked into"
      return
    }
    mode = .viewer(viewer)
  }

  mutating func pauseOrGoOn(_ lines: [PanelLine], _ choice: Int) -> [Effect] {
    guard lines.indices.contains(choice), let at = lines[choice].cell else { return [] }
    if cells[at].activity == .queued {
      cells[at].isHeld.toggle()
      message = cells[at].isHeld ? "held; Space lets it go on" : "going on"
      return startReady()
    }
    let runs = cells[at].activeRuns
    let isPaused = runs.allSatisfy { $0.job.status == .paused }
    for run in runs { if isPaused { run.job.resume() } else { run.job.pause() } }
    if runs.isEmpty { message = "a calculation cannot be paused; d ends it" }
    return []
  }
}
