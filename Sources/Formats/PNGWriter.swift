extension PNGImage {
  /// The picture as a PNG file, each row told from the one above it.
  package func encoded() throws -> [UInt8] {
    let isWide = maximum > 255
    let kind: UInt8 =
      switch channels {
      case 1: 0
      case 2: 4
      case 3: 2
      default: 6
      }
    let bytes =
      isWide ? samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } : samples.map(narrow)
    let rowBytes = width * channels * (isWide ? 2 : 1)
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (rowBytes + 1))
    for row in 0..<height {
      rows.append(row == 0 ? 0 : 2)
      for i in row * rowBytes..<(row + 1) * rowBytes {
        rows.append(row == 0 ? bytes[i] : bytes[i] &- bytes[i - rowBytes])
      }
    }
    let header = big(width) + big(height) + [isWide ? 16 : 8, kind, 0, 0, 0]
    return PNGChunks.signature + chunk("IHDR", header)
      + chunk("IDAT", try Compression.deflate(rows, .zlib)) + chunk("IEND", [])
  }

  private func narrow(_ sample: UInt16) -> UInt8 { UInt8(min(sample, 255)) }

  private func big(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + content
    return big(content.count) + body + big(Int(Compression.checksum(body)))
  }
}
