/// Turns tokens into trees: one function for each rule of the grammar.
struct Parser {
  /// Brackets, blocks and other nested constructs.
  static let deepest = 256
  /// Links of a chain such as 1 + 1 + … .
  static let longestChain = 1000

  let source: [UInt8]
  let offset: Int
  var tokens: [Token]
  var at = 0
  var nesting = 0

  /// A whole program.
  static func program(_ source: String) throws(LanguageError) -> [Syntax.Statement] {
    var parser = Parser(
      source: Array(source.utf8), offset: 0, tokens: try Lexer.tokens(of: source))
    try parser.translateHabits()
    let statements = try parser.statements(until: nil)
    return statements
  }

  /// One expression inside another source, beginning at `offset` of it.
  static func embedded(_ source: String, offset: Int, nesting: Int) throws(LanguageError)
    -> Syntax.Expression
  {
    var parser = Parser(
      source: Array(source.utf8), offset: offset,
      tokens: try Lexer.tokens(of: source, offset: offset))
    parser.nesting = nesting
    let value = try parser.expression()
    parser.skipNewlines()
    guard parser.current.kind == .end else { throw parser.unexpected("the end of the expression") }
    return value
  }

  // MARK: Tokens

  var current: Token { tokens[at] }
  func ahead(_ count: Int) -> Token { tokens[min(at + count, tokens.count - 1)] }

  mutating func advance() -> Token {
    defer { if at < tokens.count - 1 { at += 1 } }
    return tokens[at]
  }

  func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }
  func isKeyword(_ word: Token.Keyword) -> Bool { current.kind == .keyword(word) }

  mutating func take(_ symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    _ = advance()
    return true
  }

  mutating func take(_ word: Token.Keyword) -> Bool {
    guard isKeyword(word) else { return false }
    _ = advance()
    return true
  }

  mutating func skipNewlines() { while current.kind == .newline { _ = advance() } }

  func unexpected(_ expected: String, while reading: String? = nil, hint: String? = nil)
    -> LanguageError
  {
    let start = reading.map { "I was reading \($0) and expected" } ?? "I expected"
    return LanguageError(
      "syntax", "\(start) \(expected), found \(current.described)", at: current.span, hint: hint)
  }

  mutating func expect(_ symbol: String, while reading: String) throws(LanguageError) {
    guard take(symbol) else {
      let closers = [")": "`,` or `)`", "]": "`,` or `]`", "}": "`}`"]
      throw unexpected(closers[symbol] ?? "`\(symbol)`", while: reading)
    }
  }

  mutating func deeper<R>(_ body: (inout Parser) throws(LanguageError) -> R) throws(LanguageError)
    -> R
  {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Parser.deepest else {
      throw LanguageError(
        "nesting", "this is nested deeper than \(Parser.deepest) levels", at: current.span,
        hint: "names for the inner parts")
    }
    return try body(&self)
  }

  func text(_ span: SourceSpan) -> String {
    let range = max(0, span.start - offset)..<min(source.count, max(span.start, span.end) - offset)
    return String(decoding: source[range], as: UTF8.self)
  }

  /// A node, refused when the tree would become deeper than evaluation can follow.
  func node(_ kind: Syntax.Kind, _ span: SourceSpan, over children: [Syntax.Expression])
    throws(LanguageError)
    -> Syntax.Expression
  {
    let depth = (children.map(\.depth).max() ?? 0) + 1
    guard depth <= Parser.longestChain else {
      throw LanguageError(
        "nesting", "this chain has more than \(Parser.longestChain) links", at: span,
        hint: "names for its parts, or a list and sum")
    }
    return Syntax.Expression(kind: kind, span: span, depth: depth)
  }
}
