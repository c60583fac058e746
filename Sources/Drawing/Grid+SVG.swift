/// A grid as vector graphics: dots of braille as circles, blocks as rectangles, all else as text.
///
/// What has no colour of its own takes that of the page, light or dark.
extension Grid {
  private static let cell = (width: 8, height: 16)

  /// A whole SVG document (W3C, SVG 1.1); `title` is what a screen reader says.
  package func svg(title: String) -> String {
    let (w, h) = (Grid.cell.width, Grid.cell.height)
    var body = ""
    for row in 0..<height {
      var column = 0
      while column < width {
        let glyph = self[column, row]
        let (x, y) = (column * w, row * h)
        if let ground = glyph.style.background {
          body +=
            "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(w)\" height=\"\(h)\" fill=\"\(Grid.hex(ground))\"/>\n"
        }
        if let shapes = Grid.shapes(glyph, x, y) {
          body += shapes
          column += 1
          continue
        }
        // Neighbours of one style become one piece of text.
        var text = ""
        let start = column
        while column < width, self[column, row].style == glyph.style,
          Grid.shapes(self[column, row], 0, 0) == nil,
          column == start || glyph.style.background == nil
        {
          let character = self[column, row].character
          if self[column, row] != .continuation { text.append(character) }
          column += 1
        }
        if text.contains(where: { $0 != " " }) {
          body +=
            "<text x=\"\(x)\" y=\"\(y + 12)\"\(Grid.attributes(glyph.style)) xml:space=\"preserve\""
            + " textLength=\"\((column - start) * w)\" lengthAdjust=\"spacingAndGlyphs\">"
            + "\(Sanitize.markup(text))</text>\n"
        }
      }
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width * w) \(height * h)" \
      width="\(width * w)" height="\(height * h)" role="img" font-family="monospace" font-size="13" \
      fill="currentColor">
      <title>\(Sanitize.markup(title))</title>
      \(body)</svg>

      """
  }

  private static func hex(_ color: Color) -> String {
    let digits = String(Palette256.rgb(color), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  private static func attributes(_ style: Style) -> String {
    (style.foreground.map { " fill=\"\(hex($0))\"" } ?? "")
      + (style.isBold ? " font-weight=\"bold\"" : "") + (style.isDim ? " opacity=\"0.6\"" : "")
  }

  /// The eighths of a cell that a block character fills: left, top, width, height, and its share of
  /// ink; nil for other characters.
  static func block(_ scalar: UInt32) -> (x: Int, y: Int, w: Int, h: Int, ink: Double)? {
    switch scalar {
    case 0x2580: (0, 0, 8, 4, 1)
    case 0x2581...0x2588: (0, 8 - Int(scalar - 0x2580), 8, Int(scalar - 0x2580), 1)
    case 0x2589...0x258F: (0, 0, 8 - Int(scalar - 0x2588), 8, 1)
    case 0x2591...0x2593: (0, 0, 8, 8, Double(scalar - 0x2590) / 4)
    default: nil
    }
  }

  /// The cell drawn as shapes; nil when it is a letter, empty for a blank.
  private static func shapes(_ glyph: Glyph, _ x: Int, _ y: Int) -> String? {
    guard let scalar = glyph.character.unicodeScalars.first?.value else { return "" }
    let fill = attributes(glyph.style)
    if (0x2800...0x28FF).contains(scalar) {
      let dots = scalar - 0x2800
      // Bits 0-2 and 6 run down the left column, 3-5 and 7 down the right one.
      let places: [(bit: UInt32, x: Int, y: Int)] = [
        (0x01, 0, 0), (0x02, 0, 1), (0x04, 0, 2), (0x40, 0, 3), (0x08, 1, 0), (0x10, 1, 1),
        (0x20, 1, 2), (0x80, 1, 3),
      ]
      return places.filter { dots & $0.bit != 0 }.map {
        "<circle cx=\"\(x + 2 + 4 * $0.x)\" cy=\"\(y + 2 + 4 * $0.y)\" r=\"1.7\"\(fill)/>\n"
      }.joined()
    }
    guard let block = block(scalar) else { return nil }
    return "<rect x=\"\(x + block.x)\" y=\"\(y + block.y * 2)\" width=\"\(block.w)\" "
      + "height=\"\(block.h * 2)\"\(fill)\(block.ink < 1 ? " fill-opacity=\"\(block.ink)\"" : "")/>\n"
  }
}
