import Drawing

/// How often predictions of each confidence are right (DeGroot and Fienberg 1983): bars against the
/// diagonal, with the expected calibration error (Guo et al. 2017).
package struct ReliabilityDiagram: Picture {
  package struct Bin: Sendable {
    package let count: Int
    package let confidence: Double
    package let accuracy: Double
  }

  package let bins: [Bin]
  package let title: String

  /// `confidences` lie from 0 to 1; `right` says which prediction was correct.
  package init(_ confidences: [Double], right: [Bool], bins count: Int = 10, title: String = "") {
    var sums = [(count: Int, confidence: Double, right: Int)](
      repeating: (0, 0, 0), count: max(1, count))
    for (given, right) in zip(confidences, right) where given.isFinite {
      let confidence = min(1, max(0, given))
      let at = min(sums.count - 1, max(0, Int(confidence * Double(sums.count))))
      sums[at] = (
        sums[at].count + 1, sums[at].confidence + confidence, sums[at].right + (right ? 1 : 0)
      )
    }
    bins = sums.map {
      Bin(
        count: $0.count, confidence: $0.count > 0 ? $0.confidence / Double($0.count) : 0,
        accuracy: $0.count > 0 ? Double($0.right) / Double($0.count) : 0)
    }
    self.title = title
  }

  private var total: Int { bins.reduce(0) { $0 + $1.count } }

  package var error: Double {
    guard total > 0 else { return .nan }
    return bins.reduce(0) {
      $0 + Double($1.count) / Double(total) * abs($1.accuracy - $1.confidence)
    }
  }

  package var description: String {
    guard total > 0 else { return "No predictions." }
    let gap =
      bins.reduce(0) { $0 + Double($1.count) * ($1.confidence - $1.accuracy) } / Double(total)
    let way =
      abs(gap) < 0.005 ? "neither too sure nor too unsure" : gap > 0 ? "too sure" : "too unsure"
    return "Calibration of \(Numbers.count(total, "prediction")): expected error "
      + "\(Numbers.text(error, digits: 2)), on the whole \(way)."
  }

  private static let eighths: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let rows = bins.count + 2
    guard total > 0, width >= 40, (height ?? rows) >= rows else {
      let text = total == 0 ? "no predictions" : description
      return Grid.message(text, width: width, height: height)
    }
    var grid = Grid(width: width, height: rows)
    _ = grid.heading(
      title.isEmpty ? "confidence │ how often right" : title,
      "expected error \(Numbers.text(error, digits: 2))")
    let (left, right) = (11, 14)
    let columns = width - left - right
    for (index, bin) in bins.enumerated() {
      let row = index + 1
      let low = Double(index) / Double(bins.count)
      let high = Double(index + 1) / Double(bins.count)
      grid.write(
        Ticks.format("%.2f", low) + "–" + Ticks.format("%.2f", high), column: 0, row: row)
      grid[left - 1, row] = Glyph("│", Style(isDim: true))
      guard bin.count > 0 else {
        grid.write("·", column: left, row: row, style: Style(isDim: true))
        continue
      }
      let filled = Int((bin.accuracy * Double(columns * 8)).rounded())
      let style = Style(foreground: depth == .none ? nil : Color(Palette.series[0]))
      for column in 0..<columns {
        let part = min(8, max(0, filled - column * 8))
        if part > 0 { grid[left + column, row] = Glyph(ReliabilityDiagram.eighths[part], style) }
      }
      // Where the bar would end if the confidence were right.
      let ideal = min(columns - 1, max(0, Int((bin.confidence * Double(columns)).rounded()) - 1))
      grid[left + ideal, row] = Glyph(
        "┃", Style(foreground: depth == .none ? nil : Color(208), isBold: true))
      grid.write(
        " " + Ticks.format("%.1f%%", 100 * bin.accuracy) + " of \(bin.count)",
        column: left + columns, row: row)
    }
    grid.write(
      "┃ a perfectly calibrated model", column: left, row: rows - 1, style: Style(isDim: true))
    return grid
  }
}
