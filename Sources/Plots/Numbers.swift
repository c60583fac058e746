import Glibc

/// Numbers as short text.
enum Numbers {
  /// Up to `digits` significant digits: 0.25, 12350, 3.1e-07, nan.
  static func text(_ value: Double, digits: Int = 4) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let size = abs(value)
    if size == 0 { return "0" }
    guard size >= 1e-4, size < 1e6 else { return Ticks.format("%.\(digits)g", value) }
    let decimals = max(0, digits - 1 - Int(log10(size).rounded(.down)))
    return trimmed(Ticks.format("%.\(decimals)f", value))
  }

  /// Texts with one number of decimals, so that points stand under each other.
  static func column(_ values: [Double]) -> [String] {
    let known = values.filter(\.isFinite)
    let largest = known.map { abs($0) }.max() ?? 0
    if known.allSatisfy({ $0 == $0.rounded() }), largest < 1e15 {
      return values.map { $0.isFinite ? Ticks.format("%.0f", $0 == 0 ? 0 : $0) : text($0) }
    }
    let limit = max(1, 4 - (largest >= 1 ? Int(log10(largest).rounded(.down)) : 0))
    let finest = 0.5 * pow(10, -Double(limit))
    guard largest < 1e6, known.allSatisfy({ $0 == 0 || abs($0) >= finest }) else {
      return values.map { text($0) }
    }
    let decimals =
      (0..<limit).first { decimals in
        let unit = pow(10, Double(decimals))
        return known.allSatisfy {
          abs($0 * unit - ($0 * unit).rounded()) <= 1e-6 * max(1, abs($0 * unit))
        }
      } ?? limit
    return values.map { $0.isFinite ? Ticks.format("%.\(decimals)f", $0) : text($0) }
  }

  /// A decimal fraction without zeros at its end.
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// `1 point`, `2 points`.
  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
