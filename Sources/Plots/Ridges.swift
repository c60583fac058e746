import Drawing

/// Distributions above each other over one axis, the first one on top: weights or activations in time.
package struct Ridges: Picture {
  package let names: [String]
  package let groups: [[Double]]
  package let title: String

  package init(_ names: [String], _ groups: [[Double]], title: String = "") {
    self.names = names.map { Sanitize.text($0) }
    self.groups = groups
    self.title = title
  }

  private func name(_ index: Int) -> String { index < names.count ? names[index] : "\(index)" }

  package var description: String {
    guard !groups.isEmpty else { return "No groups." }
    return groups.enumerated().map { index, values in
      let known = values.filter(\.isFinite)
      guard !known.isEmpty else { return "\(name(index)) has no finite value" }
      let share = 1 / Double(known.count)
      let mean = known.reduce(0) { $0 + $1 * share }
      let spread = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * share }.squareRoot()
      let lost = values.count - known.count
      return "\(name(index)): \(Numbers.text(mean)) ± \(Numbers.text(spread))"
        + (lost > 0 ? ", \(lost) not finite" : "")
    }.joined(separator: "; ") + "."
  }

  private static let bars: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Every ridge has its own height scale: its largest count is a full bar.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard let scale = Scale(groups.joined()) else {
      let text = groups.isEmpty ? "no groups" : "no finite value"
      return Grid.message(text, width: width, height: height)
    }
    let top = title.isEmpty ? 0 : 1
    let gutter = min(
      width / 3, (groups.indices.map { DisplayWidth.of(name($0)) }.max() ?? 0) + 2)
    let columns = width - gutter
    let limit = (height ?? .max) - top - 2
    guard columns >= 8, limit >= 1 else {
      return Grid.message(description, width: width, height: height)
    }
    let tall = limit / 2 >= groups.count ? 2 : 1
    let shown = Ridges.spread(groups.count, over: limit / tall)
    var grid = Grid(width: width, height: top + shown.count * tall + 2)
    _ = grid.heading(
      title, shown.count < groups.count ? "\(shown.count) of \(groups.count)" : "")
    for (place, index) in shown.enumerated() {
      var counts = [Int](repeating: 0, count: columns)
      for value in groups[index] where value.isFinite {
        counts[scale.stretch(value, of: columns)] += 1
      }
      let most = counts.max() ?? 0
      let floor = top + place * tall + tall - 1
      grid.write(Labels.fitted(name(index), gutter - 2), column: 0, row: floor)
      let part = Double(place) / Double(max(1, shown.count - 1))
      let style = Style(
        foreground: depth == .none ? nil : Color(Palette.magma[min(9, 4 + Int(part * 5.999))]))
      for (column, count) in counts.enumerated() where count > 0 {
        let eighths = max(1, count * 8 * tall / max(1, most))
        for level in 0..<tall {
          let filled = min(8, max(0, eighths - 8 * level))
          if filled > 0 {
            grid[gutter + column, floor - level] = Glyph(Ridges.bars[filled], style)
          }
        }
      }
    }
    grid.drawScale(scale, column: gutter, columns: columns, row: top + shown.count * tall)
    return grid
  }

  /// Which of `count` things are shown when only `limit` fit: the first, the last, evenly between.
  static func spread(_ count: Int, over limit: Int) -> [Int] {
    guard count > limit else { return Array(0..<count) }
    guard limit > 1 else { return limit == 1 ? [count - 1] : [] }
    return (0..<limit).map { $0 * (count - 1) / (limit - 1) }
  }
}
