/// The cyclic redundancy check of Castagnoli (RFC 3720).
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  /// For each of eight places of a byte, what it becomes when the rest of the eight has passed.
  private static let tables: [UInt32] = {
    var all = table
    for place in 1..<8 {
      for index in 0..<256 {
        let before = all[(place - 1) * 256 + index]
        all.append(table[Int(before & 255)] ^ before >> 8)
      }
    }
    return all
  }()

  package static func of(_ bytes: [UInt8]) -> UInt32 {
    var value = ~UInt32(0)
    tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBytes { bytes in
        var at = 0
        while at + 8 <= bytes.count {
          let word =
            bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian ^ UInt64(value)
          var next: UInt32 = 0
          for place in 0..<8 {
            next ^= tables[(7 - place) * 256 + Int(word >> UInt64(8 * place) & 255)]
          }
          value = next
          at += 8
        }
        while at < bytes.count {
          value = tables[Int(UInt8(truncatingIfNeeded: value) ^ bytes[at])] ^ value >> 8
          at += 1
        }
      }
    }
    return ~value
  }
}
