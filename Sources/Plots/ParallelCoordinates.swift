import Drawing

/// Settings and results of runs as lines over parallel axes (Inselberg 1985); the last column is the
/// result, by which lines are shaded.
package struct ParallelCoordinates: Picture {
  package struct Axis: Sendable {
    package let name: String
    /// Numbers, or positions in `texts`.
    package let values: [Double]
    package let texts: [String]

    package init(_ name: String, _ values: [Double], texts: [String] = []) {
      self.name = Sanitize.text(name)
      self.values = values
      self.texts = texts.map { Sanitize.text($0) }
    }
  }

  package let axes: [Axis]
  package let title: String

  package init(_ axes: [Axis], title: String = "") {
    self.axes = axes
    self.title = title
  }

  private var count: Int { axes.map(\.values.count).min() ?? 0 }

  package var description: String {
    guard let last = axes.last, count > 0 else { return "No runs." }
    guard
      let best = (0..<count).filter({ last.values[$0].isFinite }).max(by: {
        last.values[$0] < last.values[$1]
      })
    else { return "\(Numbers.count(count, "run")) without a finite \(last.name)." }
    let settings = axes.dropLast().map { "\($0.name) \(text($0, best))" }
    return
      "\(Numbers.count(count, "run")) over \(axes.map(\.name).joined(separator: ", ")); the largest "
      + "\(last.name), \(Numbers.text(last.values[best])), has \(settings.joined(separator: ", "))."
  }

  private func text(_ axis: Axis, _ index: Int) -> String {
    let value = axis.values[index]
    guard !axis.texts.isEmpty else { return Numbers.text(value) }
    let at = Int(exactly: value.rounded()) ?? -1
    return axis.texts.indices.contains(at) ? axis.texts[at] : "–"
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let height = height ?? 18
    let top = title.isEmpty ? 0 : 1
    let rows = height - top - 3
    guard axes.count > 1, count > 0, rows >= 3, width >= axes.count * 8 else {
      let text = axes.isEmpty || count == 0 ? "no runs" : description
      return Grid.message(text, width: width, height: height)
    }
    var grid = Grid(width: width, height: height)
    _ = grid.heading(title, "")
    let scales = axes.map { Scale($0.values) ?? .unit }
    // Axes stand at characters with the same room between them, labels inside the edges.
    let (left, right) = (3, width - 6)
    let places = axes.indices.map { left + (right - left) * $0 / (axes.count - 1) }
    let order = (0..<count).sorted { a, b in
      rank(a) == rank(b) ? a < b : rank(a) < rank(b)
    }
    for run in order {
      var canvas = BrailleCanvas(columns: width, rows: rows)
      var previous: (x: Int, y: Int)?
      for (axis, place) in places.enumerated() {
        let value = axes[axis].values[run]
        // A missing value has a place of its own below the axis.
        guard value.isFinite else {
          grid[place, top + 1 + rows] = Glyph("✖")
          previous = nil
          continue
        }
        let dot = (x: place * 2, y: rows * 4 - 1 - scales[axis].place(value, of: rows * 4))
        if let previous { canvas.line(previous.x, previous.y, dot.x, dot.y) }
        previous = dot
      }
      canvas.draw(on: &grid, column: 0, row: top + 1, style: style(run, depth))
    }
    for (axis, place) in places.enumerated() {
      for row in 0..<rows where grid[place, top + 1 + row].character == " " {
        grid[place, top + 1 + row] = Glyph("│", Style(isDim: true))
      }
      let scale = scales[axis]
      let ends =
        axes[axis].texts.isEmpty
        ? (Numbers.text(scale.high, digits: 3), Numbers.text(scale.low, digits: 3))
        : (axes[axis].texts.last ?? "", axes[axis].texts.first ?? "")
      let room = (right - left) / (axes.count - 1) - 1
      for (text, row) in [
        (ends.0, top), (ends.1, top + 1 + rows), (axes[axis].name, top + 2 + rows),
      ] {
        let label = Labels.fitted(text, min(room, 14))
        let size = DisplayWidth.of(label)
        grid.write(
          label, column: max(0, min(width - size, place - size / 2)), row: row,
          style: row == top + 2 + rows ? Style(isBold: true) : .plain)
      }
    }
    return grid
  }

  private func rank(_ run: Int) -> Double {
    let value = axes.last?.values[run] ?? .nan
    return value.isFinite ? value : -.infinity
  }

  private func style(_ run: Int, _ depth: ColorDepth) -> Style {
    guard let last = axes.last, let scale = Scale(last.values) else { return .plain }
    let part = last.values[run].isFinite ? scale.part(last.values[run]) : 0
    if depth == .none { return Style(isBold: part > 0.9, isDim: part < 0.5) }
    return Style(foreground: Color(Palette.magma[min(9, 3 + Int(part * 6.999))]))
  }
}
