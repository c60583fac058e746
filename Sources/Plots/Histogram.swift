import Drawing

/// How many values fall in each of several stretches.
package struct Histogram: Picture {
  package let title: String
  private let count: Int
  private let known: [Double]
  private let bins: Bins

  /// Without a number of bins their edges are round numbers; few whole numbers get a bin each.
  package init(_ values: [Double], bins: Int? = nil, title: String = "") {
    count = values.count
    known = values.filter(\.isFinite)
    self.title = title
    self.bins = Bins(known, count: bins)
  }

  private var mean: Double {
    // Halves of the mean's parts never overflow.
    known.reduce(0) { $0 + $1 / Double(known.count) }
  }

  private var missing: Int { count - known.count }

  package var description: String {
    guard let low = known.min(), let high = known.max() else {
      return "\(Numbers.count(count, "value")), none of them finite."
    }
    var text =
      "\(Numbers.count(count, "value")) from \(Numbers.text(low)) to \(Numbers.text(high))"
      + ", mean \(Numbers.text(mean))"
    let most = bins.counts.indices.max {
      (bins.counts[$0], $1) < (bins.counts[$1], $0)
    }
    if let most, bins.counts.count > 1 {
      let place = bins.labels[most].split(separator: " ").joined(separator: " ")
      text += ", most often \(place) (\(bins.counts[most]))"
    }
    return text + (missing > 0 ? ", \(missing) not finite" : "") + "."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard !known.isEmpty else {
      let text = count == 0 ? "no values" : "no finite value (\(count) given)"
      return Grid.message(text, width: width, height: height)
    }
    let note = missing > 0 ? "\(missing) not finite" : ""
    let head = title.isEmpty && note.isEmpty ? 0 : 1
    let bins = bins.merged(into: max(1, (height ?? 62) - head - 1))
    var grid = Grid(
      width: max(1, width), height: min(height ?? .max, head + bins.counts.count + 1))
    _ = grid.heading(title, note)
    BarRows(
      labels: bins.labels, numbers: bins.counts.map { "\($0)" },
      values: bins.counts.map(Double.init),
      style: Style(foreground: depth == .none ? nil : Color(Palette.series[0]))
    ).draw(on: &grid, top: head)
    let summary =
      "\(Numbers.count(known.count, "value"))  min \(Numbers.text(known.min() ?? 0))  "
      + "mean \(Numbers.text(mean))  max \(Numbers.text(known.max() ?? 0))"
    grid.write(
      summary, column: 0, row: head + bins.counts.count, style: Style(isDim: true))
    return grid
  }
}

/// Stretches of a line and how many values lie in each; the last one includes its end.
private struct Bins: Sendable {
  var labels: [String]
  var counts: [Int]
  /// One more than there are counts, except for whole numbers, which are their own labels.
  private var edges: [Double] = []

  init(_ known: [Double], count: Int?) {
    guard let low = known.min(), let high = known.max() else {
      (labels, counts) = ([], [])
      return
    }
    if count == nil, high - low <= 24, abs(low) < 1e15, abs(high) < 1e15,
      known.allSatisfy({ $0 == $0.rounded() })
    {
      let first = Int(low)
      labels = (first...Int(high)).map { "\($0)" }
      counts = [Int](repeating: 0, count: labels.count)
      for value in known { counts[Int(value) - first] += 1 }
      return
    }
    guard let scale = Scale(known) else {
      (labels, counts) = ([], [])
      return
    }
    let ends = count == nil ? Bins.roundEdges(scale) : []
    if ends.count >= 2 {
      edges = ends
      counts = [Int](repeating: 0, count: ends.count - 1)
      let whole = Scale(ends) ?? scale
      for value in known {
        // A millionth of a step's grace: 0.3 belongs to the stretch that begins at 0.3.
        let place = Int(whole.part(value) * Double(counts.count) + 1e-6)
        counts[min(counts.count - 1, place)] += 1
      }
    } else {
      let count = max(1, min(1000, count ?? 10))
      edges = (0...count).map { index in
        let part = Double(index) / Double(count)
        return scale.low * (1 - part) + scale.high * part
      }
      counts = [Int](repeating: 0, count: count)
      for value in known { counts[scale.stretch(value, of: count)] += 1 }
    }
    labels = []
    labels = texts()
  }

  /// Edges at round numbers that enclose the range; empty when there are none.
  private static func roundEdges(_ scale: Scale) -> [Double] {
    let ticks = Ticks(low: scale.low, high: scale.high, count: 12).values
    guard ticks.count >= 2 else { return [] }
    let step = ticks[1] - ticks[0]
    var edges = ticks
    if let first = ticks.first, first > scale.low { edges.insert(first - step, at: 0) }
    if let last = ticks.last, last < scale.high { edges.append(last + step) }
    return step > 0 && edges.allSatisfy(\.isFinite) ? edges : []
  }

  private func texts() -> [String] {
    let numbers = Numbers.column(edges)
    let width = numbers.map(\.count).max() ?? 0
    return (1..<max(1, edges.count)).map {
      "\(Labels.padded(numbers[$0 - 1], width, isRight: true)) … "
        + Labels.padded(numbers[$0], width, isRight: true)
    }
  }

  /// Neighbours put together until there are at most `limit`.
  func merged(into limit: Int) -> Bins {
    guard counts.count > limit else { return self }
    let size = (counts.count + limit - 1) / limit
    let starts = Array(stride(from: 0, to: counts.count, by: size))
    var result = self
    result.counts = starts.map { counts[$0..<min($0 + size, counts.count)].reduce(0, +) }
    if edges.isEmpty {
      result.labels = starts.map { start in
        let last = min(start + size, counts.count) - 1
        return start == last ? labels[start] : "\(labels[start]) … \(labels[last])"
      }
    } else {
      result.edges = starts.map { edges[$0] } + edges.suffix(1)
      result.labels = result.texts()
    }
    return result
  }
}
