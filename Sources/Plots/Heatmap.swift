import Drawing

/// A matrix as shades or colours, with its scale.
package struct Heatmap: Picture {
  package let rows: [[Double]]
  package let labels: [String]

  package init(_ rows: [[Double]], labels: [String] = []) {
    self.rows = rows
    self.labels = labels.map { Sanitize.text($0) }
  }

  private var range: (low: Double, high: Double)? {
    let known = rows.joined().filter(\.isFinite)
    guard let low = known.min(), let high = known.max() else { return nil }
    return (low, high)
  }

  private var notFinite: Int { rows.joined().count { !$0.isFinite } }

  package var description: String {
    let size = "A matrix of \(rows.count) x \(rows.first?.count ?? 0)"
    guard let range else { return "\(size) without a finite value." }
    return "\(size) from \(Numbers.text(range.low)) to \(Numbers.text(range.high))"
      + (notFinite > 0 ? ", \(Numbers.count(notFinite, "element")) not finite" : "") + "."
  }

  /// Blocks of elements are averaged where there is no room for each. Without a height, up to 32 rows.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let all = Pixels(rows)
    guard range != nil, let height = Optional(height ?? 34), height >= 2 else {
      let text = rows.isEmpty || all.columns == 0 ? "an empty matrix" : description
      return Grid.message(text, width: width, height: height)
    }
    let widest = labels.map { DisplayWidth.of($0) }.max() ?? 0
    let gutter = labels.isEmpty ? 0 : min(12, width / 3, widest + 1)
    let room = max(1, width - gutter)
    let across = (all.columns + room - 1) / room
    let head = labels.isEmpty || across > 1 || height < 3 ? 0 : 1
    let down = (rows.count + max(1, height - head - 1) - 1) / max(1, height - head - 1)
    let pixels = all.reduced(down: down, across: across)
    let values = pixels.rows.joined().filter(\.isFinite)
    let range = (low: values.min() ?? 0, high: values.max() ?? 0)
    let cell = max(1, min(max(4, head == 1 ? min(8, widest + 1) : 0), room / pixels.columns))
    var grid = Grid(width: max(1, width), height: pixels.rows.count + head + 1)
    for (r, row) in pixels.rows.enumerated() {
      if r * down < labels.count, gutter > 1 {
        grid.write(Labels.fitted(labels[r * down], gutter - 1), column: 0, row: head + r)
      }
      for (c, value) in row.enumerated() {
        for x in 0..<cell {
          grid[gutter + c * cell + x, head + r] = Heatmap.glyph(value, range, depth)
        }
      }
    }
    if head == 1 {
      for (c, label) in labels.prefix(pixels.columns).enumerated() {
        grid.write(
          Labels.fitted(label, cell > 2 ? cell - 1 : cell), column: gutter + c * cell, row: 0)
      }
    }
    let note =
      (down > 1 || across > 1 ? "   means of \(down) x \(across)" : "")
      + (notFinite > 0 ? "   ✖ \(notFinite) not finite" : "")
    drawScale(on: &grid, gutter, range, note, depth)
    return grid
  }

  private func drawScale(
    on grid: inout Grid, _ gutter: Int, _ range: (low: Double, high: Double), _ note: String,
    _ depth: ColorDepth
  ) {
    let row = grid.height - 1
    var at = gutter + grid.write(Numbers.text(range.low) + " ", column: gutter, row: row)
    let steps = depth == .none ? 5 : 10
    for step in 0..<steps {
      let part = Double(step) / Double(steps - 1)
      let value = range.low * (1 - part) + range.high * part
      grid[at, row] = Heatmap.glyph(value, range, depth)
      at += 1
    }
    grid.write(" " + Numbers.text(range.high) + note, column: at, row: row)
  }

  /// Where a finite value lies in a range: 0 to 1, the middle of a range that is one point.
  static func part(_ value: Double, _ range: (low: Double, high: Double)) -> Double {
    guard range.high > range.low else { return 0.5 }
    let span = range.high - range.low
    let part =
      span.isFinite
      ? (value - range.low) / span
      : (value / 2 - range.low / 2) / (range.high / 2 - range.low / 2)
    return min(1, max(0, part))
  }

  static func glyph(_ value: Double, _ range: (low: Double, high: Double), _ depth: ColorDepth)
    -> Glyph
  {
    guard value.isFinite else { return Glyph("✖") }
    let part = part(value, range)
    if depth == .none { return Glyph(Palette.shades[min(4, Int(part * 4.999))]) }
    return Glyph(" ", Style(background: Color(Palette.magma[min(9, Int(part * 9.999))])))
  }
}
