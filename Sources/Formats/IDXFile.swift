import Tensors

/// The format of MNIST: a kind, the sizes, and numbers with the highest byte first.
package enum IDXFile {
  /// The numbers of an IDX file, unpacked already. Floats keep their width, whole numbers become
  /// i64, except that bytes with two or more axes (pixels) become f32.
  package static func read(_ bytes: [UInt8]) throws -> Tensor {
    var reader = ByteReader(bytes[...], format: "IDX")
    let magic = Array(try reader.take(4))
    guard magic[0] == 0, magic[1] == 0, let kind = Kind(rawValue: magic[2]) else {
      throw FormatError.malformed(format: "IDX", reason: "it begins with \(magic)")
    }
    var sizes: [Int] = []
    for _ in 0..<magic[3] { sizes.append(Int(try reader.big(4))) }
    guard let count = checkedProduct(sizes), count <= reader.remaining / kind.size else {
      throw FormatError.truncated(
        format: "IDX", needed: (checkedProduct(sizes + [kind.size]) ?? Int.max),
        found: reader.remaining)
    }
    guard count * kind.size == reader.remaining else {
      throw FormatError.malformed(
        format: "IDX", reason: "\(reader.remaining - count * kind.size) bytes follow the numbers")
    }
    let shape = try Shape(checking: sizes)
    let body = bytes[reader.at...]
    try MemoryBudget.check(count * 16)
    func numbers<E: TensorElement>(_: E.Type, _ value: (UInt64) -> E) throws -> Tensor {
      let values = [E](unsafeUninitializedCapacity: count) { buffer, filled in
        var at = body.startIndex
        for i in 0..<count {
          var bits: UInt64 = 0
          for _ in 0..<kind.size {
            bits = bits << 8 | UInt64(body[at])
            at += 1
          }
          buffer[i] = value(bits)
        }
        filled = count
      }
      return try Tensor(values, shape: shape)
    }
    switch kind {
    case .byte where sizes.count > 1: return try numbers(Float.self) { Float($0) }
    case .byte: return try numbers(Int64.self) { Int64($0) }
    case .signedByte: return try numbers(Int64.self) { Int64(Int8(truncatingIfNeeded: $0)) }
    case .short: return try numbers(Int64.self) { Int64(Int16(truncatingIfNeeded: $0)) }
    case .int: return try numbers(Int64.self) { Int64(Int32(truncatingIfNeeded: $0)) }
    case .float: return try numbers(Float.self) { Float(bitPattern: UInt32($0)) }
    case .double: return try numbers(Double.self) { Double(bitPattern: $0) }
    }
  }

  private enum Kind: UInt8 {
    case byte = 8
    case signedByte = 9
    case short = 11
    case int = 12
    case float = 13
    case double = 14

    var size: Int {
      switch self {
      case .byte, .signedByte: 1
      case .short: 2
      case .int, .float: 4
      case .double: 8
      }
    }
  }
}
