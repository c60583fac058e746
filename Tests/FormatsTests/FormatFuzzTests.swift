import FormatCheck
import Formats
import Tensors
import Testing

@Suite struct FormatFuzzTests {
  private static func fixtures(_ testFile: String = #filePath) -> String {
    testFile[...(testFile.lastIndex(of: "/") ?? testFile.startIndex)] + "Fixtures"
  }

  @Test func `changed files are read or refused with a sentence`() throws {
    for format in try FormatCheck(fixtures: Self.fixtures()).formats {
      #expect(!format.seeds.isEmpty, "\(format.name)")
      for seed in 0..<400 {
        var changes = ByteChanges(seed: seed)
        let start = format.seeds[changes.roll(format.seeds.count)]
        var bytes = changes.changed(start, with: format.seeds[changes.roll(format.seeds.count)])
        if seed % 4 > 0, let mend = format.mend { bytes = mend(bytes) }
        let fault = FormatCheck.fault(of: bytes, as: format)
        #expect(fault == nil, "\(format.name), seed \(seed): \(fault ?? "")")
      }
    }
  }

  @Test func `a packed file that grows without proportion is refused`() throws {
    let bomb = try Compression.deflate([UInt8](repeating: 0, count: 80 << 20), .gzip)
    #expect(bomb.count < 1 << 17)
    #expect(throws: FormatError.self) { try Compression.inflateFile(bomb) }
  }
}
