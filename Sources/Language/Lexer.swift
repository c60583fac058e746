/// Cuts source text into tokens.
struct Lexer {
  private let bytes: [UInt8]
  private let base: Int
  private var at = 0
  private var tokens: [Token] = []
  /// Open ( and [, inside which line ends do not count; { makes them count again.
  private var open: [UInt8] = []

  /// Longest source that is read, in bytes.
  static let limit = 1 << 22

  static func tokens(of source: String, offset: Int = 0) throws(LanguageError) -> [Token] {
    var lexer = Lexer(Array(source.utf8), offset)
    return withRoots(try lexer.run())
  }

  private init(_ bytes: [UInt8], _ base: Int) {
    self.bytes = bytes
    self.base = base
  }

  private func span(from start: Int) -> SourceSpan { SourceSpan(base + start, base + at) }
  private func peek(_ ahead: Int = 0) -> UInt8 { at + ahead < bytes.count ? bytes[at + ahead] : 0 }

  private mutating func add(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, span: span(from: start)))
  }

  private mutating func run() throws(LanguageError) -> [Token] {
    guard bytes.count <= Lexer.limit else {
      throw LanguageError(
        "too-long", "this program has \(bytes.count) bytes, at most \(Lexer.limit) are read")
    }
    // Some editors begin files with a byte order mark.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    while at < bytes.count {
      let start = at
      let byte = bytes[at]
      switch byte {
      case 32, 9, 13: at += 1
      case 10:
        at += 1
        if open.last == nil || open.last == UInt8(ascii: "{") { add(.newline, from: start) }
      case UInt8(ascii: "#"):
        while at < bytes.count, bytes[at] != 10 { at += 1 }
      case UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
      case UInt8(ascii: "\""), UInt8(ascii: "'"): try text()
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        name()
      case 0x80...: try unicode()
      default: try symbol()
      }
    }
    let start = at
    add(.newline, from: start)
    add(.end, from: start)
    return tokens
  }

  private mutating func number() throws(LanguageError) {
    let start = at
    func isDigit(_ b: UInt8) -> Bool { b >= 48 && b <= 57 }
    if peek() == 48, peek(1) == UInt8(ascii: "x") {
      at += 2
      while isDigit(peek()) || (peek() | 32 >= 97 && peek() | 32 <= 102) || peek() == 95 { at += 1 }
      let digits = String(decoding: bytes[(start + 2)..<at].filter { $0 != 95 }, as: UTF8.self)
      guard let value = Int(digits, radix: 16) else {
        throw LanguageError(
          "number", "this hexadecimal number does not fit into 64 bits", at: span(from: start))
      }
      return add(.integer(value), from: start)
    }
    var isWhole = true
    while isDigit(peek()) || peek() == 95 { at += 1 }
    // `1..` never begins a fraction, and `x.0` is read by the parser as a field.
    if peek() == 46, isDigit(peek(1)) || !(isLetter(peek(1)) || peek(1) == 46) {
      if case .symbol(".")? = tokens.last?.kind {
      } else {
        isWhole = false
        at += 1
        while isDigit(peek()) || peek() == 95 { at += 1 }
      }
    }
    if peek() | 32 == 101 {
      let signed = peek(1) == 43 || peek(1) == 45 ? 2 : 1
      if isDigit(peek(signed)) {
        isWhole = false
        at += signed
        while isDigit(peek()) { at += 1 }
      }
    }
    if isLetter(peek()) {
      let first = at
      let number = String(decoding: bytes[start..<at], as: UTF8.self)
      while isLetter(peek()) || isDigit(peek()) { at += 1 }
      let word = String(decoding: bytes[first..<at], as: UTF8.self)
      throw LanguageError(
        "times", "a number cannot be followed by a name", at: span(from: start),
        hint: "\(number) * \(word)")
    }
    let digits = String(decoding: bytes[start..<at].filter { $0 != 95 }, as: UTF8.self)
    if isWhole, let value = Int(digits) { return add(.integer(value), from: start) }
    guard let value = Double(digits.hasSuffix(".") ? digits + "0" : digits) else {
      throw LanguageError("number", "this number cannot be read", at: span(from: start))
    }
    add(.number(value), from: start)
  }

  private func isLetter(_ b: UInt8) -> Bool {
    (b | 32 >= 97 && b | 32 <= 122) || b == 95 || b >= 0x80
  }

  private mutating func name() {
    let start = at
    while isLetter(peek()) || (peek() >= 48 && peek() <= 57) {
      if peek() >= 0x80, !continuesName() { break }
      at += peek() >= 0x80 ? scalarLength() : 1
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if let keyword = Token.Keyword(rawValue: text) { return add(.keyword(keyword), from: start) }
    add(.name(text), from: start)
  }

  private func scalarLength() -> Int {
    let b = bytes[at]
    return min(bytes.count - at, b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2)
  }

  private func continuesName() -> Bool {
    let text = String(decoding: bytes[at..<at + scalarLength()], as: UTF8.self)
    return text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic }
      && !"∇π∞√∈≤≥≠".contains(text)
  }

  private static let glyphs: [String: Token.Kind] = [
    "≤": .symbol("<="), "≥": .symbol(">="), "≠": .symbol("!="), "∈": .keyword(.in),
    "√": .name("sqrt"), "∇": .name("grad"), "π": .name("pi"), "∞": .name("inf"), "×": .symbol("*"),
    "·": .symbol("*"), "−": .symbol("-"), "→": .symbol("->"),
  ]

  private mutating func unicode() throws(LanguageError) {
    let start = at
    let text = String(decoding: bytes[at..<at + scalarLength()], as: UTF8.self)
    if let kind = Lexer.glyphs[text] {
      at += scalarLength()
      return add(text == "√" && isBeforeOperand() ? .symbol("√") : kind, from: start)
    }
    if continuesName() { return name() }
    at += scalarLength()
    let scalar = text.unicodeScalars.first?.value ?? 0
    throw LanguageError(
      "character",
      "the character U+\(String(scalar, radix: 16, uppercase: true)) has no meaning here",
      at: span(from: start))
  }

  /// Whether what follows is an operand that stands without parentheses, as in `√x`.
  private func isBeforeOperand() -> Bool {
    let rest = bytes[at...].drop { $0 == 32 }
    guard let first = rest.first else { return false }
    if first == UInt8(ascii: "[") || (48...57).contains(first) { return true }
    guard isLetter(first) else { return false }
    let word = rest.prefix { isLetter($0) || (48...57).contains($0) }
    return Token.Keyword(rawValue: String(decoding: word, as: UTF8.self)) == nil
  }

  private static let symbols = [
    "...", "=>", "->", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "@=", "**", "//", "++", "|>",
    ">>", "+", "-", "*", "/", "%", "@", "^", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":",
    ";",
    ".",
  ]

  private mutating func symbol() throws(LanguageError) {
    let start = at
    for symbol in Lexer.symbols where bytes[at...].starts(with: symbol.utf8) {
      at += symbol.utf8.count
      switch symbol {
      case "(", "[", "{": open.append(symbol.utf8.first ?? 0)
      case ")", "]", "}": _ = open.popLast()
      default: break
      }
      return add(.symbol(symbol == "**" ? "^" : symbol), from: start)
    }
    let isDoubled = [UInt8(ascii: "&"), UInt8(ascii: "|")].contains(bytes[start])
    at += isDoubled && peek(1) == bytes[start] ? 2 : 1
    let character = String(decoding: bytes[start..<at], as: UTF8.self)
    let hints = [
      "!": "not ", "&": "and", "&&": "and", "|": "or", "||": "or",
      "?": "if c { a } else { b }; ?name at the start of a line asks for help",
    ]
    throw LanguageError(
      "character", "`\(character)` has no meaning here", at: span(from: start),
      hint: hints[character])
  }

  // MARK: Texts

  private mutating func text() throws(LanguageError) {
    let start = at
    let quote = bytes[at]
    let isTriple = peek(1) == quote && peek(2) == quote
    let isRaw = quote == UInt8(ascii: "'")
    at += isTriple ? 3 : 1
    var parts: [Token.TextPart] = []
    var plain: [UInt8] = []
    func closes() -> Bool {
      peek() == quote && (!isTriple || (peek(1) == quote && peek(2) == quote))
    }
    while true {
      guard at < bytes.count, isTriple || bytes[at] != 10 else {
        throw LanguageError(
          "unclosed", "this text does not end", at: SourceSpan(base + start, base + start + 1),
          details: ["I was reading a text and expected a closing \(isRaw ? "'" : "\"")"])
      }
      if closes() {
        at += isTriple ? 3 : 1
        break
      }
      let byte = bytes[at]
      if isRaw {
        plain.append(byte)
        at += 1
      } else if byte == UInt8(ascii: "\\") {
        plain += try escape()
      } else if byte == UInt8(ascii: "{"), peek(1) == byte {
        plain.append(byte)
        at += 2
      } else if byte == UInt8(ascii: "}"), peek(1) == byte {
        plain.append(byte)
        at += 2
      } else if byte == UInt8(ascii: "{") {
        if !plain.isEmpty { parts.append(.plain(String(decoding: plain, as: UTF8.self))) }
        plain = []
        parts.append(try interpolation(in: start))
      } else {
        plain.append(byte)
        at += 1
      }
    }
    if !plain.isEmpty || parts.isEmpty {
      parts.append(.plain(String(decoding: plain, as: UTF8.self)))
    }
    add(.text(parts), from: start)
  }

  private mutating func escape() throws(LanguageError) -> [UInt8] {
    let start = at
    at += 2
    switch at <= bytes.count ? bytes[at - 1] : 0 {
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "\\"): return [92]
    case UInt8(ascii: "\""): return [34]
    case UInt8(ascii: "'"): return [39]
    case UInt8(ascii: "{"): return [123]
    case UInt8(ascii: "}"): return [125]
    default:
      at = min(at, bytes.count)
      throw LanguageError(
        "escape", "this escape is not known", at: span(from: start), hint: "\\n, \\t, \\\\ or \\\"")
    }
  }

  /// The expression between braces, up to a format after a colon at its own level.
  private mutating func interpolation(in text: Int) throws(LanguageError) -> Token.TextPart {
    let brace = at
    at += 1
    let start = at
    var depth = 0
    var quote: UInt8?
    var colon: Int?
    // Texts inside of the expression hold expressions too: the brackets open around each, and its brace.
    var outer: [(depth: Int, brace: Int)] = []
    var innermost = brace
    while at < bytes.count {
      let byte = bytes[at]
      if let q = quote {
        if byte == 92, q == 34 {
          at += 1
        } else if byte == q {
          quote = nil
        } else if byte == UInt8(ascii: "{"), q == 34 {
          if peek(1) == byte {
            at += 1
          } else {
            outer.append((depth, innermost))
            (depth, quote, innermost) = (0, nil, at)
          }
        }
      } else if byte == 34 || byte == 39 {
        quote = byte
      } else if byte == 10 {
        break
      } else if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{")
      {
        depth += 1
      } else if byte == UInt8(ascii: "}"), depth == 0 {
        if let around = outer.popLast() {
          (depth, innermost, quote) = (around.depth, around.brace, 34)
        } else {
          let end = colon ?? at
          let source = String(decoding: bytes[start..<end], as: UTF8.self)
          let format = colon.map { String(decoding: bytes[($0 + 1)..<at], as: UTF8.self) } ?? ""
          at += 1
          return .expression(source: source, offset: base + start, format: format)
        }
      } else if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
      {
        depth -= 1
      } else if byte == UInt8(ascii: ":"), depth == 0, colon == nil, outer.isEmpty {
        colon = at
      }
      at += 1
    }
    throw LanguageError(
      "unclosed", "this { in a text does not end",
      at: SourceSpan(base + innermost, base + innermost + 1),
      details: ["{{ stands for a brace that is only a brace"], hint: "{{")
  }
}
