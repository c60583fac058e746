import Glibc

extension LinePlot.Line {
  /// A running mean that forgets with the distance along the axis, and is unbiased from the start: a
  /// constant stays what it is. What is not finite keeps its place and is no part of it.
  func smoothed(_ smoothing: Double) -> LinePlot.Line {
    let known = x.filter(\.isFinite)
    guard let low = known.min(), let high = known.max(), high > low else { return self }
    // The weight of a thousandth of the axis.
    let weight = min(0.999, smoothing.squareRoot())
    var (sum, share, last) = (0.0, 0.0, low)
    let values = zip(x, y).map { x, y -> Double in
      guard x.isFinite, y.isFinite else { return y }
      let kept = pow(weight, max(0, (x - last) / (high - low)) * 1000)
      last = x
      // The mean moves by its share of the difference: equal values leave it as it is.
      share = share * kept + 1
      sum += (y - sum) / share
      return sum
    }
    return LinePlot.Line(name, x: x, y: values, total: total)
  }
}
