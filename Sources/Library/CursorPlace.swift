/// What stands around a place in a program, which may be unfinished.
struct CursorPlace {
  enum Kind {
    case comment
    /// Inside a text that is given to a word.
    case text(word: String?)
    /// Inside a text between brackets: the names before them.
    case column([String])
    /// Behind a dot: the names before it.
    case field([String])
    /// Somewhere else; `callee` where an argument may begin.
    case code(callee: String?, given: Set<String>)
  }

  private(set) var kind = Kind.comment
  /// The letters before the cursor.
  private(set) var typed = ""
  private(set) var range: Range<Int>
  /// The function of the innermost call around the place.
  private(set) var callee: String?
  /// Which argument of that call the place is in, and its name when it is written.
  private(set) var position = 0
  private(set) var argumentName: String?
  /// The part of a text before the cursor.
  private(set) var textBefore = ""

  private struct Open {
    let bracket: UInt8
    let at: Int
    var commas = 0
    var lastComma: Int
    var given: Set<String> = []
  }

  init(_ source: String, _ offset: Int) {
    let bytes = Array(source.utf8.prefix(max(0, offset)))
    range = bytes.count..<bytes.count
    var open: [Open] = []
    var quote: (byte: UInt8, isLong: Bool, start: Int)?
    var isComment = false
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      if isComment {
        if byte == 10 { isComment = false }
      } else if let text = quote {
        if byte == UInt8(ascii: "\\"), text.byte == UInt8(ascii: "\"") {
          i += 1
        } else if byte == text.byte {
          if !text.isLong {
            quote = nil
          } else if bytes[i...].starts(with: [byte, byte, byte]) {
            quote = nil
            i += 2
          }
        } else if byte == 10, !text.isLong {
          quote = nil
        }
      } else {
        switch byte {
        case UInt8(ascii: "#"): isComment = true
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
          let isLong = bytes[i...].starts(with: [byte, byte, byte])
          if isLong { i += 2 }
          quote = (byte, isLong, i + 1)
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
          open.append(Open(bracket: byte, at: i, lastComma: i))
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): _ = open.popLast()
        case UInt8(ascii: ","):
          if !open.isEmpty {
            open[open.count - 1].commas += 1
            open[open.count - 1].lastComma = i
          }
        case UInt8(ascii: "="):
          if !open.isEmpty, let name = CursorPlace.word(endingAt: i, in: bytes) {
            open[open.count - 1].given.insert(name.text)
          }
        default: break
        }
      }
      i += 1
    }
    if isComment { return }
    let call = open.last.flatMap { $0.bracket == UInt8(ascii: "(") ? $0 : nil }
    if let call {
      callee = CursorPlace.word(endingAt: call.at, in: bytes)?.text
      position = call.commas
      let piece = String(decoding: bytes[(call.lastComma + 1)...], as: UTF8.self)
      if let equals = piece.firstIndex(of: "="), !piece.contains("==") {
        argumentName = piece[..<equals].filter { !$0.isWhitespace }
      }
    }
    if let quote {
      textBefore = String(decoding: bytes[min(quote.start, bytes.count)...], as: UTF8.self)
      let from = bytes[min(quote.start, bytes.count)...].lastIndex(of: UInt8(ascii: "/")).map {
        $0 + 1
      }
      range = (from ?? min(quote.start, bytes.count))..<bytes.count
      typed = String(decoding: bytes[range], as: UTF8.self)
      kind = .text(word: callee)
      if let last = open.last, last.bracket == UInt8(ascii: "[") {
        let path = CursorPlace.path(endingAt: last.at, in: bytes)
        if !path.isEmpty { kind = .column(path) }
      }
      return
    }
    if let word = CursorPlace.word(endingAt: bytes.count, in: bytes) {
      typed = word.text
      range = word.start..<bytes.count
    }
    if range.lowerBound > 0, bytes[range.lowerBound - 1] == UInt8(ascii: ".") {
      kind = .field(CursorPlace.path(endingAt: range.lowerBound - 1, in: bytes))
      return
    }
    var before = range.lowerBound
    while before > 0, [9, 10, 32].contains(bytes[before - 1]) { before -= 1 }
    let begins =
      before > 0
      && (bytes[before - 1] == UInt8(ascii: "(") || bytes[before - 1] == UInt8(ascii: ","))
    kind = .code(callee: begins && call != nil ? callee : nil, given: call?.given ?? [])
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 128 || (byte | 32) >= 97 && (byte | 32) <= 122
      || byte >= 48 && byte <= 57
  }

  /// The name that ends before a place.
  private static func word(endingAt end: Int, in bytes: [UInt8]) -> (text: String, start: Int)? {
    var start = end
    while start > 0, isLetter(bytes[start - 1]) { start -= 1 }
    guard start < end, !(48...57).contains(bytes[start]) else { return nil }
    return (String(decoding: bytes[start..<end], as: UTF8.self), start)
  }

  /// `a`, `b`, `c` of `a.b.c` before a place; nothing when it is no plain path.
  private static func path(endingAt end: Int, in bytes: [UInt8]) -> [String] {
    guard let last = word(endingAt: end, in: bytes) else { return [] }
    guard last.start > 0, bytes[last.start - 1] == UInt8(ascii: ".") else { return [last.text] }
    let before = path(endingAt: last.start - 1, in: bytes)
    return before.isEmpty ? [] : before + [last.text]
  }
}
