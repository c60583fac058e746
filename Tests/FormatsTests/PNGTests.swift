import Formats
import TestSupport
import Testing

@Suite struct PNGTests {
  @Test func `samples of two bits are stretched`() throws {
    let image = try PNGImage(fixture("grey2.png"))
    #expect((image.width, image.height, image.channels) == (5, 2, 1))
    #expect(image.samples == [0, 85, 170, 255, 0, 255, 170, 85, 0, 255])
  }

  @Test func `colours of a palette are looked up, with their transparency`() throws {
    let image = try PNGImage(fixture("palette.png"))
    #expect(image.channels == 4)
    #expect(image.samples == [0, 0, 255, 255, 255, 0, 0, 128, 0, 255, 0, 255])
  }

  @Test func `samples of sixteen bits are told from those above`() throws {
    let image = try PNGImage(fixture("colour16.png"))
    #expect(image.maximum == 65535)
    #expect(image.samples == [1000, 2000, 65535, 1000, 2000, 65535])
    let tensor = try image.tensor()
    #expect(tensor.dims == [3, 2, 1])
    #expect(tensor.doubles == [1000, 1000, 2000, 2000, 65535, 65535])
  }

  @Test func `the seven passes of an interlaced picture come together`() throws {
    let image = try PNGImage(fixture("interlaced.png"))
    #expect(image.samples == [0, 10, 20, 30, 40, 50, 60, 70, 80])
    #expect(try image.tensor().dims == [3, 3])
  }

  @Test(arguments: [(1, 255), (2, 255), (3, 65535), (4, 255)])
  func `what is written is read again`(_ channels: Int, _ maximum: Int) throws {
    let samples = (0..<12 * channels).map { UInt16($0 * 37 % (maximum + 1)) }
    let image = PNGImage(
      width: 4, height: 3, channels: channels, maximum: maximum, samples: samples)
    #expect(try PNGImage(image.encoded()) == image)
  }

  @Test func `every cut and every changed byte is refused or harmless`() throws {
    let bytes = try fixture("palette.png")
    for count in 0..<bytes.count {
      #expect(throws: FormatError.self) { try PNGImage(Array(bytes[..<count])) }
    }
    for at in bytes.indices {
      var changed = bytes
      changed[at] ^= 0x55
      #expect(throws: FormatError.self) { try PNGImage(changed) }
    }
  }
}
