import Tensors

/// NumPy's format for several arrays: a zip of .npy files.
package enum NumPyArchive {
  /// The arrays with their names, in the order of the archive.
  package static func read(_ bytes: [UInt8]) throws -> [(name: String, tensor: Tensor)] {
    let archive = try ZipArchive(bytes)
    return try archive.members.map { member in
      guard member.name.hasSuffix(".npy") else {
        throw FormatError.unsupported(format: "npz", reason: "\(member.name) is not an array")
      }
      let tensor = try NumPyFile.read(archive.content(of: member))
      return (String(member.name.dropLast(4)), tensor)
    }
  }

  /// An archive of stored arrays, as `numpy.savez` writes it.
  package static func write(_ arrays: [(name: String, tensor: Tensor)]) throws -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for (name, tensor) in arrays {
      let content = try NumPyFile.write(tensor)
      let title = Array((name + ".npy").utf8)
      guard content.count < 1 << 32, body.count < 1 << 32, title.count < 1 << 16 else {
        throw FormatError.unsupported(format: "npz", reason: "it would be larger than 4 GB")
      }
      var about: [UInt8] = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]
      about += little(Int(Compression.checksum(content)), 4)
      about += little(content.count, 4) + little(content.count, 4)
      about += little(title.count, 2) + [0, 0]
      directory += [0x50, 0x4B, 1, 2, 20, 0] + about + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      directory += little(body.count, 4) + title
      body += [0x50, 0x4B, 3, 4] + about + title + content
    }
    let count = little(arrays.count, 2)
    let end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
    return body + directory + end + little(directory.count, 4) + little(body.count, 4) + [0, 0]
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(value >> (8 * $0) & 255) }
  }
}
