/// A tensor as it lies in an ONNX file: sizes, the code of its element type, and raw content.
package struct ONNXTensor: Sendable {
  /// Where the numbers are kept.
  package enum Payload: Sendable {
    /// Little-endian bytes, elements of fewer than 8 bits packed from the lowest bits on.
    case raw(ArraySlice<UInt8>)
    case floats([Float])
    case doubles([Double])
    /// Integers; small floats as their bits.
    case integers([Int64])
    case texts([String])
  }

  package private(set) var name = ""
  package private(set) var dims: [Int] = []
  package private(set) var type = 0
  package private(set) var payload = Payload.raw([])
  /// The number of elements the sizes declare.
  package private(set) var count = 0

  package init(_ bytes: ArraySlice<UInt8>) throws(FormatError) {
    var reader = WireReader(bytes)
    var (floats, doubles): ([Float], [Double]) = ([], [])
    var (integers, texts): ([Int64], [String]) = ([], [])
    var raw: ArraySlice<UInt8> = []
    while let (field, content) = try reader.next() {
      switch field {
      case 1: dims += try content.numbers().map { Int($0) }
      case 2: type = Int(try content.number())
      case 4: floats += try content.words().map { Float(bitPattern: $0) }
      case 5, 7, 11: integers += try content.numbers()
      case 6: texts.append(try content.text())
      case 8: name = try content.text()
      case 9: raw = try content.slice()
      case 10: doubles += try content.longs().map { Double(bitPattern: $0) }
      case 13, 14:
        throw .unsupported(format: "ONNX", reason: "tensor \(name) lies in another file")
      default: break
      }
    }
    guard let count = checkedProduct(dims) else {
      throw .malformed(format: "ONNX", reason: "tensor \(name) declares the sizes \(dims)")
    }
    self.count = count
    if !floats.isEmpty {
      payload = .floats(floats)
    } else if !doubles.isEmpty {
      payload = .doubles(doubles)
    } else if !integers.isEmpty {
      payload = .integers(integers)
    } else if !texts.isEmpty {
      payload = .texts(texts)
    } else {
      payload = .raw(raw)
    }
  }
}
