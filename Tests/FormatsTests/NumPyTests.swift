import Files
import Formats
import Tensors
import TestSupport
import Testing

/// The bytes of a fixture; `Fixtures/make.py` wrote them.
func fixture(_ name: String, testFile: String = #filePath) throws -> [UInt8] {
  let folder = testFile[...(testFile.lastIndex(of: "/") ?? testFile.startIndex)]
  return try FileBytes.read("\(folder)Fixtures/\(name)")
}

@Suite struct NumPyTests {
  @Test(arguments: [
    ("little-f2", DType.float16), ("big-f4", .float32), ("little-f8", .float64),
    ("little-i1", .int8), ("big-i2", .int64), ("little-i4", .int64), ("big-i8", .int64),
    ("little-u1", .int64), ("big-u2", .int64), ("little-u4", .int64), ("little-u8", .int64),
  ])
  func `numbers of every width and byte order are read`(_ kind: String, _ dtype: DType) throws {
    // NumPy writes one byte without an order.
    let name = kind.hasSuffix("1") ? kind : kind
    let tensor = try NumPyFile.read(fixture("grid-\(name).npy"))
    #expect(tensor.dims == [2, 3])
    #expect(tensor.dtype == dtype)
    #expect(tensor.doubles == [0, 1, 2, 3, 4, 5])
  }

  @Test func `truth values are read`() throws {
    let tensor = try NumPyFile.read(fixture("grid-one-b1.npy"))
    #expect(tensor.dtype == .bool)
    #expect(tensor.doubles == [0, 1, 1, 1, 1, 1])
  }

  @Test func `an array in column order is turned`() throws {
    let tensor = try NumPyFile.read(fixture("fortran.npy"))
    #expect(tensor.dims == [2, 3])
    #expect(tensor.doubles == [0, 1, 2, 3, 4, 5])
  }

  @Test func `one number and nothing at all have their shapes`() throws {
    let number = try NumPyFile.read(fixture("number.npy"))
    #expect(number.dims == [])
    #expect(number.item == 2.5)
    #expect(try NumPyFile.read(fixture("empty.npy")).dims == [0, 3])
  }

  @Test(arguments: [2, 3]) func `later versions of the header are read`(_ version: Int) throws {
    #expect(try NumPyFile.read(fixture("version-\(version).npy")).doubles == [0, 1, 2, 3, 4, 5])
  }

  @Test(arguments: [
    "version-9", "short", "long", "huge", "negative", "twice", "keys", "more", "objects", "texts",
    "complex", "records", "large-unsigned",
  ])
  func `a file that is damaged or holds no numbers is refused`(_ name: String) throws {
    let bytes = try fixture("refused-\(name).npy")
    #expect(throws: FormatError.self) { try NumPyFile.read(bytes) }
  }

  @Test func `every beginning of a file is refused`() throws {
    let bytes = try fixture("fortran.npy")
    for count in 0..<bytes.count {
      #expect(throws: FormatError.self) { try NumPyFile.read(Array(bytes[..<count])) }
    }
  }

  @Test func `what is written is read again`() throws {
    for dtype in DType.allCases where dtype != .bfloat16 {
      let tensor = try tensor([0, 1, 0, 1, 1, 0], [3, 2, 1], dtype)
      let back = try NumPyFile.read(NumPyFile.write(tensor))
      #expect(back.dims == [3, 2, 1])
      #expect(back.dtype == dtype)
      #expect(back.doubles == tensor.doubles)
    }
  }

  @Test func `the kinds of two and of one byte are written as NumPy writes them`() throws {
    for name in ["little-f2", "little-i1"] {
      let bytes = try fixture("grid-\(name).npy")
      #expect(try NumPyFile.write(NumPyFile.read(bytes)) == bytes)
    }
  }

  @Test func `bf16, which npy does not have, is refused with what to do`() throws {
    let x = try tensor([1, 2], [2], .bfloat16)
    #expect {
      try NumPyFile.write(x)
    } throws: { error in
      (error as? FormatError)?.message.contains("cast(x, \"f32\")") ?? false
    }
  }

  @Test func `archives of stored and of packed arrays are read by name`() throws {
    let stored = try NumPyArchive.read(fixture("stored.npz"))
    #expect(stored.map(\.name) == ["a", "b"])
    #expect(stored[0].tensor.doubles == [0, 1, 2, 3, 4, 5])
    #expect(stored[1].tensor.item == 7)
    let packed = try NumPyArchive.read(fixture("packed.npz"))
    #expect(packed[0].tensor.dims == [50, 50])
    #expect(packed[1].tensor.doubles == [0, 1, 2])
  }

  @Test func `an archive that is written is read again`() throws {
    let tensor = try tensor([1, 2, 3], [3], .float32)
    let back = try NumPyArchive.read(NumPyArchive.write([("x", tensor), ("y", tensor)]))
    #expect(back.map(\.name) == ["x", "y"])
    #expect(back[1].tensor.doubles == [1, 2, 3])
  }

  @Test func `a changed byte in an archive is found`() throws {
    var bytes = try fixture("packed.npz")
    bytes[60] ^= 1
    #expect(throws: FormatError.self) { try NumPyArchive.read(bytes) }
    #expect(throws: FormatError.self) { try NumPyArchive.read(Array(bytes.dropLast(30))) }
  }
}
