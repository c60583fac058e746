extension Commands {
  static let rangeCommands: [Command] = [
    .simple("range", "Begins a range of cells, or lets it go.", keys: ["S"], family: "Cells") {
      state in
      state.isRanging = state.rangeStart == nil
      state.rangeStart = state.rangeStart == nil ? state.focus : nil
      state.message = state.isRanging ? "j k extend the range; d d, c, x, e e act on it" : ""
    },
    .simple(
      "extend-down", "Takes the next cell into the range.", keys: ["J", "<s-down>"],
      family: "Cells"
    ) { state in
      state.rangeStart = state.rangeStart ?? state.focus
      state.focus = min(state.focus + max(1, state.count), state.cells.count - 1)
    },
    .simple(
      "extend-up", "Takes the cell above into the range.", keys: ["K", "<s-up>"], family: "Cells"
    ) { state in
      state.rangeStart = state.rangeStart ?? state.focus
      state.focus = max(state.focus - max(1, state.count), 0)
    },
    .simple(
      "bin", "Shows deleted cells; Enter brings one back.", keys: [], family: "Cells",
      unless: { $0.bin.isEmpty ? "no cell was deleted" : nil }
    ) { state in
      state.mode = .panel(.bin, choice: 0)
    },
  ]
}

extension StudioState {
  /// The cells that commands act on: the range, or the one with the focus.
  package var chosen: ClosedRange<Int> {
    guard let start = rangeStart.map({ min($0, cells.count - 1) }) else { return focus...focus }
    return min(start, focus)...max(start, focus)
  }

  /// Lets the range go.
  mutating func endRange() { (rangeStart, isRanging) = (nil, false) }

  /// Notes changes as one.
  mutating func rememberTogether(from count: Int) {
    guard done.count > count + 1 else { return }
    let changes = Array(done[count...])
    done.removeSubrange(count...)
    done.append(.group(changes))
  }

  /// Deletes the chosen cells; what they were doing is ended.
  mutating func removeChosen() -> [Effect] {
    let cells = chosen
    let count = done.count
    var effects: [Effect] = []
    for _ in cells {
      focus = cells.lowerBound
      effects += removeCell()
    }
    rememberTogether(from: count)
    endRange()
    if cells.count > 1 { message = "deleted \(cells.count) cells; z brings them back" }
    return effects
  }

  /// Moves the chosen cells by one place; they stay chosen.
  mutating func moveChosen(by step: Int) {
    let moved = chosen
    guard cells.indices.contains(step > 0 ? moved.upperBound + 1 : moved.lowerBound - 1) else {
      return
    }
    let (count, at) = (done.count, focus)
    // The neighbour goes to the other side.
    let from = step > 0 ? moved.upperBound + 1 : moved.lowerBound - 1
    let to = step > 0 ? moved.lowerBound : moved.upperBound
    if moved.count == 1 {
      moveCell(by: step)
    } else {
      cells.insert(cells.remove(at: from), at: to)
      remember(.moved(from: from, to: to))
    }
    rememberTogether(from: count)
    focus = at + step
    rangeStart = rangeStart.map { $0 + step }
  }

  /// Puts what was cut or copied below, as one change.
  mutating func paste() {
    let count = done.count
    for copied in clipboard {
      insertCell(
        at: min(focus + 1, cells.count), copied.kind == .fixed ? .text : copied.kind, copied.text)
    }
    rememberTogether(from: count)
    endRange()
  }
}
