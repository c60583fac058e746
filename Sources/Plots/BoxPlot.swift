import Drawing

/// Groups of numbers as boxes (Tukey 1977): quartiles and median, whiskers to the last value within 1.5
/// times the box, the values beyond as dots.
package struct BoxPlot: Picture {
  private let rows: GroupRows

  package init(_ names: [String], _ groups: [[Double]], title: String = "") {
    rows = GroupRows(names, groups, title: title)
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

  package var description: String {
    rows.description { name, values in
      guard let summary = Summary(values) else { return nil }
      let outliers = summary.outliers.count
      return "\(name) has median \(Numbers.text(summary.quartiles.median)), half of "
        + "\(Numbers.count(values.count, "value")) from \(Numbers.text(summary.quartiles.first)) to "
        + Numbers.text(summary.quartiles.third)
        + (outliers > 0 ? ", \(Numbers.count(outliers, "outlier"))" : "")
    }
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let summaries = rows.groups.map { Summary($0) }
    let scale = Scale(
      summaries.compactMap { $0 }.flatMap { [$0.whiskers.low, $0.whiskers.high] + $0.outliers })
    let frame: GroupRows.Frame
    switch rows.layout(scale, width: width, height: height, description: description) {
    case .message(let grid): return grid
    case .frame(let found): frame = found
    }
    let (groups, limit) = (rows.groups, frame.limit)
    // Boxes of three rows where all fit, of one otherwise.
    let tall = limit / 3 >= groups.count ? 3 : 1
    let shown = min(groups.count, limit / tall)
    var grid = Grid(width: width, height: frame.top + shown * tall + 2)
    _ = grid.heading(
      rows.title, shown < groups.count ? "\(groups.count - shown) groups not shown" : "")
    for index in 0..<shown {
      let row = frame.top + index * tall + tall / 2
      rows.writeName(index, on: &grid, frame, row: row)
      guard let summary = summaries[index] else {
        grid.write("no finite value", column: frame.gutter, row: row)
        continue
      }
      draw(
        summary, on: &grid, frame.gutter, frame.columns, row, tall, frame.scale, index, depth)
    }
    grid.drawScale(
      frame.scale, column: frame.gutter, columns: frame.columns, row: frame.top + shown * tall)
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
