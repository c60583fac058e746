import Drawing

/// Distributions above each other over one axis, the first one on top: weights or activations in time.
package struct Ridges: Picture {
  private let rows: GroupRows

  package init(_ names: [String], _ groups: [[Double]], title: String = "") {
    rows = GroupRows(names, groups, title: title)
  }

  package var description: String {
    rows.description { name, values in
      let known = values.filter(\.isFinite)
      guard !known.isEmpty else { return nil }
      let share = 1 / Double(known.count)
      let mean = known.reduce(0) { $0 + $1 * share }
      let spread = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * share }.squareRoot()
      let lost = values.count - known.count
      return "\(name): \(Numbers.text(mean)) ± \(Numbers.text(spread))"
        + (lost > 0 ? ", \(lost) not finite" : "")
    }
  }

  private static let bars: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Every ridge has its own height scale: its largest count is a full bar.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let frame: GroupRows.Frame
    switch rows.layout(
      Scale(rows.groups.joined()), width: width, height: height, description: description)
    {
    case .message(let grid): return grid
    case .frame(let found): frame = found
    }
    let (groups, limit, columns) = (rows.groups, frame.limit, frame.columns)
    let tall = limit / 2 >= groups.count ? 2 : 1
    let shown = Ridges.spread(groups.count, over: limit / tall)
    var grid = Grid(width: width, height: frame.top + shown.count * tall + 2)
    _ = grid.heading(
      rows.title, shown.count < groups.count ? "\(shown.count) of \(groups.count)" : "")
    for (place, index) in shown.enumerated() {
      var counts = [Int](repeating: 0, count: columns)
      for value in groups[index] where value.isFinite {
        counts[frame.scale.stretch(value, of: columns)] += 1
      }
      let most = counts.max() ?? 0
      let floor = frame.top + place * tall + tall - 1
      rows.writeName(index, on: &grid, frame, row: floor)
      let part = Double(place) / Double(max(1, shown.count - 1))
      let style = Style(
        foreground: depth == .none ? nil : Color(Palette.magma[min(9, 4 + Int(part * 5.999))]))
      for (column, count) in counts.enumerated() where count > 0 {
        let eighths = max(1, count * 8 * tall / max(1, most))
        for level in 0..<tall {
          let filled = min(8, max(0, eighths - 8 * level))
          if filled > 0 {
            grid[frame.gutter + column, floor - level] = Glyph(Ridges.bars[filled], style)
          }
        }
      }
    }
    grid.drawScale(
      frame.scale, column: frame.gutter, columns: columns, row: frame.top + shown.count * tall)
    return grid
  }

  /// Which of `count` things are shown when only `limit` fit: the first, the last, evenly between.
  static func spread(_ count: Int, over limit: Int) -> [Int] {
    guard count > limit else { return Array(0..<count) }
    guard limit > 1 else { return limit == 1 ? [count - 1] : [] }
    return (0..<limit).map { $0 * (count - 1) / (limit - 1) }
  }
}
