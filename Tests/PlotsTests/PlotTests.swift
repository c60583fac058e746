import Drawing
import Glibc
import Testing

@testable import Plots

@Suite struct PlotTests {
  @Test func `ticks are round, inside the range, and their labels tell their value`() {
    var numbers = Numbers(state: 7)
    for _ in 0..<10_000 {
      let scale = pow(10, numbers.next() * 8 - 3)
      let low = (numbers.next() - 0.5) * scale
      let high = low + numbers.next() * scale + scale * 1e-3
      let ticks = Ticks(low: low, high: high, count: 5)
      #expect(ticks.values.count <= 5 && ticks.values.count >= 1)
      #expect(Set(ticks.labels).count == ticks.labels.count, "\(ticks.labels)")
      for (value, label) in zip(ticks.values, ticks.labels) {
        #expect(value >= low - scale * 1e-6 && value <= high + scale * 1e-6)
        let unit = label.hasSuffix("k") ? 1e3 : label.hasSuffix("M") ? 1e6 : 1
        let read = (Double(label.filter { !"kM".contains($0) }) ?? .nan) * unit
        #expect(abs(read - value) <= (high - low) / 20, "\(label) for \(value)")
      }
    }
  }

  @Test func `a spike of one in a million points is seen`() {
    var y = [Double](repeating: 0, count: 1_000_000)
    y[123_456] = 1
    let grid = LinePlot([.init("", y: y)]).draw(width: 60, height: 12, depth: .none)
    let top = (0..<60).map { grid[$0, 0].character }
    #expect(top.contains { ("\u{2801}"..."\u{28FF}").contains($0) })
  }

  @Test func `curves laid over each other keep the logarithmic axes of one of them`() {
    let a = LinePlot.Line("a", x: [1, 10, 100], y: [1, 10, 100])
    let b = LinePlot.Line("b", x: [1, 10, 100], y: [2, 20, 200])
    let together = LinePlot(together: [
      LinePlot([a], title: "a", isLogarithmic: true, isLogarithmicAcross: true),
      LinePlot([b], title: "b"),
    ])
    let whole = LinePlot(
      [a, b], title: "a, b", isLogarithmic: true, isLogarithmicAcross: true)
    #expect(
      together.draw(width: 60, height: 16, depth: .none)
        == whole.draw(width: 60, height: 16, depth: .none))
    #expect(together.description == whole.description)
  }

  @Test func `names of groups that would look alike get more room`() {
    let plot = BoxPlot(["with dropout", "without dropout"], [[1, 2, 3], [2, 3, 4]])
    let text = plot.draw(width: 34, height: nil, depth: .none).plainText()
    #expect(text.contains("with dropout") && text.contains("without dropout"))
  }

  @Test func `nothing, one point, a constant and no finite number are all told`() {
    func text(_ y: [Double]) -> String {
      LinePlot([.init("", y: y)]).draw(width: 60, height: 10, depth: .none).plainText()
    }
    #expect(text([]).contains("waiting for the first step"))
    #expect(text([.nan, .infinity]).contains("no finite value (2 points)"))
    #expect(text([3]).contains("●"))
    #expect(text([5, 5, 5]).contains("5.0"))
    #expect(text([1, .nan, 2]).contains("✖"))
  }

  @Test func `without colour the second curve is dashed`() {
    let zero = [Double](repeating: 0, count: 50)
    let plot = LinePlot([.init("a", y: zero), .init("b", y: zero.map { $0 + 1 })])
    func top(_ depth: ColorDepth) -> Int {
      let grid = plot.draw(width: 60, height: 12, depth: depth)
      return (0..<60).count { grid[$0, 0].character == "⠉" }
    }
    #expect(top(.palette) >= 45)
    #expect((20..<45).contains(top(.none)))
  }

  @Test func `dense curves are calmed only where there are several, and it is said`() {
    let y = (0..<1000).map { $0 == 500 ? Double.nan : Double($0 % 2) }
    func text(_ lines: [LinePlot.Line]) -> String {
      LinePlot(lines).draw(width: 60, height: 12, depth: .none).plainText()
    }
    #expect(text([.init("a", y: y), .init("b", y: y)]).contains("2 not finite ✖  means of 16"))
    #expect(!text([.init("a", y: y)]).contains("means"))
  }

  @Test func `without room for axes a curve is a line of blocks and its last value`() {
    let plot = LinePlot([.init("loss", y: [8, 4, 2, 1, 0.5, .nan, 0.25])])
    #expect(plot.draw(width: 12, height: 3, depth: .none).plainText() == "█▄▂▁▁✖▁ 0.25")
    #expect(plot.draw(width: 6, height: 1, depth: .none).plainText() == "0.25")
  }

  @Test func `a line of blocks rises with its values and lies in the middle when they are equal`() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([3, 3], width: 8) == "▅▅")
    #expect(Sparkline.text([.nan], width: 8) == "")
  }

  @Test func `a few classes are dots in colour, and marks without`() {
    let plot = ScatterPlot(
      x: [0, 1, 2], y: [0, 1, 2], classes: [0, 1, 1], names: ["cat", "dog"])
    let (plain, coloured) = (
      plot.draw(width: 40, height: 10, depth: .none),
      plot.draw(width: 40, height: 10, depth: .palette)
    )
    #expect(plain.plainText().contains("● cat (1)") && plain.plainText().contains("+ dog (2)"))
    #expect(coloured.plainText().contains("⠿ cat (1)"))
    let colours = (0..<400).compactMap { coloured[$0 % 40, $0 / 40].style.foreground }
    #expect(Set(colours).count == 2)
  }

  @Test func `a confusion matrix gives recall, precision and the worst mistake`() {
    let matrix = ConfusionMatrix([[8, 2], [1, 9]], labels: ["cat", "dog"])
    let text = matrix.draw(width: 72, height: nil, depth: .none).plainText()
    #expect(text.contains("80.0%") && text.contains("88.9%"))
    #expect(text.contains("accuracy 85.0%   worst: cat→dog 2  dog→cat 1"))
    #expect(matrix.description == "17 of 20 right, 3 wrong, most often cat for dog.")
  }
}
