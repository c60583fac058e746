import Glibc
import Plots

/// Pictures of layers, groups, weights and several plots, such as people draw.
extension Samples {
  private static let bowl = Field(
    x: (-2, 2), y: (-1, 1),
    rows: (0..<41).map { r in
      (0..<61).map { c in
        let (x, y) = (Double(c) / 15 - 2, Double(r) / 20 - 1)
        return x * x + 3 * y * y
      }
    })

  private static let halves = Field(
    x: (-1, 5), y: (-1, 5),
    rows: (0..<40).map { r in
      (0..<40).map { c in c + r < 30 ? 0 : c > r ? 1 : 2 }
    }, classes: ["low", "right", "up"])

  private static func bell(_ count: Int, _ mean: Double, _ spread: Double, _ seed: UInt64)
    -> [Double]
  {
    var numbers = Numbers(state: seed)
    return (0..<count).map { _ in mean + spread * numbers.normal() }
  }

  private static func attention(_ sharpness: Double) -> [[Double]] {
    (0..<6).map { row in
      let weights = (0..<6).map { exp(-sharpness * abs(Double($0 - row))) }
      let total = weights.reduce(0, +)
      return weights.map { $0 / total }
    }
  }

  static let layered: [(name: String, picture: any Picture)] = [
    ("contour", PlanePlot([.init(.contours(bowl, levels: [0.5, 1, 2, 4]))], title: "x² + 3y²")),
    ("boundary", PlanePlot([.init(.ground(halves)), .init(.points(clusters))])),
    (
      "path-on-a-bowl",
      PlanePlot([
        .init(.contours(bowl, levels: PlanePlot.levels(of: bowl))),
        .init(
          .curve(
            .init(
              "descent", x: (0..<20).map { -1.8 * pow(0.8, Double($0)) },
              y: (0..<20).map { 0.9 * pow(-0.7, Double($0)) }))),
      ])
    ),
    (
      "boxes",
      BoxPlot(
        ["a", "wide", "few", "lost"],
        [bell(100, 0, 1, 1), bell(60, 1, 3, 2), [1, 2, 3, 20], [.nan]], title: "groups")
    ),
    (
      "ridges",
      Ridges(
        (0..<6).map { "step \($0 * 100)" },
        (0..<6).map { bell(400, Double($0) / 4, 0.2 + Double($0) / 5, UInt64($0)) },
        title: "weights of layer 1")
    ),
    (
      "parallel",
      ParallelCoordinates(
        [
          .init("lr", [0.1, 0.01, 0.03, 0.3]), .init("units", [8, 32, 16, .nan]),
          .init("opt", [0, 1, 0, 1], texts: ["Adam", "SGD"]),
          .init("accuracy", [0.9, 0.7, 0.95, 0.5]),
        ], title: "sweep")
    ),
    (
      "attention-maps",
      AttentionMaps([
        [attention(3), attention(0.1), attention(1)], [attention(0), attention(0.5), attention(8)],
      ])
    ),
    (
      "shaded-text",
      ShadedText(
        "The animal did not cross the street because it was too tired".split(separator: " ").map(
          String.init),
        [0.02, 0.45, 0.01, 0.02, 0.05, 0.02, 0.2, 0.01, 0.1, 0.02, 0.02, 0.08], title: "it →")
    ),
    (
      "reliability",
      ReliabilityDiagram(
        (0..<400).map { 0.5 + Double($0 % 50) / 100 }, right: (0..<400).map { $0 % 5 < 3 },
        title: "")
    ),
    (
      "dashboard",
      Dashboard(
        status: "running", step: 1874, total: 4690, epoch: (4, 10),
        facts: ["lr 0.001", "batch 128", "312 steps/s", "9 s left"], curves: losses,
        events: ["step 1200: lr = 0.001"],
        layers: [
          .init("0 Conv(1, 16, 3)", gradient: 0.03, ratio: 0.001, dead: 0, light: .good),
          .init("3 Conv(16, 32, 3)", gradient: 0.008, ratio: 9e-4, dead: 0.02, light: .good),
          .init("7 Linear(512, 64)", gradient: 2e-6, ratio: 3e-7, dead: 0.61, light: .alarm),
          .init("9 Linear(64, 10)", gradient: 0.05, ratio: 0.04, dead: nil, light: .warning),
        ],
        alarms: [
          .init(
            step: 1310, "61 % of the units behind 7 Linear(512, 64) are always 0",
            advice: "a smaller learning rate, or leaky_relu")
        ])
    ),
    (
      "graph",
      ModelGraph([
        .init("input", inputs: [], shape: "f32 [1, 3, 8, 8]"),
        .init("Conv(3, 8, 3)", inputs: [0], shape: "f32 [1, 8, 8, 8]", weights: 224),
        .init("relu", inputs: [1], shape: "f32 [1, 8, 8, 8]"),
        .init("Conv(8, 8, 1)", inputs: [0], shape: "f32 [1, 8, 8, 8]", weights: 72),
        .init("+", inputs: [2, 3], shape: "f32 [1, 8, 8, 8]"),
        .init("GlobalPool()", inputs: [4], shape: "f32 [1, 8]"),
        .init("sigmoid", inputs: [5], shape: "f32 [1, 8]"),
        .init("*", inputs: [4, 6], shape: "f32 [1, 8, 8, 8]"),
        .init("+", inputs: [7, 0], shape: "f32 [1, 8, 8, 8]"),
      ])
    ),
    ("row", PictureRow([losses, Histogram(bell(200, 0, 1, 4)), decades])),
    ("column", PictureColumn([BarPlot(["a", "b"], [1, 2]), gap])),
  ]
}
