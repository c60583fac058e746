import Drawing

/// A matrix as shades or colours, with its scale.
package struct Heatmap: Picture {
  package let rows: [[Double]]
  package let labels: [String]

  package init(_ rows: [[Double]], labels: [String] = []) {
    self.rows = rows
    self.labels = labels
  }

  private var range: (low: Double, high: Double)? {
    let known = rows.joined().filter(\.isFinite)
    guard let low = known.min(), let high = known.max() else { return nil }
    return (low, high)
  }

  package var description: String {
    let columns = rows.first?.count ?? 0
    guard let range else { return "A matrix of \(rows.count) x \(columns) without a finite value." }
    return "A matrix of \(rows.count) x \(columns) from \(Ticks.format("%.4g", range.low)) to "
      + "\(Ticks.format("%.4g", range.high))."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let columns = rows.map(\.count).max() ?? 0
    let gutter = min(12, (labels.map { DisplayWidth.of($0) }.max() ?? 0) + (labels.isEmpty ? 0 : 1))
    let cell = columns == 0 ? 1 : max(1, min(4, (width - gutter) / columns))
    let shown = min(columns, max(0, (width - gutter) / cell))
    let head = labels.isEmpty ? 0 : 1
    var grid = Grid(width: max(1, width), height: min(rows.count, 200) + head + 1)
    guard let range else {
      grid.write("no finite value", column: 0, row: 0)
      return grid
    }
    for (r, row) in rows.prefix(200).enumerated() {
      if r < labels.count { grid.write(labels[r], column: 0, row: head + r, limit: gutter - 1) }
      for (c, value) in row.prefix(shown).enumerated() {
        for x in 0..<cell {
          grid[gutter + c * cell + x, head + r] = Heatmap.glyph(value, range, depth)
        }
      }
    }
    if head == 1 {
      for (c, label) in labels.prefix(shown).enumerated() {
        grid.write(label, column: gutter + c * cell, row: 0, limit: cell)
      }
    }
    var at = grid.write(Ticks.format("%.3g", range.low) + " ", column: gutter, row: grid.height - 1)
    let steps = depth == .none ? 5 : 10
    for step in 0..<steps {
      let value = range.low + (range.high - range.low) * Double(step) / Double(steps - 1)
      grid[gutter + at, grid.height - 1] = Heatmap.glyph(value, range, depth)
      at += 1
    }
    grid.write(" " + Ticks.format("%.3g", range.high), column: gutter + at, row: grid.height - 1)
    return grid
  }

  static func glyph(_ value: Double, _ range: (low: Double, high: Double), _ depth: ColorDepth)
    -> Glyph
  {
    guard value.isFinite else { return Glyph("✖") }
    let part =
      range.high > range.low
      ? (value / 2 - range.low / 2) / (range.high / 2 - range.low / 2) : 0.5
    if depth == .none { return Glyph(Palette.shades[min(4, max(0, Int(part * 4.999)))]) }
    return Glyph(" ", Style(background: Color(Palette.magma[min(9, max(0, Int(part * 9.999)))])))
  }
}

/// Counts of true classes (rows) by predicted ones, with what follows from them for each class.
package struct ConfusionMatrix: Picture {
  package let counts: [[Int]]
  package let labels: [String]

  package init(_ counts: [[Int]], labels: [String] = []) {
    self.counts = counts
    self.labels = counts.indices.map { $0 < labels.count ? labels[$0] : "\($0)" }
  }

  private var total: Int { counts.joined().reduce(0, +) }
  private var right: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

  package var description: String {
    let worst =
      mistakes.first.map { ", most often \(labels[$0.row]) for \(labels[$0.column])" } ?? ""
    return "\(right) of \(total) right, \(total - right) wrong\(total > right ? worst : "")."
  }

  private var mistakes: [(row: Int, column: Int, count: Int)] {
    counts.indices.flatMap { r in
      counts.indices.compactMap { c in
        r != c && counts[r][c] > 0 ? (r, c, counts[r][c]) : nil
      }
    }.sorted {
      $0.count != $1.count ? $0.count > $1.count : ($0.row, $0.column) < ($1.row, $1.column)
    }
  }

  private func percent(_ part: Int, _ whole: Int) -> String {
    whole == 0 ? "–" : Ticks.format("%.1f%%", 100 * Double(part) / Double(whole))
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let n = counts.count
    let digits = counts.joined().map { "\($0)".count }.max() ?? 1
    let gutter = min(14, (labels.map { DisplayWidth.of($0) }.max() ?? 1) + 1)
    let cell = max(3, digits + 1)
    guard n > 0, gutter + n * cell <= width else {
      return Heatmap(
        counts.map { row in
          let sum = Double(max(1, row.reduce(0, +)))
          return row.map { Double($0) / sum }
        }
      ).draw(width: width, height: height, depth: depth)
    }
    let side = gutter + n * cell + 2
    let hasSide = side + 24 <= width
    var grid = Grid(width: width, height: n + 3)
    let dim = Style(isDim: true)
    for (c, label) in labels.enumerated() {
      let text = String(label.prefix(cell - 1))
      grid.write(text, column: gutter + (c + 1) * cell - DisplayWidth.of(text), row: 0, style: dim)
    }
    if hasSide { grid.write("recall   prec      n", column: side + 2, row: 0, style: dim) }
    for (r, row) in counts.enumerated() {
      let sum = row.reduce(0, +)
      grid.write(labels[r], column: 0, row: r + 1, limit: gutter - 1)
      for (c, count) in row.enumerated() {
        let text = count == 0 ? "·" : "\(count)"
        var style = count == 0 ? dim : Style(isBold: r == c)
        if depth == .palette, count > 0 {
          let part = Double(count) / Double(max(1, sum))
          style.background = Color(Palette.magma[min(9, Int(part * 9.999))])
          style.foreground = Color(part > 0.55 ? 16 : 231)
        }
        grid.write(text, column: gutter + (c + 1) * cell - text.count, row: r + 1, style: style)
      }
      guard hasSide else { continue }
      let predicted = counts.reduce(0) { $0 + $1[r] }
      grid[side, r + 1] = Glyph("│", dim)
      let numbers = [percent(row[r], sum), percent(row[r], predicted), "\(sum)"]
      for (text, end) in zip(numbers, [6, 13, 20]) {
        grid.write(text, column: side + 2 + end - text.count, row: r + 1)
      }
    }
    var line = "accuracy \(percent(right, total))"
    let worst = mistakes.prefix(3).map { "\(labels[$0.row])→\(labels[$0.column]) \($0.count)" }
    if !worst.isEmpty { line += "   worst: " + worst.joined(separator: "  ") }
    grid.write(line, column: 0, row: n + 2)
    return grid
  }
}

/// Grey pixels, two to a character.
package struct ImagePicture: Picture {
  package let pixels: [[Double]]
  package let title: String

  package init(_ pixels: [[Double]], title: String = "") {
    self.pixels = pixels
    self.title = title
  }

  package var description: String {
    "An image of \(pixels.count) x \(pixels.first?.count ?? 0) pixels."
  }

  /// Pixels are 2 columns wide without colours; with them a half block holds two.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let known = pixels.joined().filter(\.isFinite)
    let range = (low: min(0, known.min() ?? 0), high: known.max() ?? 1)
    let columns = pixels.map(\.count).max() ?? 0
    let head = title.isEmpty ? 0 : 1
    let across = depth == .none ? 2 : 1
    let down = depth == .none ? 1 : 2
    var grid = Grid(
      width: max(1, min(width, max(columns * across, DisplayWidth.of(title)))),
      height: head + (pixels.count + down - 1) / down)
    if head == 1 { grid.write(title, column: 0, row: 0) }
    func grey(_ r: Int, _ c: Int) -> Color {
      guard r < pixels.count, c < pixels[r].count, pixels[r][c].isFinite else {
        return Palette.grey(0)
      }
      return Palette.grey(
        range.high > range.low ? (pixels[r][c] - range.low) / (range.high - range.low) : 0)
    }
    for r in stride(from: 0, to: pixels.count, by: down) {
      for c in 0..<columns {
        if depth == .none {
          let glyph = c < pixels[r].count ? Heatmap.glyph(pixels[r][c], range, .none) : .blank
          grid[c * 2, head + r] = glyph
          grid[c * 2 + 1, head + r] = glyph
        } else {
          grid[c, head + r / 2] = Glyph(
            "▀", Style(foreground: grey(r, c), background: grey(r + 1, c)))
        }
      }
    }
    return grid
  }
}
