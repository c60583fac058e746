/// Letters of five by eight dots: the common matrix of character displays.
///
/// Each number holds the columns from left to right, a byte each; the lowest bit is the top.
enum PixelFont {
  /// The printable characters of ASCII.
  private static let letters: [UInt64] = [
    0x0000000000, 0x00005F0000, 0x0007000700, 0x147F147F14, 0x242A7F2A12,
    0x2313086462, 0x3649562050, 0x0008070300, 0x001C224100, 0x0041221C00,
    0x2A1C7F1C2A, 0x08083E0808, 0x0080703000, 0x0808080808, 0x0000606000,
    0x2010080402, 0x3E5149453E, 0x00427F4000, 0x7249494946, 0x2141494D33,
    0x1814127F10, 0x2745454539, 0x3C4A494931, 0x4121110907, 0x3649494936,
    0x464949291E, 0x0000140000, 0x0040340000, 0x0008142241, 0x1414141414,
    0x0041221408, 0x0201590906, 0x3E415D594E, 0x7C1211127C, 0x7F49494936,
    0x3E41414122, 0x7F4141413E, 0x7F49494941, 0x7F09090901, 0x3E41415173,
    0x7F0808087F, 0x00417F4100, 0x2040413F01, 0x7F08142241, 0x7F40404040,
    0x7F021C027F, 0x7F0408107F, 0x3E4141413E, 0x7F09090906, 0x3E4151215E,
    0x7F09192946, 0x2649494932, 0x03017F0103, 0x3F4040403F, 0x1F2040201F,
    0x3F4038403F, 0x6314081463, 0x0304780403, 0x6159494D43, 0x007F414141,
    0x0204081020, 0x004141417F, 0x0402010204, 0x4040404040, 0x0003070800,
    0x2054547840, 0x7F28444438, 0x3844444428, 0x384444287F, 0x3854545418,
    0x00087E0902, 0x18A4A49C78, 0x7F08040478, 0x00447D4000, 0x2040403D00,
    0x7F10284400, 0x00417F4000, 0x7C04780478, 0x7C08040478, 0x3844444438,
    0xFC18242418, 0x18242418FC, 0x7C08040408, 0x4854545424, 0x04043F4424,
    0x3C4040207C, 0x1C2040201C, 0x3C4030403C, 0x4428102844, 0x4C9090907C,
    0x4464544C44, 0x0008364100, 0x0000770000, 0x0041360800, 0x0201020402,
  ]

  private static let others: [Character: UInt64] = [
    "·": 0x00_00_08_00_00, "–": 0x08_08_08_08_08, "…": 0x40_00_40_00_40, "×": 0x22_14_08_14_22,
    "±": 0x44_44_5F_44_44, "Δ": 0x70_2C_23_2C_70, "µ": 0xFC_20_20_10_3C, "°": 0x00_06_09_06_00,
    "→": 0x08_08_2A_1C_08, "←": 0x08_1C_2A_08_08, "↑": 0x04_02_7F_02_04, "↓": 0x10_20_7F_20_10,
    "≤": 0x00_48_54_62_41, "≥": 0x00_41_62_54_48, "σ": 0x38_44_44_4C_38, "‖": 0x00_7F_00_7F_00,
    "²": 0x00_19_15_12_00, "✓": 0x10_20_10_0C_02, "✗": 0x22_14_08_14_22, "✖": 0x63_36_1C_36_63,
    "★": 0x24_3C_1F_3C_24, "‹": 0x00_08_14_22_00, "›": 0x00_22_14_08_00, "▶": 0x7F_3E_1C_08_00,
  ]

  /// Whether the dot is set; nil for a character that is not known.
  static func columns(of character: Character) -> UInt64? {
    if let ascii = character.asciiValue, (32...126).contains(ascii) {
      return letters[Int(ascii) - 32]
    }
    return others[character]
  }

  static func isSet(_ columns: UInt64, _ x: Int, _ y: Int) -> Bool {
    guard (0..<5).contains(x), (0..<8).contains(y) else { return false }
    return columns >> UInt64(8 * (4 - x) + y) & 1 == 1
  }
}
