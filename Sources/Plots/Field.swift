/// A function of the plane as its values on an even raster, the first row lowest.
package struct Field: Sendable {
  package let x: (low: Double, high: Double)
  package let y: (low: Double, high: Double)
  package let rows: [[Double]]
  /// Names when the values are classes 0, 1, …; empty when they are heights.
  package let classes: [String]

  package init(
    x: (low: Double, high: Double), y: (low: Double, high: Double), rows: [[Double]],
    classes: [String] = []
  ) {
    (self.x, self.y, self.rows, self.classes) = (x, y, rows, classes)
  }

  var columns: Int { rows.first?.count ?? 0 }

  var range: (low: Double, high: Double)? {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in rows.joined() where value.isFinite {
      (low, high) = (min(low, value), max(high, value))
    }
    return low <= high ? (low, high) : nil
  }

  /// The class that a value stands for.
  func kind(_ value: Double) -> Int? {
    Int(exactly: value.rounded()).flatMap { classes.indices.contains($0) ? $0 : nil }
  }

  /// The value nearest to a place.
  func value(_ x: Double, _ y: Double) -> Double {
    guard columns > 0 else { return .nan }
    let column = Field.position(x, self.x, columns)
    let row = Field.position(y, self.y, rows.count)
    return rows[Int(row.rounded())][Int(column.rounded())]
  }

  private static func position(_ value: Double, _ range: (low: Double, high: Double), _ count: Int)
    -> Double
  {
    Heatmap.part(value, range) * Double(count - 1)
  }

  /// Straight pieces along which the function has a value: marching squares (Lorensen and Cline 1987
  /// in the plane), saddles decided by the mean of their corners.
  func contour(_ level: Double) -> [(from: (x: Double, y: Double), to: (x: Double, y: Double))] {
    guard rows.count > 1, columns > 1 else { return [] }
    var pieces: [(from: (x: Double, y: Double), to: (x: Double, y: Double))] = []
    let stepX = (x.high - x.low) / Double(columns - 1)
    let stepY = (y.high - y.low) / Double(rows.count - 1)
    for r in 0..<(rows.count - 1) {
      for c in 0..<(columns - 1) {
        let corners = [rows[r][c], rows[r][c + 1], rows[r + 1][c + 1], rows[r + 1][c]]
        guard corners.allSatisfy(\.isFinite) else { continue }
        let above = corners.map { $0 >= level }
        if above.allSatisfy({ $0 == above[0] }) { continue }
        let places = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
        var cuts: [(x: Double, y: Double)] = []
        for side in 0..<4 where above[side] != above[(side + 1) % 4] {
          let (a, b) = (corners[side], corners[(side + 1) % 4])
          let part = Heatmap.part(level, a < b ? (a, b) : (b, a))
          let along = a < b ? part : 1 - part
          let (p, q) = (places[side], places[(side + 1) % 4])
          cuts.append(
            (
              x.low + (Double(c) + p.0 + (q.0 - p.0) * along) * stepX,
              y.low + (Double(r) + p.1 + (q.1 - p.1) * along) * stepY
            ))
        }
        if cuts.count == 2 {
          pieces.append((cuts[0], cuts[1]))
        } else if cuts.count == 4 {
          let mean = corners.reduce(0) { $0 + $1 / 4 }
          let joinsFirst = (mean >= level) == above[0]
          pieces.append((cuts[0], cuts[joinsFirst ? 1 : 3]))
          pieces.append((cuts[joinsFirst ? 3 : 1], cuts[2]))
        }
      }
    }
    return pieces
  }
}
