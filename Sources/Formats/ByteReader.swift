/// Walks bytes from the front; every read is checked against the end.
struct ByteReader {
  let bytes: ArraySlice<UInt8>
  let format: String
  private(set) var at: Int

  init(_ bytes: ArraySlice<UInt8>, format: String) {
    self.bytes = bytes
    self.format = format
    at = bytes.startIndex
  }

  var remaining: Int { bytes.endIndex - at }

  mutating func take(_ count: Int) throws(FormatError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw .truncated(format: format, needed: count, found: remaining)
    }
    defer { at += count }
    return bytes[at..<at + count]
  }

  mutating func byte() throws(FormatError) -> UInt8 {
    guard at < bytes.endIndex else { throw .truncated(format: format, needed: 1, found: 0) }
    defer { at += 1 }
    return bytes[at]
  }

  /// An unsigned number of `count` bytes (at most 8), the lowest first.
  mutating func little(_ count: Int) throws(FormatError) -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// An unsigned number of `count` bytes (at most 8), the highest first.
  mutating func big(_ count: Int) throws(FormatError) -> UInt64 {
    try take(count).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The product of sizes that a file declares, or nil when it cannot be counted.
func checkedProduct(_ sizes: [Int]) -> Int? {
  var product = 1
  for size in sizes {
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    if overflow || size < 0 { return nil }
    product = next
  }
  return product > Int.max / 16 ? nil : product
}
