import Terminal

extension StudioState {
  /// Takes a key in; what follows of it outside.
  package mutating func press(_ key: Key) -> [Effect] {
    if size.columns < StudioView.least.columns || size.rows < StudioView.least.rows {
      // Nothing is seen here, so nothing is changed.
      if key == .character("q"), case .ask = mode { return [] }
      if key == .character("q"), isModified { message = "" }
      guard key == .character("q") else { return [] }
      if !isModified { exitStatus = 0 }
      return []
    }
    message = ""
    showsContinuations = false
    let before = focus
    defer { settleFocus(from: before) }
    if pressMouse(key) { return [] }
    isScrollFree = false
    let kept = completion
    if key != .tab, key != .backTab { (completion, completionAsked) = (nil, nil) }
    switch mode {
    case .navigate: return pressOnPage(key)
    case .edit:
      if var open = kept, key == .down || key == .up {
        completion = open
        defer { changes += 1 }
        open.choice = 0
        return complete(by: key == .down ? 1 : -1)
      }
      if kept != nil, key == .escape || key == .enter { return [] }
      return pressInCell(key)
    case .command(let text, let choice): return pressInCommand(key, text, choice)
    case .help(let scroll): return pressInHelp(key, scroll)
    case .search(let text, let from): return pressInSearch(key, text, from)
    case .panel(let panel, let choice): return pressInPanel(key, panel, choice)
    case .ask(let question): return answer(question, key)
    case .viewer(var viewer):
      mode =
        viewer.press(key, visible: size.rows - 4) ? .viewer(viewer) : .panel(.variables, choice: 0)
      return []
    case .inspect(let inspection): return press(key, in: inspection)
    case .answer(let text): return pressInAnswer(key, text)
    case .review(let sitting): return press(key, in: sitting)
    case .pager(var pager):
      let stays = pager.press(key, rows: size.rows - 3)
      mode =
        stays
        ? .pager(pager) : pager.back.map { .ask($0) } ?? (pager.isOverCell ? .edit : .navigate)
      return []
    case .recall(let text, let choice): return pressInRecall(key, text, choice)
    }
  }

  mutating func perform(_ command: Command, _ argument: String = "") -> [Effect] {
    if let reason = command.refusal(self) ?? refusal(ofLessonTo: command) {
      message = "not now: \(reason)"
      return []
    }
    return command.perform(&self, argument)
  }

  // MARK: Page

  private mutating func pressOnPage(_ key: Key) -> [Effect] {
    if let effects = pressInLesson(key) { return effects }
    if pending.isEmpty, case .character(let c) = key, let digit = c.wholeNumberValue, c.isASCII,
      digit > 0 || count > 0
    {
      count = min(9999, count * 10 + digit)
      message = "\(count)" + (digitRemark.map { ": \($0)" } ?? "")
      return []
    }
    if key == .escape {
      if pending.isEmpty, endScrub() { message = "back to now" }
      (pending, count) = ([], 0)
      endRange()
      return []
    }
    pending.append(key)
    switch keys.page.meaning(of: pending) {
    case .command(let command):
      pending = []
      defer { count = 0 }
      return perform(command)
    case .more: return []
    case .nothing:
      let isSequence = pending.count > 1
      pending = []
      count = 0
      if case .paste = key { message = "press Enter to edit a cell before pasting" }
      if case .character(let c) = key, !isSequence {
        message = "\(c) does nothing here; Enter edits the cell, ? shows the keys"
      }
      return []
    }
  }

  // MARK: Cell

  private mutating func pressInCell(_ key: Key) -> [Effect] {
    let version = cell.editor.version
    defer { if cells.indices.contains(focus), cell.editor.version != version { changes += 1 } }
    let before = focus
    if vi?.isNormal == true, key == .character("K") {
      showWordHelp()
      return []
    }
    if vi != nil, completion == nil, var keys = vi {
      let isTaken = keys.press(key, &cell.editor)
      vi = keys
      if isTaken { return [] }
    }
    switch key {
    case .character(let c): cell.editor.insert(String(c))
    case .paste(let text): cell.editor.insert(text)
    default:
      if case .command(let command) = keys.cell.meaning(of: [key]) {
        if takesGhost(command) { return [] }
        let effects = perform(command)
        if focus != before { changes += cells[before].editor.version == version ? 0 : 1 }
        return effects
      }
    }
    return []
  }

  // MARK: The `:` line

  private mutating func pressInCommand(_ key: Key, _ text: String, _ choice: Int) -> [Effect] {
    switch key {
    case .escape, .control("c"):
      mode = .navigate
    case .character(let c): mode = .command(text: text + String(c), choice: 0)
    case .paste(let pasted):
      mode = .command(
        text: text + (pasted.split(whereSeparator: \.isNewline).first ?? ""), choice: 0)
    case .backspace, .control("h"):
      mode = text.isEmpty ? .navigate : .command(text: String(text.dropLast()), choice: 0)
    case .control("u"): mode = .command(text: "", choice: 0)
    case .down, .control("n"):
      mode = .command(text: text, choice: min(choice + 1, max(0, Commands.found(text).count - 1)))
    case .up, .control("p"): mode = .command(text: text, choice: max(0, choice - 1))
    case .tab:
      if let command = Commands.found(text).dropFirst(choice).first {
        mode = .command(text: command.entry.name + " ", choice: 0)
      }
    case .enter, .run:
      let found = Commands.found(text)
      guard found.indices.contains(choice) else {
        message = "no command is called \(text)"
        mode = .navigate
        return []
      }
      let words = text.split(separator: " ", maxSplits: 1)
      mode = found[choice].place == .cell ? .edit : .navigate
      return perform(found[choice], words.count > 1 ? String(words[1]) : "")
    default: break
    }
    return []
  }

  private mutating func pressInHelp(_ key: Key, _ scroll: Int) -> [Effect] {
    let last = max(0, HelpView.lines(keys).count - (size.rows - 2))
    switch key {
    case .down, .character("j"): mode = .help(scroll: min(last, scroll + 1))
    case .up, .character("k"): mode = .help(scroll: max(0, scroll - 1))
    case .pageDown, .character(" "): mode = .help(scroll: min(last, scroll + size.rows - 4))
    case .pageUp: mode = .help(scroll: max(0, scroll - size.rows + 4))
    case .escape, .character("q"), .character("?"), .control("c"), .enter: mode = .navigate
    default: break
    }
    return []
  }

  /// Searches while it is typed; Escape goes back to where it was begun.
  private mutating func pressInSearch(_ key: Key, _ text: String, _ from: Int) -> [Effect] {
    var typed = text
    switch key {
    case .character(let c): typed.append(c)
    case .paste(let pasted): typed += pasted.split(whereSeparator: \.isNewline).first ?? ""
    case .backspace, .control("h"):
      if text.isEmpty {
        (mode, focus) = (.navigate, from)
        return []
      }
      typed.removeLast()
    case .escape, .control("c"):
      (mode, focus, searched) = (.navigate, min(from, cells.count - 1), "")
      return []
    case .tab, .backTab:
      searchScope = searchScope.next(key == .tab ? 1 : -1)
    case .enter, .run:
      mode = .navigate
      sayMatches()
      return []
    default: return []
    }
    searched = typed
    focus = from
    if !typed.isEmpty, !matches(from, typed) { goToMatch(after: from, 1) }
    mode = .search(text: typed, from: from)
    return []
  }

  private mutating func pressInPanel(_ key: Key, _ panel: Panel, _ choice: Int) -> [Effect] {
    let all = lines(of: panel)
    switch key {
    case .down, .character("j"):
      mode = .panel(panel, choice: min(choice + 1, max(0, all.count - 1)))
    case .up, .character("k"): mode = .panel(panel, choice: max(0, choice - 1))
    case .character("G"), .end: mode = .panel(panel, choice: max(0, all.count - 1))
    case .character("g"), .home: mode = .panel(panel, choice: 0)
    case .character("v") where panel == .variables: openViewer(all, choice)
    case .character(" ") where panel == .queue: return pauseOrGoOn(all, choice)
    case .character("J") where panel == .queue, .altDown where panel == .queue:
      reorder(all, choice, by: 1)
    case .character("K") where panel == .queue, .altUp where panel == .queue:
      reorder(all, choice, by: -1)
    case .character("d") where panel == .queue:
      var effects: [Effect] = []
      if all.indices.contains(choice), let at = all[choice].cell { _ = interrupt(at, &effects) }
      mode = .panel(panel, choice: max(0, min(choice, lines(of: panel).count - 1)))
      return effects
    case .character("?"): mode = .help(scroll: 0)
    case .enter where panel == .bin: bringBack(choice)
    case .enter where panel == .lessons:
      mode = .navigate
      return shelf.indices.contains(choice) ? [.open(.lesson(shelf[choice].name))] : []
    case .enter:
      mode = .navigate
      if all.indices.contains(choice), let at = all[choice].cell {
        focus = min(at, cells.count - 1)
      }
    case .escape, .character("q"), .control("c"): mode = .navigate
    default: break
    }
    return []
  }

  // MARK: Questions

  private mutating func answer(_ question: Question, _ key: Key) -> [Effect] {
    switch (question, key) {
    case (.quit, .character("s")):
      mode = .navigate
      guard isModified else {
        exitStatus = 0
        return []
      }
      let effects = save()
      quitsWhenSaved = !effects.isEmpty || savesWhenNoted
      return effects
    case (.quit, .character("d")):
      isDiscarded = true
      exitStatus = 0
    case (.quit, .character("c")), (.quit, .escape), (.quit, .control("c")):
      (mode, destination) = (.navigate, nil)
    case (.recovery(let recovered), .character("r")):
      remember(.replaced(cells))
      cells = recovered
      mode = .navigate
      message = "the recovered text; z takes the file's version back"
    case (.recovery(let recovered), .character("f")):
      done.append(.replaced(recovered))
      mode = .navigate
      message = "the file's text; z takes the recovered one"
    case (.recovery(let recovered), .character("d")):
      var other = self
      other.cells = recovered
      showDifference(from: fileBytes, to: other.document(), back: question)
    case (.changed(let theirs), .character("m")):
      mode = .navigate
      merge(theirs)
      return [.adopt(theirs)]
    case (.changed(let theirs), .character("o")):
      mode = .navigate
      return [.adopt(theirs)] + save()
    case (.changed(let theirs), .character("r")):
      mode = .navigate
      reload(theirs)
      savedChanges = changes
      return [.adopt(theirs)]
    case (.changed(let theirs), .character("d")):
      showDifference(from: theirs, to: document(), back: question)
    case (.changed, .character("c")), (.changed, .escape), (.changed, .control("c")):
      mode = .navigate
    case (.trust, .character("y")):
      (mode, isStranger) = (.navigate, false)
      return startReady()
    case (.trust(let files), .character("l")): showNamedFiles(files, back: question)
    case (.trust, .character("n")), (.trust, .escape), (.trust, .control("c")):
      mode = .navigate
      refuseTrust()
    case (.locked, .character("r")), (.locked, .escape):
      mode = .navigate
      message = "another gradus has this notebook open; here it can only be read and run"
    case (.solution, .character("y")), (.solution, .character("s")):
      mode = .navigate
      return takeSolution(.revealed)
    case (.solution, _): mode = .navigate
    case (.locked(_, canAttach: true), .character("a")): (attaches, exitStatus) = (true, 0)
    case (.locked, .character("q")), (.locked, .control("c")): exitStatus = 0
    default: break
    }
    return []
  }
}
