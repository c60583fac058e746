import Drawing
import Glibc

/// Curves over a common axis, in braille dots.
package struct LinePlot: Picture {
  package struct Line: Sendable {
    package let name: String
    package fileprivate(set) var x: [Double]
    package let y: [Double]
    /// Points that it stands for, when it is drawn from fewer.
    package let total: Int
    /// How far a band reaches below and above each point; empty without a band.
    package let spread: [Double]

    /// Of all points.
    let notFinite: Int
    let notPositive: Int
    /// Means of its stretches, when it is drawn from those.
    let calm: (x: [Double], y: [Double])?

    package init(
      _ name: String, x: [Double]? = nil, y: [Double], total: Int? = nil, spread: [Double] = []
    ) {
      self.name = name
      self.total = total ?? y.count
      self.spread = spread
      if spread.isEmpty, let dense = DenseLine(x, y) {
        (self.x, self.y, calm) = (dense.x, dense.y, (dense.calmX, dense.calmY))
        (notFinite, notPositive) = (dense.notFinite, dense.notPositive)
        return
      }
      self.y = y
      self.x = x ?? y.indices.map(Double.init)
      calm = nil
      notFinite = y.count { !$0.isFinite }
      notPositive = y.count { $0.isFinite && $0 <= 0 }
    }
  }

  /// Something that happened at a place along the horizontal axis.
  package struct Event: Sendable {
    package let x: Double
    package let glyph: Character

    package init(x: Double, glyph: Character) { (self.x, self.glyph) = (x, glyph) }
  }

  package let lines: [Line]
  package let events: [Event]
  package let title: String
  package let isLogarithmic: Bool
  /// The horizontal axis.
  package let isLogarithmicAcross: Bool
  /// How much of what was before is kept in a smoothed curve, from 0 to less than 1; 0 draws none.
  package let smoothing: Double

  package init(
    _ lines: [Line], title: String = "", isLogarithmic: Bool = false,
    isLogarithmicAcross: Bool = false, events: [Event] = [], smoothing: Double = 0
  ) {
    self.events = events
    self.smoothing = min(0.999, max(0, smoothing))
    self.title = title
    self.isLogarithmic = isLogarithmic
    self.isLogarithmicAcross = isLogarithmicAcross
    // Places across are taken once; those that have none on the axis are left out, and told.
    self.lines =
      isLogarithmicAcross
      ? lines.map { line in
        var placed = line
        placed.x = line.x.map { $0 > 0 ? log10($0) : .nan }
        return placed
      } : lines
  }

  private func placed(_ y: Double) -> Double {
    guard isLogarithmic, y.isFinite else { return y }
    return y > 0 ? log10(y) : .nan
  }

  /// The curves as they are drawn in a width: several dense ones would hide each other behind their
  /// noise, so each shows means of `size` neighbouring points, geometric ones on a logarithmic axis.
  private func calmed(_ width: Int) -> (lines: [Line], size: Int) {
    func stretch(_ line: Line) -> Int { line.y.count / max(1, width) }
    let lines = lines.count > 1 ? lines.map { calmed($0) } : lines
    let size = lines.map(stretch).max() ?? 0
    guard lines.count > 1, size >= 5 else { return (lines, 1) }
    let each = lines.map { $0.total / max(1, $0.y.count) }.max() ?? 1
    return (
      lines.map { stretch($0) >= 5 ? averaged($0, stretch($0)) : $0 }, size * max(1, each)
    )
  }

  private func calmed(_ line: Line) -> Line {
    guard let calm = line.calm else { return line }
    return Line(line.name, x: calm.x, y: calm.y, total: line.total)
  }

  /// Means of the values that can be placed; of the others each stretch keeps one as it is.
  private func averaged(_ line: Line, _ size: Int) -> Line {
    var (x, y) = ([Double](), [Double]())
    let count = min(line.x.count, line.y.count)
    for start in stride(from: 0, to: count, by: size) {
      let stretch = start..<min(start + size, count)
      let known = stretch.filter { line.x[$0].isFinite && placed(line.y[$0]).isFinite }
      let share = 1 / Double(max(1, known.count))
      if !known.isEmpty {
        let mean = known.reduce(0) { $0 + placed(line.y[$1]) * share }
        x.append(known.reduce(0) { $0 + line.x[$1] * share })
        y.append(isLogarithmic ? pow(10, mean) : mean)
      }
      if let lost = stretch.first(where: { !placed(line.y[$0]).isFinite }) {
        x.append(line.x[lost])
        y.append(line.y[lost])
      }
    }
    return Line(line.name, x: x, y: y, total: line.total)
  }

  private func finite(_ lines: [Line]) -> [(x: Double, y: Double)] {
    lines.flatMap { line in
      zip(line.x, line.y).compactMap { x, y in
        let v = placed(y)
        return x.isFinite && v.isFinite ? (x, v) : nil
      }
    }
  }

  package var description: String {
    guard !lines.isEmpty else { return "No curve." }
    return lines.map { line in
      let known = line.y.filter(\.isFinite)
      let name = line.name.isEmpty ? "the curve" : line.name
      guard let first = known.first, let last = known.last, let low = known.min(),
        let high = known.max()
      else { return "\(name) has no finite value" }
      let missing = line.notFinite
      let note = missing > 0 ? ", \(missing) of them not finite" : ""
      if low == high {
        return "\(name) stays at \(Numbers.text(low)) over \(Numbers.count(line.total, "point"))"
          + note
      }
      let change =
        first == last
        ? "begins and ends at \(Numbers.text(first))"
        : "\(last < first ? "fell" : "rose") from \(Numbers.text(first)) to \(Numbers.text(last))"
      return "\(name) \(change), between \(Numbers.text(low)) and \(Numbers.text(high)) over "
        + Numbers.count(line.total, "point") + note
    }.joined(separator: "; ") + "."
  }

  /// What the curves cannot show, or show together.
  private func note(_ size: Int) -> String {
    let notFinite = lines.reduce(0) { $0 + $1.notFinite }
    let lost = isLogarithmicAcross ? lines.reduce(0) { $0 + $1.x.count { !$0.isFinite } } : 0
    let notPositive = isLogarithmic ? lines.reduce(0) { $0 + $1.notPositive } : 0
    return
      [
        notFinite > 0 ? "\(notFinite) not finite ✖" : "",
        notPositive > 0 ? "\(notPositive) not above 0 ▽" : "",
        lost > 0 ? "\(lost) left of the axis" : "",
        size > 1 ? "means of \(size)" : "",
      ].filter { !$0.isEmpty }.joined(separator: "  ")
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let (drawn, size) = calmed(width)
    let points = finite(drawn) + finite(bands(below: true)) + finite(bands(below: false))
    let note = note(size)
    guard let x = Scale(finite(lines).lazy.map(\.x)), let y = Scale(points.lazy.map(\.y)) else {
      let count = lines.reduce(0) { $0 + $1.y.count }
      let text =
        count == 0 ? "waiting for the first step" : "no finite value (\(count) points)"
      return Grid.message(text, width: width, height: height)
    }
    let labels = endLabels()
    let top = title.isEmpty && note.isEmpty ? 0 : 1
    let axes = Axes(
      width: width, height: height ?? 14, top: top,
      right: min(
        width * 2 / 5, labels.map { DisplayWidth.of($0.name + $0.value) + 1 }.max() ?? 0),
      x: x, y: y,
      yTicks: isLogarithmic ? { decades(y, max(2, $0 / 3)) } : nil,
      xTicks: isLogarithmicAcross ? { decades(x, max(2, $0 / 10)) } : nil)
    guard let axes else { return sparklines(width: width, height: height ?? lines.count, depth) }
    var grid = Grid(width: width, height: height ?? 14)
    _ = grid.heading(title, note)
    axes.draw(on: &grid)
    for event in events where event.x.isFinite && (!isLogarithmicAcross || event.x > 0) {
      let place = isLogarithmicAcross ? log10(event.x) : event.x
      guard place >= x.low, place <= x.high else { continue }
      grid[axes.left + axes.dot(place, y.low).x / 2, axes.top + axes.rows] = Glyph(
        event.glyph, Style(isBold: true))
    }
    for (index, line) in lines.enumerated() where !line.spread.isEmpty {
      drawBand(of: line, on: &grid, axes, style(index, depth), depth)
    }
    var ends: [(index: Int, row: Int)] = []
    if smoothing > 0 {
      for line in drawn { _ = draw(line, on: &grid, axes, Style(isDim: true), [true, false]) }
    }
    for (index, raw) in drawn.enumerated() {
      let line = smoothing > 0 ? raw.smoothed(smoothing) : raw
      let pen = depth == .none ? LinePlot.pens[index % LinePlot.pens.count] : LinePlot.pens[0]
      let last = draw(line, on: &grid, axes, style(index, depth), pen)
      if let last { ends.append((index, last)) }
    }
    let rows = Labels.rows(near: ends.map(\.row), in: top..<(top + axes.rows))
    for (end, row) in zip(ends, rows) {
      guard axes.right > 1, let row else { continue }
      let (name, value) = labels[end.index]
      let room = axes.right - 1 - DisplayWidth.of(value)
      grid.write(
        Labels.fitted(name, max(0, room)) + value, column: width - axes.right + 1, row: row,
        style: style(end.index, depth))
    }
    return grid
  }

  /// The lower or upper edges of all bands.
  private func bands(below: Bool) -> [Line] {
    lines.filter { !$0.spread.isEmpty }.map { line in
      Line("", x: line.x, y: zip(line.y, line.spread).map { below ? $0 - $1 : $0 + $1 })
    }
  }

  /// The ground between a curve's lower and upper edge: a dim colour, or dots.
  private func drawBand(
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

  /// One line for each curve, where there is no room for axes: its shape and its last value.
  private func sparklines(width: Int, height: Int, _ depth: ColorDepth) -> Grid {
    var grid = Grid(width: max(1, width), height: max(1, min(height, lines.count)))
    for (row, line) in lines.enumerated() {
      let last = Numbers.text(line.y.last { $0.isFinite } ?? .nan, digits: 3)
      let room = width - DisplayWidth.of(last) - 1
      let shape = room < 3 ? "" : Sparkline.text(line.y.map(placed), width: room) + " "
      grid.write(shape + last, column: 0, row: row, style: style(row, depth))
    }
    return grid
  }

  /// Which columns of dots are drawn, over and over: without colour curves differ by their dashes.
  private static let pens: [[Bool]] = [
    [true], [true, true, true, true, true, true, false, false], [true, true, false, false],
    [true, false],
  ]

  private func style(_ index: Int, _ depth: ColorDepth) -> Style {
    Style(foreground: depth == .none ? nil : Color(Palette.series[index % Palette.series.count]))
  }

  /// Names with their marks, and last values; nothing for a single curve without a name.
  private func endLabels() -> [(name: String, value: String)] {
    if lines.count == 1 && lines[0].name.isEmpty { return [("", "")] }
    return lines.enumerated().map { index, line in
      let last = line.y.last { $0.isFinite }.map { Numbers.text($0, digits: 3) } ?? ""
      return (
        "\(Palette.marks[index % Palette.marks.count]) \(Sanitize.text(line.name))", " " + last
      )
    }
  }

  /// Ticks of a logarithmic axis, labelled with the values themselves.
  private func decades(_ scale: Scale, _ count: Int) -> [Axes.Tick] {
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

  /// Every column of dots shows the whole range of its points, so that no spike is lost. Returns the
  /// row of the last point.
  private func draw(
    _ line: Line, on grid: inout Grid, _ axes: Axes, _ style: Style, _ pen: [Bool]
  ) -> Int? {
    var canvas = BrailleCanvas(columns: axes.columns, rows: axes.rows)
    var low = [Int?](repeating: nil, count: canvas.dotsAcross)
    var high = low
    var events: [(column: Int, row: Int, glyph: Character)] = []
    var previous: (x: Int, y: Int)?
    func mark(_ x: Int, _ y: Int) {
      low[x] = min(low[x] ?? y, y)
      high[x] = max(high[x] ?? y, y)
    }
    for (x, raw) in zip(line.x, line.y) where x.isFinite {
      let y = placed(raw)
      guard y.isFinite else {
        let (glyph, row): (Character, Int) =
          raw == .infinity
          ? ("▲", 0)
          : raw == -.infinity
            ? ("▼", axes.rows - 1) : raw.isNaN ? ("✖", 0) : ("▽", axes.rows - 1)
        events.append((axes.dot(x, axes.y.low).x / 2, row, glyph))
        previous = nil
        continue
      }
      let point = axes.dot(x, y)
      if let previous, point.x > previous.x {
        mark(previous.x + 1, previous.y)
        for step in 1...(point.x - previous.x) {
          let part = Double(step) / Double(point.x - previous.x)
          mark(
            previous.x + step,
            previous.y + Int((Double(point.y - previous.y) * part).rounded()))
        }
      }
      mark(point.x, point.y)
      previous = point
    }
    for x in 0..<canvas.dotsAcross {
      guard let a = low[x], let b = high[x] else { continue }
      // A gap between dashes must not swallow a spike.
      guard pen[x % pen.count] || b - a >= 4 else { continue }
      for y in a...b { canvas.set(x, y) }
    }
    canvas.draw(on: &grid, column: axes.left, row: axes.top, style: style)
    if let only = lonePoint(of: line) {
      let dot = axes.dot(only.x, placed(only.y))
      grid[axes.left + dot.x / 2, axes.top + dot.y / 4] = Glyph("●", style)
    }
    for event in events {
      grid[axes.left + event.column, axes.top + event.row] = Glyph(
        event.glyph, Style(isBold: true))
    }
    let last = zip(line.x, line.y).reversed().first { $0.isFinite && placed($1).isFinite }
    return last.map { axes.top + axes.dot($0, placed($1)).y / 4 }
  }

  /// The point of a curve that has one only, which a dot would hide.
  private func lonePoint(of line: Line) -> (x: Double, y: Double)? {
    var found: (x: Double, y: Double)?
    for (x, y) in zip(line.x, line.y) where x.isFinite && placed(y).isFinite {
      if found != nil { return nil }
      found = (x, y)
    }
    return found
  }
}
