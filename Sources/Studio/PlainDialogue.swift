import Glibc
import Terminal

/// The notebook as a dialogue of lines: no colours, boxes or pictures, each plot told by a sentence. For
/// screen readers, and for terminals that only print.
package final class PlainDialogue {
  private let session: StudioSession
  private let say: (String) -> Void
  /// Lines that are gathered for a cell, up to a line with a dot alone.
  private var gathered: [String]?
  private(set) var isOver = false
  /// Whether the user wants what goes on to end.
  private let isStopped: () -> Bool

  package init(
    _ session: StudioSession, isStopped: @escaping () -> Bool = { false },
    say: @escaping (String) -> Void
  ) {
    (self.session, self.say, self.isStopped) = (session, say, isStopped)
    session.state.size = (80, 1000)
  }

  private static let verbs: [(name: String, summary: String)] = [
    ("1 + 2", "a line of the language: runs as a cell of its own below"),
    ("Enter", "the next cell"), ("back", "the cell above"), ("go 3", "the third cell, or go ID"),
    ("read", "this cell again"), ("list", "all cells in a line each"),
    ("edit", "writes the cell anew, up to a line with a dot alone"),
    ("line 2 TEXT", "another second line"), ("add", "a new code cell below, up to a dot alone"),
    ("text", "a new text cell below, up to a dot alone"), ("delete, undo, redo", "cells"),
    ("run", "this cell, and what it needs from above"), ("run all", "all that is not up to date"),
    ("progress", "how far trainings are"), ("stop, pause, go on", "the training of this cell"),
    ("wait", "until all trainings have ended"), ("search TEXT", "the next cell with a text"),
    ("variables", "names, kinds, shapes"), ("?WORD", "the reference of a word"),
    ("save", "writes the file"), ("quit", "ends; asks when something is not saved"),
    (":NAME", "any command of the full screen, :words or :set lr=0.1"),
  ]

  /// What is said first.
  package func begin() {
    let state = session.state
    let count = state.cells.count
    say(
      "\(PlainText.of(state.name)), \(count) cell\(count == 1 ? "" : "s"). help tells what can be said."
    )
    tellMessage()
    tellQuestion()
    if case .navigate = session.state.mode { read() }
  }

  /// What stands before a line is asked for.
  package var prompt: String {
    if gathered != nil { return "" }
    if case .ask = session.state.mode { return "? " }
    return "> "
  }

  /// Takes a line in; false when the dialogue is over.
  package func answer(_ line: String) -> Bool {
    takeAnswers()
    session.state.message = ""
    if gathered != nil {
      gather(line)
    } else if case .ask = session.state.mode {
      press(line.first.map { .character($0) } ?? .escape)
      if case .pager(let pager) = session.state.mode { show(pager) }
      tellMessage()
      tellQuestion()
    } else {
      perform(line)
    }
    session.note()
    return !isOver && session.state.exitStatus == nil
  }

  private func perform(_ line: String) {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count > 1 ? words[1] : ""
    switch (words.first ?? "", rest) {
    case ("", _), ("next", _): go(session.state.focus + 1)
    case ("back", _): go(session.state.focus - 1)
    case ("go", "on"): command("pause")
    case ("go", _): goTo(rest)
    case ("read", _): read()
    case ("list", _): list()
    case ("help", _): for verb in PlainDialogue.verbs { say("\(verb.name): \(verb.summary)") }
    case ("edit", _), ("add", _), ("text", _): beginGathering(words[0])
    case ("line", _): replaceLine(rest)
    case ("delete", _), ("undo", _), ("redo", _): command(words[0])
    case ("run", ""):
      command("run")
      settle()
    case ("run", "all"):
      command("run-all")
      settle()
    case ("progress", _): progress()
    case ("stop", _): command("interrupt")
    case ("pause", _): command("pause")
    case ("wait", _): waitForTrainings()
    case ("search", _): search(rest)
    case ("variables", _): table(.variables)
    case ("save", _): save()
    case ("quit", _):
      command("quit")
      tellQuestion()
    case (let first, _) where first.hasPrefix("?"): reference(String(line.dropFirst()))
    case (let first, _) where first.hasPrefix(":"): any(String(first.dropFirst()), rest)
    case (let first, "") where first.allSatisfy({ $0.isLetter }) && !isName(first):
      say("\(PlainText.of(first)) is nothing that can be said here; help tells what can.")
    default: runLine(line)
    }
  }

  private func isName(_ word: String) -> Bool {
    session.state.lines(of: .variables).contains { $0.columns.first == word }
  }

  /// A line of the language becomes a cell below this one (or fills an empty one) and runs.
  private func runLine(_ line: String) {
    let here = session.state.cell
    if !here.isCode || !here.editor.text.isEmpty {
      session.state.insertCell(at: session.state.focus + 1, .code(flags: []))
    }
    session.state.cell.editor.replace(with: line)
    session.state.changes += 1
    command("run")
    settle()
  }

  // MARK: Cells

  private func go(_ at: Int) {
    guard session.state.cells.indices.contains(at) else {
      say(at < 0 ? "This is the first cell." : "This is the last cell; add begins a new one.")
      return
    }
    session.state.focus = at
    read()
  }

  private func goTo(_ name: String) {
    let id = name.drop { $0 == "#" }
    if let number = Int(name) {
      go(number - 1)
    } else if let at = session.state.cells.firstIndex(where: { $0.isCode && $0.id == id }) {
      go(at)
    } else {
      say("No cell is called \(PlainText.of(name)).")
    }
  }

  private func head(_ at: Int) -> String {
    let cell = session.state.cells[at]
    let what =
      cell.isCode
      ? "code \(PlainText.of(cell.id)), \(session.state.condition(at).rawValue)"
      : cell.kind == .fixed ? "kept as it is" : "text"
    return "Cell \(at + 1) of \(session.state.cells.count), \(what)."
  }

  private func read() {
    session.state.refresh()
    let at = session.state.focus
    say(head(at))
    let lines = session.state.cells[at].editor.lines
    for line in lines.prefix(400) { say("  " + PlainText.of(String(line))) }
    if lines.count > 400 { say("  … and \(lines.count - 400) more lines.") }
    tellOutput(at)
  }

  private func tellOutput(_ at: Int) {
    let lines = PlainText.output(of: session.state.cells[at])
    guard !lines.isEmpty else { return }
    say("It shows:")
    for line in lines.prefix(200) { say("  " + line) }
    if lines.count > 200 { say("  … and \(lines.count - 200) more lines.") }
  }

  private func list() {
    session.state.refresh()
    for at in session.state.cells.indices {
      say(head(at) + " " + PlainText.of(session.state.cells[at].firstLine))
    }
  }

  private func beginGathering(_ verb: String) {
    if verb == "edit", session.state.cell.kind == .fixed {
      say("These bytes of the file are kept as they are.")
      return
    }
    if verb != "edit" {
      session.state.insertCell(
        at: session.state.focus + 1, verb == "add" ? .code(flags: []) : .text)
    }
    gathered = []
    say("Write the lines; a dot alone ends.")
  }

  private func gather(_ line: String) {
    guard line == "." else {
      gathered?.append(line)
      return
    }
    session.state.cell.editor.replace(with: (gathered ?? []).joined(separator: "\n"))
    session.state.changes += 1
    gathered = nil
    say("\(head(session.state.focus)) run runs it.")
  }

  private func replaceLine(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let lines = session.state.cell.editor.lines
    guard let number = parts.first.flatMap({ Int($0) }), (1...lines.count).contains(number) else {
      say("Say which of the \(lines.count) lines: line 2 x = 1")
      return
    }
    session.state.cell.editor.change(
      from: Editor.Place(number - 1, 0), to: Editor.Place(number - 1, lines[number - 1].count),
      to: parts.count > 1 ? String(parts[1]) : "")
    session.state.changes += 1
    read()
  }

  // MARK: Work

  /// A command of the full screen.
  private func command(_ name: String, _ argument: String = "") {
    guard let command = Commands.catalog[name] else { return }
    if let reason = command.refusal(session.state) {
      say("Not now: \(reason)")
      return
    }
    session.perform(command, argument)
    tellMessage()
  }

  private func any(_ name: String, _ argument: String) {
    guard let command = Commands.found(name).first(where: { $0.entry.name == name }) else {
      say("No command is called \(PlainText.of(name)).")
      return
    }
    self.command(command.entry.name, argument)
    if case .pager(let pager) = session.state.mode { show(pager) }
    if case .panel(let panel, _) = session.state.mode { table(panel) }
    if case .ask = session.state.mode { return tellQuestion() }
    session.state.mode = .navigate
    settle()
  }

  private func press(_ key: Key) { _ = session.press(key) }

  private func show(_ pager: Pager) {
    for line in pager.lines { say(PlainText.of(line)) }
    press(.escape)
  }

  private func reference(_ name: String) {
    session.state.showReference(of: name.filter { $0 != " " })
    if case .pager(let pager) = session.state.mode { show(pager) }
    tellMessage()
  }

  private func table(_ panel: Panel) {
    let heads = StudioState.heads(of: panel)
    let lines = session.state.lines(of: panel)
    if lines.isEmpty { say("Nothing is there yet.") }
    for line in lines {
      let parts = zip(heads, line.columns).filter { !$0.1.isEmpty }.map { head, text in
        head.isEmpty || head == "name" ? text : "\(head) \(text)"
      }
      say(PlainText.of(parts.joined(separator: ", ")) + ".")
    }
    session.state.mode = .navigate
  }

  private func takeAnswers() { _ = session.receive() }

  /// Waits for calculations; trainings go on. What was shown by them is told.
  private func settle() {
    var pending = Set(
      session.state.cells.filter { $0.activity != .idle }.map(\.key))
    while !pending.isEmpty {
      session.runner.mailbox.wait(milliseconds: 100)
      takeAnswers()
      if isStopped() { command("interrupt-all") }
      session.state.refresh()
      for at in session.state.cells.indices
      where pending.contains(session.state.cells[at].key)
        && session.state.cells[at].activity == .idle
      {
        pending.remove(session.state.cells[at].key)
        say(head(at))
        tellOutput(at)
      }
      pending.formIntersection(session.state.cells.map(\.key))
    }
    tellMessage()
  }

  private func progress() {
    let lines = session.state.cells.flatMap { cell in
      cell.activeRuns.map { "\(cell.id): " + PlainText.progress(of: $0) }
    }
    if lines.isEmpty { say("No training goes on.") }
    for line in lines { say(PlainText.of(line)) }
  }

  private func waitForTrainings() {
    while session.state.cells.contains(where: { $0.isBusy }) || session.state.isUnsettled {
      session.runner.mailbox.wait(milliseconds: 100)
      takeAnswers()
      if isStopped() { command("interrupt-all") }
    }
    say("Everything has ended.")
  }

  private func search(_ text: String) {
    guard !text.isEmpty else { return say("Say what: search loss") }
    session.state.refresh()
    session.state.searched = text
    session.state.goToMatch(after: session.state.focus, 1)
    let isThere = session.state.matches(session.state.focus, text)
    tellMessage()
    if isThere { read() }
  }

  private func save() {
    if session.state.isReadOnly { return say("Another gradus has this notebook open.") }
    if session.state.isUnsettled {
      say("What still trains is saved when it ends; say wait, then save.")
    }
    if let problem = session.saveNow() {
      say("Not saved: \(problem).")
    } else {
      say("Saved.")
    }
  }

  private func tellMessage() {
    guard !session.state.message.isEmpty else { return }
    say(PlainText.of(session.state.message) + ".")
    session.state.message = ""
  }

  private func tellQuestion() {
    guard case .ask(let question) = session.state.mode else { return }
    let answers = question.answers.map { "\($0.key) to \($0.label)" }.joined(separator: ", ")
    say(question.text + " Say " + answers + ".")
  }

  /// Until the input or the dialogue ends; the exit status.
  package func run(_ reader: LineReader) -> Int32 {
    begin()
    while true {
      switch reader.read(prompt: prompt, complete: { _ in [] }) {
      case .line(let line):
        if answer(line) { continue }
      case .cancelled: continue
      case .end:
        if session.state.isModified { say("Not saved; opening the notebook again brings it back.") }
      }
      session.end()
      return session.state.exitStatus ?? 0
    }
  }
}
