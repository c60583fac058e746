import Drawing
import Glibc
import Lessons
import Terminal

/// The map of topics as a tree that opens and closes; every topic opens its notebook.
package struct MapScreen: Sendable {
  private enum Row: Sendable {
    case area(Topic.Area)
    case branch(Topic.Area, String)
    case topic(TopicMap.Row)
    case leaf(TopicMap.Leaf)
  }

  private let map: TopicMap
  private var open: Set<String> = []
  private var openTopics: Set<String> = []
  private var chosen = 0
  private var message = ""

  package init(_ map: TopicMap) {
    self.map = map
    open = Set(Topic.Area.allCases.map(\.rawValue))
  }

  package enum Answer: Sendable, Equatable {
    case go(Effect.Destination)
    case quit
  }

  private var rows: [Row] {
    var rows: [Row] = []
    for area in Topic.Area.allCases {
      rows.append(.area(area))
      guard open.contains(area.rawValue) else { continue }
      for branch in map.branches(of: area) {
        rows.append(.branch(area, branch.name))
        guard open.contains(key(area, branch.name)) else { continue }
        for row in branch.rows {
          rows.append(.topic(row))
          if openTopics.contains(row.topic.entry.name) {
            rows += row.leaves.map { .leaf($0) }
          }
        }
      }
    }
    return rows
  }

  private func key(_ area: Topic.Area, _ branch: String) -> String { "\(area.rawValue)/\(branch)" }

  /// Takes a key in; an answer ends the screen.
  package mutating func press(_ key: Key) -> Answer? {
    message = ""
    let rows = self.rows
    switch key {
    case .down, .character("j"): chosen = min(chosen + 1, rows.count - 1)
    case .up, .character("k"): chosen = max(chosen - 1, 0)
    case .pageDown: chosen = min(chosen + 10, rows.count - 1)
    case .pageUp: chosen = max(chosen - 10, 0)
    case .character("G"), .end: chosen = rows.count - 1
    case .character("g"), .home: chosen = 0
    case .character("o"): openAll()
    case .right, .character("l"): set(rows[chosen], isOpen: true)
    case .left, .character("h"): set(rows[chosen], isOpen: false)
    case .enter, .run, .character(" "): return choose(rows[chosen])
    case .character("q"), .escape, .control("c"): return .quit
    default: break
    }
    return nil
  }

  private mutating func openAll() {
    for area in Topic.Area.allCases {
      open.insert(area.rawValue)
      for branch in map.branches(of: area) { open.insert(key(area, branch.name)) }
    }
  }

  private mutating func set(_ row: Row, isOpen: Bool) {
    switch row {
    case .area(let area): toggle(&open, area.rawValue, isOpen)
    case .branch(let area, let name): toggle(&open, key(area, name), isOpen)
    case .topic(let row): toggle(&openTopics, row.topic.entry.name, isOpen)
    case .leaf: break
    }
  }

  private func toggle(_ set: inout Set<String>, _ name: String, _ isOpen: Bool) {
    if isOpen { set.insert(name) } else { set.remove(name) }
  }

  private mutating func choose(_ row: Row) -> Answer? {
    switch row {
    case .area(let area): set(row, isOpen: !open.contains(area.rawValue))
    case .branch(let area, let name): set(row, isOpen: !open.contains(key(area, name)))
    case .topic(let topic):
      let there = topic.leaves.filter { $0.place != .planned }
      if there.count == 1 { return go(there[0]) }
      if there.isEmpty {
        message = "planned: nothing treats \(topic.topic.entry.name) yet"
      } else {
        set(row, isOpen: !openTopics.contains(topic.topic.entry.name))
      }
    case .leaf(let leaf):
      if let answer = go(leaf) { return answer }
      message = "planned: \(leaf.name) is not written yet"
    }
    return nil
  }

  private func go(_ leaf: TopicMap.Leaf) -> Answer? {
    switch leaf.place {
    case .lesson(let number): .go(.lesson("\(number)"))
    case .file(let path): .go(.file(path))
    case .planned: nil
    }
  }

  package func draw(columns: Int, rows height: Int) -> Grid {
    var grid = Grid(width: columns, height: height)
    let there = map.rows.count { !$0.isPlanned }
    grid.write(
      "The map of deep learning", column: 2, row: 0, style: Style(isBold: true), limit: columns - 3)
    grid.write(
      "\(there) of \(map.rows.count) topics have a notebook", column: 28, row: 0,
      style: Style(isDim: true), limit: max(0, columns - 29))
    let rows = self.rows
    let visible = max(1, height - 4)
    let first = min(max(0, chosen - visible / 2), max(0, rows.count - visible))
    for (index, row) in rows.dropFirst(first).prefix(visible).enumerated() {
      draw(row, isChosen: first + index == chosen, on: &grid, 2 + index)
    }
    if !message.isEmpty {
      grid.write(
        message, column: 2, row: height - 2, style: Style(isBold: true), limit: columns - 3)
    }
    grid.write(
      "Enter open  h l close open  o all  j k choose  q back", column: 2, row: height - 1,
      style: Style(isDim: true), limit: max(0, columns - 3))
    return grid
  }

  private func draw(_ row: Row, isChosen: Bool, on grid: inout Grid, _ line: Int) {
    let text: String
    var style = Style(isBold: isChosen)
    switch row {
    case .area(let area):
      text = (open.contains(area.rawValue) ? "▾ " : "▸ ") + area.rawValue
      style = Style(foreground: Color(32), isBold: true)
    case .branch(let area, let name):
      let rows = map.branches(of: area).first { $0.name == name }?.rows ?? []
      let there = rows.count { !$0.isPlanned }
      text =
        "  " + (open.contains(key(area, name)) ? "▾ " : "▸ ") + name + "  \(there)/\(rows.count)"
    case .topic(let row):
      let name = row.topic.entry.name
      text = "      \(row.isPlanned ? "·" : "✓") \(name)  \(row.topic.entry.summary)  \(row.places)"
      style.isDim = row.isPlanned && !isChosen
    case .leaf(let leaf):
      text = "          " + leaf.name + (leaf.place == .planned ? "  planned" : "")
      style.isDim = leaf.place == .planned && !isChosen
    }
    if isChosen { grid.write("▌", column: 0, row: line, style: Style(foreground: Color(39))) }
    grid.write(text, column: 2, row: line, style: style, limit: max(0, grid.width - 3))
  }

  /// Shows the screen until something is chosen; nil when the user or the terminal ends it.
  package static func ask(on device: TerminalDevice) -> Effect.Destination? {
    var screen = MapScreen(TopicMap.shipped())
    let signals = SignalPipe([SIGTERM, SIGHUP, SIGWINCH])
    while true {
      device.show(screen.draw(columns: device.size.columns, rows: device.size.rows), cursor: nil)
      guard device.wait(for: [signals.descriptor], milliseconds: nil) else { return nil }
      for signal in signals.received() {
        guard signal == SIGWINCH else { return nil }
        device.resize()
      }
      for key in device.keys() {
        switch screen.press(key) {
        case .go(let destination)?: return destination
        case .quit?: return nil
        case nil: break
        }
      }
    }
  }
}
