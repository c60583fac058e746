/// Columns that characters take: an own table, so that layout and tests agree everywhere.
package enum DisplayWidth {
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]

  /// The width of what a reader takes for one character: that of its first scalar.
  package static func of(_ character: Character) -> Int {
    if let ascii = character.asciiValue, ascii >= 32 { return 1 }
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.value < 0x1100 { return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  package static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

  /// The beginning of a text that does not fit, and a sign that there is more.
  package static func shortened(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    guard width > 0 else { return "" }
    var (result, left) = ("", width - 1)
    for character in text {
      left -= of(character)
      if left < 0 { break }
      result.append(character)
    }
    return result + "…"
  }
}
