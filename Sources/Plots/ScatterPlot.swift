import Drawing

/// Points in the plane: braille dots for one class, a mark of its own for each of several.
package struct ScatterPlot: Picture {
  package let x: [Double]
  package let y: [Double]
  /// The class of each point, as a position in `names`; empty when there are no classes.
  package let classes: [Int]
  package let names: [String]
  package let title: String
  /// Whether a line leads through the points of a class in their order.
  package let isJoined: Bool

  /// Points whose class is not a position in `names` are left out.
  package init(
    x: [Double], y: [Double], classes: [Int] = [], names: [String] = [], title: String = "",
    isJoined: Bool = false
  ) {
    self.isJoined = isJoined
    let count = min(x.count, y.count)
    let hasClasses = !names.isEmpty && classes.count >= count
    let kept = (0..<count).filter { !hasClasses || names.indices.contains(classes[$0]) }
    self.x = kept.map { x[$0] }
    self.y = kept.map { y[$0] }
    self.classes = hasClasses ? kept.map { classes[$0] } : []
    self.names = hasClasses ? names.map { Sanitize.text($0) } : []
    self.title = title
  }

  private var shown: [Int] { x.indices.filter { x[$0].isFinite && y[$0].isFinite } }

  private var classCounts: [Int] {
    classes.reduce(into: [Int](repeating: 0, count: names.count)) { $0[$1] += 1 }
  }

  package var description: String {
    let shown = shown
    let missing = x.count - shown.count
    var text = Numbers.count(x.count, "point")
    if !names.isEmpty {
      let parts = zip(names, classCounts).prefix(12).map { "\($0) \($1)" }
      text +=
        " in \(names.count == 1 ? "1 class" : "\(names.count) classes") ("
        + parts.joined(separator: ", ") + (names.count > 12 ? ", …" : "") + ")"
    }
    for (name, values) in [("x", x), ("y", y)] {
      let known = shown.map { values[$0] }
      guard let low = known.min(), let high = known.max() else { continue }
      text += ", \(name) from \(Numbers.text(low)) to \(Numbers.text(high))"
    }
    return text + (isJoined ? ", joined by lines" : "")
      + (missing > 0 ? ", \(missing) not finite" : "") + "."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let shown = shown
    let missing = x.count - shown.count
    guard let xs = Scale(shown.lazy.map { x[$0] }), let ys = Scale(shown.lazy.map { y[$0] }) else {
      let text = x.isEmpty ? "no points" : "no finite point (\(x.count) given)"
      return Grid.message(text, width: width, height: height)
    }
    let note = missing > 0 ? "\(Numbers.count(missing, "point")) not finite" : ""
    let labels = names.isEmpty ? [] : zip(names.indices, classCounts).map { label($0, $1, depth) }
    let top = title.isEmpty && note.isEmpty ? 0 : 1
    let axes = Axes(
      width: width, height: height ?? 16, top: top,
      right: min(width / 3, (labels.map { DisplayWidth.of($0) }.max() ?? -3) + 3), x: xs, y: ys)
    guard let axes else { return Grid.message(description, width: width, height: height) }
    var grid = Grid(width: width, height: height ?? 16)
    _ = grid.heading(title, note)
    axes.draw(on: &grid)
    drawPoints(shown, on: &grid, axes, depth)
    let middles = names.indices.map { index in
      middleRow(shown.filter { classes[$0] == index }.map { y[$0] }, axes)
    }
    let rows = Labels.rows(near: middles, in: top..<(top + axes.rows))
    for (index, row) in rows.enumerated() {
      guard axes.right > 3, let row, index < labels.count else { continue }
      grid.write(
        Labels.fitted(labels[index], axes.right - 3), column: width - axes.right + 3, row: row,
        style: style(index, depth))
    }
    return grid
  }

  /// The same points elsewhere.
  func placed(x across: (Double) -> Double, y up: (Double) -> Double) -> ScatterPlot {
    ScatterPlot(
      x: x.map(across), y: y.map(up), classes: classes, names: names, title: title,
      isJoined: isJoined)
  }

  /// The points alone, over what a plot has drawn already.
  func drawMarks(on grid: inout Grid, _ axes: Axes, _ depth: ColorDepth) {
    drawPoints(shown, on: &grid, axes, depth, keepsGround: true)
  }

  /// What the marks mean, one line for each class.
  func legend(_ depth: ColorDepth) -> [(text: String, style: Style)] {
    names.isEmpty
      ? []
      : zip(names.indices, classCounts).map { (label($0, $1, depth), style($0, depth)) }
  }

  private func label(_ index: Int, _ count: Int, _ depth: ColorDepth) -> String {
    let mark = usesDots(depth) ? "⠿" : String(mark(index))
    return mark == names[index] ? "\(mark) (\(count))" : "\(mark) \(names[index]) (\(count))"
  }

  /// Dots tell classes apart by colour alone, and only a few of them; on a line they would be lost.
  private func usesDots(_ depth: ColorDepth) -> Bool {
    if isJoined { return false }
    return names.count < 2 || (depth == .palette && names.count <= 4)
  }

  /// One-letter names stand for themselves.
  private func mark(_ index: Int) -> Character {
    if !names.isEmpty, names.allSatisfy({ $0.count == 1 && DisplayWidth.of($0) == 1 && $0 != " " })
    {
      return Character(names[index])
    }
    let marks: [Character] = ["●", "+", "◆", "×", "▴", "○", "■", "▿", "◇", "#"]
    if index < marks.count { return marks[index] }
    return Character(Unicode.Scalar(UInt8(97 + (index - marks.count) % 26)))
  }

  private func style(_ index: Int, _ depth: ColorDepth) -> Style {
    Style(foreground: depth == .none ? nil : Color(Palette.series[index % Palette.series.count]))
  }

  private func middleRow(_ values: [Double], _ axes: Axes) -> Int {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return axes.top + axes.rows - 1 }
    return axes.top + axes.dot(axes.x.low, sorted[sorted.count / 2]).y / 4
  }

  /// A line through the points of each class, broken where one is not finite.
  private func drawLines(on grid: inout Grid, _ axes: Axes, _ depth: ColorDepth) {
    for kind in 0..<max(1, names.count) {
      var canvas = BrailleCanvas(columns: axes.columns, rows: axes.rows)
      var previous: (x: Int, y: Int)?
      for index in x.indices where classes.isEmpty || classes[index] == kind {
        guard x[index].isFinite, y[index].isFinite else {
          previous = nil
          continue
        }
        let dot = axes.dot(x[index], y[index])
        if let previous { canvas.line(previous.x, previous.y, dot.x, dot.y) }
        previous = dot
      }
      canvas.draw(on: &grid, column: axes.left, row: axes.top, style: style(kind, depth))
    }
  }

  /// Each character belongs to the class with the most points in it, ties to the rarer class.
  private func drawPoints(
    _ shown: [Int], on grid: inout Grid, _ axes: Axes, _ depth: ColorDepth,
    keepsGround: Bool = false
  ) {
    if isJoined { drawLines(on: &grid, axes, depth) }
    let kinds = max(1, names.count)
    var canvases = Array(
      repeating: BrailleCanvas(columns: axes.columns, rows: axes.rows),
      count: usesDots(depth) ? kinds : 0)
    var counts: [Int: [Int: Int]] = [:]
    for index in shown {
      let kind = classes.isEmpty ? 0 : classes[index]
      let dot = axes.dot(x[index], y[index])
      counts[dot.y / 4 * axes.columns + dot.x / 2, default: [:]][kind, default: 0] += 1
      if usesDots(depth) { canvases[kind].set(dot.x, dot.y) }
    }
    let totals = classCounts
    for (cell, found) in counts {
      let best = found.max { a, b in
        if a.value != b.value { return a.value < b.value }
        guard !totals.isEmpty else { return a.key < b.key }
        return (totals[a.key], a.key) > (totals[b.key], b.key)
      }
      guard let kind = best?.key else { continue }
      let (column, row) = (cell % axes.columns, cell / axes.columns)
      let character = usesDots(depth) ? canvases[kind].character(column, row) : mark(kind)
      guard let character else { continue }
      var style = style(kind, depth)
      if keepsGround {
        style.background = grid[axes.left + column, axes.top + row].style.background
        style.isBold = true
      }
      grid[axes.left + column, axes.top + row] = Glyph(character, style)
    }
  }
}
