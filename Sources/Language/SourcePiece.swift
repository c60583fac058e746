/// A token or a comment as the layout of a program sees it.
struct SourcePiece {
  enum Role {
    /// A name, a text or a constant; numbers apart, because a point may become part of one.
    case value, number
    /// `if`, `in`, `and` and their like.
    case word
    /// What has a blank on both sides.
    case operation
    /// What belongs to the value after it: a sign, or `...`.
    case prefix
    /// What has no blank on either side: `.`, `^`, `=` of an argument, `:` of an index.
    case tight
    /// What has a blank after it only: `,`, `;`, `:` before a shape.
    case mark
    case open, close, comment
  }

  let text: String
  let role: Role
  /// Line ends between this piece and the one before.
  let breaks: Int

  /// Whether a value ends here, so that a bracket calls or indexes it and a minus subtracts from it.
  var endsValue: Bool { role == .value || role == .number || role == .close }

  /// The blanks between this piece and the next one of the same line.
  func gap(before next: SourcePiece) -> String {
    if next.role == .comment { return "  " }
    return isApart(from: next) ? " " : ""
  }

  private func isApart(from next: SourcePiece) -> Bool {
    if role == .open { return text == "{" && next.role != .close }
    if next.role == .close { return next.text == "}" }
    // `+ +x` would join lists, and `1 .5` would become a fraction.
    if role == .prefix { return text == "+" && next.text == "+" }
    if role == .number, next.text == ".", next.role == .tight { return true }
    if next.role == .mark { return false }
    if role == .mark { return true }
    if role == .tight || next.role == .tight { return false }
    if next.role == .open, next.text != "{" { return !endsValue }
    return true
  }
}

/// Cuts a program into pieces.
struct SourcePieces {
  private let bytes: [UInt8]
  private(set) var pieces: [SourcePiece] = []
  /// How the lines of the source end: as the first one does.
  private(set) var lineEnd = "\n"
  private var hasSeenLineEnd = false
  private var breaks = 0
  private var brackets: [String] = []
  /// The token before, nil at the start of a statement's line.
  private var last: SourcePiece?

  init(_ source: String) throws(LanguageError) {
    bytes = Array(source.utf8)
    var at = 0
    for token in try Lexer.tokens(of: source) {
      if token.kind == .newline || token.kind == .end {
        last = nil
        continue
      }
      readBetween(at..<token.span.start)
      let piece = SourcePiece(text: text(of: token), role: role(of: token), breaks: breaks)
      pieces.append(piece)
      last = piece
      breaks = 0
      at = token.span.end
    }
    readBetween(at..<bytes.count)
  }

  /// The line ends and comments between two tokens.
  private mutating func readBetween(_ range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound {
      if bytes[at] == 10 {
        if !hasSeenLineEnd, at > 0, bytes[at - 1] == 13 { lineEnd = "\r\n" }
        hasSeenLineEnd = true
        breaks += 1
      }
      guard bytes[at] == UInt8(ascii: "#") else {
        at += 1
        continue
      }
      let end = bytes[at..<range.upperBound].firstIndex(of: 10) ?? range.upperBound
      pieces.append(SourcePiece(text: comment(at..<end), role: .comment, breaks: breaks))
      breaks = 0
      at = end
    }
  }

  /// A comment without blanks at its end, and with one after its signs.
  private func comment(_ range: Range<Int>) -> String {
    var end = range.upperBound
    while [9, 13, 32].contains(bytes[end - 1]) { end -= 1 }
    let signs = bytes[range.lowerBound..<end].prefix { $0 == UInt8(ascii: "#") }
    let rest = bytes[signs.endIndex..<end]
    let isInterpreter = range.lowerBound == 0 && rest.first == UInt8(ascii: "!")
    let isSpaced = rest.isEmpty || rest.first == 32 || rest.first == 9 || isInterpreter
    return String(decoding: signs, as: UTF8.self) + (isSpaced ? "" : " ")
      + String(decoding: rest, as: UTF8.self)
  }

  /// A token as it is written: texts and numbers as they were, everything else in ASCII where it can.
  private func text(of token: Token) -> String {
    switch token.kind {
    case .name(let name): name
    case .keyword(let word): word.rawValue
    case .symbol(let symbol): symbol
    case .integer, .number, .text, .newline, .end:
      String(decoding: bytes[token.span.start..<token.span.end], as: UTF8.self)
    }
  }

  private mutating func role(of token: Token) -> SourcePiece.Role {
    let isField = last?.role == .tight && last?.text == "."
    switch token.kind {
    case .integer, .number: return isField ? .value : .number
    case .keyword(.true), .keyword(.false), .keyword(.none): return .value
    case .keyword: return isField ? .value : .word
    case .symbol(let symbol): return role(of: symbol)
    case .name, .text, .newline, .end: return .value
    }
  }

  private mutating func role(of symbol: String) -> SourcePiece.Role {
    switch symbol {
    case "(", "[", "{":
      brackets.append(symbol)
      return .open
    case ")", "]", "}":
      _ = brackets.popLast()
      return .close
    case ",", ";": return .mark
    case ":": return brackets.last == "[" ? .tight : .mark
    case ".", "^": return .tight
    case "=": return brackets.last == "(" ? .tight : .operation
    case "...": return .prefix
    case "+", "-": return last?.endsValue == true ? .operation : .prefix
    default: return .operation
    }
  }
}
