import Drawing
import Files
import Glibc
import Lessons
import Notebooks
import Terminal

/// The first screen without a file: a new page, unsaved work, and the notebooks that are near.
package struct Home: Sendable {
  package struct Choice: Sendable, Equatable {
    package let path: String
    package let title: String
    package let note: String
    /// Under which heading it stands; none before the first one.
    package let section: String
    /// The number of a lesson; nil for any other page.
    package let lesson: Int?

    package init(
      path: String, title: String, note: String, section: String = "", lesson: Int? = nil
    ) {
      (self.path, self.title, self.note, self.section) = (path, title, note, section)
      self.lesson = lesson
    }
  }

  package enum Answer: Sendable, Equatable {
    case open(String)
    /// A lesson by its number; the next one when it is empty.
    case learn(String)
    case map
    case quit
  }

  package private(set) var choices: [Choice]
  package private(set) var chosen = 0

  package init(choices: [Choice]) { self.choices = choices }

  private static let sections = (
    unsaved: "unsaved work", recent: "opened last", here: "in this folder", examples: "examples"
  )

  /// Notebooks of a folder and of its `notebooks`, by name, after a new page, unsaved work and those
  /// that were opened last.
  package init(folder: String, recent: [String] = []) {
    let prefix = folder == "." ? "" : folder + "/"
    var found: [Choice] = []
    for (place, section) in [
      (prefix, Home.sections.here), (prefix + "notebooks/", Home.sections.examples),
    ] {
      let names = FileBytes.names(in: place.isEmpty ? "." : place).sorted()
      for name in names where name.hasSuffix(".grd.md") && !name.hasPrefix(".") {
        found.append(Home.choice(place + name, section))
      }
      // Pages that were never saved have a journal alone.
      for name in names where name.hasPrefix(".") && name.hasSuffix(".grd.journal") {
        let path = place + name.dropFirst().dropLast(".journal".count) + ".md"
        guard !FileBytes.exists(path) else { continue }
        found.append(
          Choice(path: path, title: "", note: "never saved", section: Home.sections.unsaved))
      }
    }
    let near = Set(found.compactMap { FileBytes.realPath($0.path) })
    let others = recent.filter { !near.contains($0) && FileBytes.exists($0) }.prefix(9).map {
      Home.choice($0, Home.sections.recent)
    }
    let all = others + found
    let unsaved = all.filter { $0.section == Home.sections.unsaved }
    choices =
      [Choice(path: Home.freshName(prefix), title: "a new page", note: "")] + unsaved
      + all.filter { $0.section != Home.sections.unsaved }
  }

  /// Offers lessons behind all else, with how far they are done.
  package mutating func offer(_ shelf: LessonShelf, _ progress: Progress) {
    choices += shelf.lessons.map { place in
      let row = LessonShelf.row(place, progress)
      return Choice(
        path: "\(row.tick) \(place.lesson.number)", title: place.lesson.title,
        note: "\(row.past)/\(row.all)", section: "lessons", lesson: place.lesson.number)
    }
  }

  private static func choice(_ path: String, _ section: String) -> Choice {
    let isUnsaved = FileBytes.exists(Recovery.path(for: path))
    let section = isUnsaved ? sections.unsaved : section
    guard let bytes = try? FileBytes.read(path, limit: 1 << 22) else {
      return Choice(path: path, title: "", note: "not looked into", section: section)
    }
    let notebook = Notebook(bytes)
    let cells = notebook.cells.count
    return Choice(
      path: path, title: notebook.title ?? "", note: "\(cells) cell\(cells == 1 ? "" : "s")",
      section: section)
  }

  /// A name that no file and no unsaved work has.
  private static func freshName(_ prefix: String) -> String {
    var number = 1
    while true {
      let path = "\(prefix)untitled\(number == 1 ? "" : "\(number)").grd.md"
      if !FileBytes.exists(path), !FileBytes.exists(Recovery.path(for: path)) { return path }
      number += 1
    }
  }

  /// What is in the rows: a heading, or a choice.
  private enum Row { case heading(String), choice(Int) }

  private var rows: [Row] {
    var rows: [Row] = []
    for (at, choice) in choices.enumerated() {
      if at > 0, choice.section != choices[at - 1].section { rows.append(.heading(choice.section)) }
      rows.append(.choice(at))
    }
    return rows
  }

  /// Takes a key in; an answer ends the screen.
  package mutating func press(_ key: Key) -> Answer? {
    switch key {
    case .down, .character("j"): chosen = min(chosen + 1, choices.count - 1)
    case .up, .character("k"): chosen = max(chosen - 1, 0)
    case .character("G"), .end: chosen = choices.count - 1
    case .character("g"), .home: chosen = 0
    case .character("n"): return .open(choices[0].path)
    case .enter, .run:
      let choice = choices[chosen]
      return choice.lesson.map { .learn("\($0)") } ?? .open(choice.path)
    case .character("l"): return .learn("")
    case .character("m"): return .map
    case .character("q"), .escape, .control("c"), .control("q"): return .quit
    default: break
    }
    return nil
  }

  package func draw(columns: Int, rows: Int) -> Grid {
    var grid = Grid(width: columns, height: rows)
    grid.write("Gradus", column: 2, row: 1, style: Style(isBold: true))
    grid.write("a notebook for deep learning", column: 10, row: 1, style: Style(isDim: true))
    let visible = max(1, rows - 5)
    let all = self.rows
    let place = all.firstIndex { if case .choice(chosen) = $0 { true } else { false } } ?? 0
    let first = min(max(0, place - visible / 2), max(0, all.count - visible))
    let width = min(
      44, max(1, columns * 3 / 8), choices.map { DisplayWidth.of($0.path) }.max() ?? 0)
    for (index, each) in all.dropFirst(first).prefix(visible).enumerated() {
      let row = 3 + index
      guard case .choice(let at) = each else {
        if case .heading(let text) = each {
          grid.write(text, column: 2, row: row, style: Style(foreground: Color(32)))
        }
        continue
      }
      let choice = choices[at]
      let isChosen = at == chosen
      if isChosen { grid.write("▸", column: 2, row: row, style: Style(isBold: true)) }
      // Of a long path the end says more.
      let path = Array(choice.path)
      let shown = path.count > width ? "…" + String(path.suffix(max(0, width - 1))) : choice.path
      grid.write(shown, column: 4, row: row, style: Style(isBold: isChosen), limit: columns - 5)
      // The note is short and stays whole; a long title gives way.
      let note = choice.title.isEmpty || choice.note.isEmpty ? choice.note : ", " + choice.note
      let left = 4 + width + 2
      let taken = grid.write(
        DisplayWidth.shortened(
          choice.title, to: max(0, columns - left - 1 - DisplayWidth.of(note))), column: left,
        row: row, style: Style(isDim: true))
      grid.write(
        note, column: left + taken, row: row, style: Style(isDim: true),
        limit: max(0, columns - left - 1 - taken))
    }
    grid.write(
      "Enter open  n new page  l next lesson  m map of topics  j k choose  q quit", column: 2,
      row: rows - 1,
      style: Style(isDim: true), limit: max(0, columns - 3))
    return grid
  }

  /// Shows the screen until something is chosen; nil when the terminal goes.
  package static func ask(on device: TerminalDevice, folder: String = ".") -> Answer? {
    var home = Home(folder: folder, recent: Recollection.notebooks)
    let signals = SignalPipe([SIGTERM, SIGHUP, SIGWINCH])
    func show() {
      device.show(home.draw(columns: device.size.columns, rows: device.size.rows), cursor: nil)
    }
    // Lessons are read once there is something to look at.
    show()
    if let shelf = LessonShelf.shipped() {
      home.offer(shelf, LearnerFolder.ofUser()?.progress().progress ?? Progress())
    }
    while true {
      show()
      guard device.wait(for: [signals.descriptor], milliseconds: nil) else { return nil }
      for signal in signals.received() {
        guard signal == SIGWINCH else { return nil }
        device.resize()
      }
      for key in device.keys() { if let answer = home.press(key) { return answer } }
    }
  }
}
