import Tensors

/// Sound as RIFF keeps it: PCM of 8 to 32 bits, or floats.
package struct WAVFile: Sendable {
  /// Samples in a second.
  package let rate: Int
  /// From -1 to 1: [samples] of one channel, otherwise [channels, samples].
  package let samples: Tensor

  package init(rate: Int, samples: Tensor) {
    self.rate = rate
    self.samples = samples
  }

  private struct Layout {
    let isFloat: Bool
    let channels: Int
    let rate: Int
    let bits: Int
    var bytes: Int { bits / 8 }
  }

  package init(_ bytes: [UInt8]) throws {
    var reader = ByteReader(bytes[...], format: "WAV")
    guard try Array(reader.take(4)) == Array("RIFF".utf8) else {
      throw Self.wrong("it does not begin with RIFF")
    }
    _ = try reader.take(4)
    guard try Array(reader.take(4)) == Array("WAVE".utf8) else {
      throw Self.wrong("it holds no sound")
    }
    var layout: Layout?
    while reader.remaining >= 8 {
      let kind = try Array(reader.take(4))
      let size = Int(try reader.little(4))
      if kind == Array("fmt ".utf8) {
        layout = try Self.layout(reader.take(size))
      } else if kind == Array("data".utf8) {
        guard let layout else { throw Self.wrong("its samples come before their kind") }
        self.init(rate: layout.rate, samples: try Self.numbers(reader.take(size), layout))
        return
      } else {
        _ = try reader.take(size)
      }
      // Parts begin at even places.
      if size % 2 == 1, reader.remaining > 0 { _ = try reader.byte() }
    }
    throw Self.wrong("it has no samples")
  }

  private static func wrong(_ reason: String) -> FormatError {
    .malformed(format: "WAV", reason: reason)
  }

  private static func layout(_ chunk: ArraySlice<UInt8>) throws -> Layout {
    var reader = ByteReader(chunk, format: "WAV")
    var tag = Int(try reader.little(2))
    let channels = Int(try reader.little(2))
    let rate = Int(try reader.little(4))
    _ = try reader.take(6)
    let bits = Int(try reader.little(2))
    if tag == 0xFFFE {
      // The true kind stands in an extension.
      _ = try reader.take(8)
      tag = Int(try reader.little(2))
    }
    let known = [1: [8, 16, 24, 32], 3: [32, 64]]
    guard known[tag]?.contains(bits) == true else {
      throw FormatError.unsupported(
        format: "WAV", reason: "samples of kind \(tag) with \(bits) bits; plain ones are read")
    }
    guard (1...1024).contains(channels), rate > 0 else {
      throw wrong("\(channels) channels of \(rate) samples a second")
    }
    return Layout(isFloat: tag == 3, channels: channels, rate: rate, bits: bits)
  }

  private static func numbers(_ body: ArraySlice<UInt8>, _ layout: Layout) throws -> Tensor {
    let frames = body.count / (layout.bytes * layout.channels)
    guard frames * layout.bytes * layout.channels == body.count else {
      throw wrong("its last sample is not whole")
    }
    try MemoryBudget.check(frames * layout.channels * 8)
    var values = [Float](repeating: 0, count: frames * layout.channels)
    var at = body.startIndex
    let scale = 1 / Double(1 << (layout.bits < 64 ? layout.bits - 1 : 0))
    for frame in 0..<frames {
      for channel in 0..<layout.channels {
        var bits: UInt64 = 0
        for k in 0..<layout.bytes { bits |= UInt64(body[at + k]) << UInt64(8 * k) }
        at += layout.bytes
        values[channel * frames + frame] =
          switch (layout.isFloat, layout.bits) {
          case (true, 32): Float(bitPattern: UInt32(bits))
          case (true, _): Float(Double(bitPattern: bits))
          case (false, 8): Float(Double(Int(bits) - 128) * scale)
          case (false, let width):
            Float(
              Double(Int64(bitPattern: bits << UInt64(64 - width)) >> Int64(64 - width)) * scale)
          }
      }
    }
    let dims = layout.channels == 1 ? [frames] : [layout.channels, frames]
    return try Tensor(values, shape: Shape(checking: dims))
  }

  /// The file with samples of 16 bits; what lies beyond -1 or 1 is cut.
  package func encoded() throws -> [UInt8] {
    let channels = samples.rank == 2 ? samples.dims[0] : 1
    guard samples.rank == 1 || (samples.rank == 2 && (1...1024).contains(channels)), rate > 0,
      rate < 1 << 31, samples.count < 1 << 30
    else {
      throw FormatError.unsupported(
        format: "WAV", reason: "samples \(samples.dims) at \(rate) a second cannot be written")
    }
    let values = samples.array(of: Float.self)
    let frames = values.count / channels
    var body: [UInt8] = []
    body.reserveCapacity(2 * values.count)
    for frame in 0..<frames {
      for channel in 0..<channels {
        let x = values[channel * frames + frame]
        let scaled = x.isNaN ? 0 : max(-32768, min(32767, (Double(x) * 32768).rounded()))
        let bits = UInt16(bitPattern: Int16(scaled))
        body += [UInt8(bits & 255), UInt8(bits >> 8)]
      }
    }
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(value >> (8 * $0) & 255) }
    }
    let format =
      little(1, 2) + little(channels, 2) + little(rate, 4) + little(rate * channels * 2, 4)
      + little(channels * 2, 2) + little(16, 2)
    return Array("RIFF".utf8) + little(36 + body.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + format + Array("data".utf8) + little(body.count, 4) + body
  }
}
