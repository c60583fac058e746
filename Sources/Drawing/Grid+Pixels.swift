/// A grid as pixels on white ground: the scene of the text, drawn dot by dot.
extension Grid {
  /// The pixels of one character.
  package static let pixelCell = (width: 12, height: 24)

  /// Red, green and blue, row after row.
  package func pixels() -> (width: Int, height: Int, rgb: [UInt8]) {
    let (w, h) = Grid.pixelCell
    var image = PixelImage(width: width * w, height: height * h)
    for row in 0..<height {
      for column in 0..<width {
        let glyph = self[column, row]
        if glyph == .continuation { continue }
        let isWide = self[column + 1, row] == .continuation
        image.draw(glyph, x: column * w, y: row * h, width: isWide ? 2 * w : w, height: h)
      }
    }
    return (image.width, image.height, image.rgb)
  }
}

private struct PixelImage {
  let width: Int
  let height: Int
  var rgb: [UInt8]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    rgb = Array(repeating: 255, count: 3 * width * height)
  }

  private mutating func fill(
    _ x: Int, _ y: Int, _ w: Int, _ h: Int, _ color: UInt32, share: Double = 1
  ) {
    for row in max(0, y)..<max(0, y, min(height, y + h)) {
      for column in max(0, x)..<max(0, x, min(width, x + w)) {
        let at = 3 * (row * width + column)
        for part in 0..<3 {
          let ink = Double(color >> UInt32(16 - 8 * part) & 255)
          rgb[at + part] = UInt8(ink * share + Double(rgb[at + part]) * (1 - share))
        }
      }
    }
  }

  mutating func draw(_ glyph: Glyph, x: Int, y: Int, width w: Int, height h: Int) {
    let (style, character) = (glyph.style, glyph.character)
    var ground = style.background.map(Palette256.rgb)
    var ink = style.foreground.map(Palette256.rgb) ?? 0x1A1A1A
    if style.isReversed { (ground, ink) = (ink, ground ?? 0xFFFFFF) }
    if let ground { fill(x, y, w, h, ground) }
    let share = style.isDim ? 0.6 : 1
    guard character != " ", let scalar = character.unicodeScalars.first?.value else { return }
    if (0x2800...0x28FF).contains(scalar) {
      let dots = scalar - 0x2800
      // Bits 0-2 and 6 run down the left column, 3-5 and 7 down the right one.
      let bits: [UInt32] = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]
      for (place, bit) in bits.enumerated() where dots & bit != 0 {
        fill(x + 1 + place / 4 * 6, y + 1 + place % 4 * 6, 4, 4, ink, share: share)
      }
    } else if let block = Grid.block(scalar) {
      fill(
        x + block.x * w / 8, y + block.y * h / 8, block.w * w / 8, block.h * h / 8, ink,
        share: share * block.ink)
    } else if let arms = PixelImage.arms(scalar) {
      let (middle, centre) = (x + w / 2 - 1, y + h / 2 - 1)
      // What lies over each other would be darker.
      let (start, end) = (arms.left ? x : middle, arms.right ? x + w : middle + 2)
      if arms.left || arms.right { fill(start, centre, end - start, 2, ink, share: share) }
      let isCrossed = arms.left || arms.right
      if arms.up { fill(middle, y, 2, centre - y, ink, share: share) }
      if !isCrossed { fill(middle, centre, 2, 2, ink, share: share) }
      if arms.down { fill(middle, centre + 2, 2, y + h - centre - 2, ink, share: share) }
    } else if let covers = PixelImage.shape(scalar) {
      for row in 0..<12 {
        for column in 0..<12
        where covers((Double(column) - 5.5) / 5.5, (Double(row) - 5.5) / 5.5) {
          fill(x + column, y + 6 + row, 1, 1, ink, share: share)
        }
      }
    } else {
      letter(character, x, y, w, h, ink, share, isBold: style.isBold)
    }
  }

  private mutating func letter(
    _ character: Character, _ x: Int, _ y: Int, _ w: Int, _ h: Int, _ ink: UInt32,
    _ share: Double, isBold: Bool
  ) {
    guard let columns = PixelFont.columns(of: character) else {
      // A frame stands for a letter that the font lacks.
      fill(x + 1, y + 5, w - 2, 1, ink, share: share)
      fill(x + 1, y + 19, w - 2, 1, ink, share: share)
      fill(x + 1, y + 5, 1, 14, ink, share: share)
      fill(x + w - 2, y + 5, 1, 15, ink, share: share)
      return
    }
    for column in 0..<5 {
      for row in 0..<8 where PixelFont.isSet(columns, column, row) {
        fill(x + 1 + 2 * column, y + 5 + 2 * row, isBold ? 3 : 2, 2, ink, share: share)
      }
    }
  }

  /// Which edges of its cell a line of a frame reaches.
  private static func arms(_ scalar: UInt32) -> (left: Bool, right: Bool, up: Bool, down: Bool)? {
    switch scalar {
    case 0x2500: (true, true, false, false)
    case 0x2502, 0x2503, 0x250A, 0x2506: (false, false, true, true)
    case 0x250C, 0x256D: (false, true, false, true)
    case 0x2510, 0x256E: (true, false, false, true)
    case 0x2514, 0x2570: (false, true, true, false)
    case 0x2518, 0x256F: (true, false, true, false)
    case 0x251C: (false, true, true, true)
    case 0x2524: (true, false, true, true)
    case 0x252C: (true, true, false, true)
    case 0x2534: (true, true, true, false)
    case 0x253C: (true, true, true, true)
    default: nil
    }
  }

  /// Which points of a square from -1 to 1 a mark covers, y downwards.
  private static func shape(_ scalar: UInt32) -> ((Double, Double) -> Bool)? {
    switch scalar {
    case 0x25CF: { x, y in x * x + y * y <= 0.8 }
    case 0x25CB: { x, y in (0.4...0.9).contains(x * x + y * y) }
    case 0x25AA: { x, y in abs(x) <= 0.6 && abs(y) <= 0.6 }
    case 0x25A0: { x, y in abs(x) <= 0.85 && abs(y) <= 0.85 }
    case 0x25C6: { x, y in abs(x) + abs(y) <= 0.95 }
    case 0x25B2, 0x25B4: { x, y in abs(x) <= (y + 0.9) / 2 && y <= 0.7 }
    case 0x25BC, 0x25BE: { x, y in abs(x) <= (0.9 - y) / 2 && y >= -0.7 }
    case 0x25BD:
      { x, y in
        abs(x) <= (0.9 - y) / 2 && y >= -0.7 && !(abs(x) <= (0.45 - y) / 2 && y >= -0.5)
      }
    default: nil
    }
  }
}
