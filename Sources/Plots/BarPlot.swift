import Drawing

/// Named numbers as horizontal bars from zero, to the left for negative ones.
package struct BarPlot: Picture {
  package let labels: [String]
  package let values: [Double]
  package let title: String

  package init(_ labels: [String], _ values: [Double], title: String = "") {
    self.labels = values.indices.map { $0 < labels.count ? labels[$0] : "\($0)" }
    self.values = values
    self.title = title
  }

  package var description: String {
    let known = values.indices.filter { values[$0].isFinite }
    let missing = values.count - known.count
    let note = missing > 0 ? ", \(missing) not finite" : ""
    let order = known.sorted { values[$0] < values[$1] }
    guard let low = order.first, let high = order.last else {
      return "\(Numbers.count(values.count, "bar"))\(note)."
    }
    func text(_ index: Int) -> String { "\(Numbers.text(values[index])) (\(labels[index]))" }
    if values.count == 1 { return "1 bar: \(text(low))." }
    return "\(values.count) bars from \(text(low)) to \(text(high))\(note)."
  }

  /// Without a height, up to 40 bars.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard !values.isEmpty else {
      return Grid.message("no bars", width: width, height: height)
    }
    let head = title.isEmpty || height == 1 ? 0 : 1
    let room = max(1, (height ?? 40 + head + 1) - head)
    let shown = values.count <= room ? values.count : max(1, room - 1)
    let rest = values.count - shown
    var grid = Grid(
      width: max(1, width), height: min(head + room, head + shown + (rest > 0 ? 1 : 0)))
    if head == 1 { _ = grid.heading(title, "") }
    let numbers = Numbers.column(values)
    BarRows(
      labels: Array(labels.prefix(shown)), numbers: Array(numbers.prefix(shown)),
      values: Array(values.prefix(shown)),
      style: Style(foreground: depth == .none ? nil : Color(Palette.series[0]))
    ).draw(on: &grid, top: head)
    if rest > 0 {
      grid.write("… \(rest) more", column: 0, row: head + shown, style: Style(isDim: true))
    }
    return grid
  }
}
