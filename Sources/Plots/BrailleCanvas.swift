import Drawing

/// Dots, 2 across and 4 down in each character.
struct BrailleCanvas: Sendable {
  let columns: Int
  let rows: Int
  private var cells: [UInt8]
  /// Which dots of a line are set, over and over.
  var dashes = [true]
  private var drawn = 0
  private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

  init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    cells = Array(repeating: 0, count: self.columns * self.rows)
  }

  var dotsAcross: Int { columns * 2 }
  var dotsDown: Int { rows * 4 }

  /// Dots outside are left out.
  mutating func set(_ x: Int, _ y: Int) {
    guard x >= 0, x < dotsAcross, y >= 0, y < dotsDown else { return }
    cells[y / 4 * columns + x / 2] |= BrailleCanvas.bits[x % 2][y % 4]
  }

  /// A straight line of dots (Bresenham 1965).
  mutating func line(_ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int) {
    let (dx, dy) = (abs(x1 - x0), -abs(y1 - y0))
    let (stepX, stepY) = (x0 < x1 ? 1 : -1, y0 < y1 ? 1 : -1)
    var (x, y, error) = (x0, y0, dx + dy)
    while true {
      if dashes[drawn % dashes.count] { set(x, y) }
      drawn += 1
      if x == x1, y == y1 { return }
      let twice = 2 * error
      if twice >= dy {
        error += dy
        x += stepX
      }
      if twice <= dx {
        error += dx
        y += stepY
      }
    }
  }

  /// The character of a cell; nil for one without dots, which stays as it is.
  func character(_ column: Int, _ row: Int) -> Character? {
    let dots = cells[row * columns + column]
    return dots == 0 ? nil : Unicode.Scalar(0x2800 + UInt32(dots)).map { Character($0) }
  }

  func draw(on grid: inout Grid, column: Int, row: Int, style: Style) {
    for y in 0..<rows {
      for x in 0..<columns {
        if let character = character(x, y) {
          var style = style
          style.background = style.background ?? grid[column + x, row + y].style.background
          grid[column + x, row + y] = Glyph(character, style)
        }
      }
    }
  }
}
