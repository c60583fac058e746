import Glibc

/// Up to `digits` significant digits, as C's %g prints them, with short exponents: 1e-7.
package func shortNumber(_ x: Double, digits: Int = 6) -> String {
  if x.isNaN { return "nan" }
  if x.isInfinite { return x < 0 ? "-inf" : "inf" }
  return withVaList([Int32(digits), x]) { arguments in
    var buffer = [CChar](repeating: 0, count: 64)
    vsnprintf(&buffer, buffer.count, "%.*g", arguments)
    var text = String(
      decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if text == "-0" { text = "0" }
    guard let e = text.firstIndex(of: "e") else { return text }
    let exponent = Int(text[text.index(after: e)...]) ?? 0
    return text[..<e] + "e\(exponent)"
  }
}

/// Always `decimals` places after the point.
package func fixedNumber(_ x: Double, decimals: Int) -> String {
  if !x.isFinite { return shortNumber(x) }
  return withVaList([Int32(decimals), x]) { arguments in
    var buffer = [CChar](repeating: 0, count: 400)
    vsnprintf(&buffer, buffer.count, "%.*f", arguments)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Tensor {
  /// Canonical text, the same on every terminal: one line for a short vector, else a header with kind,
  /// shape and (above 64 elements) range, mean and histogram, then at most 8 rows.
  package func text(width: Int = 72) -> String {
    if rank == 0 { return element(0) }
    if rank == 1, count <= 64 { return vector(width: width) }
    var lines = [header()]
    if count > 0 { lines += rows(width: width) }
    return lines.joined(separator: "\n")
  }

  private func element(_ i: Int) -> String {
    switch dtype {
    case .bool: double(at: i) != 0 ? "true" : "false"
    case .int8, .int64: "\(integer(at: i))"
    case .float16, .bfloat16, .float32, .float64: shortNumber(double(at: i))
    }
  }

  /// `[0.5, -1, 2]`, broken into lines no wider than `width`.
  private func vector(width: Int) -> String {
    var lines: [String] = []
    var line = "["
    for i in 0..<count {
      let piece = element(i) + (i < count - 1 ? "," : "]")
      if line.count + piece.count + 1 > width, line.count > 1 {
        lines.append(line)
        line = " " + piece
      } else {
        line += (line == "[" ? "" : " ") + piece
      }
    }
    if count == 0 { line = "[]" }
    lines.append(line)
    return lines.joined(separator: "\n")
  }

  private func header() -> String {
    var header = "\(dtype.name) \(shape)"
    guard count > 64, dtype != .bool else { return header }
    // In passes over the elements: a tensor may take up most of the memory.
    var (low, high, sum) = (Double.infinity, -Double.infinity, 0.0)
    var (finite, nans) = (0, 0)
    for i in 0..<count {
      let value = double(at: i)
      if value.isNaN { nans += 1 }
      guard value.isFinite else { continue }
      (low, high, sum) = (min(low, value), max(high, value), sum + value)
      finite += 1
    }
    if finite > 0 {
      let mean = sum / Double(finite)
      header += "  min \(shortNumber(low, digits: 4))  mean \(shortNumber(mean, digits: 4))"
      header += "  max \(shortNumber(high, digits: 4))  " + histogram(low, high)
    }
    if nans > 0 { header += "  \(nans) nan" }
    if finite + nans < count { header += "  \(count - finite - nans) inf" }
    return header
  }

  /// How the finite elements spread from the lowest to the highest.
  private func histogram(_ low: Double, _ high: Double) -> String {
    let blocks = Array("▁▂▃▄▅▆▇█")
    guard high > low else { return "▇" }
    var counts = [Int](repeating: 0, count: 8)
    for i in 0..<count {
      let value = double(at: i)
      guard value.isFinite else { continue }
      // Halves, so that the span is finite; of the smallest numbers they may be equal.
      let part = (value / 2 - low / 2) / (high / 2 - low / 2)
      counts[part.isFinite ? min(7, Int(part * 8)) : 0] += 1
    }
    let top = counts.max() ?? 1
    return String(counts.map { $0 == 0 ? " " : blocks[min(7, $0 * 8 / (top + 1))] })
      .replacingSpaces()
  }

  /// Rows of the last axis with one number of decimals; leading axes name their position.
  private func rows(width: Int) -> [String] {
    let columns = dims[rank - 1]
    let total = columns == 0 ? 0 : count / columns
    let shownRows = min(total, 8)
    let precise = (0..<shownRows).map { r in
      (0..<min(columns, 64)).map { double(at: r * columns + $0) }
    }
    let decimals = decimals(precise.flatMap { $0 })
    func cell(_ x: Double) -> String {
      switch dtype {
      case .bool: return x != 0 ? "true" : "false"
      case .int8, .int64: return "\(x.asInt64)"
      case .float16, .bfloat16, .float32, .float64:
        return decimals.map { fixedNumber(x, decimals: $0) } ?? shortNumber(x, digits: 4)
      }
    }
    let texts = precise.map { $0.map(cell) }
    let cellWidth = texts.flatMap { $0 }.map(\.count).max() ?? 1
    // Points tell numbers apart; whole ones need more room between them.
    let gap = dtype.isFloat && decimals != 0 ? " " : "  "
    let fitting = max(1, (width - 2 - 2) / (cellWidth + gap.count))
    var lines: [String] = []
    for (r, row) in texts.enumerated() {
      if rank > 2, r % dims[rank - 2] == 0 {
        let matrix = dims[rank - 2]
        var rest = r / matrix
        var position: [Int] = []
        for axis in stride(from: rank - 3, through: 0, by: -1) {
          position.insert(rest % dims[axis], at: 0)
          rest /= dims[axis]
        }
        lines.append("\(position)")
      }
      let cells = row.prefix(fitting).map {
        String(repeating: " ", count: cellWidth - $0.count) + $0
      }
      let isCut = columns > fitting
      lines.append("  " + cells.joined(separator: gap) + (isCut ? "  …" : ""))
    }
    if total > shownRows { lines.append("  …") }
    return lines
  }

  /// The fewest decimals that show up to 4 significant digits of each value; nil for wide ranges.
  private func decimals(_ values: [Double]) -> Int? {
    guard dtype.isFloat else { return 0 }
    let sizes = values.filter { $0.isFinite && $0 != 0 }.map { abs($0) }
    guard let high = sizes.max() else { return 0 }
    guard high < 1e6, high >= 1e-3 else { return nil }
    if values.allSatisfy({ !$0.isFinite || $0 == $0.rounded() }) { return 0 }
    var whole = 1
    var bound = 10.0
    while high >= bound { (whole, bound) = (whole + 1, bound * 10) }
    var most = max(0, 4 - whole)
    if high < 1 { most = high < 0.01 ? 6 : 4 }
    // Fewer when nothing is lost.
    while most > 0,
      values.allSatisfy({ value in
        !value.isFinite || fixedNumber(value, decimals: most).hasSuffix("0")
      })
    { most -= 1 }
    return most
  }
}

extension String {
  fileprivate func replacingSpaces() -> String { String(map { $0 == " " ? "▁" : $0 }) }
}

/// `decimals` places after the first digit and an exponent: 1.50e-7.
package func scientificNumber(_ x: Double, decimals: Int) -> String {
  if !x.isFinite { return shortNumber(x) }
  return withVaList([Int32(decimals), x]) { arguments in
    var buffer = [CChar](repeating: 0, count: 80)
    vsnprintf(&buffer, buffer.count, "%.*e", arguments)
    let text = String(
      decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let e = text.firstIndex(of: "e") else { return text }
    return text[..<e] + "e\(Int(text[text.index(after: e)...]) ?? 0)"
  }
}
