import Formats
import Tensors
import TestSupport
import Testing

@Suite struct IDXTests {
  @Test func `pixels become floats and labels integers`() throws {
    let pixels = try IDXFile.read([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 254, 255])
    #expect(pixels.dims == [2, 2])
    #expect(pixels.dtype == .float32)
    #expect(pixels.doubles == [0, 1, 254, 255])
    let labels = try IDXFile.read([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1])
    #expect(labels.dtype == .int64)
    #expect(labels.doubles == [7, 2, 1])
  }

  @Test func `wider numbers have their highest byte first`() throws {
    #expect(try IDXFile.read([0, 0, 11, 1, 0, 0, 0, 2, 1, 0, 255, 255]).doubles == [256, -1])
    #expect(try IDXFile.read([0, 0, 13, 1, 0, 0, 0, 1, 0x3F, 0x80, 0, 0]).doubles == [1])
  }

  @Test func `sizes that the file does not hold are refused before memory is taken`() {
    let huge: [UInt8] = [0, 0, 14, 3] + [UInt8](repeating: 0xFF, count: 12)
    for bytes in [
      huge, [0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3], [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], [0, 0, 7, 0], [1],
    ] {
      #expect(throws: FormatError.self) { try IDXFile.read(bytes) }
    }
  }

  @Test func `a packed file is unpacked, and a damaged one refused`() throws {
    let plain: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]
    let packed = try Compression.deflate(plain, .gzip)
    #expect(Compression.isGzip(packed))
    #expect(try Compression.inflate(packed[...], .gzip) == plain)
    // Two members, one after the other, are one file.
    #expect(try Compression.inflate((packed + packed)[...], .gzip) == plain + plain)
    #expect(throws: FormatError.self) { try Compression.inflate(packed.dropLast(9), .gzip) }
    #expect(throws: FormatError.self) { try Compression.inflate(packed[...], .gzip, limit: 10) }
  }
}
