import CKernels

/// What is drawn of a curve with very many points: stretches of equally many, each with its lowest and
/// its highest point, its mean, and the first that is not finite. Nothing that stands out is lost.
struct DenseLine {
  private(set) var x: [Double] = []
  private(set) var y: [Double] = []
  /// The mean of each stretch in its middle, and what is not finite.
  private(set) var calmX: [Double] = []
  private(set) var calmY: [Double] = []
  private(set) var notFinite = 0
  private(set) var notPositive = 0

  /// Longer curves are drawn from stretches.
  static let limit = 16_384
  private static let stretches = 4096

  /// Nil for a short curve, and for one that does not run from left to right. Without `places` the
  /// points are at 0, 1, 2, …
  init?(_ places: [Double]?, _ values: [Double]) {
    let count = min(values.count, places?.count ?? .max)
    guard count > DenseLine.limit else { return nil }
    if let places, !DenseLine.rises(places, count) { return nil }
    let size = (count + DenseLine.stretches - 1) / DenseLine.stretches
    x.reserveCapacity(3 * DenseLine.stretches)
    y.reserveCapacity(3 * DenseLine.stretches)
    calmX.reserveCapacity(DenseLine.stretches)
    calmY.reserveCapacity(DenseLine.stretches)
    values.withUnsafeBufferPointer { values in
      for start in stride(from: 0, to: count, by: size) {
        let end = min(start + size, count)
        let isInner = start > 0 && end < count
        guard isInner, addInner(start, end, values, places) else {
          add(start, end, values) { places?[$0] ?? Double($0) }
          continue
        }
      }
    }
  }

  private static func rises(_ places: [Double], _ count: Int) -> Bool {
    places.withUnsafeBufferPointer { p in
      for i in 1..<count where !(p[i] >= p[i - 1]) { return false }
      return true
    }
  }

  /// A stretch away from both ends, when all of it is finite.
  private mutating func addInner(
    _ start: Int, _ end: Int, _ values: UnsafeBufferPointer<Double>, _ places: [Double]?
  ) -> Bool {
    guard let base = values.baseAddress else { return false }
    var (sum, least, greatest) = (0.0, 0, 0)
    guard ck_extremes_f64(base + start, end - start, &sum, &least, &greatest) != 0 else {
      return false
    }
    func put(_ at: Int) {
      x.append(places?[at] ?? Double(at))
      y.append(values[at])
    }
    let (first, second) = (start + min(least, greatest), start + max(least, greatest))
    put(first)
    if second > first { put(second) }
    if values[start + least] <= 0 { notPositive += (start..<end).count { values[$0] <= 0 } }
    let middle = start + (end - start) / 2
    calmX.append(places?[middle] ?? Double(middle))
    calmY.append(sum / Double(end - start))
    return true
  }

  private mutating func add(
    _ start: Int, _ end: Int, _ values: UnsafeBufferPointer<Double>, _ place: (Int) -> Double
  ) {
    var (low, high, sum, known) = (start, start, 0.0, 0)
    var lost: Int?
    var (least, most) = (Double.infinity, -Double.infinity)
    for i in start..<end {
      let v = values[i]
      guard v.isFinite else {
        lost = lost ?? i
        notFinite += 1
        continue
      }
      known += 1
      // Parts of the mean: the sum of large numbers would overflow.
      sum += v / Double(end - start)
      if v < least { (least, low) = (v, i) }
      if v > most { (most, high) = (v, i) }
    }
    if least <= 0 { notPositive += (start..<end).count { values[$0].isFinite && values[$0] <= 0 } }
    var points = known > 0 ? [low, high] : []
    if start == 0, values[0].isFinite { points.append(0) }
    if end == values.count, values[end - 1].isFinite { points.append(end - 1) }
    if let lost { points.append(lost) }
    var last = -1
    for i in points.sorted() where i != last {
      x.append(place(i))
      y.append(values[i])
      last = i
    }
    if known > 0 {
      calmX.append(place(start + (end - start) / 2))
      calmY.append(sum * (Double(end - start) / Double(known)))
    }
    if let lost {
      calmX.append(place(lost))
      calmY.append(values[lost])
    }
  }
}
