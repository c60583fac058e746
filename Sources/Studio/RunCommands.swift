extension Commands {
  static let runCommands: [Command] = [
    Command(
      "run-next", "Runs the cell and goes on to the next (Shift-Enter too).", keys: ["<run>"],
      in: .both, family: "Run"
    ) { state, _ in
      state.run(Array(state.chosen))
      state.focus = state.chosen.upperBound
      state.endRange()
      if state.lesson != nil, state.cell.role?.isOfBlock == true || state.isLastShown {
        // What is said to an answer is read where it was typed.
        state.mode = .navigate
        return state.startReady()
      }
      let wasTyping = state.isTyping
      state.mode = .navigate
      if state.focus == state.cells.count - 1 {
        state.insertCell(at: state.cells.count)
        state.mode = .edit
      } else {
        state.focus += 1
        // Who types on into an empty cell goes on typing.
        if wasTyping, state.cell.isCode, state.cell.editor.isEmpty { state.mode = .edit }
      }
      return state.startReady()
    },
    Command(
      "run", "Runs the cell and stays (Ctrl-Enter too).", keys: ["<stay>", "ee"], in: .both,
      family: "Run"
    ) { state, _ in
      state.run(Array(state.chosen))
      state.endRange()
      return state.startReady()
    },
    Command("run-all", "Runs every cell that is not up to date.", keys: ["ea"], family: "Run") {
      state, _ in
      state.run(Array(state.cells.indices), onlyOld: true)
      return state.startReady()
    },
    Command("run-above", "Runs what is not up to date, up to here.", keys: ["eu"], family: "Run") {
      state, _ in
      state.run(Array(0...state.focus), onlyOld: true)
      return state.startReady()
    },
    Command(
      "interrupt", "Ends what goes on in this cell.", keys: ["<c-c>"], in: .both, family: "Run",
      unless: { $0.cell.isBusy ? nil : "nothing goes on in this cell; q quits, ii ends everything" }
    ) { state, _ in
      var effects: [Effect] = []
      if state.interrupt(state.focus, &effects) { state.message = "ending #\(state.cell.id)" }
      return effects
    },
    Command(
      "interrupt-all", "Ends everything that goes on.", keys: ["ii"], family: "Run",
      unless: { $0.cells.contains { $0.isBusy } ? nil : "nothing goes on" }
    ) { state, _ in
      var effects: [Effect] = []
      for at in state.cells.indices { _ = state.interrupt(at, &effects) }
      state.message = "ending everything"
      return effects
    },
    .simple(
      "auto", "Runs stale cells again by itself where that is quick.", keys: [], family: "Run"
    ) { state in
      state.isAutomatic.toggle()
      state.message =
        state.isAutomatic
        ? "stale cells that take less than 0.2 s run by themselves" : "cells run when you say so"
    },
    Command("reset", "Forgets every value; the page stays.", keys: ["00"], family: "Run") {
      state, _ in
      var effects: [Effect] = []
      for at in state.cells.indices {
        _ = state.interrupt(at, &effects)
        state.cells[at].activity = .idle
        state.cells[at].evaluated = nil
      }
      state.message = "every value is forgotten; ea runs the page"
      return effects
    },
  ]
}

extension StudioState {
  /// Queues cells; says what else has to run for them.
  mutating func run(_ chosen: [Int], onlyOld: Bool = false) {
    refreshSources()
    var others = 0
    var queued = 0
    for at in chosen
    where cells[at].isCode && (!cells[at].editor.isEmpty || cells[at].role?.exercise != nil) {
      if onlyOld, isCurrent(at) || cells[at].activity != .idle { continue }
      if onlyOld || chosen.count > 1, !cells[at].isRunForOthers { continue }
      if cells[at].isFrozen {
        message = "#\(cells[at].id) is frozen: what it showed stays"
        continue
      }
      if case .evaluating = cells[at].activity {
        message = "#\(cells[at].id) is being run; Ctrl-C ends it"
        continue
      }
      if holdsBack(at, isAlone: chosen.count == 1) || cells[at].editor.isEmpty { continue }
      noteRun(cells[at].text)
      others += queue(at, isOneOfMany: chosen.count > 1)
      queued += 1
    }
    if onlyOld {
      message = queued == 0 ? "everything is up to date" : ""
    } else if others > 0 {
      message = "also running \(others) cell\(others == 1 ? "" : "s") above that it needs"
    }
  }
}
