import Drawing

/// The frame of a plot: where its inside lies, with round ticks along the left and lower edge.
struct Axes: Sendable {
  typealias Tick = (value: Double, label: String)

  let x: Scale
  let y: Scale
  /// The inside, in characters.
  let left: Int
  let top: Int
  let columns: Int
  let rows: Int
  /// Columns for labels beyond the right edge; 0 where they do not fit.
  let right: Int
  private let yTicks: [Tick]
  private let xTicks: [Tick]

  /// Nil when less than 8 columns or 2 rows would be left inside.
  init?(
    width: Int, height: Int, top: Int, right: Int, x: Scale, y: Scale, leastLeft: Int = 0,
    yTicks: ((Int) -> [Tick])? = nil, xTicks: ((Int) -> [Tick])? = nil
  ) {
    let rows = height - top - 2
    guard rows >= 2 else { return nil }
    let ticks = yTicks?(rows) ?? Axes.ticks(y, count: max(2, rows / 3))
    let widest = ticks.map { DisplayWidth.of($0.label) }.max() ?? 0
    let left = max(leastLeft, min(10, widest + 1) + 1)
    var right = right
    if width - left - right < max(8, width / 3) { right = 0 }
    guard width - left - right >= 8 else { return nil }
    (self.x, self.y, self.yTicks) = (x, y, ticks)
    (self.left, self.top, self.right) = (left, top, right)
    (self.columns, self.rows) = (width - left - right, rows)
    self.xTicks = xTicks?(columns) ?? Axes.ticks(x, count: max(2, columns / 10))
  }

  private static func ticks(_ scale: Scale, count: Int) -> [Tick] {
    let ticks = Ticks(low: scale.low, high: scale.high, count: count)
    return Array(zip(ticks.values, ticks.labels)).map { (value: $0, label: $1) }
  }

  /// The column and row of the dot for a point in a canvas that fills the inside.
  func dot(_ x: Double, _ y: Double) -> (x: Int, y: Int) {
    (self.x.place(x, of: columns * 2), rows * 4 - 1 - self.y.place(y, of: rows * 4))
  }

  /// The point in the middle of a character of the inside.
  func place(column: Int, row: Int) -> (x: Double, y: Double) {
    let across = (Double(column) + 0.5) / Double(columns)
    let up = 1 - (Double(row) + 0.5) / Double(rows)
    return (x.low * (1 - across) + x.high * across, y.low * (1 - up) + y.high * up)
  }

  func draw(on grid: inout Grid) {
    let dim = Style(isDim: true)
    for row in 0..<rows { grid[left - 1, top + row] = Glyph("│", dim) }
    for tick in yTicks where tick.value.isFinite {
      let row = top + dot(x.low, tick.value).y / 4
      grid[left - 1, row] = Glyph("┤", dim)
      grid.write(
        tick.label, column: max(0, left - 1 - DisplayWidth.of(tick.label)), row: row, style: dim,
        limit: left - 1)
    }
    let floor = top + rows
    grid[left - 1, floor] = Glyph("└", dim)
    for column in 0..<columns { grid[left + column, floor] = Glyph("─", dim) }
    var free = 0
    for tick in xTicks where tick.value.isFinite {
      let column = left + dot(tick.value, y.low).x / 2
      grid[column, floor] = Glyph("┬", dim)
      let size = DisplayWidth.of(tick.label)
      // A label at the very edge leans inwards.
      let start = max(0, min(column - size / 2, grid.width - size))
      guard start >= free, column < start + size else { continue }
      grid.write(tick.label, column: start, row: floor + 1, style: dim)
      free = start + size + 2
    }
  }
}
