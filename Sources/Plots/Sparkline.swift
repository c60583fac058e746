/// A curve in one line of eighth blocks.
package enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// Means of at most `width` equal stretches, over their finite values; ✖ where there is none.
  package static func text(_ values: [Double], width: Int) -> String {
    guard let scale = Scale(values) else { return "" }
    let columns = max(0, min(width, values.count))
    return String(
      (0..<columns).map { column -> Character in
        let stretch = values[
          (column * values.count / columns)..<((column + 1) * values.count / columns)]
        let known = stretch.filter(\.isFinite)
        guard !known.isEmpty else { return "✖" }
        let mean = known.reduce(0) { $0 + $1 / Double(known.count) }
        return blocks[scale.stretch(mean, of: 8)]
      })
  }
}
