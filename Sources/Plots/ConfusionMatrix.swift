import Drawing

/// Counts of true classes (rows) by predicted ones, with what follows from them for each class.
package struct ConfusionMatrix: Picture {
  package let counts: [[Int]]
  package let labels: [String]

  package init(_ counts: [[Int]], labels: [String] = []) {
    self.counts = counts
    self.labels = counts.indices.map { Sanitize.text($0 < labels.count ? labels[$0] : "\($0)") }
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
    let widest = labels.map { DisplayWidth.of($0) }.max() ?? 1
    let roomy = max(3, digits + 1, min(8, widest + 1))
    let cell = gutter + n * roomy + 26 <= width ? roomy : max(3, digits + 1)
    guard n > 0, gutter + n * cell <= width else {
      return Heatmap(
        counts.map { row in
          let sum = Double(max(1, row.reduce(0, +)))
          return row.map { Double($0) / sum }
        }, labels: labels
      ).draw(width: width, height: height, depth: depth)
    }
    let side = gutter + n * cell + 2
    let hasSide = side + 24 <= width
    guard height ?? n + 3 >= n + 1 else {
      return Grid.message(description, width: width, height: height)
    }
    var grid = Grid(width: width, height: min(n + 3, height ?? n + 3))
    let dim = Style(isDim: true)
    for (c, label) in labels.enumerated() {
      let text = Labels.fitted(label, cell - 1)
      grid.write(text, column: gutter + (c + 1) * cell - DisplayWidth.of(text), row: 0, style: dim)
    }
    if hasSide { grid.write("recall   prec      n", column: side + 2, row: 0, style: dim) }
    for (r, row) in counts.enumerated() {
      let sum = row.reduce(0, +)
      grid.write(Labels.fitted(labels[r], gutter - 1), column: 0, row: r + 1)
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
