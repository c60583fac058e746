/// Writes protocol buffers, so that tests can say their models in a few lines.
enum Wire {
  static func number(_ value: UInt64) -> [UInt8] {
    var (bytes, rest): ([UInt8], UInt64) = ([], value)
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func field(_ n: Int, _ content: [UInt8]) -> [UInt8] {
    number(UInt64(n << 3 | 2)) + number(UInt64(content.count)) + content
  }

  static func field(_ n: Int, _ text: String) -> [UInt8] { field(n, Array(text.utf8)) }

  static func field(_ n: Int, _ value: Int) -> [UInt8] {
    number(UInt64(n << 3)) + number(UInt64(bitPattern: Int64(value)))
  }

  static func field(_ n: Int, _ value: Float) -> [UInt8] {
    number(UInt64(n << 3 | 5)) + (0..<4).map { UInt8(value.bitPattern >> (8 * $0) & 255) }
  }

  static func tensor(_ values: [Float], _ dims: [Int], name: String = "") -> [UInt8] {
    let raw = values.flatMap { v in (0..<4).map { UInt8(v.bitPattern >> (8 * $0) & 255) } }
    return dims.flatMap { field(1, $0) } + field(2, 1) + field(8, name) + field(9, raw)
  }

  static func tensor(_ values: [Int], _ dims: [Int], name: String = "") -> [UInt8] {
    dims.flatMap { field(1, $0) } + field(2, 7) + values.flatMap { field(7, $0) } + field(8, name)
  }

  static func attribute(_ name: String, _ value: Int) -> [UInt8] {
    field(1, name) + field(3, value) + field(20, 2)
  }

  static func attribute(_ name: String, _ value: Float) -> [UInt8] {
    field(1, name) + field(2, value) + field(20, 1)
  }

  static func attribute(_ name: String, _ value: String) -> [UInt8] {
    field(1, name) + field(4, value) + field(20, 3)
  }

  static func attribute(_ name: String, _ values: [Int]) -> [UInt8] {
    field(1, name) + values.flatMap { field(8, $0) } + field(20, 7)
  }

  static func attribute(_ name: String, graph: [UInt8]) -> [UInt8] {
    field(1, name) + field(6, graph) + field(20, 5)
  }

  static func node(
    _ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: [[UInt8]] = []
  ) -> [UInt8] {
    inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + field(4, operation)
      + attributes.flatMap { field(5, $0) }
  }

  static func graph(
    _ nodes: [[UInt8]], inputs: [String], outputs: [String], constants: [[UInt8]] = []
  ) -> [UInt8] {
    nodes.flatMap { field(1, $0) } + constants.flatMap { field(5, $0) }
      + inputs.flatMap { field(11, field(1, $0)) } + outputs.flatMap { field(12, field(1, $0)) }
  }

  static func model(_ graph: [UInt8], version: Int = 22) -> [UInt8] {
    field(7, graph) + field(8, field(1, "") + field(2, version))
  }
}
