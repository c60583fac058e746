/// The parts of a PNG file, their checksums checked.
struct PNGChunks {
  private(set) var header: PNGHeader
  private(set) var palette: [[UInt8]] = []
  private(set) var transparency: [UInt8] = []
  /// The colour that is transparent in a picture without a palette.
  private(set) var transparentColour: [UInt16]?
  private(set) var data: [UInt8] = []

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]

  init(_ bytes: [UInt8]) throws(FormatError) {
    var reader = ByteReader(bytes[...], format: "PNG")
    guard bytes.starts(with: Self.signature) else {
      throw .malformed(format: "PNG", reason: "it does not begin as a PNG does")
    }
    _ = try reader.take(8)
    let first = try Self.chunk(&reader)
    guard first.kind == "IHDR" else { throw Self.wrong("it does not begin with its sizes") }
    header = try PNGHeader(first.content)
    var (isOver, hasPalette, dataIsClosed) = (false, false, false)
    while !isOver {
      let (kind, content) = try Self.chunk(&reader)
      if kind != "IDAT", !data.isEmpty { dataIsClosed = true }
      switch kind {
      case "PLTE":
        guard !hasPalette, data.isEmpty, content.count % 3 == 0, (3...768).contains(content.count)
        else { throw Self.wrong("its palette is not valid") }
        hasPalette = true
        var rest = content
        while rest.count >= 3 {
          palette.append(Array(rest.prefix(3)))
          rest = rest.dropFirst(3)
        }
      case "tRNS": try takeTransparency(content)
      case "IDAT":
        guard !dataIsClosed else { throw Self.wrong("its pixels are in pieces") }
        data += content
      case "IEND": isOver = true
      case "IHDR": throw Self.wrong("it declares its sizes twice")
      default:
        // A small first letter marks what a reader may skip.
        guard let letter = kind.utf8.first, letter & 32 != 0 else {
          throw .unsupported(format: "PNG", reason: "it needs a part called \(kind)")
        }
      }
    }
    guard !data.isEmpty else { throw Self.wrong("it has no pixels") }
    guard header.colour != .palette || hasPalette else { throw Self.wrong("it has no palette") }
  }

  private mutating func takeTransparency(_ content: ArraySlice<UInt8>) throws(FormatError) {
    if header.colour == .palette {
      transparency = Array(content.prefix(palette.count))
      return
    }
    let samples = header.colour.samples
    guard samples == 1 || samples == 3, content.count == 2 * samples else {
      throw Self.wrong("its transparent colour is not valid")
    }
    let parts = Array(content)
    transparentColour = (0..<samples).map { UInt16(parts[2 * $0]) << 8 | UInt16(parts[2 * $0 + 1]) }
  }

  private static func chunk(_ reader: inout ByteReader) throws(FormatError) -> (
    kind: String, content: ArraySlice<UInt8>
  ) {
    let length = Int(try reader.big(4))
    let start = reader.at
    let kind = String(decoding: try reader.take(4), as: UTF8.self)
    let content = try reader.take(length)
    let found = Compression.checksum(reader.bytes[start..<reader.at])
    guard UInt32(try reader.big(4)) == found else {
      throw wrong("the checksum of its part \(kind) differs")
    }
    return (kind, content)
  }

  private static func wrong(_ reason: String) -> FormatError {
    .malformed(format: "PNG", reason: reason)
  }
}
