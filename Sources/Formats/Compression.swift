import CZlib
import Tensors

/// Deflated bytes and back, by zlib.
package enum Compression {
  /// How a deflated stream is wrapped.
  package enum Wrapping: Sendable {
    case raw, zlib, gzip

    fileprivate var windowBits: Int32 {
      switch self {
      case .raw: -15
      case .zlib: 15
      case .gzip: 31
      }
    }

    fileprivate var name: String { self == .gzip ? "gzip" : "deflate" }
  }

  /// Whether bytes begin as a gzip file does.
  package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// What packed bytes may unpack to. Beyond 64 MB more is refused than is in proportion: real tables,
  /// texts and images stay far below 32 to 1.
  static func limit(packed count: Int) -> Int { 64 << 20 + 32 * count }

  /// The plain bytes of a .gz file.
  package static func inflateFile(_ bytes: [UInt8]) throws -> [UInt8] {
    try inflate(bytes[...], .gzip, limit: limit(packed: bytes.count))
  }

  /// The plain bytes of a stream. Output grows as it comes, within the memory budget and `limit`,
  /// so that a small file cannot claim a large memory.
  package static func inflate(
    _ bytes: ArraySlice<UInt8>, _ wrapping: Wrapping, limit: Int = .max
  ) throws -> [UInt8] {
    var stream = z_stream()
    let version = zlibVersion()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, wrapping.windowBits, version, size) == Z_OK else {
      throw FormatError.malformed(format: wrapping.name, reason: "it does not begin as a stream")
    }
    defer { inflateEnd(&stream) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var source = Array(bytes)
    return try source.withUnsafeMutableBufferPointer { input in
      var consumed = 0
      while true {
        let offered = min(input.count - consumed, 1 << 30)
        stream.next_in = input.baseAddress.map { $0 + consumed }
        stream.avail_in = UInt32(offered)
        let (status, produced) = chunk.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(output.count)
          let status = CZlib.inflate(&stream, Z_NO_FLUSH)
          return (status, output.count - Int(stream.avail_out))
        }
        let used = offered - Int(stream.avail_in)
        consumed += used
        if result.count > limit - produced {
          throw FormatError.malformed(
            format: wrapping.name, reason: "it unpacks to more than \(limit) bytes")
        }
        try MemoryBudget.check(result.count + produced)
        result += chunk[..<produced]
        if status == Z_STREAM_END {
          // A gzip file may hold several members, one after the other.
          guard wrapping == .gzip, consumed + 1 < input.count, input[consumed] == 0x1F,
            input[consumed + 1] == 0x8B, inflateReset(&stream) == Z_OK
          else { return result }
          continue
        }
        guard status == Z_OK, used > 0 || produced > 0 else {
          throw FormatError.malformed(
            format: wrapping.name,
            reason: consumed == input.count ? "the stream ends early" : "the stream is not valid")
        }
      }
    }
  }

  /// The stream of plain bytes.
  package static func deflate(_ bytes: [UInt8], _ wrapping: Wrapping, level: Int = 6) throws
    -> [UInt8]
  {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    let started = deflateInit2_(
      &stream, Int32(level), Z_DEFLATED, wrapping.windowBits, 8, Z_DEFAULT_STRATEGY,
      zlibVersion(), size)
    guard started == Z_OK, bytes.count < 1 << 31 else {
      throw FormatError.unsupported(format: wrapping.name, reason: "the content is too large")
    }
    defer { deflateEnd(&stream) }
    var result = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    var source = bytes
    let produced = source.withUnsafeMutableBufferPointer { input in
      result.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        _ = CZlib.deflate(&stream, Z_FINISH)
        return output.count - Int(stream.avail_out)
      }
    }
    result.removeLast(result.count - produced)
    return result
  }

  /// The checksum that PNG and zip keep beside their content.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let content = Array(bytes)
    return content.withUnsafeBufferPointer {
      UInt32(crc32_z(0, $0.baseAddress, $0.count))
    }
  }
}
