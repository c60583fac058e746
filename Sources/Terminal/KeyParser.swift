/// Turns the bytes that a terminal sends into keys, however they are cut.
package struct KeyParser: Sendable {
  private var bytes: [UInt8] = []
  /// How many of them were used.
  private var used = 0
  /// What was pasted so far; nil when nothing is being pasted.
  private var pasted: [UInt8]?

  package init() {}

  package mutating func feed(_ more: some Sequence<UInt8>) { bytes += more }

  /// Whether bytes wait that may become another key when more come.
  package var isUnfinished: Bool { used < bytes.count && pasted == nil }

  /// The next key. Bytes that may still become another key are kept back until nothing more comes.
  package mutating func next(isLast: Bool) -> Key? {
    while used < bytes.count {
      if pasted != nil {
        guard let key = endOfPaste() else { return nil }
        return key
      }
      guard let (key, count) = KeyParser.read(bytes[used...], isLast: isLast) else { return nil }
      used += count
      if used == bytes.count { (bytes, used) = ([], 0) }
      if key == .paste("") {
        pasted = []
      } else {
        return key
      }
    }
    return nil
  }

  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  /// The paste when its end has come; what it has so far is taken over.
  private mutating func endOfPaste() -> Key? {
    let end = KeyParser.pasteEnd
    var at = used
    while at < bytes.count {
      if bytes[at] == 27 {
        let part = bytes[at..<min(bytes.count, at + end.count)]
        if part.elementsEqual(end) { break }
        if part.count < end.count, end.starts(with: part) {
          pasted? += bytes[used..<at]
          used = at
          return nil
        }
      }
      at += 1
    }
    pasted? += bytes[used..<at]
    guard at < bytes.count else {
      (bytes, used) = ([], 0)
      return nil
    }
    used = at + end.count
    if used == bytes.count { (bytes, used) = ([], 0) }
    defer { pasted = nil }
    let lines = (pasted ?? []).map { $0 == 13 ? 10 : $0 }
    return .paste(String(decoding: lines, as: UTF8.self))
  }

  /// A key and how many bytes it took; an empty paste begins one. Nil when more bytes are needed.
  private static func read(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> (Key, Int)? {
    guard let first = bytes.first else { return nil }
    switch first {
    case 27: return escape(bytes, isLast: isLast)
    case 13: return (.enter, 1)
    case 10: return (.run, 1)
    case 9: return (.tab, 1)
    case 8, 127: return (.backspace, 1)
    case 0: return (.control("@"), 1)
    case 0..<32:
      return (.control(Character(Unicode.Scalar(first < 27 ? first + 96 : first + 64))), 1)
    case 32..<127: return (.character(Character(Unicode.Scalar(first))), 1)
    default: return character(bytes, isLast: isLast)
    }
  }

  /// One scalar of UTF-8; bytes that are none become U+FFFD.
  private static func character(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> (Key, Int)? {
    let first = bytes[bytes.startIndex]
    let size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    let followers = bytes.dropFirst().prefix(size - 1).prefix { $0 & 0xC0 == 0x80 }
    if followers.count + 1 < size, followers.count + 1 == bytes.count, !isLast { return nil }
    let count = followers.count + 1
    guard let text = String(validating: bytes.prefix(count), as: UTF8.self), let c = text.first
    else { return (.character("\u{FFFD}"), count) }
    return (.character(c), count)
  }

  private static func escape(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> (Key, Int)? {
    guard bytes.count > 1 else { return isLast ? (.escape, 1) : nil }
    let second = bytes[bytes.startIndex + 1]
    switch second {
    case 27: return (.escape, 1)
    case 13: return (.runAndInsert, 2)
    case UInt8(ascii: "["), UInt8(ascii: "O"):
      guard bytes.count > 2 else {
        return isLast ? (.alt(Character(Unicode.Scalar(second))), 2) : nil
      }
      return sequence(bytes, isLast: isLast)
    default:
      guard let (key, count) = read(bytes.dropFirst(), isLast: isLast) else { return nil }
      switch key {
      case .character(let c): return (.alt(c), count + 1)
      case .backspace: return (.alt("\u{7F}"), count + 1)
      default: return (.escape, 1)
      }
    }
  }

  private static func sequence(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> (Key, Int)? {
    let body = bytes.dropFirst(2)
    // The Linux console names its function keys with a second bracket.
    let start = body.first == UInt8(ascii: "[") ? body.startIndex + 1 : body.startIndex
    guard let end = bytes[start...].prefix(32).firstIndex(where: { !(32...63).contains($0) }) else {
      let most = start + 32 - bytes.startIndex
      return bytes.count >= most ? (.other, most) : isLast ? (.other, bytes.count) : nil
    }
    let name = String(decoding: bytes[(bytes.startIndex + 2)...end], as: UTF8.self)
    let key = name.hasPrefix("<") ? mouse(name) : named[name]
    return (key ?? .other, end + 1 - bytes.startIndex)
  }

  /// What the mouse did, as `<button;column;row` and `M` for pressed, `m` for let go.
  private static func mouse(_ name: String) -> Key? {
    let numbers = name.dropFirst().dropLast().split(separator: ";").map { Int($0) }
    guard numbers.count == 3, name.hasSuffix("M"), let button = numbers[0], let column = numbers[1],
      let row = numbers[2], (1...10_000).contains(column), (1...10_000).contains(row)
    else { return nil }
    switch button {
    case 0: return .click(column: column - 1, row: row - 1)
    case 64: return .wheelUp
    case 65: return .wheelDown
    default: return nil
    }
  }

  private static let named: [String: Key] = [
    "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end, "Z": .backTab,
    "1~": .home, "7~": .home, "4~": .end, "8~": .end, "3~": .delete, "5~": .pageUp, "6~": .pageDown,
    "15~": .runAndStay, "[E": .runAndStay, "200~": .paste(""), "1;2A": .selectUp,
    "1;2B": .selectDown, "1;2C": .selectRight, "1;2D": .selectLeft, "1;3A": .altUp,
    "1;3B": .altDown, "1;5C": .wordRight, "1;5D": .wordLeft, "1;3C": .wordRight, "1;3D": .wordLeft,
    "1;6A": .altUp, "1;6B": .altDown, "13;2u": .run, "27;2;13~": .run, "13;5u": .runAndStay,
    "27;5;13~": .runAndStay, "13;3u": .runAndInsert, "27u": .escape, "9u": .tab, "127u": .backspace,
  ]
}
