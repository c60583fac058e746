import Formats
import Tensors
import TestSupport
import Testing

@Suite struct WAVTests {
  /// RIFF by hand: kind 1 is PCM, 3 floats.
  private func file(kind: UInt8, channels: UInt8, bits: UInt8, _ body: [UInt8]) -> [UInt8] {
    let step = channels * bits / 8
    let format: [UInt8] = [kind, 0, channels, 0, 0x40, 0x1F, 0, 0, 0, 0, 0, 0, step, 0, bits, 0]
    let size = UInt8(body.count)
    return Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0] + format
      + Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
      + Array("data".utf8) + [size, 0, 0, 0] + body
  }

  @Test func `samples of every width lie between -1 and 1`() throws {
    let eight = try WAVFile(file(kind: 1, channels: 1, bits: 8, [0, 128, 192]))
    #expect(eight.rate == 8000)
    #expect(eight.samples.doubles == [-1, 0, 0.5])
    let sixteen = try WAVFile(file(kind: 1, channels: 2, bits: 16, [0, 0x40, 0, 0xC0]))
    #expect(sixteen.samples.dims == [2, 1])
    #expect(sixteen.samples.doubles == [0.5, -0.5])
    let wide = try WAVFile(file(kind: 1, channels: 1, bits: 24, [0, 0, 0x20, 0, 0, 0x80]))
    #expect(wide.samples.doubles == [0.25, -1])
    let float = try WAVFile(file(kind: 3, channels: 1, bits: 32, [0, 0, 0x40, 0x3F]))
    #expect(float.samples.doubles == [0.75])
  }

  @Test func `what is written is read again`() throws {
    let samples = try Tensor(
      [0, 0.5, -0.5, 0.25, -1, 1] as [Float], shape: Shape(checking: [2, 3]))
    let again = try WAVFile(WAVFile(rate: 16000, samples: samples).encoded())
    #expect(again.rate == 16000)
    #expect(again.samples.dims == [2, 3])
    // The largest sample of 16 bits is a little below 1.
    #expect(again.samples.doubles == [0, 0.5, -0.5, 0.25, -1, 32767.0 / 32768])
  }

  @Test func `a file cut anywhere is refused`() throws {
    let whole = file(kind: 1, channels: 2, bits: 16, [0, 0x40, 0, 0xC0])
    for count in 0..<whole.count {
      #expect(throws: FormatError.self) { try WAVFile(Array(whole[..<count])) }
    }
    #expect(throws: FormatError.self) { try WAVFile(file(kind: 2, channels: 1, bits: 4, [1])) }
    #expect(throws: FormatError.self) { try WAVFile(file(kind: 1, channels: 0, bits: 8, [1])) }
    #expect(throws: FormatError.self) { try WAVFile(file(kind: 1, channels: 2, bits: 16, [1])) }
  }
}

@Suite struct CIFARTests {
  @Test func `a record is a label and three planes`() throws {
    let record: [UInt8] = [7] + (0..<3072).map { UInt8($0 % 251) }
    let (x, y) = try CIFARFile.read(record + record)
    #expect(x.dims == [2, 3, 32, 32])
    #expect(y.doubles == [7, 7])
    #expect(x.doubles[1024] == Double(1024 % 251))
    #expect(throws: FormatError.self) { try CIFARFile.read(Array(record.dropLast())) }
    #expect(throws: FormatError.self) { try CIFARFile.read([10] + record.dropFirst()) }
  }
}
