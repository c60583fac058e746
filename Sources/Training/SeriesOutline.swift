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
  /// In groups, so that going on after a copy was taken copies the last group alone.
  private var groups: [[Stretch]] = []
  private var size = 1
  private static let groupSize = 128

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
      begin(Stretch(step, value))
    } else {
      let group = groups.count - 1
      groups[group][groups[group].count - 1].join(Stretch(step, value))
    }
    total += 1
  }

  private mutating func begin(_ stretch: Stretch) {
    if groups.last?.count ?? SeriesOutline.groupSize < SeriesOutline.groupSize {
      return groups[groups.count - 1].append(stretch)
    }
    if groups.count == SeriesOutline.limit / SeriesOutline.groupSize { halve() }
    groups.append([])
    groups[groups.count - 1].reserveCapacity(SeriesOutline.groupSize)
    groups[groups.count - 1].append(stretch)
  }

  /// Joins neighbours.
  private mutating func halve() {
    let all = Array(groups.joined())
    let joined = stride(from: 0, to: all.count, by: 2).map { index in
      var pair = all[index]
      pair.join(all[index + 1])
      return pair
    }
    groups = stride(from: 0, to: joined.count, by: SeriesOutline.groupSize).map {
      Array(joined[$0..<($0 + SeriesOutline.groupSize)])
    }
    size *= 2
  }

  /// Its lowest point, the first of several; nil for fewer than two points that are finite.
  package var best: (x: Double, y: Double)? {
    var (lowest, count): ((step: Int, value: Float)?, Int) = (nil, 0)
    for stretch in groups.joined() where stretch.count > 0 {
      count += stretch.count
      if stretch.low.value < lowest?.value ?? .infinity { lowest = stretch.low }
    }
    guard let lowest, count > 1 else { return nil }
    return (Double(lowest.step), Double(lowest.value))
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
    series.steps.reserveCapacity(2 * groups.count * SeriesOutline.groupSize)
    series.values.reserveCapacity(2 * groups.count * SeriesOutline.groupSize)
    for stretch in groups.joined() {
      for (step, value) in of(stretch) + (stretch.lost.map { [$0] } ?? []) {
        series.steps.append(step)
        series.values.append(value)
      }
    }
    return series
  }
}
