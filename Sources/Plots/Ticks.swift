import Glibc

/// Round numbers along an axis: multiples of 1, 2, 2.5 or 5 times a power of ten.
package struct Ticks: Sendable, Equatable {
  package let values: [Double]
  package let labels: [String]

  /// At most `count` ticks (at least 2 where the range allows) inside low...high.
  package init(low: Double, high: Double, count: Int) {
    guard low.isFinite, high.isFinite, high > low, count > 0 else {
      values = low.isFinite ? [low] : []
      labels = values.map { Ticks.label($0, step: abs(low) > 0 ? abs(low) : 1) }
      return
    }
    var step = Ticks.roundStep(atLeast: (high / Double(count) - low / Double(count)))
    var found = Ticks.multiples(of: step, low, high)
    while found.count > count {
      step = Ticks.roundStep(atLeast: step * 1.01)
      found = Ticks.multiples(of: step, low, high)
    }
    values = found
    var texts = found.map { Ticks.label($0, step: step) }
    // Far from zero and close together: as many digits as it takes to tell them apart.
    for digits in 4...17 where Set(texts).count < texts.count {
      texts = found.map { Ticks.format("%.\(digits)g", $0) }
    }
    labels = texts
  }

  private static func multiples(of step: Double, _ low: Double, _ high: Double) -> [Double] {
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  static func roundStep(atLeast size: Double) -> Double {
    let power = pow(10, log10(size).rounded(.down))
    for factor in [1, 2, 2.5, 5, 10] where factor * power >= size * (1 - 1e-12) {
      return factor * power
    }
    return 10 * power
  }

  /// As many decimals as the step needs; large and tiny numbers with an exponent or k, M.
  static func label(_ value: Double, step: Double) -> String {
    let size = abs(value)
    if size < step * 1e-6 { return "0" }
    if size >= 1e9 || (size < 1e-4 && step < 1e-4) { return format("%.3g", value) }
    if step >= 1e6 { return Numbers.trimmed(format("%.2f", value / 1e6)) + "M" }
    if step >= 1000 { return Numbers.trimmed(format("%.2f", value / 1e3)) + "k" }
    var decimals = 0
    var scaled = step
    while decimals < 8, abs(scaled - scaled.rounded()) > 1e-6 * scaled {
      (decimals, scaled) = (decimals + 1, scaled * 10)
    }
    return format("%.\(decimals)f", value)
  }

  static func format(_ format: String, _ value: Double) -> String {
    withVaList([value]) { arguments in
      var buffer = [CChar](repeating: 0, count: 64)
      vsnprintf(&buffer, buffer.count, format, arguments)
      return String(
        decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
