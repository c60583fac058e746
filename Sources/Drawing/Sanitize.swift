/// Makes text from outside harmless: no control or direction character reaches a terminal.
package enum Sanitize {
  package static func text(_ text: String, keepsLines: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 10 where keepsLines: result.append(scalar)
      case 9: result.append(" ")
      case 0...31:
        result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
      case 127...159, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
        0xE0000...0xE007F, 0xAD, 0x34F, 0x61C, 0x180E, 0xFFF9...0xFFFB, 0x1D173...0x1D17A:
        let code = String(scalar.value, radix: 16, uppercase: true)
        result.append(contentsOf: "<U+\(code)>".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// The same as text of XML or HTML.
  package static func markup(_ text: String, keepsLines: Bool = false) -> String {
    var result = ""
    for scalar in Sanitize.text(text, keepsLines: keepsLines).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
