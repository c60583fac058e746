import Formats
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  private func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
  }

  @Test func `a written file reads back bit for bit`() throws {
    let weights = try tensor([1.5, -2, 0.1, 1e30, 0, -0.0], [2, 3], .float32)
    let labels = try Tensor([Int64(7), -1])
    let bytes = try Safetensors.written(
      [("w", weights), ("y", labels), ("empty", try .zeros(Shape(checking: [0, 3])))],
      metadata: [("format", "gradus")])
    let read = try Safetensors(bytes)
    #expect(read.items.map(\.name) == ["w", "y", "empty"])
    #expect(read.metadata.map(\.text) == ["gradus"])
    #expect(try read.tensor("w")?.doubles == weights.doubles)
    #expect(try read.tensor("y")?.array(of: Int64.self) == [7, -1])
    #expect(try read.tensor("empty")?.dims == [0, 3])
    #expect(try read.tensor("other") == nil)
  }

  @Test func `half floats and small integers keep their kinds and bytes`() throws {
    let read = try Safetensors(
      file(
        #"{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"#
          + #""b":{"dtype":"BF16","shape":[],"data_offsets":[6,8]},"#
          + #""c":{"dtype":"I8","shape":[1],"data_offsets":[8,9]}}"#,
        [0x00, 0x3C, 0x01, 0x00, 0x00, 0xC0, 0x80, 0x3F, 0xFF]))
    #expect(try read.tensor("a")?.doubles == [1, 0x1p-24, -2])
    #expect(try read.tensor("b")?.doubles == [1])
    #expect(try read.tensor("c")?.doubles == [-1])
    let all = try ["a", "b", "c"].compactMap { name in
      try read.tensor(name).map { (name: name, tensor: $0) }
    }
    #expect(all.map(\.tensor.dtype) == [.float16, .bfloat16, .int8])
    let again = try Safetensors.written(all)
    #expect(Array(again.suffix(9)) == [0x00, 0x3C, 0x01, 0x00, 0x00, 0xC0, 0x80, 0x3F, 0xFF])
    #expect(try Safetensors(again).items.map(\.kind) == ["F16", "BF16", "I8"])
  }

  @Test(arguments: [
    (#"{"#, 0), (#"[]"#, 0), (#"{"a":1}"#, 0),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, 8),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5),
    (#"{"a":{"dtype":"X9","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#, 4),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
      1
    ),
    (
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
      3
    ),
    (#"{"__metadata__":{"a":1}}"#, 0),
  ])
  func `a header that contradicts the bytes is refused`(header: String, size: Int) {
    #expect(throws: FormatError.self) {
      try Safetensors(file(header, [UInt8](repeating: 0, count: size)))
    }
  }

  @Test func `a length beyond the file is refused`() {
    #expect(throws: FormatError.self) { try Safetensors([]) }
    #expect(throws: FormatError.self) { try Safetensors([UInt8](repeating: 255, count: 12)) }
    #expect(throws: FormatError.self) { try Safetensors([9, 0, 0, 0, 0, 0, 0, 0, 0x7B]) }
  }

  @Test func `no cut of a file crashes the reader`() throws {
    let whole = try Safetensors.written([("w", try tensor([1, 2], [2], .float32))])
    for length in 0..<whole.count {
      #expect(throws: FormatError.self) { try Safetensors(Array(whole.prefix(length))) }
    }
  }
}

@Suite struct JSONTests {
  @Test func `values, escapes and numbers are read`() throws {
    let value = try JSON(parsing: Array(#" {"a": [1, -2.5e1, true, null, "é😀\n"]} "#.utf8))
    #expect(
      value
        == .object([
          JSON.Field(
            "a", .list([.integer(1), .number(-25), .boolean(true), .null, .text("é😀\n")]))
        ]))
    #expect(value.written == #"{"a":[1,-25.0,true,null,"é😀\n"]}"#)
  }

  @Test(arguments: [
    "", "{", "[1,]", "nul", "01x", "\"\\q\"", "\"\\ud800\"", "+1", "1 2", "{\"a\":1,\"a\":2}",
    "1e999",
  ])
  func `what is no JSON is refused`(text: String) {
    #expect(throws: FormatError.self) { try JSON(parsing: Array(text.utf8)) }
  }

  @Test func `deep nesting ends in an error, not in a crash`() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: FormatError.self) { try JSON(parsing: Array(text.utf8)) }
  }
}
