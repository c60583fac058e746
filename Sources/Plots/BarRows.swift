import Drawing

/// Rows of a name, a horizontal bar in eighths of a character, and a number at its end.
struct BarRows {
  let labels: [String]
  let numbers: [String]
  let values: [Double]
  var style = Style.plain

  /// Draws one row for each value from `top` on, across the whole grid.
  func draw(on grid: inout Grid, top: Int) {
    let numberWidth = numbers.map { DisplayWidth.of($0) }.max() ?? 0
    let widest = labels.map { DisplayWidth.of(Sanitize.text($0)) }.max() ?? 0
    let labelWidth = min(widest, max(3, min(grid.width / 3, grid.width - numberWidth - 1)))
    let start = labelWidth == 0 ? 0 : labelWidth + 1
    let scale = BarScale(values, columns: grid.width - start - 1 - numberWidth - 1)
    for (index, value) in values.enumerated() {
      let row = top + index
      grid.write(Labels.fitted(labels[index], labelWidth), column: 0, row: row)
      guard let scale else {
        let number = Labels.padded(numbers[index], numberWidth, isRight: true)
        grid.write(number, column: start, row: row)
        continue
      }
      let zero = start + scale.before
      grid[zero, row] = Glyph("│", Style(isDim: true))
      grid.write(scale.below(value), column: start, row: row, style: style)
      let size = grid.write(scale.above(value), column: zero + 1, row: row, style: style)
      grid.write(numbers[index], column: zero + 1 + size + 1, row: row)
    }
  }
}

/// How long bars are on both sides of zero.
private struct BarScale {
  /// Characters left and right of the zero line.
  let before: Int
  let after: Int
  /// The value of one character.
  private let unit: Double

  init?(_ values: [Double], columns: Int) {
    guard columns >= 4 else { return nil }
    let known = values.filter(\.isFinite)
    let low = min(known.min() ?? 0, 0)
    let high = max(known.max() ?? 0, 0)
    let hasBelow = low < 0 || values.contains(-.infinity)
    let hasAbove = high > 0 || values.contains(.infinity) || !hasBelow
    let span = high / 2 - low / 2
    let share = span > 0 ? -low / 2 / span : 0.5
    let room = Int((share * Double(columns)).rounded())
    before = hasBelow ? max(2, min(room, hasAbove ? columns - 2 : columns)) : 0
    after = columns - before
    unit = max(
      after > 0 ? high / Double(after) : 0, before > 0 ? -low / Double(before) : 0,
      .leastNonzeroMagnitude)
  }

  private static let eighths = Array("▏▎▍▌▋▊▉")

  /// The bar of a positive value; every value above 0 shows at least an eighth.
  func above(_ value: Double) -> String {
    if value.isNaN { return "✖" }
    guard value > 0, after > 0 else { return "" }
    if value.isInfinite { return String(repeating: "█", count: after - 1) + "▶" }
    let parts = max(1, min(after * 8, Int((value / unit * 8).rounded())))
    let rest = parts % 8 == 0 ? "" : String(BarScale.eighths[parts % 8 - 1])
    return String(repeating: "█", count: parts / 8) + rest
  }

  /// The bar of a negative value, in halves, flush right in `before` characters.
  func below(_ value: Double) -> String {
    guard value < 0, before > 0 else { return "" }
    if value.isInfinite { return "◀" + String(repeating: "█", count: before - 1) }
    let parts = max(1, min(before * 2, Int((-value / unit * 2).rounded())))
    let bar = (parts % 2 == 0 ? "" : "▐") + String(repeating: "█", count: parts / 2)
    return Labels.padded(bar, before, isRight: true)
  }
}
