import Glibc
import Plots

/// Pictures with marks, bands and lines through points, such as people draw.
extension Samples {
  private static func numbers(_ count: Int, _ value: (Double) -> Double) -> [Double] {
    (0..<count).map { value(Double($0)) }
  }

  private static let bestPoint: LinePlot = {
    let held = numbers(60) { exp(-$0 / 12) + $0 / 90 }
    return LinePlot([
      .init("train", y: numbers(60) { exp(-$0 / 20) }),
      .init("val", y: held, best: (24, held[24])),
    ])
  }()

  private static let fewPoints = LinePlot([
    .init("loss", y: numbers(200) { exp(-$0 / 60) }),
    .init("val loss", x: numbers(5) { 40 + 40 * $0 }, y: numbers(5) { exp(-$0 / 2) / 2 + 0.2 }),
  ])

  private static let lookedAt: LinePlot = {
    let all = numbers(90) { exp(-$0 / 20) }
    let beyond = LinePlot.Line("train", x: numbers(51) { $0 + 39 }, y: Array(all[39...]))
    return LinePlot(
      [.init("train", y: Array(all[...39]))],
      crosshair: .init(x: 39, label: "step 39", beyond: [beyond]))
  }()

  private static let banded = LinePlot([
    .init(
      "mean of 5", y: numbers(50) { 2 * exp(-$0 / 15) },
      spread: numbers(50) { 0.1 + 0.3 * exp(-$0 / 10) })
  ])

  private static let acrossDecades: LinePlot = {
    let losses = numbers(60) { $0 < 40 ? 2 - $0 / 40 : 1 + ($0 - 40) * ($0 - 40) / 64 }
    return LinePlot(
      [.init("loss", x: numbers(60) { pow(10, $0 / 10 - 6) }, y: losses)], title: "learning rate",
      isLogarithmicAcross: true, smoothing: 0.3)
  }()

  private static let path = ScatterPlot(
    x: numbers(24) { cos($0 / 3) * $0 }, y: numbers(24) { sin($0 / 3) * $0 }, title: "a path",
    isJoined: true)

  private static let overlaid: PlanePlot = {
    let fit = LinePlot(
      [.init("fit", y: numbers(30) { $0 / 3 })], title: "a line",
      events: [.init(x: 12, glyph: "▼")])
    let other = LinePlot([.init("other", y: numbers(30) { 10 - $0 / 3 })])
    let points = ScatterPlot(
      x: numbers(30) { $0 }, y: numbers(30) { $0 / 3 + sin($0 * 2) }, title: "and its points")
    return PlanePlot(overlaying: [fit, other, points]) ?? PlanePlot([])
  }()

  /// Loss and size of models, over decades of both: a law of powers is a straight line.
  private static let law: PlanePlot = {
    let sizes = numbers(7) { pow(10, 3 + $0 / 2) }
    let fit = LinePlot(
      [.init("fit", x: sizes, y: sizes.map { 40 * pow($0, -0.25) })], title: "loss and size",
      isLogarithmic: true, isLogarithmicAcross: true)
    let points = ScatterPlot(
      x: sizes + [0], y: sizes.map { 40 * pow($0, -0.25) } + [1],
      classes: [0, 1, 0, 1, 0, 1, 0, 1], names: ["wide", "deep"])
    return PlanePlot(overlaying: [fit, points]) ?? PlanePlot([])
  }()

  private static let letters: ConfusionMatrix = {
    let counts = (0..<27).map { r in (0..<27).map { c in r == c ? 150 : (r * 7 + c * 3) % 40 } }
    return ConfusionMatrix(counts, labels: ".abcdefghijklmnopqrstuvwxyz".map { String($0) })
  }()

  static let marked: [(name: String, picture: any Picture)] = [
    ("curves-with-a-best-point", bestPoint),
    ("curve-of-few-points", fewPoints),
    ("curves-looked-at", lookedAt),
    ("curve-with-a-band", banded),
    ("curve-over-decades", acrossDecades),
    ("points-joined", path),
    ("overlay-with-marks", overlaid),
    ("overlay-over-decades", law),
    ("confusion-of-letters", letters),
    ("images-in-eight-columns", ImageGrid((0..<16).map { ring(Double($0)) }, columns: 8)),
  ]
}
