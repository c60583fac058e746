/// Changes to the bytes of a file, the same for the same seed.
package struct ByteChanges {
  private var state: UInt64

  package init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func roll(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  /// Numbers at which readers go wrong.
  private static let edges: [UInt64] = [
    0, 1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 1 << 24, 1 << 31 - 1, 1 << 31, 1 << 32 - 1,
    1 << 32, 1 << 40, 1 << 62, 1 << 63 - 1, 1 << 63, .max,
  ]

  /// One to five changes of some bytes, with pieces of other ones.
  package mutating func changed(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0...roll(5) {
      if result.isEmpty { result = [0] }
      let at = roll(result.count)
      switch roll(8) {
      case 0: result[at] ^= 1 << UInt8(roll(8))
      case 1: result[at] = UInt8(roll(256))
      case 2, 3:
        let (edge, width) = (Self.edges[roll(Self.edges.count)], [1, 2, 4, 8][roll(4)])
        let isBig = roll(2) == 1
        for k in 0..<width where at + k < result.count {
          result[at + k] = UInt8(edge >> UInt64(8 * (isBig ? width - 1 - k : k)) & 255)
        }
      case 4: result.removeSubrange(at..<min(result.count, at + 1 + roll(12)))
      case 5:
        let piece = result[at..<min(result.count, at + 1 + roll(40))]
        result.insert(contentsOf: Array(piece), at: roll(result.count))
      case 6:
        let from = roll(other.count)
        result.insert(contentsOf: other[min(from, other.count)...].prefix(1 + roll(40)), at: at)
      default: result.removeLast(roll(result.count))
      }
    }
    return Array(result.prefix(1 << 16))
  }
}
