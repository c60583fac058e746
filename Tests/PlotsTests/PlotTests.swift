import Drawing
import Glibc
import Testing

@testable import Plots

@Suite struct PlotTests {
  private struct Numbers {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
  }

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

  @Test func `nothing, one point, a constant and no finite number are all told`() {
    func text(_ y: [Double]) -> String {
      LinePlot([.init("", y: y)]).draw(width: 60, height: 10, depth: .none).plainText()
    }
    #expect(text([]).contains("waiting for the first step"))
    #expect(text([.nan, .infinity]).contains("no finite value (2 points)"))
    #expect(text([3]).contains("3.0"))
    #expect(text([5, 5, 5]).contains("5.0"))
    #expect(text([1, .nan, 2]).contains("✖"))
  }

  @Test func `no size traps and no row is wider than asked for`() {
    let y = (0..<300).map { sin(Double($0) / 20) * 1e3 }
    let pictures: [any Picture] = [
      LinePlot([.init("train", y: y), .init("val", y: y.map { $0 * 0.5 })], title: "loss"),
      LinePlot([.init("", y: y.map { abs($0) + 1 })], isLogarithmic: true),
      Heatmap((0..<30).map { r in (0..<50).map { Double(r * $0) } }),
      Heatmap([]), ConfusionMatrix([[5, 1], [0, 7]], labels: ["cat", "dog"]),
      ConfusionMatrix(Array(repeating: Array(repeating: 3, count: 40), count: 40)),
      ImagePicture([[0, 1], [0.5, .nan]], title: "7→1"),
    ]
    for picture in pictures {
      #expect(picture.description.hasSuffix("."))
      for (width, height) in [(1, 1), (10, 3), (40, 12), (80, 24), (200, 60)] {
        for depth in [ColorDepth.none, .palette] {
          let grid = picture.draw(width: width, height: height, depth: depth)
          #expect(grid.width <= width)
        }
      }
    }
  }

  @Test func `a confusion matrix gives recall, precision and the worst mistake`() {
    let matrix = ConfusionMatrix([[8, 2], [1, 9]], labels: ["cat", "dog"])
    let text = matrix.draw(width: 72, height: nil, depth: .none).plainText()
    #expect(text.contains("80.0%") && text.contains("88.9%"))
    #expect(text.contains("accuracy 85.0%   worst: cat→dog 2  dog→cat 1"))
    #expect(matrix.description == "17 of 20 right, 3 wrong, most often cat for dog.")
  }
}
