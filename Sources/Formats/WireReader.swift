/// Reads the wire format of protocol buffers: numbered fields, one after the other.
package struct WireReader {
  /// The content of a field.
  package enum Content {
    case number(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var reader: ByteReader

  package init(_ bytes: ArraySlice<UInt8>) { reader = ByteReader(bytes, format: "ONNX") }

  package var isAtEnd: Bool { reader.remaining == 0 }

  /// The next field, or nil at the end.
  package mutating func next() throws(FormatError) -> (field: Int, content: Content)? {
    if isAtEnd { return nil }
    let key = try varint()
    let field = Int(truncatingIfNeeded: key >> 3)
    switch key & 7 {
    case 0: return (field, .number(try varint()))
    case 1: return (field, .fixed64(try reader.little(8)))
    case 2:
      let length = try varint()
      guard let length = Int(exactly: length) else {
        throw .truncated(format: "ONNX", needed: .max, found: reader.remaining)
      }
      return (field, .bytes(try reader.take(length)))
    case 5: return (field, .fixed32(UInt32(try reader.little(4))))
    default: throw .malformed(format: "ONNX", reason: "a field has no known kind")
    }
  }

  /// A number of one to ten bytes, seven bits each.
  package mutating func varint() throws(FormatError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try reader.byte()
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    throw .malformed(format: "ONNX", reason: "a number does not end")
  }
}

extension WireReader.Content {
  package func number() throws(FormatError) -> Int64 {
    guard case .number(let value) = self else { throw Self.wrongKind }
    return Int64(bitPattern: value)
  }

  package func slice() throws(FormatError) -> ArraySlice<UInt8> {
    guard case .bytes(let bytes) = self else { throw Self.wrongKind }
    return bytes
  }

  package func text() throws(FormatError) -> String { String(decoding: try slice(), as: UTF8.self) }

  package func float() throws(FormatError) -> Float {
    guard case .fixed32(let bits) = self else { throw Self.wrongKind }
    return Float(bitPattern: bits)
  }

  /// A repeated number, packed or alone.
  package func numbers() throws(FormatError) -> [Int64] {
    switch self {
    case .number(let value): return [Int64(bitPattern: value)]
    case .bytes(let bytes):
      var reader = WireReader(bytes)
      var values: [Int64] = []
      while !reader.isAtEnd { values.append(Int64(bitPattern: try reader.varint())) }
      return values
    case .fixed32, .fixed64: throw Self.wrongKind
    }
  }

  /// Repeated 32-bit patterns, packed or alone.
  package func words() throws(FormatError) -> [UInt32] {
    switch self {
    case .fixed32(let bits): return [bits]
    case .bytes(let bytes):
      guard bytes.count % 4 == 0 else { throw Self.wrongKind }
      var reader = ByteReader(bytes, format: "ONNX")
      var values: [UInt32] = []
      while reader.remaining > 0 { values.append(UInt32(try reader.little(4))) }
      return values
    case .number, .fixed64: throw Self.wrongKind
    }
  }

  /// Repeated 64-bit patterns, packed or alone.
  package func longs() throws(FormatError) -> [UInt64] {
    switch self {
    case .fixed64(let bits): return [bits]
    case .bytes(let bytes):
      guard bytes.count % 8 == 0 else { throw Self.wrongKind }
      var reader = ByteReader(bytes, format: "ONNX")
      var values: [UInt64] = []
      while reader.remaining > 0 { values.append(try reader.little(8)) }
      return values
    case .number, .fixed32: throw Self.wrongKind
    }
  }

  private static var wrongKind: FormatError {
    .malformed(format: "ONNX", reason: "a field has another kind than it should")
  }
}
