import Drawing

/// Groups of numbers as boxes (Tukey 1977): quartiles and median, whiskers to the last value within 1.5
/// times the box, the values beyond as dots.
package struct BoxPlot: Picture {
  package let names: [String]
  package let groups: [[Double]]
  package let title: String

  package init(_ names: [String], _ groups: [[Double]], title: String = "") {
    self.names = names.map { Sanitize.text($0) }
    self.groups = groups
    self.title = title
  }

  /// What a box shows of its values; quartiles between two values are interpolated.
  package struct Summary: Sendable, Equatable {
    package let quartiles: (first: Double, median: Double, third: Double)
    package let whiskers: (low: Double, high: Double)
    package let outliers: [Double]

    /// Nil without a finite value.
    package init?(_ values: [Double]) {
      let sorted = values.filter(\.isFinite).sorted()
      guard !sorted.isEmpty else { return nil }
      func quantile(_ part: Double) -> Double {
        let place = part * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(sorted.count - 1, low + 1)
        let share = place - Double(low)
        return sorted[low] * (1 - share) + sorted[high] * share
      }
      let quartiles = (first: quantile(0.25), median: quantile(0.5), third: quantile(0.75))
      let reach = 1.5 * (quartiles.third - quartiles.first)
      let inner = sorted.filter { $0 >= quartiles.first - reach && $0 <= quartiles.third + reach }
      self.quartiles = quartiles
      let whiskers = (low: inner.first ?? quartiles.first, high: inner.last ?? quartiles.third)
      self.whiskers = whiskers
      outliers = sorted.filter { $0 < whiskers.low || $0 > whiskers.high }
    }

    package static func == (a: Summary, b: Summary) -> Bool {
      a.quartiles == b.quartiles && a.whiskers == b.whiskers && a.outliers == b.outliers
    }
  }

  private func name(_ index: Int) -> String { index < names.count ? names[index] : "\(index)" }

  package var description: String {
    guard !groups.isEmpty else { return "No groups." }
    return groups.enumerated().map { index, values in
      guard let summary = Summary(values) else { return "\(name(index)) has no finite value" }
      let outliers = summary.outliers.count
      return "\(name(index)) has median \(Numbers.text(summary.quartiles.median)), half of "
        + "\(Numbers.count(values.count, "value")) from \(Numbers.text(summary.quartiles.first)) to "
        + Numbers.text(summary.quartiles.third)
        + (outliers > 0 ? ", \(Numbers.count(outliers, "outlier"))" : "")
    }.joined(separator: "; ") + "."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let summaries = groups.map { Summary($0) }
    let known = summaries.compactMap { $0 }
    guard
      let scale = Scale(
        known.flatMap { [$0.whiskers.low, $0.whiskers.high] + $0.outliers })
    else {
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
    // Boxes of three rows where all fit, of one otherwise.
    let tall = limit / 3 >= groups.count ? 3 : 1
    let shown = min(groups.count, limit / tall)
    var grid = Grid(width: width, height: top + shown * tall + 2)
    _ = grid.heading(title, shown < groups.count ? "\(groups.count - shown) groups not shown" : "")
    for index in 0..<shown {
      let row = top + index * tall + tall / 2
      grid.write(
        Labels.fitted(name(index), gutter - 2), column: 0, row: row)
      guard let summary = summaries[index] else {
        grid.write("no finite value", column: gutter, row: row)
        continue
      }
      draw(summary, on: &grid, gutter, columns, row, tall, scale, index, depth)
    }
    grid.drawScale(scale, column: gutter, columns: columns, row: top + shown * tall)
    return grid
  }

  private func draw(
    _ summary: Summary, on grid: inout Grid, _ left: Int, _ columns: Int, _ row: Int, _ tall: Int,
    _ scale: Scale, _ index: Int, _ depth: ColorDepth
  ) {
    let style = Style(
      foreground: depth == .none ? nil : Color(Palette.series[index % Palette.series.count]))
    func at(_ value: Double) -> Int { left + scale.place(value, of: columns) }
    let (low, high) = (at(summary.whiskers.low), at(summary.whiskers.high))
    let (first, middle, third) = (
      at(summary.quartiles.first), at(summary.quartiles.median), at(summary.quartiles.third)
    )
    for column in low...high { grid[column, row] = Glyph("─", style) }
    grid[low, row] = Glyph("├", style)
    grid[high, row] = Glyph("┤", style)
    if tall == 3 {
      for column in first...third {
        grid[column, row - 1] = Glyph("─", style)
        grid[column, row] = Glyph(" ", style)
        grid[column, row + 1] = Glyph("─", style)
      }
      for (column, corners) in [(first, ("┌", "│", "└")), (third, ("┐", "│", "┘"))] {
        grid[column, row - 1] = Glyph(Character(corners.0), style)
        grid[column, row] = Glyph(Character(corners.1), style)
        grid[column, row + 1] = Glyph(Character(corners.2), style)
      }
      grid[middle, row - 1] = Glyph("┬", style)
      grid[middle, row] = Glyph("│", Style(foreground: style.foreground, isBold: true))
      grid[middle, row + 1] = Glyph("┴", style)
    } else {
      for column in first...third { grid[column, row] = Glyph("▒", style) }
      grid[middle, row] = Glyph("█", style)
    }
    for outlier in summary.outliers { grid[at(outlier), row] = Glyph("•", style) }
  }
}

extension Grid {
  /// A horizontal axis with round ticks, on two rows.
  mutating func drawScale(_ scale: Scale, column: Int, columns: Int, row: Int) {
    let dim = Style(isDim: true)
    for x in 0..<columns { self[column + x, row] = Glyph("─", dim) }
    let ticks = Ticks(low: scale.low, high: scale.high, count: max(2, columns / 10))
    var free = 0
    for (value, label) in zip(ticks.values, ticks.labels) {
      let at = column + scale.place(value, of: columns)
      self[at, row] = Glyph("┬", dim)
      let size = DisplayWidth.of(label)
      let start = max(0, min(at - size / 2, width - size))
      guard start >= free, at < start + size else { continue }
      write(label, column: start, row: row + 1, style: dim)
      free = start + size + 2
    }
  }
}
