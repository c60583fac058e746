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
    // The same as the member of an archive that declares its true size.
    let stream = try Compression.deflate([UInt8](repeating: 0, count: 80 << 20), .raw)
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(value >> (8 * $0) & 255) }
    }
    let sizes = little(0, 4) + little(stream.count, 4) + little(80 << 20, 4) + little(1, 2)
    let about = little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + sizes + little(0, 2)
    let start = little(0x0403_4B50, 4) + about + [97] + stream
    let entry = little(0x0201_4B50, 4) + little(20, 2) + about + little(0, 14) + [97]
    let end = little(0x0605_4B50, 4) + little(0, 4) + little(1, 2) + little(1, 2)
    let place = little(entry.count, 4) + little(start.count, 4) + little(0, 2)
    let archive = try ZipArchive(start + entry + end + place)
    #expect {
      _ = try archive.content(of: archive.members[0])
    } throws: { error in
      (error as? FormatError)?.message.contains("in a, it unpacks to more than") == true
    }
  }
}
