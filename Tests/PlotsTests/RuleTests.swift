import Drawing
import Glibc
import Testing

@testable import Plots

/// What every picture keeps to, whatever its data.
@Suite struct RuleTests {
  private func wave(_ count: Int) -> [Double] {
    (0..<count).map { sin(Double($0) / 40) + 0.2 * sin(Double($0) / 3) }
  }

  @Test func `every label of the upright axis stands in the row of its value`() {
    var numbers = Numbers(state: 11)
    for _ in 0..<10_000 {
      let scale = pow(10, numbers.next() * 8 - 3)
      let low = (numbers.next() - 0.5) * scale
      let high = low + numbers.next() * scale + scale * 1e-3
      let rows = 6 + Int(numbers.next() * 12)
      let grid = LinePlot([.init("", y: [low, high])])
        .draw(width: 32, height: rows + 2, depth: .none)
      var free = -1
      for row in 0..<rows {
        let line = (0..<13).map { grid[$0, row].character }
        guard let edge = line.firstIndex(of: "┤") else { continue }
        let label = String(line[..<edge]).trimmed
        let unit = label.hasSuffix("k") ? 1e3 : label.hasSuffix("M") ? 1e6 : 1
        let value = (Double(label.filter { !"kM".contains($0) }) ?? .nan) * unit
        let place = (1 - (value - low) / (high - low)) * Double(rows)
        #expect(abs(place - Double(row) - 0.5) <= 0.65, "\(label) in row \(row) of \(low)…\(high)")
        #expect(row > free)
        free = row
      }
      let floor = (0..<32).map { grid[$0, rows + 1].character }
      let labels = String(floor).split(separator: " ")
      #expect(labels.allSatisfy { Double($0) != nil }, "\(String(floor))")
    }
  }

  @Test func `a geometric series of points is evenly spaced over decades`() throws {
    let x = [1.0, 10, 100, 1000]
    let curve = LinePlot(
      [.init("", x: x, y: x.map { $0 * $0 })], isLogarithmic: true, isLogarithmicAcross: true)
    let points = ScatterPlot(
      x: x + [-1], y: x.map { $0 * $0 } + [4], classes: [0, 0, 0, 0, 0], names: ["seen", "not"])
    let plot = try #require(PlanePlot(overlaying: [points, curve]))
    let grid = plot.draw(width: 60, height: 24, depth: .none)
    var marks: [(column: Int, row: Int)] = []
    for row in 0..<grid.height {
      let line = (0..<grid.width).map { grid[$0, row].character }
      // What stands to the right is the legend.
      if let column = line.firstIndex(of: "●"), column < 50 { marks.append((column, row)) }
    }
    #expect(marks.count == 4)
    let (across, up) = (
      zip(marks, marks.dropFirst()).map { $0.column - $1.column },
      zip(marks, marks.dropFirst()).map { $1.row - $0.row }
    )
    for steps in [across, up] {
      let (least, most) = (steps.min() ?? 0, steps.max() ?? 0)
      #expect(least > 3 && most - least <= 1, "\(marks)")
    }
    #expect(grid.plainText().contains("1 without a logarithm"))
    let field = Field(
      x: (1, 9), y: (1, 9), rows: [[0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]])
    let contour = PlanePlot([.init(.contours(field, levels: [2]))])
    #expect(PlanePlot(overlaying: [contour, curve]) == nil)
  }

  @Test func `a number that is not finite changes no column but its own`() {
    let clean = wave(600)
    let plain = LinePlot([.init("", y: clean)]).draw(width: 72, height: 14, depth: .none)
    for bad in stride(from: 40, to: 560, by: 37) where clean[bad] < 1.1 && clean[bad] > -1.1 {
      for value in [Double.nan, .infinity, -.infinity] {
        var y = clean
        y[bad] = value
        let grid = LinePlot([.init("", y: y)]).draw(width: 72, height: 15, depth: .none)
        let text = grid.plainText()
        #expect(text.contains("1 not finite ✖"))
        let gutter = (0..<72).first { grid[$0, 13].character == "└" } ?? 0
        let own = gutter + 1 + bad * (72 - gutter - 2) / 599
        let changed = (0..<72).filter { column in
          (0..<12).contains { plain[column, $0] != grid[column, $0 + 1] }
        }
        #expect(changed.allSatisfy { abs($0 - own) <= 1 }, "\(value) at \(bad): \(changed) \(own)")
      }
    }
  }

  @Test func `every extreme is on the screen, of ten million points too`() {
    var numbers = Numbers(state: 3)
    for count in [200, 5000, 100_000] {
      for _ in 0..<20 {
        var y = (0..<count).map { _ in numbers.next() }
        y[Int(numbers.next() * Double(count - 1))] = 3
        y[Int(numbers.next() * Double(count - 1))] = -3
        let grid = LinePlot([.init("", y: y)]).draw(width: 70, height: 12, depth: .none)
        func isDrawn(_ row: Int) -> Bool {
          (0..<70).contains { ("\u{2801}"..."\u{28FF}").contains(grid[$0, row].character) }
        }
        #expect(isDrawn(0) && isDrawn(9))
      }
    }
    var long = [Double](repeating: 0, count: 10_000_000)
    long[7_654_321] = 1
    long[2_000_000] = .nan
    let plot = LinePlot([.init("", y: long)])
    let grid = plot.draw(width: 60, height: 12, depth: .none)
    let top = (0..<60).map { grid[$0, 1].character }
    #expect(top.contains { ("\u{2801}"..."\u{28FF}").contains($0) })
    #expect(grid.plainText().contains("1 not finite ✖"))
    #expect(
      plot.description
        == "the curve begins and ends at 0, between 0 and 1 over 10000000 points, 1 of them not finite."
    )
  }

  @Test func `a smoothed curve is unbiased, keeps constants and does not depend on density`() {
    let constant = LinePlot.Line("", y: [Double](repeating: 0.3, count: 500)).smoothed(0.99)
    #expect(constant.y.allSatisfy { $0 == 0.3 })
    let start = LinePlot.Line("", y: [5, 1, 1, 1]).smoothed(0.9)
    #expect(start.y[0] == 5)
    let places = (0..<2001).map { Double($0) / 2000 }
    let fine = LinePlot.Line("", x: places, y: places.map { $0 < 0.5 ? 0 : 1 }).smoothed(0.9)
    let few = stride(from: 0, to: 2001, by: 4).map { places[$0] }
    let coarse = LinePlot.Line("", x: few, y: few.map { $0 < 0.5 ? 0 : 1 }).smoothed(0.9)
    for (at, x) in few.enumerated() {
      #expect(abs(coarse.y[at] - fine.y[4 * at]) < 0.12, "at \(x)")
    }
    let gap = LinePlot.Line("", y: [1, .nan, 1]).smoothed(0.5)
    #expect(gap.y[0] == 1 && gap.y[1].isNaN && gap.y[2] == 1)
  }

  @Test func `where curves cross, the last one has the cell`() {
    let flat = [Double](repeating: 0, count: 100)
    let plot = LinePlot([.init("a", y: flat), .init("b", y: flat), .init("c", y: [-1, 1])])
    let grid = plot.draw(width: 60, height: 12, depth: .palette)
    let colours = (0..<60).flatMap { column in
      (0..<9).compactMap { row -> UInt8? in
        let glyph = grid[column, row]
        guard ("\u{2801}"..."\u{28FF}").contains(glyph.character) else { return nil }
        return glyph.style.foreground?.index
      }
    }
    #expect(!colours.contains(Palette.series[0]))
    #expect(colours.contains(Palette.series[1]) && colours.contains(Palette.series[2]))
  }

  /// L* of the sRGB colour, from CIE 1976 for a D65 white.
  private func lightness(_ index: UInt8) -> Double {
    let rgb = Palette256.rgb(Color(index))
    func linear(_ shift: UInt32) -> Double {
      let part = Double(rgb >> shift & 255) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    let y = 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
    return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : 24389.0 / 27 * y
  }

  @Test func `colours of a scale rise in lightness`() {
    let magma = Palette.magma.map(lightness)
    #expect(zip(magma, magma.dropFirst()).allSatisfy { $0 < $1 })
    let grey = (0...23).map { lightness(Palette.grey(Double($0) / 23.5).index) }
    #expect(zip(grey, grey.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func `a thousand classes, labels of three hundred letters and wide ones find room`() {
    let long = (0..<1000).map { "class \($0) " + String(repeating: "語", count: 300) }
    let counts = (0..<1000).map { r in (0..<1000).map { $0 == r ? 5 : 0 } }
    for (width, height) in [(18, 4), (80, 24), (400, 100)] {
      let grid = ConfusionMatrix(counts, labels: long)
        .draw(width: width, height: height, depth: .palette)
      #expect(grid.width <= width && grid.height <= height)
      let bars = BarPlot(long, long.indices.map(Double.init))
        .draw(width: width, height: height, depth: .none)
      #expect(bars.width <= width && bars.height <= height)
    }
    #expect(ConfusionMatrix(counts, labels: long).description.hasPrefix("5000 of 5000 right"))
  }
}

extension String {
  fileprivate var trimmed: String { filter { $0 != " " } }
}
