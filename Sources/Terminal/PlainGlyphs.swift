import Glibc

/// Glyphs for terminals that do not show UTF-8.
enum PlainGlyphs {
  /// Whether the user's settings name an encoding other than UTF-8.
  static var areNeeded: Bool {
    let variables: [String] = ["LC_ALL", "LC_CTYPE", "LANG"]
    let named = variables.lazy.compactMap { name in getenv(name).map { String(cString: $0) } }
      .first { !$0.isEmpty }
    guard let named else { return false }
    if named == "C" || named == "POSIX" { return true }
    guard let dot = named.firstIndex(of: ".") else { return false }
    let encoding = named[named.index(after: dot)...].lowercased().filter { $0 != "-" }
    return !encoding.hasPrefix("utf8")
  }

  /// The plain character nearest to one.
  static func nearest(_ scalar: Unicode.Scalar) -> UInt32 {
    if scalar.isASCII { return scalar.value }
    let known: [Unicode.Scalar: Unicode.Scalar] = [
      "─": "-", "│": "|", "┃": "|", "▌": "|", "▐": "|", "┤": "|", "├": "|", "└": "+", "┘": "+",
      "┌": "+", "┐": "+", "┬": "+", "┴": "+", "┼": "+", "…": "~", "✓": "+", "✗": "x", "▶": ">",
      "‖": "=", "●": "*", "▸": ">", "›": ">", "‹": "<", "≈": "~", "·": ".", "→": ">", "–": "-",
      "▪": "o", "⏎": "/", "▴": "^", "█": "#", "▓": "#", "▒": "=", "░": "-", "↑": "^", "↓": "v",
      "←": "<",
    ]
    if let plain = known[scalar] { return plain.value }
    if (0x2801...0x28FF).contains(scalar.value) { return 0x2A }
    if (0x2581...0x259F).contains(scalar.value) { return 0x23 }
    return scalar.value == 0x2800 ? 0x20 : 0x3F
  }
}
