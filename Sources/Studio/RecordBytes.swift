/// Numbers and texts as bytes.
struct RecordWriter {
  var bytes: [UInt8] = []
  mutating func number(_ value: Int) {
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  mutating func text(_ value: String) {
    number(value.utf8.count)
    bytes += Array(value.utf8)
  }
}

/// What a `RecordWriter` wrote; nil where it is torn.
struct RecordReader {
  var bytes: ArraySlice<UInt8>
  mutating func number() -> Int? {
    guard bytes.count >= 4 else { return nil }
    let value = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    bytes = bytes.dropFirst(4)
    return value
  }
  mutating func text() -> String? {
    guard let count = number(), count <= bytes.count else { return nil }
    defer { bytes = bytes.dropFirst(count) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
