/// What is drawn of a series however long it gets: stretches of equally many points, each with its
/// lowest, its highest and its mean. Appending costs a constant; nothing that stands out is lost.
package struct SeriesOutline: Sendable {
  /// Stretches are joined in pairs when there would be more.
  package static let limit = 4096

  struct Stretch: Sendable {
    var low: (step: Int, value: Float)
    var high: (step: Int, value: Float)
    var sum: Double
    /// Finite points.
    var count: Int
    var firstStep: Int
    /// The first point that is not finite.
    var lost: (step: Int, value: Float)?

    init(_ step: Int, _ value: Float) {
      let isFinite = value.isFinite
      low = (step, isFinite ? value : .infinity)
      high = (step, isFinite ? value : -.infinity)
      sum = isFinite ? Double(value) : 0
      count = isFinite ? 1 : 0
      firstStep = step
      lost = isFinite ? nil : (step, value)
    }

    mutating func join(_ other: Stretch) {
      if other.low.value < low.value { low = other.low }
      if other.high.value > high.value { high = other.high }
      sum += other.sum
      count += other.count
      lost = lost ?? other.lost
    }
  }

  package let name: String
  /// Points that were appended.
  package private(set) var total = 0
  package private(set) var first: (step: Int, value: Float)?
  package private(set) var last: (step: Int, value: Float)?
  private var stretches: [Stretch] = []
  private var size = 1

  package init(_ name: String) { self.name = name }

  /// The outline of a series that was recorded already.
  package init(_ series: Series) {
    self.init(series.name)
    for (step, value) in zip(series.steps, series.values) { append(step, value) }
  }

  package mutating func append(_ step: Int, _ value: Float) {
    if first == nil { first = (step, value) }
    last = (step, value)
    if total % size == 0 {
      if stretches.count == SeriesOutline.limit { halve() }
      stretches.append(Stretch(step, value))
    } else {
      stretches[stretches.count - 1].join(Stretch(step, value))
    }
    total += 1
  }

  private mutating func halve() {
    for index in 0..<(stretches.count / 2) {
      var joined = stretches[2 * index]
      joined.join(stretches[2 * index + 1])
      stretches[index] = joined
    }
    stretches.removeLast(stretches.count / 2)
    size *= 2
  }

  /// At most two points and one that is not finite of each stretch, in order; all points of a short
  /// series.
  package var envelope: Series {
    points { stretch in
      guard stretch.count > 0 else { return [] }
      if stretch.low.step == stretch.high.step { return [stretch.low] }
      return stretch.low.step < stretch.high.step
        ? [stretch.low, stretch.high] : [stretch.high, stretch.low]
    }
  }

  /// The mean of each stretch at its first step; all points of a short series.
  package var means: Series {
    points { stretch in
      stretch.count > 0
        ? [(step: stretch.firstStep, value: Float(stretch.sum / Double(stretch.count)))] : []
    }
  }

  private func points(_ of: (Stretch) -> [(step: Int, value: Float)]) -> Series {
    var series = Series(name)
    series.steps.reserveCapacity(2 * stretches.count)
    series.values.reserveCapacity(2 * stretches.count)
    for stretch in stretches {
      for (step, value) in of(stretch) + (stretch.lost.map { [$0] } ?? []) {
        series.steps.append(step)
        series.values.append(value)
      }
    }
    return series
  }
}
