import Formats

extension Operand {
  /// The tensor of a file, its sizes checked against what the file holds.
  package init(_ file: ONNXTensor) throws {
    guard let type = ElementType(rawValue: file.type) else {
      throw GraphError.unsupported("element type \(file.type)")
    }
    func check(_ found: Int) throws {
      guard found == file.count else {
        throw FormatError.malformed(
          format: "ONNX",
          reason: "tensor \(file.name) of \(file.dims) has \(found) elements")
      }
    }
    switch file.payload {
    case .texts(let texts):
      try check(texts.count)
      try self.init(texts: texts, file.dims)
    case .floats(let values):
      try check(values.count)
      try self.init(reals: values.map { Double($0) }, file.dims, type)
    case .doubles(let values):
      try check(values.count)
      try self.init(reals: values, file.dims, type)
    case .integers(let values):
      let patterns = type.bits < 8 ? Operand.unpacked(values, type.bits, file.count) : values
      try check(patterns.count)
      try self.init(patterns: patterns, file.dims, type)
    case .raw(let bytes):
      if type == .string {
        try check(0)
        try self.init(texts: [], file.dims)
        return
      }
      let (bits, overflow) = file.count.multipliedReportingOverflow(by: type.bits)
      guard !overflow, (bits + 7) / 8 == bytes.count else {
        throw FormatError.malformed(
          format: "ONNX",
          reason: "tensor \(file.name) of \(file.dims) has \(bytes.count) bytes")
      }
      var patterns: [Int64] = []
      if type.bits < 8 {
        patterns = Operand.unpacked(bytes.map { Int64($0) }, type.bits, file.count)
      } else {
        let size = type.bits / 8
        patterns.reserveCapacity(file.count)
        var at = bytes.startIndex
        for _ in 0..<file.count {
          var pattern: UInt64 = 0
          for k in 0..<size { pattern |= UInt64(bytes[at + k]) << UInt64(8 * k) }
          patterns.append(Int64(bitPattern: pattern))
          at += size
        }
      }
      try self.init(patterns: patterns, file.dims, type)
    }
  }

  /// Elements of fewer than 8 bits, the first in the lowest bits.
  private static func unpacked(_ bytes: [Int64], _ bits: Int, _ count: Int) -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(min(count, bytes.count * 8 / bits))
    for byte in bytes {
      for k in 0..<8 / bits where values.count < count {
        values.append(byte >> Int64(k * bits) & (1 << Int64(bits) - 1))
      }
    }
    return values
  }

  /// Elements from the bits that stand for them.
  init(patterns: [Int64], _ dims: [Int], _ type: ElementType) throws {
    if let small = type.small {
      let mask: Int64 = 1 << Int64(type.bits) - 1
      let values = patterns.map { small.value(UInt16(truncatingIfNeeded: $0 & mask)) }
      try self.init(reals: values, dims, type)
      return
    }
    switch type {
    case .float8e8m0:
      let values = patterns.map { ScaleFloat.value(UInt16(truncatingIfNeeded: $0 & 255)) }
      try self.init(reals: values, dims, type)
    case .float32:
      let values = patterns.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
      try self.init(reals: values, dims, type)
    case .float64:
      let values = patterns.map { Double(bitPattern: UInt64(bitPattern: $0)) }
      try self.init(reals: values, dims, type)
    default: try self.init(whole: patterns, dims, type)
    }
  }

  /// The bits of each element.
  func patterns() throws -> [Int64] {
    if let small = type.small { return try reals().map { Int64(small.bits($0)) } }
    switch type {
    case .float8e8m0: return try reals().map { Int64(ScaleFloat.bits($0)) }
    case .float32: return try reals().map { Int64(Float($0).bitPattern) }
    case .float64: return try reals().map { Int64(bitPattern: $0.bitPattern) }
    default: return try whole()
    }
  }
}

/// What flows along the edges of a graph.
package enum GraphValue: Sendable {
  case tensor(Operand)
  case sequence([GraphValue])
  /// An optional value that is not there.
  case nothing

  /// Reads the value of a port from the bytes of a file.
  package init(_ bytes: [UInt8], _ kind: ONNXPort.Kind) throws {
    switch kind {
    case .tensor: self = .tensor(try Operand(ONNXTensor(bytes[...])))
    case .sequence: self = .sequence(try GraphValue.members(bytes[...], depth: 0))
    case .optional: self = try GraphValue.optional(bytes[...], depth: 0)
    case .other: throw GraphError.unsupported("maps and sparse tensors")
    }
  }

  private static func members(_ bytes: ArraySlice<UInt8>, depth: Int) throws -> [GraphValue] {
    guard depth < 32 else { throw GraphError.invalid("sequences are nested too deeply") }
    var reader = WireReader(bytes)
    var values: [GraphValue] = []
    while let (field, content) = try reader.next() {
      switch field {
      case 3: values.append(.tensor(try Operand(ONNXTensor(content.slice()))))
      case 5: values.append(.sequence(try members(content.slice(), depth: depth + 1)))
      case 7: values.append(try optional(content.slice(), depth: depth + 1))
      case 1, 2: break
      default: throw GraphError.unsupported("maps and sparse tensors")
      }
    }
    return values
  }

  private static func optional(_ bytes: ArraySlice<UInt8>, depth: Int) throws -> GraphValue {
    guard depth < 32 else { throw GraphError.invalid("values are nested too deeply") }
    var reader = WireReader(bytes)
    while let (field, content) = try reader.next() {
      switch field {
      case 3: return .tensor(try Operand(ONNXTensor(content.slice())))
      case 5: return .sequence(try members(content.slice(), depth: depth + 1))
      case 7: return try optional(content.slice(), depth: depth + 1)
      case 1, 2: break
      default: throw GraphError.unsupported("maps and sparse tensors")
      }
    }
    return .nothing
  }
}
