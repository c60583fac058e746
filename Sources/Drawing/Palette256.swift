/// The 256 colours that terminals share, as red, green and blue.
package enum Palette256 {
  private static let basic: [UInt32] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ]

  /// 0xRRGGBB: sixteen basic colours, a cube of six levels, then 24 greys.
  package static func rgb(_ color: Color) -> UInt32 {
    let index = UInt32(color.index)
    switch index {
    case 0..<16: return basic[Int(index)]
    case 16..<232:
      func level(_ part: UInt32) -> UInt32 { part == 0 ? 0 : 55 + 40 * part }
      let at = index - 16
      return level(at / 36) << 16 | level(at / 6 % 6) << 8 | level(at % 6)
    default:
      let grey = 8 + 10 * (index - 232)
      return grey << 16 | grey << 8 | grey
    }
  }
}
