import Drawing
import Glibc

/// Grounds around curves, and ticks of powers of ten.
extension LinePlot {
  /// The lower or upper edges of all bands.
  func bands(below: Bool) -> [Line] {
    lines.filter { !$0.spread.isEmpty }.map { line in
      Line("", x: line.x, y: zip(line.y, line.spread).map { below ? $0 - $1 : $0 + $1 })
    }
  }

  /// The ground between a curve's lower and upper edge: a dim colour, or dots.
  func drawBand(
    of line: Line, on grid: inout Grid, _ axes: Axes, _ style: Style, _ depth: ColorDepth
  ) {
    var edges = [(low: Int, high: Int)?](repeating: nil, count: axes.columns)
    var previous: (x: Int, low: Int, high: Int)?
    for ((x, y), spread) in zip(zip(line.x, line.y), line.spread) {
      guard x.isFinite, placed(y).isFinite, spread.isFinite else {
        previous = nil
        continue
      }
      let below = placed(y - spread)
      let low = axes.dot(x, below.isFinite ? below : axes.y.low).y / 4
      let high = axes.dot(x, placed(y + spread)).y / 4
      let column = axes.dot(x, axes.y.low).x / 2
      let from = previous ?? (column, low, high)
      for step in from.x...max(from.x, column) {
        let part = column > from.x ? Double(step - from.x) / Double(column - from.x) : 1
        let edge = (
          low: from.low + Int((Double(low - from.low) * part).rounded()),
          high: from.high + Int((Double(high - from.high) * part).rounded())
        )
        let known = edges[step] ?? edge
        edges[step] = (max(known.low, edge.low), min(known.high, edge.high))
      }
      previous = (column, low, high)
    }
    for (column, edge) in edges.enumerated() {
      guard let edge else { continue }
      for row in edge.high...max(edge.high, edge.low) {
        let glyph =
          depth == .none
          ? Glyph("·", Style(isDim: true)) : Glyph(" ", Style(background: Color(237)))
        grid[axes.left + column, axes.top + row] = glyph
      }
    }
  }

  /// Ticks of a logarithmic axis, labelled with the values themselves.
  static func decades(_ scale: Scale, _ count: Int) -> [Axes.Tick] {
    if scale.high - scale.low >= 2 {
      let step = max(1, ((scale.high - scale.low) / Double(count)).rounded(.up))
      return stride(from: scale.low.rounded(.up), through: scale.high, by: step).map {
        ($0, Numbers.text(pow(10, $0)))
      }
    }
    if scale.high - scale.low >= 1 {
      let powers = Int(scale.low.rounded(.down))...Int(scale.high.rounded(.up))
      let places = powers.flatMap { power in
        [1.0, 2, 5].map { ($0, Double(power) + log10($0)) }
      }.filter { $0.1 >= scale.low && $0.1 <= scale.high }
      let kept = places.count > count ? places.filter { $0.0 == 1 } : places
      if kept.count > 1 { return kept.map { ($0.1, Numbers.text(pow(10, $0.1))) } }
    }
    let (low, high) = (pow(10, scale.low), pow(10, scale.high))
    guard low > 0, high.isFinite else { return [] }
    // Less than a decade: round values at their uneven places.
    let ticks = Ticks(low: low, high: high, count: count)
    return zip(ticks.values, ticks.labels).filter { $0.0 > 0 }.map { (log10($0), $1) }
  }
}
