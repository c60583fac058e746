import Drawing
import Plots
import Testing

/// Sizes and data that nobody draws on purpose.
@Suite struct AwkwardTests {
  private static let awkward: [[Double]] = [
    [], [.nan], [.infinity, -.infinity], [3], [5, 5, 5], [1e300, -1e300], [1e300, -1e-300],
    [-1e-300, 1e-300, 0], [.leastNonzeroMagnitude, 0],
    [.greatestFiniteMagnitude, -.greatestFiniteMagnitude],
    [.greatestFiniteMagnitude], [1, .nan, 2, .infinity, -7, -.infinity],
    [1e15, 1e15 + 1], [1e9, 1e9 + 0.001], [0.1, 0.3, 0.7, 0.2],
  ]

  /// Values from the list above, or random ones of any magnitude mixed with awkward ones.
  private func data(_ numbers: inout Numbers) -> [Double] {
    let choice = numbers.next(in: 0...(Self.awkward.count + 9))
    if choice < Self.awkward.count { return Self.awkward[choice] }
    let scale = Double(sign: .plus, exponent: numbers.next(in: -300...300), significand: 1)
    return (0..<numbers.next(in: 1...200)).map { _ in
      switch numbers.next(in: 0...40) {
      case 0: .nan
      case 1: .infinity
      case 2: 1e300
      default: (numbers.next() - 0.3) * scale
      }
    }
  }

  private func matrix(_ numbers: inout Numbers) -> [[Double]] {
    let columns = numbers.next(in: 0...60)
    return (0..<numbers.next(in: 0...40)).map { _ in
      let row = data(&numbers)
      return (0..<columns).map { row.isEmpty ? 0 : row[$0 % row.count] }
    }
  }

  private func pictures(_ numbers: inout Numbers) -> [any Picture] {
    let names = ["a", "a long name of a class", "日本語", "\u{202E}abc\u{1B}[2J", ""]
    let (x, y) = (data(&numbers), data(&numbers))
    let kinds = numbers.next(in: 1...30)
    let classes = x.indices.map { _ in numbers.next(in: 0...(kinds - 1)) }
    let labels = y.indices.map { names[$0 % names.count] }
    let title = names[numbers.next(in: 0...4)]
    let images = (0..<numbers.next(in: 0...9)).map { _ in matrix(&numbers) }
    let counts = (0..<kinds).map { _ in
      (0..<kinds).map { _ in numbers.next(in: 0...3) * numbers.next(in: 0...5000) }
    }
    return [
      LinePlot([.init(names[1], y: x), .init("b", y: y)], title: title),
      LinePlot([.init("", x: x, y: y)], isLogarithmic: true),
      LinePlot((0..<kinds).map { .init(names[$0 % 5], y: y) }),
      ScatterPlot(x: x, y: y, title: title),
      ScatterPlot(
        x: x, y: y, classes: classes, names: (0..<kinds).map { names[$0 % 5] + "\($0)" }),
      Histogram(x, title: title), Histogram(y, bins: numbers.next(in: 1...100)),
      BarPlot(labels, y, title: title),
      TextTable(
        [.init(names[1], numbers: x), .init("b", texts: labels), .init("c", numbers: y)],
        title: title),
      TextTable([]), Heatmap(matrix(&numbers)), Heatmap(matrix(&numbers), labels: labels),
      ImagePicture(matrix(&numbers), title: title),
      ImageGrid(images, captions: numbers.next() < 0.5 ? [] : images.indices.map { names[$0 % 5] }),
      ImageGrid(images, columns: numbers.next(in: 1...12)),
      ConfusionMatrix(counts, labels: numbers.next() < 0.5 ? [] : labels),
    ] + layered(&numbers, x, y, labels, title)
  }

  /// Pictures of layers, groups and weights.
  private func layered(
    _ numbers: inout Numbers, _ x: [Double], _ y: [Double], _ labels: [String], _ title: String
  ) -> [any Picture] {
    let range = (low: x.filter(\.isFinite).min() ?? 0, high: y.filter(\.isFinite).max() ?? 1)
    let columns = numbers.next(in: 1...40)
    let rows = (0..<numbers.next(in: 1...40)).map { _ in
      let row = data(&numbers)
      return (0..<columns).map { row.isEmpty ? 0 : row[$0 % row.count] }
    }
    let field = Field(x: range, y: (-1, 1), rows: rows)
    let regions = Field(x: range, y: (-1, 1), rows: rows, classes: Array(labels.prefix(9)))
    let scatter = ScatterPlot(x: x, y: y)
    let groups = (0..<numbers.next(in: 0...12)).map { _ in data(&numbers) }
    let weights = (0..<numbers.next(in: 0...3)).map { _ in
      (0..<numbers.next(in: 0...5)).map { _ in rows }
    }
    return [
      PlanePlot(
        [.init(.ground(field)), .init(.contours(field, levels: Array(y.prefix(9))))], title: title),
      PlanePlot([
        .init(.ground(regions)), .init(.points(scatter)), .init(.curve(.init("a", x: x, y: y))),
      ]),
      PlanePlot([.init(.contours(field, levels: PlanePlot.levels(of: field)))]),
      BoxPlot(labels, groups, title: title), Ridges(labels, groups, title: title),
      ParallelCoordinates(
        [.init("a", x), .init("b", y, texts: labels), .init(title, y)], title: title),
      AttentionMaps(weights), ShadedText(labels, y, title: title),
      ReliabilityDiagram(x, right: x.map { $0 > 0 }, bins: 1 + x.count % 20, title: title),
      Dashboard(
        status: title, step: numbers.next(in: -1...9), total: numbers.next(in: 0...9),
        epoch: (0, 0), facts: labels, curves: LinePlot([.init("a", x: x, y: y)]), events: labels,
        layers: zip(labels, y).map {
          .init($0, gradient: $1, ratio: $1, dead: $1, light: .warning)
        }, alarms: labels.prefix(4).map { .init(step: 1, $0, advice: title) }),
      ModelGraph(
        y.indices.map { at in
          let inputs = (0..<numbers.next(in: 0...3)).map { _ in numbers.next(in: 0...max(0, at - 1))
          }
          return .init(labels[at], inputs: at == 0 ? [] : inputs, shape: title, weights: at)
        }),
      PictureRow([scatter, BoxPlot(labels, groups)]),
      PictureColumn([scatter, Ridges(labels, groups)]), PictureRow([]), PictureColumn([]),
    ]
  }

  @Test func `no data in no size traps or is drawn outside`() {
    var numbers = Numbers(state: 2026)
    for round in 0..<100 {
      let width = round < 10 ? round + 1 : numbers.next(in: 10...120)
      let height = round < 10 ? 1 + round / 3 : numbers.next(in: 3...40)
      for picture in pictures(&numbers) {
        for depth in [ColorDepth.none, .palette] {
          let grid = picture.draw(width: width, height: height, depth: depth)
          #expect(
            grid.width <= width && grid.height <= height,
            "\(type(of: picture)) in \(width) x \(height) is \(grid.width) x \(grid.height)")
          let natural = picture.draw(width: width, height: nil, depth: depth)
          #expect(natural.width <= width)
          for character in natural.plainText().unicodeScalars {
            #expect(character.value >= 32 || character == "\n")
          }
        }
        #expect(picture.description.hasSuffix("."))
      }
    }
  }

  @Test func `labels of ticks far from zero differ`() {
    let ticks = Ticks(low: 1e9, high: 1e9 + 1, count: 5)
    #expect(Set(ticks.labels).count == ticks.labels.count)
  }

  @Test func `every finite value is in one bin`() {
    var numbers = Numbers(state: 5)
    for _ in 0..<200 {
      let values = data(&numbers)
      let text = Histogram(values).draw(width: 100, height: nil, depth: .none).plainText()
      let lines = text.split(separator: "\n").dropLast()
      let counts = lines.compactMap { line in
        line.contains("│") ? line.split(separator: " ").last.flatMap { Int($0) } : nil
      }
      #expect(counts.reduce(0, +) == values.count(where: \.isFinite), "\(values.prefix(5)) \(text)")
    }
  }
}
