import Tensors

/// The safetensors format: eight bytes of length, a JSON header, then the tensors' bytes.
///
/// Reading is strict: every byte after the header belongs to exactly one tensor, in order.
package struct Safetensors: Sendable {
  package struct Item: Sendable, Equatable {
    package let name: String
    /// The kind as the file names it, such as "F32".
    package let kind: String
    package let dims: [Int]
    /// Where its bytes lie in the file.
    let range: Range<Int>
  }

  package let items: [Item]
  /// Texts by name, in the file's order.
  package let metadata: [(name: String, text: String)]
  private let bytes: [UInt8]
  private let positions: [String: Int]
  private static let longestHeader = 100_000_000

  package init(_ bytes: [UInt8]) throws(FormatError) {
    func wrong(_ reason: String, _ at: Int = 0) -> FormatError {
      .malformed(format: "safetensors", reason: "\(reason) (byte \(at))")
    }
    guard bytes.count >= 8 else { throw wrong("shorter than the length of its header") }
    var length: UInt64 = 0
    for i in 0..<8 { length |= UInt64(bytes[i]) << (8 * UInt64(i)) }
    guard length <= UInt64(Self.longestHeader) else { throw wrong("the header is too long") }
    let start = 8 + Int(length)
    guard start <= bytes.count else { throw wrong("the header is cut off", bytes.count) }
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else {
      throw wrong("the header should begin with {", 8)
    }
    let header = try JSON(parsing: bytes[8..<start])
    var items: [Item] = []
    var metadata: [(name: String, text: String)] = []
    for field in header.fields ?? [] {
      if field.name == "__metadata__" {
        guard let texts = field.value.fields else { throw wrong("__metadata__ is no object", 8) }
        for item in texts {
          guard let text = item.value.text else { throw wrong("metadata should be texts", 8) }
          metadata.append((item.name, text))
        }
      } else {
        items.append(try Self.item(field, start: start, end: bytes.count))
      }
    }
    items.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var at = start
    for item in items {
      guard item.range.lowerBound == at else {
        throw wrong("\(item.name) does not begin where the tensor before it ends", at)
      }
      at = item.range.upperBound
    }
    guard at == bytes.count else { throw wrong("bytes that belong to no tensor", at) }
    self.items = items
    self.metadata = metadata
    self.bytes = bytes
    var positions: [String: Int] = [:]
    for (position, item) in items.enumerated() { positions[item.name] = position }
    self.positions = positions
  }

  private static func item(_ field: JSON.Field, start: Int, end: Int) throws(FormatError) -> Item {
    let name = field.name
    func wrong(_ reason: String) -> FormatError {
      .malformed(format: "safetensors", reason: "\(name): \(reason)")
    }
    guard let known = field.value.fields, known.count == 3, let kind = field.value["dtype"]?.text,
      let shape = field.value["shape"]?.list, let offsets = field.value["data_offsets"]?.list
    else { throw wrong("needs dtype, shape and data_offsets") }
    guard let width = widths[kind] else { throw wrong("the kind \(kind) is unknown") }
    var dims: [Int] = []
    var count = 1
    for size in shape {
      guard let size = size.integer, size >= 0 else { throw wrong("a size is no whole number") }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow { throw wrong("more elements than can be counted") }
      count = product
      dims.append(size)
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, offsets.count == 2, let first = offsets[0].integer,
      let last = offsets[1].integer, first >= 0, first <= last, last <= end - start
    else { throw wrong("its bytes lie outside the file") }
    guard last - first == size else {
      throw wrong("\(dims) of \(kind) take \(size) bytes, not \(last - first)")
    }
    return Item(name: name, kind: kind, dims: dims, range: start + first..<start + last)
  }

  private static let widths: [String: Int] = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2,
    "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8,
  ]

  /// The tensor of a name, nil when there is none. Integers become i64 except those of eight bits with
  /// a sign.
  package func tensor(_ name: String) throws -> Tensor? {
    guard let position = positions[name] else { return nil }
    let item = items[position]
    let shape = try Shape(checking: item.dims)
    let n = shape.count
    let at = item.range.lowerBound
    func all<Raw: BitwiseCopyable, E: TensorElement>(_: Raw.Type, _ body: (Raw) throws -> E) throws
      -> Tensor
    {
      try MemoryBudget.check(n * 16)
      return try bytes.withUnsafeBytes { raw in
        try Tensor(
          (0..<n).map {
            try body(
              raw.loadUnaligned(fromByteOffset: at + $0 * MemoryLayout<Raw>.size, as: Raw.self))
          }, shape: shape)
      }
    }
    switch item.kind {
    case "F32": return try all(UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case "F64": return try all(UInt64.self) { Double(bitPattern: UInt64(littleEndian: $0)) }
    case "BF16": return try all(UInt16.self) { BrainFloat(bits: UInt16(littleEndian: $0)) }
    case "F16": return try all(UInt16.self) { Half(bits: UInt16(littleEndian: $0)) }
    case "BOOL":
      return try all(UInt8.self) { byte in
        guard byte <= 1 else {
          throw FormatError.malformed(
            format: "safetensors", reason: "\(name): \(byte) is no boolean")
        }
        return byte == 1
      }
    case "U8": return try all(UInt8.self) { Int64($0) }
    case "I8": return try all(Int8.self) { $0 }
    case "I16": return try all(Int16.self) { Int64(Int16(littleEndian: $0)) }
    case "U16": return try all(UInt16.self) { Int64(UInt16(littleEndian: $0)) }
    case "I32": return try all(Int32.self) { Int64(Int32(littleEndian: $0)) }
    case "U32": return try all(UInt32.self) { Int64(UInt32(littleEndian: $0)) }
    case "I64": return try all(Int64.self) { Int64(littleEndian: $0) }
    default:
      throw FormatError.unsupported(
        format: "safetensors", reason: "\(name): tensors of kind \(item.kind) are not read")
    }
  }

  /// The bytes of a file that holds the tensors in the given order.
  package static func written(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [(name: String, text: String)] = []
  ) throws -> [UInt8] {
    var fields: [JSON.Field] = []
    if !metadata.isEmpty {
      fields.append(
        JSON.Field("__metadata__", .object(metadata.map { JSON.Field($0.name, .text($0.text)) })))
    }
    var at = 0
    var seen: Set<String> = []
    for (name, tensor) in tensors {
      guard name != "__metadata__", seen.insert(name).inserted else {
        throw FormatError.unsupported(
          format: "safetensors", reason: "two tensors cannot both be called \(name)")
      }
      let end = at + tensor.count * tensor.dtype.size
      fields.append(
        JSON.Field(
          name,
          .object([
            JSON.Field("dtype", .text(kind(of: tensor.dtype))),
            JSON.Field("shape", .list(tensor.dims.map { .integer($0) })),
            JSON.Field("data_offsets", .list([.integer(at), .integer(end)])),
          ])))
      at = end
    }
    var header = Array(JSON.object(fields).written.utf8)
    // Spaces align the first tensor to eight bytes.
    while header.count % 8 != 0 { header.append(0x20) }
    try MemoryBudget.check(at + header.count)
    var out: [UInt8] = []
    out.reserveCapacity(8 + header.count + at)
    for i in 0..<8 { out.append(UInt8(truncatingIfNeeded: header.count >> (8 * i))) }
    out += header
    for (_, tensor) in tensors { tensor.withBytes { out.append(contentsOf: $0) } }
    return out
  }

  private static func kind(of dtype: DType) -> String {
    switch dtype {
    case .bool: "BOOL"
    case .int8: "I8"
    case .int64: "I64"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float32: "F32"
    case .float64: "F64"
    }
  }
}
