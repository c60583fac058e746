extension Lexer {
  /// The tokens with parentheses where `√x` leaves them out: `sqrt ( x )`.
  ///
  /// A root is of what stands next to it, with its calls, indices and fields.
  static func withRoots(_ tokens: [Token]) -> [Token] {
    guard tokens.contains(where: { $0.kind == .symbol("√") }) else { return tokens }
    var ends: [Int: Int] = [:]
    for index in tokens.indices where tokens[index].kind == .symbol("√") {
      ends[end(ofOperandAt: index + 1, in: tokens), default: 0] += 1
    }
    var result: [Token] = []
    for (index, token) in tokens.enumerated() {
      func bracket(_ symbol: String) -> Token {
        Token(kind: .symbol(symbol), span: SourceSpan(token.span.end, token.span.end))
      }
      if token.kind == .symbol("√") {
        result += [Token(kind: .name("sqrt"), span: token.span), bracket("(")]
      } else {
        result.append(token)
      }
      for _ in 0..<(ends[index] ?? 0) { result.append(bracket(")")) }
    }
    return result
  }

  /// The last token of an operand.
  private static func end(ofOperandAt start: Int, in tokens: [Token]) -> Int {
    func symbol(_ at: Int) -> String? {
      if at < tokens.count, case .symbol(let symbol) = tokens[at].kind { symbol } else { nil }
    }
    func closing(_ open: Int) -> Int {
      var depth = 0
      for at in open..<tokens.count {
        if let symbol = symbol(at), ["(", "[", "{"].contains(symbol) { depth += 1 }
        if let symbol = symbol(at), [")", "]", "}"].contains(symbol) { depth -= 1 }
        if depth == 0 { return at }
      }
      return max(open, tokens.count - 2)
    }
    if symbol(start) == "√" { return end(ofOperandAt: start + 1, in: tokens) }
    var at = symbol(start) == "[" ? closing(start) : start
    while let next = symbol(at + 1) {
      switch next {
      case "(", "[": at = closing(at + 1)
      case "." where at + 2 < tokens.count: at += 2
      default: return at
      }
    }
    return at
  }
}
