import Drawing

/// Grey values in rows, as they are drawn on characters.
struct Pixels: Sendable {
  let rows: [[Double]]
  let columns: Int

  init(_ rows: [[Double]]) {
    self.rows = rows
    columns = rows.map(\.count).max() ?? 0
  }

  /// Means of blocks of `down` x `across` pixels, over the finite ones.
  func reduced(down: Int, across: Int) -> Pixels {
    guard down > 1 || across > 1 else { return self }
    return Pixels(
      stride(from: 0, to: rows.count, by: down).map { top in
        stride(from: 0, to: columns, by: across).map { left in
          var (sum, count) = (0.0, 0)
          for row in rows[top..<min(rows.count, top + down)] where left < row.count {
            for value in row[left..<min(row.count, left + across)] where value.isFinite {
              sum = sum + (value - sum) / Double(count + 1)
              count += 1
            }
          }
          return count == 0 ? .nan : sum
        }
      })
  }

  /// How a character shows pixels: two above each other in colours; in shades one on two characters,
  /// one on each where there is less room, or the mean of two above each other where there are many.
  enum Cell: Sendable { case halves, wide, narrow, tall }

  func cell(_ depth: ColorDepth) -> Cell {
    depth == .palette ? .halves : columns <= 16 ? .wide : .tall
  }

  /// The size in characters.
  func size(_ cell: Cell) -> (width: Int, height: Int) {
    switch cell {
    case .halves, .tall: (columns, (rows.count + 1) / 2)
    case .wide: (columns * 2, rows.count)
    case .narrow: (columns, rows.count)
    }
  }

  /// The side of the square blocks that are averaged until the pixels fit; 1 when they do.
  func block(width: Int, height: Int, _ cell: Cell) -> Int {
    let size = size(cell)
    let across = (size.width + max(1, width) - 1) / max(1, width)
    let down = (size.height + max(1, height) - 1) / max(1, height)
    return max(1, across, down)
  }

  /// The pixels, averaged in square blocks until they fit.
  func fitted(width: Int, height: Int, _ cell: Cell) -> Pixels {
    let block = block(width: width, height: height, cell)
    return block > 1 ? reduced(down: block, across: block) : self
  }

  func draw(
    on grid: inout Grid, column: Int, row: Int, _ range: (low: Double, high: Double), _ cell: Cell
  ) {
    let size = size(cell)
    let pixels = cell == .tall ? reduced(down: 2, across: 1) : self
    for y in 0..<size.height {
      for x in 0..<size.width {
        let glyph: Glyph
        switch cell {
        case .halves:
          let style = Style(
            foreground: grey(2 * y, x, range), background: grey(2 * y + 1, x, range))
          glyph = Glyph("▀", style)
        case .wide: glyph = pixels.shade(y, x / 2, range)
        case .narrow, .tall: glyph = pixels.shade(y, x, range)
        }
        grid[column + x, row + y] = glyph
      }
    }
  }

  private func shade(_ row: Int, _ column: Int, _ range: (low: Double, high: Double)) -> Glyph {
    guard row < rows.count, column < rows[row].count else { return .blank }
    return Heatmap.glyph(rows[row][column], range, .none)
  }

  private func grey(_ row: Int, _ column: Int, _ range: (low: Double, high: Double)) -> Color? {
    guard row < rows.count, column < rows[row].count, rows[row][column].isFinite else { return nil }
    return Palette.grey(Heatmap.part(rows[row][column], range))
  }
}
