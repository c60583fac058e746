import Drawing
import Glibc
import Plots
import TestSupport
import Testing

/// Pictures as their reader sees them, 72 columns wide and without colour.
@Suite struct GoldenTests {
  static let pictures: [(name: String, picture: any Picture)] =
    [
      ("curves", Samples.losses),
      ("curves-with-noise", Samples.noisy),
      ("curve-with-gaps", Samples.gap),
      ("curve-on-decades", Samples.decades),
      ("curve-of-one-point", LinePlot([.init("", y: [3])])),
      ("scatter-of-classes", Samples.clusters),
      ("scatter-of-one-class", Samples.cloud),
      (
        "scatter-of-digits",
        ScatterPlot(
          x: (0..<30).map { cos(Double($0) / 5) }, y: (0..<30).map { sin(Double($0) / 5) },
          classes: (0..<30).map { $0 / 3 }, names: (0..<10).map { "\($0)" })
      ),
      ("histogram", Histogram(Samples.bell, title: "weights")),
      (
        "histogram-of-labels",
        Histogram([0, 1, 1, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, .nan])
      ),
      ("histogram-of-bins", Histogram(Samples.bell, bins: 5)),
      (
        "bars",
        BarPlot(
          ["Linear(64, 10)", "Conv(16, 3)", "bias", "a rather long name of a parameter"],
          [650, 160, 16, 1], title: "parameters")
      ),
      (
        "bars-of-both-signs",
        BarPlot(["up", "down", "even", "lost", "huge"], [2.5, -1.25, 0, .nan, .infinity])
      ),
      ("table", Samples.people),
      ("table-long", Samples.long),
      (
        "table-wide",
        TextTable((0..<20).map { .init("x[\($0)]", numbers: [Double($0) / 4, 1e-9, 123_456]) })
      ),
      (
        "images",
        ImageGrid(
          (0..<6).map { Samples.ring(Double($0)) }, captions: ["0→0", "1→1", "2", "3", "4→9", "5"])
      ),
      ("images-in-columns", ImageGrid((0..<4).map { Samples.ring(Double($0)) }, columns: 2)),
      ("image", ImagePicture(Samples.ring(1), title: "7 → 1")),
      (
        "heatmap",
        Heatmap((0..<8).map { r in (0..<12).map { c in sin(Double(r) / 2) * cos(Double(c) / 3) } })
      ),
      (
        "heatmap-with-labels",
        Heatmap(
          [[0.9, 0.1, 0], [0.2, 0.7, 0.1], [.nan, 0.3, 0.6]], labels: ["the", "cat", "sat"])
      ),
      (
        "heatmap-large",
        Heatmap((0..<90).map { r in (0..<200).map { c in Double((r * c) % 97) + Double(c) } })
      ),
      ("confusion", Samples.confusion),
    ] + Samples.layered + Samples.marked

  @Test(arguments: pictures.map(\.name))
  func `a picture is drawn and described as recorded`(name: String) throws {
    let picture = try #require(Self.pictures.first { $0.name == name }?.picture)
    let text = picture.draw(width: 72, height: nil, depth: .none).plainText()
    expectGolden(text + "\n\n" + picture.description, name)
  }

  @Test func `a small window still shows the curves`() {
    let text = Samples.losses.draw(width: 40, height: 8, depth: .none).plainText()
    expectGolden(text, "curves-small")
  }

  /// What a terminal gets at every width, escape characters made visible.
  @Test(arguments: pictures.map(\.name))
  func `a picture keeps its form at three widths, with and without colours`(name: String) throws {
    let picture = try #require(Self.pictures.first { $0.name == name }?.picture)
    var parts: [String] = []
    for width in [40, 80, 160] {
      parts.append("\(width) columns, mono")
      parts.append(picture.draw(width: width, height: nil, depth: .none).plainText())
      parts.append("\(width) columns, 256 colours")
      let colours = picture.draw(width: width, height: nil, depth: .palette).ansiText()
      parts.append(String(colours.map { $0 == "\u{1B}" ? "␛" : $0 }))
    }
    expectGolden(parts.joined(separator: "\n"), "widths/\(name)")
  }
}
