import Drawing
import Glibc

/// Layers over common axes: a field as ground or as contour lines, curves, and points on top.
package struct PlanePlot: Picture {
  package struct Layer: Sendable {
    package enum Kind: Sendable {
      /// Heights as shades, classes as a pattern each.
      case ground(Field)
      /// Lines of equal height, at the given levels.
      case contours(Field, levels: [Double])
      case curve(LinePlot.Line)
      case points(ScatterPlot)
    }
    let kind: Kind

    package init(_ kind: Kind) { self.kind = kind }
  }

  package let layers: [Layer]
  package let title: String
  /// Marks on the lower edge.
  package let events: [LinePlot.Event]
  /// Of curves and points alone; curves hold logarithms of their places across then.
  package private(set) var isLogarithmic = false
  package private(set) var isLogarithmicAcross = false

  package init(_ layers: [Layer], title: String = "", events: [LinePlot.Event] = []) {
    self.layers = layers
    self.title = title
    self.events = events
  }

  /// The layers of pictures that have axes, under their titles and with their marks; nil when one has
  /// none to share. Axes are logarithmic where those of one of them are.
  package init?(overlaying pictures: [any Picture]) {
    let (lines, planes) = (
      pictures.compactMap { $0 as? LinePlot }, pictures.compactMap { $0 as? PlanePlot }
    )
    isLogarithmic =
      lines.contains(where: \.isLogarithmic) || planes.contains(where: \.isLogarithmic)
    isLogarithmicAcross =
      lines.contains(where: \.isLogarithmicAcross) || planes.contains(where: \.isLogarithmicAcross)
    var (layers, titles, events): ([Layer], [String], [LinePlot.Event]) = ([], [], [])
    for picture in pictures {
      let title: String
      switch picture {
      case let plane as PlanePlot:
        let isPlaced = plane.isLogarithmicAcross || !isLogarithmicAcross
        (layers, title) = (layers + (isPlaced ? plane.layers : plane.acrossLayers), plane.title)
        events += plane.events
      case let lines as LinePlot:
        let isPlaced = lines.isLogarithmicAcross || !isLogarithmicAcross
        let curves = isPlaced ? lines.lines : LinePlot.across(lines.lines)
        (layers, title) = (layers + curves.map { Layer(.curve($0)) }, lines.title)
        events += lines.events
      case let points as ScatterPlot:
        (layers, title) = (layers + [Layer(.points(points))], points.title)
      default: return nil
      }
      if !title.isEmpty, !titles.contains(title) { titles.append(title) }
    }
    self.layers = layers
    self.events = events
    title = titles.joined(separator: ", ")
    // Heights over a plane are known at even places alone.
    if (isLogarithmic || isLogarithmicAcross) && !fields.isEmpty { return nil }
  }

  private var acrossLayers: [Layer] {
    layers.map { layer in
      guard case .curve(let line) = layer.kind else { return layer }
      return Layer(.curve(LinePlot.across([line])[0]))
    }
  }

  private static func logarithm(_ value: Double) -> Double { value > 0 ? log10(value) : .nan }

  /// Where a height is drawn on the axis upwards.
  private func up(_ y: Double) -> Double { isLogarithmic ? PlanePlot.logarithm(y) : y }

  /// Round levels inside the range of a field.
  package static func levels(of field: Field, count: Int = 8) -> [Double] {
    guard let range = field.range, range.high > range.low else { return [] }
    return Ticks(low: range.low, high: range.high, count: count).values.filter {
      $0 > range.low && $0 < range.high
    }
  }

  private var fields: [Field] {
    layers.compactMap { layer in
      switch layer.kind {
      case .ground(let field), .contours(let field, _): field
      default: nil
      }
    }
  }

  private var curves: [LinePlot.Line] {
    layers.compactMap { if case .curve(let line) = $0.kind { line } else { nil } }
  }

  private var scatters: [ScatterPlot] {
    layers.compactMap { layer in
      guard case .points(let points) = layer.kind else { return nil }
      return isLogarithmic || isLogarithmicAcross
        ? points.placed(
          x: { isLogarithmicAcross ? PlanePlot.logarithm($0) : $0 }, y: up) : points
    }
  }

  /// What has no logarithm.
  private var note: String {
    let high = curves.reduce(0) { $0 + (isLogarithmic ? $1.notPositive : 0) }
    let far = curves.reduce(0) { sum, line in
      sum + (isLogarithmicAcross ? line.x.count { !$0.isFinite } : 0)
    }
    let points = scatters.reduce(0) { sum, points in
      sum + points.x.indices.count { !points.x[$0].isFinite || !points.y[$0].isFinite }
    }
    let lost = isLogarithmic || isLogarithmicAcross ? high + far + points : 0
    return lost > 0 ? "\(lost) without a logarithm" : ""
  }

  package var description: String {
    var parts: [String] = []
    for layer in layers {
      switch layer.kind {
      case .ground(let field) where !field.classes.isEmpty:
        var counts = [Int](repeating: 0, count: field.classes.count)
        for kind in field.rows.joined().compactMap(field.kind) { counts[kind] += 1 }
        let all = Double(max(1, counts.reduce(0, +)))
        let shares = zip(field.classes, counts).prefix(8).map {
          "\($0) \(Numbers.text(100 * Double($1) / all, digits: 2)) %"
        }
        parts.append(
          "regions of \(field.classes.count) classes (\(shares.joined(separator: ", ")))")
      case .ground(let field), .contours(let field, _):
        guard let range = field.range else {
          parts.append("a field without a finite value")
          continue
        }
        var text = "heights from \(Numbers.text(range.low)) to \(Numbers.text(range.high))"
        if case .contours(_, let levels) = layer.kind, !levels.isEmpty {
          text += " with lines at " + levels.map { Numbers.text($0) }.joined(separator: ", ")
        }
        parts.append(text)
      case .curve(let line): parts.append(String(LinePlot([line]).description.dropLast()))
      case .points(let points): parts.append(String(points.description.dropLast()))
      }
    }
    guard let first = parts.first?.first else { return "An empty plot." }
    let text = parts.joined(separator: "; ")
    return first.uppercased() + text.dropFirst() + "."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    var xs = fields.flatMap { [$0.x.low, $0.x.high] }
    var ys = fields.flatMap { [$0.y.low, $0.y.high] }
    for line in curves {
      for (x, y) in zip(line.x, line.y) where x.isFinite && up(y).isFinite {
        xs.append(x)
        ys.append(up(y))
      }
    }
    for points in scatters {
      for (x, y) in zip(points.x, points.y) where x.isFinite && y.isFinite {
        xs.append(x)
        ys.append(y)
      }
    }
    guard let x = Scale(xs), let y = Scale(ys) else {
      return Grid.message("nothing to show yet", width: width, height: height)
    }
    let legend = legend(depth)
    let note = note
    let top = title.isEmpty && note.isEmpty ? 0 : 1
    let widest = legend.map { DisplayWidth.of($0.text) }.max() ?? -1
    let axes = Axes(
      width: width, height: height ?? 20, top: top, right: min(width / 3, widest + 1), x: x, y: y,
      yTicks: isLogarithmic ? { LinePlot.decades(y, max(2, $0 / 3)) } : nil,
      xTicks: isLogarithmicAcross ? { LinePlot.decades(x, max(2, $0 / 10)) } : nil)
    guard let axes else { return Grid.message(description, width: width, height: height) }
    var grid = Grid(width: width, height: height ?? 20)
    _ = grid.heading(title, note)
    axes.draw(on: &grid)
    for layer in layers {
      switch layer.kind {
      case .ground(let field): draw(field, on: &grid, axes, depth)
      case .contours(let field, let levels): draw(field, levels, on: &grid, axes, depth)
      default: break
      }
    }
    for (index, line) in curves.enumerated() { draw(line, index, on: &grid, axes, depth) }
    for points in scatters { points.drawMarks(on: &grid, axes, depth) }
    for event in events {
      let place = isLogarithmicAcross ? PlanePlot.logarithm(event.x) : event.x
      guard place >= x.low, place <= x.high else { continue }
      grid[axes.left + axes.dot(place, y.low).x / 2, axes.top + axes.rows] = Glyph(
        event.glyph, Style(isBold: true))
    }
    if axes.right > 1 {
      for (row, entry) in legend.prefix(axes.rows).enumerated() {
        grid.write(
          Labels.fitted(entry.text, axes.right - 1), column: width - axes.right + 1, row: top + row,
          style: entry.style)
      }
    }
    return grid
  }

  // MARK: Layers

  /// Patterns that classes show without colour, and the grounds that they have with it.
  private static let patterns: [Character] = [" ", "░", "▒", "·", ":", "'", ",", "-"]
  private static let grounds: [UInt8] = [17, 52, 22, 53, 58, 23, 236, 94]

  private func draw(_ field: Field, on grid: inout Grid, _ axes: Axes, _ depth: ColorDepth) {
    guard let range = field.range else { return }
    for row in 0..<axes.rows {
      for column in 0..<axes.columns {
        let place = axes.place(column: column, row: row)
        guard place.x >= field.x.low, place.x <= field.x.high, place.y >= field.y.low,
          place.y <= field.y.high
        else { continue }
        let value = field.value(place.x, place.y)
        let (c, r) = (axes.left + column, axes.top + row)
        if field.classes.isEmpty {
          grid[c, r] = Heatmap.glyph(value, range, depth)
        } else if let kind = field.kind(value) {
          grid[c, r] =
            depth == .none
            ? Glyph(PlanePlot.patterns[kind % PlanePlot.patterns.count])
            : Glyph(
              " ", Style(background: Color(PlanePlot.grounds[kind % PlanePlot.grounds.count])))
        }
      }
    }
  }

  private func draw(
    _ field: Field, _ levels: [Double], on grid: inout Grid, _ axes: Axes, _ depth: ColorDepth
  ) {
    var taken = Set<Int>()
    for (index, level) in levels.enumerated() {
      var canvas = BrailleCanvas(columns: axes.columns, rows: axes.rows)
      let pieces = field.contour(level)
      for piece in pieces {
        let (a, b) = (axes.dot(piece.from.x, piece.from.y), axes.dot(piece.to.x, piece.to.y))
        canvas.line(a.x, a.y, b.x, b.y)
      }
      let part = Double(index) / Double(max(1, levels.count - 1))
      let color = Palette.magma[min(9, 4 + Int(part * 5.999))]
      canvas.draw(
        on: &grid, column: axes.left, row: axes.top,
        style: Style(foreground: depth == .none ? nil : Color(color)))
      guard !pieces.isEmpty else { continue }
      // The height stands on its line, where no other label is near.
      let label = Numbers.text(level, digits: 3)
      let size = DisplayWidth.of(label)
      for step in 0..<pieces.count {
        let piece = pieces[(pieces.count / 3 + index * 7 + step) % pieces.count]
        let dot = axes.dot(piece.from.x, piece.from.y)
        let (column, row) = (dot.x / 2 - size / 2, dot.y / 4)
        guard column >= 0, column + size <= axes.columns,
          !taken.contains(where: { abs($0 / 4096 - row) < 2 && abs($0 % 4096 - column) < size + 4 })
        else { continue }
        taken.insert(row * 4096 + column)
        grid.write(label, column: axes.left + column, row: axes.top + row)
        break
      }
    }
  }

  private func draw(
    _ line: LinePlot.Line, _ index: Int, on grid: inout Grid, _ axes: Axes, _ depth: ColorDepth
  ) {
    var canvas = BrailleCanvas(columns: axes.columns, rows: axes.rows)
    if depth == .none { canvas.dashes = LinePlot.pens[index % LinePlot.pens.count] }
    var previous: (x: Int, y: Int)?
    for (x, raw) in zip(line.x, line.y) {
      let y = up(raw)
      guard x.isFinite, y.isFinite else {
        previous = nil
        continue
      }
      let dot = axes.dot(x, y)
      if let previous {
        canvas.line(previous.x, previous.y, dot.x, dot.y)
      } else {
        canvas.set(dot.x, dot.y)
      }
      previous = dot
    }
    canvas.draw(
      on: &grid, column: axes.left, row: axes.top, style: PlanePlot.style(index, depth))
    if let best = line.best, best.x.isFinite, up(best.y).isFinite {
      let dot = axes.dot(best.x, up(best.y))
      grid[axes.left + dot.x / 2, axes.top + dot.y / 4] = Glyph(
        "★", PlanePlot.style(index, depth))
    }
  }

  private static func style(_ index: Int, _ depth: ColorDepth) -> Style {
    Style(foreground: depth == .none ? nil : Color(Palette.series[index % Palette.series.count]))
  }

  private func legend(_ depth: ColorDepth) -> [(text: String, style: Style)] {
    var entries: [(text: String, style: Style)] = []
    for field in fields where !field.classes.isEmpty {
      for (kind, name) in field.classes.enumerated() {
        let style =
          depth == .none
          ? .plain : Style(background: Color(PlanePlot.grounds[kind % PlanePlot.grounds.count]))
        let pattern = depth == .none ? PlanePlot.patterns[kind % PlanePlot.patterns.count] : " "
        entries.append(("[\(pattern)] \(name)", style))
      }
    }
    for (index, line) in curves.enumerated() where !line.name.isEmpty {
      entries.append(
        (
          "\(Palette.marks[index % Palette.marks.count]) \(Sanitize.text(line.name))",
          PlanePlot.style(index, depth)
        ))
    }
    for points in scatters { entries += points.legend(depth) }
    return entries
  }
}
