import Drawing
import Terminal

/// Every key and what it does, read from the commands.
enum HelpView {
  static func lines() -> [(keys: String, text: String)] {
    var families: [String] = []
    for command in Commands.all where !families.contains(command.entry.family) {
      families.append(command.entry.family)
    }
    return families.flatMap { family -> [(keys: String, text: String)] in
      let place = family == "Edit" ? "  (inside a cell)" : ""
      let rows = Commands.all.filter { $0.entry.family == family }.map { command in
        (
          keys: command.keys.isEmpty
            ? ":" + command.entry.name
            : command.keys.map { Commands.shown($0) }.joined(separator: ", "),
          text: command.entry.summary
        )
      }
      return [(keys: "", text: family + place)] + rows + [(keys: "", text: "")]
    }
  }

  static func draw(_ grid: inout Grid, scroll: Int) {
    let all = lines()
    let visible = grid.height - 2
    for row in 1..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    let first = min(scroll, max(0, all.count - visible))
    for (index, line) in all.dropFirst(first).prefix(visible).enumerated() {
      if line.keys.isEmpty {
        grid.write(line.text, column: 2, row: index + 1, style: Style(isBold: true))
      } else {
        grid.write(
          line.keys, column: 4, row: index + 1, style: Style(foreground: Color(32)), limit: 22)
        grid.write(line.text, column: 27, row: index + 1, limit: grid.width - 28)
      }
    }
  }
}

extension Commands {
  /// A key script as people read it; both keys that run are named where there are two.
  static func shown(_ script: String) -> String { KeyScript.shown(script) }

  /// What may follow keys that are not a command yet.
  static func continuations(of pending: [Key]) -> [(keys: String, label: String)] {
    all.flatMap { command in
      command.keys.compactMap { script -> (keys: String, label: String)? in
        let keys = KeyScript.keys(script)
        guard command.place != .cell, keys.count > pending.count, keys.starts(with: pending) else {
          return nil
        }
        return (shown(script), command.entry.name)
      }
    }
  }
}
