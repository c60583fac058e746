/// Bytes as text (RFC 4648).
package enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func text(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for at in stride(from: 0, to: bytes.count, by: 3) {
      let (a, b, c) = (
        bytes[at], at + 1 < bytes.count ? bytes[at + 1] : 0,
        at + 2 < bytes.count ? bytes[at + 2] : 0
      )
      out.append(letters[Int(a >> 2)])
      out.append(letters[Int((a & 3) << 4 | b >> 4)])
      out.append(at + 1 < bytes.count ? letters[Int((b & 15) << 2 | c >> 6)] : 61)
      out.append(at + 2 < bytes.count ? letters[Int(c & 63)] : 61)
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Nil for anything that is not exactly such a text.
  package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let input = Array(text.utf8)
    guard input.count % 4 == 0 else { return nil }
    let padding = input.suffix(2).count { $0 == 61 }
    var out: [UInt8] = []
    var word: UInt32 = 0
    for (index, byte) in input.enumerated() {
      let value: UInt32
      switch byte {
      case 65...90: value = UInt32(byte) - 65
      case 97...122: value = UInt32(byte) - 71
      case 48...57: value = UInt32(byte) + 4
      case 43: value = 62
      case 47: value = 63
      case 61 where index >= input.count - padding: value = 0
      default: return nil
      }
      word = word << 6 | value
      if index % 4 == 3 {
        out += [
          UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 8),
          UInt8(truncatingIfNeeded: word),
        ]
        word = 0
      }
    }
    out.removeLast(min(padding, out.count))
    return out
  }
}
