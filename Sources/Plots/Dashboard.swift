import Drawing

/// A run at one look: how far it is, its curves, its layers, and what goes wrong.
package struct Dashboard: Picture {
  package struct Layer: Sendable {
    package enum Light: Sendable { case good, warning, alarm }
    package let name: String
    package let gradient: Double
    package let ratio: Double
    package let dead: Double?
    package let light: Light

    package init(_ name: String, gradient: Double, ratio: Double, dead: Double?, light: Light) {
      self.name = Sanitize.text(name)
      self.gradient = gradient
      self.ratio = ratio
      self.dead = dead
      self.light = light
    }
  }

  package struct Alarm: Sendable {
    package let step: Int
    package let text: String
    package let advice: String

    package init(step: Int, _ text: String, advice: String) {
      self.step = step
      self.text = text
      self.advice = advice
    }
  }

  package let status: String
  package let step: Int
  package let total: Int
  package let epoch: (done: Int, of: Int)
  /// Learning rate, steps per second, time left: whatever is known, in order.
  package let facts: [String]
  /// What the time went into; empty where that is not told.
  package let spending: String
  package let curves: LinePlot
  /// What was done to the run, in order.
  package let events: [String]
  package let layers: [Layer]
  package let alarms: [Alarm]

  package init(
    status: String, step: Int, total: Int, epoch: (done: Int, of: Int), facts: [String],
    spending: String = "", curves: LinePlot, events: [String] = [], layers: [Layer],
    alarms: [Alarm]
  ) {
    self.status = status
    self.step = step
    self.total = total
    self.epoch = epoch
    self.facts = facts
    self.spending = spending
    self.curves = curves
    self.events = events
    self.layers = layers
    self.alarms = alarms
  }

  package var description: String {
    var text = "A run that is \(status), at step \(step) of \(total). " + curves.description
    for alarm in alarms { text += " Alarm at step \(alarm.step): \(alarm.text)." }
    return text
  }

  private static let eighths: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard width >= 20, (height ?? 24) >= 4 else {
      return Grid.message(
        "\(status) \(step)/\(total)", width: width, height: height)
    }
    let told = events.suffix(3).map { Labels.fitted("▼ " + $0, width) }
    let warnings =
      told
      + alarms.flatMap { alarm in
        Labels.wrapped("! \(alarm.text) (step \(alarm.step)); try \(alarm.advice)", width)
      }
    let isWide = width >= 96 && !layers.isEmpty
    let tableRows = isWide || layers.isEmpty ? 0 : min(layers.count, 8) + 1
    let heads = spending.isEmpty ? 2 : 3
    let wished = heads + 14 + tableRows + warnings.count
    let height = min(height ?? wished, max(wished, height ?? 0))
    var grid = Grid(width: width, height: height)
    drawHead(on: &grid, depth)
    var row = heads
    let shownWarnings = Array(warnings.prefix(max(0, height - row - 4)))
    let below =
      shownWarnings.count + (height - row - shownWarnings.count - tableRows >= 5 ? tableRows : 0)
    let tall = height - row - below
    let tableWidth = isWide ? min(52, width * 2 / 5) : 0
    if tall >= 1 {
      let curveWidth = isWide ? width - tableWidth - 2 : width
      grid.draw(curves.draw(width: curveWidth, height: tall, depth: depth), column: 0, row: row)
      if isWide {
        drawLayers(
          on: &grid, column: width - tableWidth, row: row, width: tableWidth, rows: tall, depth)
      }
      row += tall
    }
    if below > shownWarnings.count {
      drawLayers(on: &grid, column: 0, row: row, width: width, rows: tableRows, depth)
      row += tableRows
    }
    for (index, line) in shownWarnings.enumerated() {
      let isAlarm = index >= told.count
      grid.write(
        line, column: 0, row: row,
        style: Style(
          foreground: depth == .none || !isAlarm ? nil : Color(208), isBold: isAlarm,
          isDim: !isAlarm))
      row += 1
    }
    return grid
  }

  private func drawHead(on grid: inout Grid, _ depth: ColorDepth) {
    let part = total > 0 ? min(1, max(0, Double(step) / Double(total))) : 0
    var at = grid.write(status, column: 0, row: 0, style: Style(isBold: true)) + 2
    at += grid.write("epoch \(epoch.done)/\(epoch.of)", column: at, row: 0) + 2
    let bar = max(4, min(20, grid.width - at - 26))
    if at + bar < grid.width {
      let filled = Int((part * Double(bar * 8)).rounded())
      for column in 0..<bar {
        let eighth = min(8, max(0, filled - column * 8))
        grid[at + column, 0] = Glyph(
          eighth > 0 ? Dashboard.eighths[eighth] : "·", Style(isDim: eighth == 0))
      }
      at += bar + 1
    }
    grid.write("\(step)/\(total)  \(Int((100 * part).rounded(.down)))%", column: at, row: 0)
    grid.write(facts.joined(separator: "   "), column: 0, row: 1, style: Style(isDim: true))
    grid.write(spending, column: 0, row: 2, style: Style(isDim: true))
  }

  private func drawLayers(
    on grid: inout Grid, column: Int, row: Int, width: Int, rows: Int, _ depth: ColorDepth
  ) {
    let dim = Style(isDim: true)
    let numbers = 8
    let names = max(4, width - 3 * numbers - 3)
    grid.write("layer", column: column, row: row, style: dim)
    for (place, title) in ["|grad|", "Δw/w", "dead"].enumerated() {
      grid.write(
        Labels.padded(title, numbers, isRight: true), column: column + names + place * numbers,
        row: row, style: dim)
    }
    let room = rows - 1
    let shown =
      layers.count <= room ? Array(layers.indices) : Ridges.spread(layers.count, over: room)
    for (place, index) in shown.enumerated() {
      let (layer, y) = (layers[index], row + 1 + place)
      grid.write(Labels.fitted(layer.name, names - 1), column: column, row: y)
      let cells = [
        Ticks.format("%.0e", layer.gradient), Ticks.format("%.0e", layer.ratio),
        layer.dead.map { Ticks.format("%.0f%%", 100 * $0) } ?? "–",
      ]
      for (at, cell) in cells.enumerated() {
        grid.write(
          Labels.padded(cell, numbers, isRight: true), column: column + names + at * numbers, row: y
        )
      }
      let (mark, color): (Character, UInt8) =
        switch layer.light {
        case .good: ("●", 35)
        case .warning: ("▲", 220)
        case .alarm: ("!", 203)
        }
      grid[column + names + 3 * numbers + 1, y] = Glyph(
        mark, Style(foreground: depth == .none ? nil : Color(color), isBold: layer.light != .good))
    }
  }
}
