import Drawing

/// Something that can be drawn as text.
package protocol Picture: Sendable {
  /// Draws at a width, and at a height where the picture has no natural one.
  func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid
  /// The picture in one exact sentence.
  var description: String { get }
}

/// Colours that stay apart for all kinds of colour vision, on dark and on light ground.
enum Palette {
  static let series: [UInt8] = [39, 208, 35, 170, 142, 167]
  static let marks: [Character] = ["▪", "▴", "●", "◆", "▾", "○"]
  /// Shades that read without colour, from nothing to full.
  static let shades: [Character] = [" ", "░", "▒", "▓", "█"]
  /// Ten steps of strictly rising lightness.
  static let magma: [UInt8] = [16, 17, 54, 90, 126, 168, 203, 209, 222, 229]
  /// 24 greys.
  static func grey(_ part: Double) -> Color {
    Color(UInt8(232 + min(23, max(0, Int(part * 23.99)))))
  }
}
