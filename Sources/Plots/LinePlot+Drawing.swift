import Drawing
import Glibc

extension LinePlot {
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let (drawn, size) = calmed(lines, width)
    let later = crosshair.map { calmed($0.beyond, width).lines } ?? []
    let shown = bounds(drawn + later + bands(below: true) + bands(below: false))
    let note = note(size)
    let across = bounds(lines + later).x
    guard var x = Scale(across), var y = Scale(shown.y) else {
      let count = lines.reduce(0) { $0 + $1.y.count }
      let text =
        count == 0 ? "waiting for the first step" : "no finite value (\(count) points)"
      return Grid.message(text, width: width, height: height)
    }
    if let steady {
      x = steady.fit(.across, x)
      y = steady.fit(isLogarithmic ? .decades : .up, y)
    }
    let labels = endLabels()
    let top = title.isEmpty && note.isEmpty ? 0 : 1
    let right = min(
      width * 2 / 5, labels.map { DisplayWidth.of($0.name + $0.value) + 1 }.max() ?? 0)
    func frame(_ leastLeft: Int) -> Axes? {
      Axes(
        width: width, height: height ?? 14, top: top, right: right, x: x, y: y,
        leastLeft: leastLeft,
        yTicks: isLogarithmic ? { LinePlot.decades(y, max(2, $0 / 3)) } : nil,
        xTicks: isLogarithmicAcross ? { LinePlot.decades(x, max(2, $0 / 10)) } : nil)
    }
    let natural = frame(0)
    let gutter = natural.flatMap { steady?.gutter($0.left) } ?? 0
    let axes = gutter > natural?.left ?? 0 ? frame(gutter) ?? natural : natural
    guard let axes else { return sparklines(width: width, height: height ?? lines.count, depth) }
    var grid = Grid(width: width, height: height ?? 14)
    _ = grid.heading(title, note)
    axes.draw(on: &grid)
    for line in later { _ = draw(line, on: &grid, axes, Style(isDim: true), [true, false]) }
    drawCrosshair(on: &grid, axes)
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
    for (index, line) in drawn.enumerated() where lines.count > 1 {
      drawMarks(of: line, index, on: &grid, axes, depth)
    }
    for (index, line) in lines.enumerated() {
      guard let best = line.best, best.x.isFinite, placed(best.y).isFinite else { continue }
      let dot = axes.dot(best.x, placed(best.y))
      var bold = style(index, depth)
      bold.isBold = true
      grid[axes.left + dot.x / 2, axes.top + dot.y / 4] = Glyph("★", bold)
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

  /// A line from top to floor where the curves are looked at, under them.
  private func drawCrosshair(on grid: inout Grid, _ axes: Axes) {
    guard let crosshair, crosshair.x >= axes.x.low, crosshair.x <= axes.x.high else { return }
    let column = axes.left + axes.dot(crosshair.x, axes.y.low).x / 2
    for row in 0..<axes.rows where grid[column, axes.top + row].character == " " {
      grid[column, axes.top + row] = Glyph("┊", Style(isDim: true))
    }
    grid[column, axes.top + axes.rows] = Glyph("┴", Style(isBold: true))
    let size = DisplayWidth.of(crosshair.label)
    // To the left of the line, where it does not stand on what is still to come.
    let start = column > size ? column - size : column + 1
    grid.write(crosshair.label, column: start, row: axes.top, style: Style(isBold: true))
  }

  /// The points of a curve that has few of them, such as one for each epoch.
  private func drawMarks(
    of line: Line, _ index: Int, on grid: inout Grid, _ axes: Axes, _ depth: ColorDepth
  ) {
    let count = min(line.x.count, line.y.count)
    guard count > 1, count <= axes.columns / 4 else { return }
    for (x, y) in zip(line.x, line.y) where x.isFinite && placed(y).isFinite {
      let dot = axes.dot(x, placed(y))
      grid[axes.left + dot.x / 2, axes.top + dot.y / 4] = Glyph(
        Palette.marks[index % Palette.marks.count], style(index, depth))
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
  static let pens: [[Bool]] = [
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
