import Tensors

/// A picture of rows of samples: grey, grey and alpha, red green blue, or red green blue and alpha.
package struct PNGImage: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
  package let channels: Int
  /// The largest sample: 255 or 65535.
  package let maximum: Int
  /// Row by row, the channels of a pixel side by side.
  package let samples: [UInt16]

  package init(width: Int, height: Int, channels: Int, maximum: Int = 255, samples: [UInt16]) {
    precondition(samples.count == width * height * channels, "as many samples as the picture has")
    self.width = width
    self.height = height
    self.channels = channels
    self.maximum = maximum
    self.samples = samples
  }

  /// The samples as f32: [height, width] when grey, otherwise [channels, height, width].
  package func tensor() throws -> Tensor {
    let numbers = try Tensor(
      samples.map { Float($0) }, shape: Shape(checking: [height, width, channels]))
    return channels == 1
      ? try numbers.reshaped([height, width]) : try numbers.transposed([2, 0, 1])
  }

  /// Reads every kind of PNG: depths 1 to 16, palettes, transparency and interlacing. Samples of
  /// fewer than 8 bits are stretched to 255.
  package init(_ bytes: [UInt8]) throws {
    let file = try PNGChunks(bytes)
    let header = file.header
    // Filtered rows hold a byte each besides their samples; Adam7 has at most 7 passes.
    let limit = header.passes.reduce(0) { $0 + $1.height * (header.rowBytes($1.width) + 1) }
    // Deflate packs at most 1,032 bytes into one.
    guard limit <= file.data.count * 1040 + 64 else {
      throw FormatError.truncated(
        format: "PNG", needed: limit / 1040, found: file.data.count)
    }
    try MemoryBudget.check(limit + header.width * header.height * header.colour.samples * 2)
    var rows = try Compression.inflate(file.data[...], .zlib, limit: limit)
    guard rows.count == limit else {
      throw FormatError.truncated(format: "PNG", needed: limit, found: rows.count)
    }
    var raw = [UInt16](
      repeating: 0, count: header.width * header.height * header.colour.samples)
    var at = 0
    for pass in header.passes where pass.width > 0 {
      try PNGFilter.undo(
        &rows, from: at, rowBytes: header.rowBytes(pass.width), rows: pass.height,
        step: max(1, header.depth * header.colour.samples / 8))
      header.unpack(rows, from: at, pass, into: &raw)
      at += pass.height * (header.rowBytes(pass.width) + 1)
    }
    try self.init(raw, file)
  }

  /// Looks colours up, stretches small samples and adds the alpha of a transparent colour.
  private init(_ raw: [UInt16], _ file: PNGChunks) throws {
    let header = file.header
    let pixels = header.width * header.height
    var samples: [UInt16] = []
    var channels = header.colour.samples
    if header.colour == .palette {
      channels = file.transparency.isEmpty ? 3 : 4
      samples.reserveCapacity(pixels * channels)
      for index in raw {
        let index = Int(index)
        guard index < file.palette.count else {
          throw FormatError.malformed(
            format: "PNG", reason: "colour \(index) of a palette of \(file.palette.count)")
        }
        samples += file.palette[index].map { UInt16($0) }
        if channels == 4 {
          samples.append(index < file.transparency.count ? UInt16(file.transparency[index]) : 255)
        }
      }
    } else if let key = file.transparentColour {
      channels += 1
      let stretch = header.stretch
      let opaque = UInt16(header.depth == 16 ? 65535 : 255)
      samples.reserveCapacity(pixels * channels)
      for pixel in 0..<pixels {
        let own = raw[pixel * key.count..<(pixel + 1) * key.count]
        samples += own.map { $0 * stretch }
        samples.append(own.elementsEqual(key) ? 0 : opaque)
      }
    } else {
      let stretch = header.stretch
      samples = stretch == 1 ? raw : raw.map { $0 * stretch }
    }
    self.init(
      width: header.width, height: header.height, channels: channels,
      maximum: header.depth == 16 ? 65535 : 255, samples: samples)
  }
}
