import Drawing
import Terminal

/// Every key and what it does, read from the commands.
enum HelpView {
  static func lines(_ keymaps: Keymaps) -> [(keys: String, text: String)] {
    var families: [String] = []
    for command in Commands.all where !families.contains(command.entry.family) {
      families.append(command.entry.family)
    }
    return families.flatMap { family -> [(keys: String, text: String)] in
      let place =
        family == "Edit" ? "  (inside a cell)" : family == "Lessons" ? "  (on their pages)" : ""
      let rows = Commands.all.filter { $0.entry.family == family }.map {
        command -> (keys: String, text: String) in
        let keys = keymaps.keys(of: command)
        return (
          keys: keys.isEmpty
            ? ":" + command.entry.name : keys.map { Commands.shown($0) }.joined(separator: ", "),
          text: command.entry.summary
        )
      }
      return [(keys: "", text: family + place)] + rows + [(keys: "", text: "")]
    }
  }

  static func draw(_ grid: inout Grid, _ keymaps: Keymaps, scroll: Int) {
    let all = lines(keymaps)
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
