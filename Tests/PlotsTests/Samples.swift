import Glibc
import Plots

/// The same random numbers on every run.
struct Numbers {
  var state: UInt64

  /// From 0 up to 1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }

  mutating func next(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() * Double(range.count))
  }

  /// About normal, with variance 1.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + next() } }
}

/// Pictures such as people draw.
enum Samples {
  static let losses = LinePlot(
    [
      .init("train", y: (0..<120).map { exp(-Double($0) / 25) * 2.3 + 0.05 }),
      .init("val", y: (0..<120).map { exp(-Double($0) / 20) * 2.2 + 0.3 + Double($0) / 1500 }),
    ], title: "loss")

  static let noisy: LinePlot = {
    var numbers = Numbers(state: 17)
    func losses(_ rate: Double) -> [Double] {
      (0..<900).map { exp(-Double($0) * rate + numbers.normal() * 0.6) + 1e-3 }
    }
    return LinePlot(
      [.init("0 loss", y: losses(0.004)), .init("1 loss", y: losses(0.007))],
      title: "training loss", isLogarithmic: true)
  }()

  static let gap = LinePlot([
    .init(
      "",
      y: (0..<100).map {
        $0 == 40 ? .nan : $0 == 70 ? .infinity : sin(Double($0) / 10) * 3
      })
  ])

  static let decades = LinePlot(
    [.init("", y: (0..<80).map { pow(10, 2 - Double($0) / 16) })], title: "gradient norm",
    isLogarithmic: true)

  static let clusters: ScatterPlot = {
    var numbers = Numbers(state: 3)
    let centres = [(0.0, 0.0), (4, 1.5), (1.5, 4)]
    let points = (0..<150).map { index in
      (
        centres[index % 3].0 + numbers.normal() * 0.8, centres[index % 3].1 + numbers.normal() * 0.6
      )
    }
    return ScatterPlot(
      x: points.map(\.0), y: points.map(\.1), classes: (0..<150).map { $0 % 3 },
      names: ["setosa", "versicolor", "virginica"], title: "three kinds")
  }()

  static let cloud: ScatterPlot = {
    var numbers = Numbers(state: 5)
    let x = (0..<400).map { $0 == 7 ? .nan : numbers.normal() }
    return ScatterPlot(x: x, y: x.map { $0 * 20 + numbers.normal() * 8 })
  }()

  static let bell: [Double] = {
    var numbers = Numbers(state: 11)
    return (0..<1000).map { _ in numbers.normal() }
  }()

  static let confusion = ConfusionMatrix(
    [[38, 0, 1, 0], [0, 35, 4, 0], [2, 3, 31, 0], [0, 0, 0, 36]],
    labels: ["cat", "dog", "fox", "hen"])

  /// A ring of 8 x 8 pixels, brighter to one side.
  static func ring(_ turn: Double) -> [[Double]] {
    (0..<8).map { r in
      (0..<8).map { c in
        let (y, x) = (Double(r) - 3.5, Double(c) - 3.5)
        let near = max(0, 1 - abs(sqrt(x * x + y * y) - 2.6) / 1.4)
        return near * (0.7 + 0.3 * cos(atan2(y, x) - turn))
      }
    }
  }

  static let people = TextTable(
    [
      .init("name", texts: ["Ada", "Barbara", "Grace", "Karen"]),
      .init("born", integers: [1815, 1939, 1906, 1935]),
      .init("score", numbers: [0.5, 12.25, .nan, -3]),
    ], title: "people")

  static let long = TextTable(
    [
      .init("epoch", integers: Array(1...100)),
      .init("loss", numbers: (1...100).map { 2.3 / Double($0) + 0.04 }),
      .init("note", texts: (1...100).map { $0 % 10 == 0 ? "saved" : "" }),
    ])
}
