import Tensors

/// The members of a zip archive, stored or deflated, with 64-bit sizes where they are given.
package struct ZipArchive: Sendable {
  package struct Member: Sendable {
    package let name: String
    fileprivate let method: Int
    fileprivate let checksum: UInt32
    fileprivate let packed: Int
    fileprivate let size: Int
    fileprivate let start: Int
  }

  package let members: [Member]
  private let bytes: [UInt8]

  /// Reads the directory at the end of the archive; members are unpacked when asked for.
  package init(_ bytes: [UInt8]) throws(FormatError) {
    self.bytes = bytes
    members = try ZipDirectory(bytes).members
  }

  /// The plain bytes of a member, its size and checksum checked.
  package func content(of member: Member) throws -> [UInt8] {
    var reader = ByteReader(bytes[min(member.start, bytes.count)...], format: "zip")
    guard try reader.little(4) == 0x0403_4B50 else {
      throw FormatError.malformed(format: "zip", reason: "\(member.name) is not where it should be")
    }
    _ = try reader.take(22)
    let name = Int(try reader.little(2))
    let extra = Int(try reader.little(2))
    _ = try reader.take(name)
    _ = try reader.take(extra)
    let packed = try reader.take(member.packed)
    let content = member.method == 0 ? Array(packed) : try unpacked(packed, member)
    guard content.count == member.size, Compression.checksum(content) == member.checksum else {
      throw FormatError.malformed(
        format: "zip", reason: "\(member.name) has another size or checksum than declared")
    }
    return content
  }
}

extension ZipArchive {
  /// What is wrong with a stream is told with the name of its member.
  private func unpacked(_ packed: ArraySlice<UInt8>, _ member: Member) throws -> [UInt8] {
    do {
      return try Compression.inflate(
        packed, .raw, limit: min(member.size, Compression.limit(packed: packed.count)))
    } catch FormatError.malformed(_, let reason, _) {
      throw FormatError.malformed(format: "zip", reason: "in \(member.name), \(reason)")
    }
  }
}

/// The list of members, found from the end of the file.
private struct ZipDirectory {
  private(set) var members: [ZipArchive.Member] = []

  init(_ bytes: [UInt8]) throws(FormatError) {
    let (start, count) = try Self.place(in: bytes)
    var reader = ByteReader(bytes[min(start, bytes.count)...], format: "zip")
    for _ in 0..<count {
      guard try reader.little(4) == 0x0201_4B50 else {
        throw .malformed(format: "zip", reason: "its directory has fewer entries than declared")
      }
      _ = try reader.take(4)
      let flags = try reader.little(2)
      let method = Int(try reader.little(2))
      _ = try reader.take(4)
      let checksum = UInt32(try reader.little(4))
      var packed = try reader.little(4)
      var size = try reader.little(4)
      let (nameLength, extraLength) = (Int(try reader.little(2)), Int(try reader.little(2)))
      let commentLength = Int(try reader.little(2))
      _ = try reader.take(8)
      var offset = try reader.little(4)
      let name = String(decoding: try reader.take(nameLength), as: UTF8.self)
      var extra = ByteReader(try reader.take(extraLength), format: "zip")
      _ = try reader.take(commentLength)
      while extra.remaining >= 4 {
        let kind = try extra.little(2)
        var field = ByteReader(try extra.take(Int(try extra.little(2))), format: "zip")
        guard kind == 1 else { continue }
        if size == 0xFFFF_FFFF { size = try field.little(8) }
        if packed == 0xFFFF_FFFF { packed = try field.little(8) }
        if offset == 0xFFFF_FFFF { offset = try field.little(8) }
      }
      guard flags & 1 == 0, method == 0 || method == 8 else {
        throw .unsupported(format: "zip", reason: "\(name) is encrypted or packed in a rare way")
      }
      guard let packed = Int(exactly: packed), let size = Int(exactly: size),
        let offset = Int(exactly: offset), packed <= bytes.count, size <= 1 << 40,
        method == 8 || packed == size
      else { throw .malformed(format: "zip", reason: "\(name) declares impossible sizes") }
      members.append(
        ZipArchive.Member(
          name: name, method: method, checksum: checksum, packed: packed, size: size, start: offset)
      )
    }
  }

  /// Where the directory starts and how many entries it has.
  private static func place(in bytes: [UInt8]) throws(FormatError) -> (start: Int, count: Int) {
    var at = bytes.count - 22
    let last = max(0, at - 65535)
    while at >= last, at >= 0 {
      if bytes[at] == 0x50, bytes[at + 1] == 0x4B, bytes[at + 2] == 5, bytes[at + 3] == 6 { break }
      at -= 1
    }
    guard at >= last, at >= 0 else {
      throw .malformed(format: "zip", reason: "it has no directory")
    }
    var end = ByteReader(bytes[(at + 10)...], format: "zip")
    var count = try end.little(2)
    _ = try end.take(4)
    var start = try end.little(4)
    if start == 0xFFFF_FFFF || count == 0xFFFF, at >= 20 {
      var locator = ByteReader(bytes[(at - 20)...], format: "zip")
      if try locator.little(4) == 0x0706_4B50 {
        _ = try locator.take(4)
        let place = try locator.little(8)
        guard let place = Int(exactly: place), place < bytes.count else {
          throw .malformed(format: "zip", reason: "its directory lies outside the file")
        }
        var large = ByteReader(bytes[place...], format: "zip")
        _ = try large.take(32)
        count = try large.little(8)
        _ = try large.take(8)
        start = try large.little(8)
      }
    }
    // An entry takes at least 46 bytes.
    guard let start = Int(exactly: start), start <= bytes.count,
      let count = Int(exactly: count), count <= bytes.count / 46
    else { throw .malformed(format: "zip", reason: "its directory lies outside the file") }
    return (start, count)
  }
}
