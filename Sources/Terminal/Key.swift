import CTerminal

/// What was pressed, or pasted.
package enum Key: Sendable, Hashable {
  case character(Character)
  case control(Character)
  case alt(Character)
  case enter, run, runAndStay, escape, tab, backspace, delete
  case up, down, left, right, home, end, pageUp, pageDown
  case wordLeft, wordRight, altUp, altDown, backTab
  case paste(String)
  case resize
  case other
}

/// Turns what ncurses reads into keys.
package struct KeyDecoder {
  private var pasted: String?

  package init() {}

  /// A key from one reading; nil while a paste goes on. `next` reads on after Escape.
  package mutating func key(_ code: Int32, isCode: Bool, next: () -> (Int32, Bool)?) -> Key? {
    if isCode {
      switch code {
      case Int32(CT_PASTE_BEGIN):
        pasted = ""
        return nil
      case Int32(CT_PASTE_END):
        defer { pasted = nil }
        return pasted.map { .paste($0) }
      default: return KeyDecoder.named[code] ?? .other
      }
    }
    guard let scalar = Unicode.Scalar(UInt32(bitPattern: code)) else { return .other }
    if pasted != nil {
      pasted?.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
      return nil
    }
    switch code {
    case 27:
      guard let (follower, followerIsCode) = next(), !followerIsCode,
        let letter = Unicode.Scalar(UInt32(bitPattern: follower))
      else { return .escape }
      return follower == 13 ? .runAndStay : .alt(Character(letter))
    case 13: return .enter
    case 10: return .run
    case 9: return .tab
    case 8, 127: return .backspace
    case 0..<32:
      return .control(Character(Unicode.Scalar(UInt8(code) + (code < 27 ? 96 : 64))))
    default: return .character(Character(scalar))
    }
  }

  private static let named: [Int32: Key] = {
    let pairs: [(Int, Key)] = [
      (CT_SHIFT_ENTER, .run), (CT_CONTROL_ENTER, .runAndStay), (CT_UP, .up), (CT_DOWN, .down),
      (CT_LEFT, .left), (CT_RIGHT, .right), (CT_HOME, .home), (CT_END, .end),
      (CT_PAGE_UP, .pageUp), (CT_PAGE_DOWN, .pageDown), (CT_BACKSPACE, .backspace),
      (CT_DELETE, .delete), (CT_F5, .runAndStay), (CT_RESIZE, .resize), (CT_WORD_LEFT, .wordLeft),
      (CT_WORD_RIGHT, .wordRight), (CT_ALT_UP, .altUp), (CT_ALT_DOWN, .altDown),
      (CT_BACK_TAB, .backTab),
    ]
    return Dictionary(uniqueKeysWithValues: pairs.map { (Int32($0), $1) })
  }()
}
