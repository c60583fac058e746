import Tensors

/// NumPy's format for one array: a header in Python's notation, then the numbers.
package enum NumPyFile {
  /// The array of a .npy file of version 1, 2 or 3, in either byte order and either axis order.
  /// Floats of 16 bits are f16, integers of 8 bits i8, other integers i64. Python objects, texts,
  /// records and complex numbers are refused.
  package static func read(_ bytes: [UInt8]) throws -> Tensor {
    var reader = ByteReader(bytes[...], format: "npy")
    guard try Array(reader.take(6)) == [0x93] + Array("NUMPY".utf8) else {
      throw FormatError.malformed(format: "npy", reason: "it does not begin with NUMPY")
    }
    let version = (try reader.byte(), try reader.byte())
    guard (1...3).contains(version.0), version.1 == 0 else {
      throw FormatError.unsupported(
        format: "npy", reason: "version \(version.0).\(version.1) is unknown")
    }
    let length = Int(try reader.little(version.0 == 1 ? 2 : 4))
    let header = try NumPyHeader(reader.take(length))
    let kind = try NumberKind(descr: header.descr)
    guard let count = checkedProduct(header.shape), count <= reader.remaining / kind.size else {
      throw FormatError.truncated(
        format: "npy", needed: checkedProduct(header.shape + [kind.size]) ?? Int.max,
        found: reader.remaining)
    }
    guard count * kind.size == reader.remaining else {
      throw FormatError.malformed(
        format: "npy", reason: "\(reader.remaining - count * kind.size) bytes follow the numbers")
    }
    let sizes = header.isFortran ? Array(header.shape.reversed()) : header.shape
    let tensor = try kind.tensor(of: bytes[reader.at...], shape: Shape(checking: sizes))
    return header.isFortran && sizes.count > 1
      ? try tensor.transposed(Array((0..<sizes.count).reversed())) : tensor
  }

  /// A .npy file of version 1, row by row. The format has no bf16.
  package static func write(_ tensor: Tensor) throws -> [UInt8] {
    let descr =
      switch tensor.dtype {
      case .bool: "|b1"
      case .int8: "|i1"
      case .int64: "<i8"
      case .float16: "<f2"
      case .bfloat16:
        throw FormatError.unsupported(
          format: "npy",
          reason:
            "it has no kind for bf16; cast(x, \"f32\") holds the same numbers, and .safetensors "
            + "files hold bf16")
      case .float32: "<f4"
      case .float64: "<f8"
      }
    let sizes = tensor.dims.map { "\($0)" }.joined(separator: ", ")
    let shape = tensor.rank == 1 ? "(\(sizes),)" : "(\(sizes))"
    var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }"
    // The header ends in a line feed and the numbers start at a multiple of 64.
    header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes += [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)]
    bytes += Array(header.utf8)
    tensor.withBytes { bytes.append(contentsOf: $0) }
    return bytes
  }
}

/// The kinds of numbers a .npy file may hold here.
private struct NumberKind {
  let letter: Character
  let size: Int
  let isBig: Bool

  init(descr: String) throws(FormatError) {
    var rest = Substring(descr)
    guard let order = rest.first, "<>|=".contains(order) else {
      throw .malformed(format: "npy", reason: "the kind '\(descr)' has no byte order")
    }
    rest.removeFirst()
    guard let letter = rest.first else {
      throw .malformed(format: "npy", reason: "the kind '\(descr)' is not complete")
    }
    if letter == "O" {
      throw .unsupported(
        format: "npy", reason: "it holds Python objects, which could run code when they are read")
    }
    let known: [Character: [Int]] = [
      "b": [1], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "f": [2, 4, 8],
    ]
    guard let sizes = known[letter], let size = Int(rest.dropFirst()), sizes.contains(size) else {
      throw .unsupported(
        format: "npy",
        reason: "its numbers are of kind '\(descr)'; floats, integers and bool are read")
    }
    self.letter = letter
    self.size = size
    isBig = order == ">"
  }

  func tensor(of body: ArraySlice<UInt8>, shape: Shape) throws -> Tensor {
    let count = shape.count
    try MemoryBudget.check(count * 16)
    func numbers<E: TensorElement>(_: E.Type, _ value: (UInt64) throws -> E) throws -> Tensor {
      var values: [E] = []
      values.reserveCapacity(count)
      var at = body.startIndex
      for _ in 0..<count {
        var bits: UInt64 = 0
        for k in 0..<size {
          bits |= UInt64(body[at + k]) << UInt64(8 * (isBig ? size - 1 - k : k))
        }
        at += size
        values.append(try value(bits))
      }
      return try Tensor(values, shape: shape)
    }
    switch (letter, size) {
    case ("b", _): return try numbers(Bool.self) { $0 != 0 }
    case ("f", 2): return try numbers(Half.self) { Half(bits: UInt16($0)) }
    case ("f", 4): return try numbers(Float.self) { Float(bitPattern: UInt32($0)) }
    case ("f", _): return try numbers(Double.self) { Double(bitPattern: $0) }
    case ("i", 1): return try numbers(Int8.self) { Int8(truncatingIfNeeded: $0) }
    case ("i", _):
      let shift = UInt64(64 - 8 * size)
      return try numbers(Int64.self) { Int64(bitPattern: $0 << shift) >> Int64(shift) }
    default:
      return try numbers(Int64.self) { bits in
        guard let number = Int64(exactly: bits) else {
          throw FormatError.unsupported(
            format: "npy", reason: "\(bits) is too large for a 64-bit integer")
        }
        return number
      }
    }
  }
}
