/// Sizes and kind of the samples of a PNG file.
struct PNGHeader {
  enum Colour: UInt8 {
    case grey = 0
    case colour = 2
    case palette = 3
    case greyAlpha = 4
    case colourAlpha = 6

    /// Samples of a pixel in the file.
    var samples: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .colour: 3
      case .colourAlpha: 4
      }
    }

    var depths: [Int] {
      switch self {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .colour, .greyAlpha, .colourAlpha: [8, 16]
      }
    }
  }

  /// Every `step`-th pixel from a start on: the whole picture, or one of the seven of Adam7.
  struct Pass {
    let x: Int
    let y: Int
    let stepX: Int
    let stepY: Int
    let width: Int
    let height: Int
  }

  let width: Int
  let height: Int
  let depth: Int
  let colour: Colour
  let passes: [Pass]

  init(_ content: ArraySlice<UInt8>) throws(FormatError) {
    func wrong(_ reason: String) -> FormatError { .malformed(format: "PNG", reason: reason) }
    guard content.count == 13 else { throw wrong("its sizes are not complete") }
    var reader = ByteReader(content, format: "PNG")
    let (width, height) = (Int(try reader.big(4)), Int(try reader.big(4)))
    depth = Int(try reader.byte())
    let kind = try reader.byte()
    let (method, filter, interlace) = (try reader.byte(), try reader.byte(), try reader.byte())
    guard width > 0, height > 0, width < 1 << 31, height < 1 << 31,
      checkedProduct([width, height, 8]) != nil
    else { throw wrong("its size is \(width) by \(height)") }
    guard let colour = Colour(rawValue: kind), colour.depths.contains(depth) else {
      throw wrong("there is no colour kind \(kind) of \(depth) bits")
    }
    guard method == 0, filter == 0, interlace < 2 else { throw wrong("it is packed unlike a PNG") }
    self.colour = colour
    self.width = width
    self.height = height
    let starts =
      interlace == 0
      ? [(0, 0, 1, 1)]
      : [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ]
    passes = starts.map { x, y, stepX, stepY in
      let columns = max(0, (width - x + stepX - 1) / stepX)
      // A pass without columns has no rows in the file either.
      let rows = columns == 0 ? 0 : max(0, (height - y + stepY - 1) / stepY)
      return Pass(x: x, y: y, stepX: stepX, stepY: stepY, width: columns, height: rows)
    }
  }

  func rowBytes(_ width: Int) -> Int { (width * depth * colour.samples + 7) / 8 }

  /// What brings a sample of fewer than 8 bits to 0...255.
  var stretch: UInt16 {
    switch depth {
    case 1: 255
    case 2: 85
    case 4: 17
    default: 1
    }
  }

  /// Spreads the samples of a pass over the picture.
  func unpack(_ rows: [UInt8], from start: Int, _ pass: Pass, into samples: inout [UInt16]) {
    let count = colour.samples
    let stride = rowBytes(pass.width) + 1
    let mask = UInt16(truncatingIfNeeded: (1 << depth) - 1)
    for row in 0..<pass.height {
      let line = start + row * stride + 1
      for column in 0..<pass.width {
        let y = pass.y + row * pass.stepY
        let target = (y * width + pass.x + column * pass.stepX) * count
        for channel in 0..<count {
          let sample = column * count + channel
          if depth == 16 {
            let at = line + 2 * sample
            samples[target + channel] = UInt16(rows[at]) << 8 | UInt16(rows[at + 1])
          } else {
            let bit = sample * depth
            let shift = UInt16(8 - depth - bit % 8)
            samples[target + channel] = UInt16(rows[line + bit / 8]) >> shift & mask
          }
        }
      }
    }
  }
}

/// The five ways in which a row of bytes is told from its neighbours.
enum PNGFilter {
  static func undo(_ bytes: inout [UInt8], from start: Int, rowBytes: Int, rows: Int, step: Int)
    throws(FormatError)
  {
    for row in 0..<rows {
      let line = start + row * (rowBytes + 1) + 1
      let kind = bytes[line - 1]
      guard kind <= 4 else {
        throw .malformed(format: "PNG", reason: "there is no row filter \(kind)")
      }
      if kind == 0 { continue }
      for i in 0..<rowBytes {
        let left = i < step ? 0 : bytes[line + i - step]
        let above = row == 0 ? 0 : bytes[line + i - rowBytes - 1]
        let corner = row == 0 || i < step ? 0 : bytes[line + i - rowBytes - 1 - step]
        let guess: UInt8 =
          switch kind {
          case 1: left
          case 2: above
          case 3: UInt8((Int(left) + Int(above)) / 2)
          default: paeth(Int(left), Int(above), Int(corner))
          }
        bytes[line + i] &+= guess
      }
    }
  }

  private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> UInt8 {
    let guess = left + above - corner
    let (a, b, c) = (abs(guess - left), abs(guess - above), abs(guess - corner))
    return UInt8(a <= b && a <= c ? left : b <= c ? above : corner)
  }
}
