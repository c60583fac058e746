/// The least and the greatest of some finite values.
struct Bounds: Sendable {
  private(set) var low = Double.infinity
  private(set) var high = -Double.infinity

  @inline(__always) mutating func note(_ value: Double) {
    low = value < low ? value : low
    high = value > high ? value : high
  }
}

/// The range of an axis, for values of any magnitude.
struct Scale: Sendable, Equatable {
  let low: Double
  let high: Double

  /// The range of the finite values, widened when all are the same; nil when there is none.
  init?(_ values: some Sequence<Double>) {
    var bounds = Bounds()
    for value in values where value.isFinite { bounds.note(value) }
    self.init(bounds)
  }

  init?(_ bounds: Bounds) {
    var (low, high) = (bounds.low, bounds.high)
    guard low <= high else { return nil }
    if low == high {
      let room = low == 0 ? 1 : 0.05 * abs(low)
      let largest = Double.greatestFiniteMagnitude
      (low, high) = (max(-largest, low - room), min(largest, high + room))
      if low == high { (low, high) = (low - 1e-6, high + 1e-6) }
    }
    (self.low, self.high) = (low, high)
  }

  /// 0 to 1, for an axis without a finite value.
  static let unit = Scale(low: 0, high: 1)

  init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

  /// Where a finite value lies, from 0 at the low end to 1 at the high one.
  func part(_ value: Double) -> Double {
    let span = high - low
    // Halves where the difference of two large numbers would overflow.
    let part = span.isFinite ? (value - low) / span : (value / 2 - low / 2) / (high / 2 - low / 2)
    return part.isNaN ? 0.5 : min(1, max(0, part))
  }

  /// The nearest of `count` evenly spaced places, the first at the low end.
  func place(_ value: Double, of count: Int) -> Int {
    max(0, min(count - 1, Int((part(value) * Double(count - 1)).rounded())))
  }

  /// Which of `count` equal stretches a value falls in.
  func stretch(_ value: Double, of count: Int) -> Int {
    max(0, min(count - 1, Int(part(value) * Double(count))))
  }
}
