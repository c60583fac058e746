import Drawing
import Glibc

/// Curves over a common axis, in braille dots.
package struct LinePlot: Picture {
  package struct Line: Sendable {
    package let name: String
    package let x: [Double]
    package let y: [Double]

    package init(_ name: String, x: [Double]? = nil, y: [Double]) {
      self.name = name
      self.y = y
      self.x = x ?? y.indices.map(Double.init)
    }
  }

  package let lines: [Line]
  package let title: String
  package let isLogarithmic: Bool

  package init(_ lines: [Line], title: String = "", isLogarithmic: Bool = false) {
    self.lines = lines
    self.title = title
    self.isLogarithmic = isLogarithmic
  }

  private func placed(_ y: Double) -> Double {
    guard isLogarithmic else { return y }
    return y > 0 ? log10(y) : .nan
  }

  private var finite: [(x: Double, y: Double)] {
    lines.flatMap { line in
      zip(line.x, line.y).compactMap { x, y in
        let v = placed(y)
        return x.isFinite && v.isFinite ? (x, v) : nil
      }
    }
  }

  package var description: String {
    lines.map { line in
      let known = line.y.filter(\.isFinite)
      guard let first = known.first, let last = known.last, let low = known.min(),
        let high = known.max()
      else { return "\(line.name.isEmpty ? "a curve" : line.name) has no finite value" }
      let word = last < first ? "fell" : last > first ? "rose" : "went"
      func text(_ x: Double) -> String { Ticks.format("%.4g", x) }
      let missing = line.y.count - known.count
      return
        "\(line.name.isEmpty ? "the curve" : line.name) \(word) from \(text(first)) to \(text(last)), "
        + "between \(text(low)) and \(text(high)) over \(line.y.count) points"
        + (missing > 0 ? ", \(missing) of them not finite" : "")
    }.joined(separator: "; ") + "."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let height = max(1, height ?? 14)
    var grid = Grid(width: max(1, width), height: height)
    let points = finite
    guard width >= 18, height >= 4, !points.isEmpty else {
      let bad = lines.reduce(0) { $0 + $1.y.count }
      let text =
        points.isEmpty
        ? (bad == 0 ? "waiting for the first step" : "no finite value (\(bad) points)")
        : description
      grid.write(text, column: 0, row: 0)
      return grid
    }
    var (x0, x1) = (points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 1)
    if x0 == x1 { (x0, x1) = (x0 - 1, x1 + 1) }
    var (y0, y1) = (points.map(\.y).min() ?? 0, points.map(\.y).max() ?? 1)
    if y0 == y1 {
      let room = max(0.05 * abs(y0), 1e-6)
      (y0, y1) = (y0 - room, y1 + room)
    }
    let top = title.isEmpty ? 0 : 1
    if !title.isEmpty { grid.write(title, column: 0, row: 0, style: Style(isBold: true)) }
    let rows = height - top - 2
    let yTicks = ticks(y0, y1, rows)
    let gutter = min(10, (yTicks.map { DisplayWidth.of($0.label) }.max() ?? 1) + 1)
    let ends = endLabels()
    let right = min(width / 3, ends.map { DisplayWidth.of($0) + 1 }.max() ?? 0)
    let columns = max(4, width - gutter - 1 - right)
    drawAxes(&grid, yTicks, gutter, top, rows, columns, (x0, x1), (y0, y1))
    var taken: Set<Int> = []
    for (index, line) in lines.enumerated() {
      let style = Style(
        foreground: depth == .none ? nil : Color(Palette.series[index % Palette.series.count]))
      let last = drawLine(
        line, &grid, style, gutter + 1, top, rows, columns, (x0, x1), (y0, y1))
      guard right > 0, let last else { continue }
      var row = min(max(last, top), top + rows - 1)
      while taken.contains(row), row < top + rows - 1 { row += 1 }
      while taken.contains(row), row > top { row -= 1 }
      taken.insert(row)
      grid.write(
        ends[index], column: gutter + 1 + columns + 1, row: row, style: style, limit: right - 1)
    }
    return grid
  }

  private func endLabels() -> [String] {
    if lines.count == 1 && lines[0].name.isEmpty { return [""] }
    return lines.enumerated().map { index, line in
      let last = line.y.last { $0.isFinite }.map { Ticks.format("%.3g", $0) } ?? ""
      return "\(Palette.marks[index % Palette.marks.count]) \(line.name) \(last)"
    }
  }

  private func ticks(_ low: Double, _ high: Double, _ rows: Int) -> [(value: Double, label: String)]
  {
    let count = max(2, rows / 3)
    if isLogarithmic, high - low >= 1 {
      let all = stride(
        from: low.rounded(.up), through: high,
        by: max(1, ((high - low) / Double(count)).rounded(.up)))
      return all.map { ($0, Ticks.format("%g", pow(10, $0))) }
    }
    let ticks = Ticks(low: low, high: high, count: count)
    if isLogarithmic { return ticks.values.map { ($0, Ticks.format("%.3g", pow(10, $0))) } }
    return Array(zip(ticks.values, ticks.labels).map { (value: $0, label: $1) })
  }

  private func drawAxes(
    _ grid: inout Grid, _ yTicks: [(value: Double, label: String)], _ gutter: Int, _ top: Int,
    _ rows: Int, _ columns: Int, _ xs: (Double, Double), _ ys: (Double, Double)
  ) {
    let dim = Style(isDim: true)
    for row in 0..<rows { grid[gutter, top + row] = Glyph("│", dim) }
    for tick in yTicks {
      let part = (tick.value - ys.0) / (ys.1 - ys.0)
      guard part >= 0, part <= 1 else { continue }
      let row = top + min(rows - 1, Int((1 - part) * Double(rows)))
      grid[gutter, row] = Glyph("┤", dim)
      grid.write(
        tick.label, column: max(0, gutter - DisplayWidth.of(tick.label)), row: row, style: dim,
        limit: gutter)
    }
    let floor = top + rows
    grid[gutter, floor] = Glyph("└", dim)
    for column in 0..<columns { grid[gutter + 1 + column, floor] = Glyph("─", dim) }
    var free = 0
    let ticks = Ticks(low: xs.0, high: xs.1, count: max(2, columns / 10))
    for (value, label) in zip(ticks.values, ticks.labels) {
      let part = (value - xs.0) / (xs.1 - xs.0)
      let column = min(columns - 1, max(0, Int(part * Double(columns))))
      grid[gutter + 1 + column, floor] = Glyph("┬", dim)
      let start = gutter + 1 + column - DisplayWidth.of(label) / 2
      guard start >= free, start + DisplayWidth.of(label) <= grid.width else { continue }
      grid.write(label, column: start, row: floor + 1, style: dim)
      free = start + DisplayWidth.of(label) + 2
    }
  }

  /// Every dot column shows the whole range of its points, so that no spike is lost. Returns the row
  /// of the last point.
  private func drawLine(
    _ line: Line, _ grid: inout Grid, _ style: Style, _ left: Int, _ top: Int, _ rows: Int,
    _ columns: Int, _ xs: (Double, Double), _ ys: (Double, Double)
  ) -> Int? {
    let (dotsX, dotsY) = (columns * 2, rows * 4)
    var low = [Int?](repeating: nil, count: dotsX)
    var high = low
    var bad: Set<Int> = []
    var previous: (Int, Int)?
    var last: Int?
    func mark(_ x: Int, _ y: Int) {
      low[x] = min(low[x] ?? y, y)
      high[x] = max(high[x] ?? y, y)
    }
    for (x, raw) in zip(line.x, line.y) {
      let y = placed(raw)
      guard x.isFinite else { continue }
      let dx = min(dotsX - 1, max(0, Int((x - xs.0) / (xs.1 - xs.0) * Double(dotsX - 1) + 0.5)))
      guard y.isFinite else {
        bad.insert(dx / 2)
        previous = nil
        continue
      }
      let dy = min(
        dotsY - 1, max(0, Int((1 - (y - ys.0) / (ys.1 - ys.0)) * Double(dotsY - 1) + 0.5)))
      if let (px, py) = previous, dx > px {
        for step in 1..<max(1, dx - px) + 1 {
          let part = Double(step) / Double(dx - px)
          mark(px + step, py + Int((Double(dy - py) * part).rounded()))
          if step == 1 { mark(px + 1, py) }
        }
      }
      mark(dx, dy)
      previous = (dx, dy)
      last = top + dy / 4
    }
    let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    for row in 0..<rows {
      for column in 0..<columns {
        var dots: UInt32 = 0
        for side in 0..<2 {
          guard let a = low[column * 2 + side], let b = high[column * 2 + side] else { continue }
          for dot in 0..<4 where row * 4 + dot >= a && row * 4 + dot <= b {
            dots |= bits[side][dot]
          }
        }
        if dots != 0, let scalar = Unicode.Scalar(0x2800 + dots) {
          grid[left + column, top + row] = Glyph(Character(scalar), style)
        }
      }
    }
    for column in bad { grid[left + column, top] = Glyph("✖", Style(isBold: true)) }
    return last
  }
}
