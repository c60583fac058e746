import Drawing
import Files
import Glibc
import Notebooks
import Terminal

/// The first screen without a file: the notebooks that are near, and a new page.
package struct Home: Sendable {
  package struct Choice: Sendable, Equatable {
    package let path: String
    package let title: String
    package let note: String

    package init(path: String, title: String, note: String) {
      (self.path, self.title, self.note) = (path, title, note)
    }
  }

  package enum Answer: Sendable, Equatable {
    case open(String)
    case quit
  }

  package let choices: [Choice]
  package private(set) var chosen = 0

  package init(choices: [Choice]) { self.choices = choices }

  /// Notebooks of a folder and of its `notebooks`, by name, after a new page.
  package init(folder: String) {
    let prefix = folder == "." ? "" : folder + "/"
    var found: [Choice] = []
    for place in [prefix, prefix + "notebooks/"] {
      for name in FileBytes.names(in: place.isEmpty ? "." : place).sorted()
      where name.hasSuffix(".grd.md") && !name.hasPrefix(".") {
        found.append(Home.choice(place + name))
      }
    }
    choices = [Choice(path: Home.freshName(prefix), title: "a new page", note: "")] + found
  }

  private static func choice(_ path: String) -> Choice {
    guard let bytes = try? FileBytes.read(path, limit: 1 << 24) else {
      return Choice(path: path, title: "", note: "cannot be read")
    }
    let notebook = Notebook(bytes)
    let cells = notebook.cells.count
    let isUnsaved = FileBytes.exists(Recovery.path(for: path))
    return Choice(
      path: path, title: notebook.title ?? "",
      note: "\(cells) cell\(cells == 1 ? "" : "s")" + (isUnsaved ? ", with unsaved work" : ""))
  }

  /// A name that no file and no unsaved work has, unless the unsaved work is all there is of it.
  private static func freshName(_ prefix: String) -> String {
    var number = 1
    while true {
      let path = "\(prefix)untitled\(number == 1 ? "" : "\(number)").grd.md"
      if !FileBytes.exists(path) { return path }
      number += 1
    }
  }

  /// Takes a key in; an answer ends the screen.
  package mutating func press(_ key: Key) -> Answer? {
    switch key {
    case .down, .character("j"): chosen = min(chosen + 1, choices.count - 1)
    case .up, .character("k"): chosen = max(chosen - 1, 0)
    case .character("G"), .end: chosen = choices.count - 1
    case .character("g"), .home: chosen = 0
    case .character("n"): return .open(choices[0].path)
    case .enter, .run: return .open(choices[chosen].path)
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
    let first = min(max(0, chosen - visible / 2), max(0, choices.count - visible))
    let width = choices.map { DisplayWidth.of($0.path) }.max() ?? 0
    for (index, choice) in choices.dropFirst(first).prefix(visible).enumerated() {
      let isChosen = first + index == chosen
      let row = 3 + index
      if isChosen { grid.write("▸", column: 2, row: row, style: Style(isBold: true)) }
      grid.write(
        choice.path, column: 4, row: row, style: Style(isBold: isChosen), limit: columns - 5)
      let text = [choice.title, choice.note].filter { !$0.isEmpty }.joined(separator: ", ")
      grid.write(
        text, column: 4 + width + 2, row: row, style: Style(isDim: true),
        limit: max(0, columns - width - 7))
    }
    grid.write(
      "Enter open  n new page  j k choose  q quit", column: 2, row: rows - 1,
      style: Style(isDim: true), limit: max(0, columns - 3))
    return grid
  }

  /// Shows the screen until something is chosen; nil when the terminal goes.
  package static func ask(on device: TerminalDevice, folder: String = ".") -> Answer? {
    var home = Home(folder: folder)
    let signals = SignalPipe([SIGTERM, SIGHUP, SIGWINCH])
    while true {
      device.show(home.draw(columns: device.size.columns, rows: device.size.rows), cursor: nil)
      guard device.wait(for: [signals.descriptor], milliseconds: nil) else { return nil }
      for signal in signals.received() {
        guard signal == SIGWINCH else { return nil }
        device.resize()
      }
      for key in device.keys() { if let answer = home.press(key) { return answer } }
    }
  }
}
