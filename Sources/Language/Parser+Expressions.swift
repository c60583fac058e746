extension Parser {
  mutating func expression() throws(LanguageError) -> Syntax.Expression {
    try deeper { (parser: inout Parser) throws(LanguageError) in
      if let lambda = try parser.lambda() { return lambda }
      return try parser.pipe()
    }
  }

  /// `x => body`, `(x, y=1) => body`.
  private mutating func lambda() throws(LanguageError) -> Syntax.Expression? {
    let start = current.span
    var parameters: [Syntax.Parameter]
    switch current.kind {
    case .name(let name) where ahead(1).kind == .symbol("=>"):
      parameters = [Syntax.Parameter(name: name, shape: nil, standard: nil, isRest: false)]
      _ = advance()
    case .symbol("("):
      guard let close = matchingParenthesis(from: at), tokens[close + 1].kind == .symbol("=>")
      else {
        return nil
      }
      _ = advance()
      parameters = try self.parameters()
    default: return nil
    }
    _ = advance()
    skipNewlines()
    let body = try expression()
    let span = start.to(body.span)
    let function = FunctionSyntax(
      name: nil, parameters: parameters, resultShape: nil, body: body, source: text(span), help: "")
    return try node(.function(function), span, over: [body])
  }

  /// Whether the next line continues this one with an operator that begins it.
  private mutating func continues(_ symbols: [String]) -> Bool {
    var next = 0
    while ahead(next).kind == .newline { next += 1 }
    guard case .symbol(let symbol) = ahead(next).kind, symbols.contains(symbol) else {
      return false
    }
    at += next
    return true
  }

  private mutating func pipe() throws(LanguageError) -> Syntax.Expression {
    var left = try compose()
    while continues(["|>"]) {
      let span = advance().span
      skipNewlines()
      // As in a chain, a function without parentheses is the last link.
      let right: Syntax.Expression
      if let function = try lambda() { right = function } else { right = try compose() }
      left = try node(.pipe(left, right, span), left.span.to(right.span), over: [left, right])
    }
    return left
  }

  private mutating func compose() throws(LanguageError) -> Syntax.Expression {
    var left = try or()
    while continues([">>"]) {
      let span = advance().span
      skipNewlines()
      // A function may stand in a chain without parentheses when it is its last link.
      let right: Syntax.Expression
      if let function = try lambda() { right = function } else { right = try or() }
      left = try node(.compose(left, right, span), left.span.to(right.span), over: [left, right])
    }
    return left
  }

  private mutating func or() throws(LanguageError) -> Syntax.Expression {
    var left = try and()
    while isKeyword(.or) {
      let span = advance().span
      skipNewlines()
      let right = try and()
      left = try node(.or(left, right, span), left.span.to(right.span), over: [left, right])
    }
    return left
  }

  private mutating func and() throws(LanguageError) -> Syntax.Expression {
    var left = try not()
    while isKeyword(.and) {
      let span = advance().span
      skipNewlines()
      let right = try not()
      left = try node(.and(left, right, span), left.span.to(right.span), over: [left, right])
    }
    return left
  }

  private mutating func not() throws(LanguageError) -> Syntax.Expression {
    guard isKeyword(.not) else { return try comparison() }
    let start = advance().span
    let operand = try deeper { (p: inout Parser) throws(LanguageError) in try p.not() }
    return try node(.not(operand), start.to(operand.span), over: [operand])
  }

  private mutating func comparator() -> (Syntax.Comparator, SourceSpan)? {
    if case .symbol(let symbol) = current.kind, let found = Syntax.Comparator(rawValue: symbol) {
      return (found, advance().span)
    }
    if isKeyword(.in) { return (.isIn, advance().span) }
    if isKeyword(.not), ahead(1).kind == .keyword(.in) {
      let start = advance().span
      return (.isNotIn, start.to(advance().span))
    }
    return nil
  }

  private mutating func comparison() throws(LanguageError) -> Syntax.Expression {
    let first = try join()
    var rest: [(Syntax.Comparator, SourceSpan, Syntax.Expression)] = []
    while let (comparator, span) = comparator() {
      skipNewlines()
      rest.append((comparator, span, try join()))
    }
    guard let last = rest.last else { return first }
    return try node(
      .comparison(first, rest), first.span.to(last.2.span), over: [first] + rest.map(\.2))
  }

  /// Left-associative levels from loosest to tightest.
  private static let levels: [[String]] = [["++"], ["+", "-"], ["*", "/", "//", "%", "@"]]

  private mutating func join() throws(LanguageError) -> Syntax.Expression { try level(0) }

  private mutating func level(_ index: Int) throws(LanguageError) -> Syntax.Expression {
    guard index < Parser.levels.count else { return try sign() }
    var left = try level(index + 1)
    while case .symbol(let symbol) = current.kind, Parser.levels[index].contains(symbol),
      let operation = Syntax.Operator(rawValue: symbol)
    {
      let span = advance().span
      skipNewlines()
      let right = try level(index + 1)
      left = try node(
        .arithmetic(operation, left, right, span), left.span.to(right.span), over: [left, right])
    }
    return left
  }

  private mutating func sign() throws(LanguageError) -> Syntax.Expression {
    if isSymbol("-") {
      let start = advance().span
      let operand = try deeper { (p: inout Parser) throws(LanguageError) in try p.sign() }
      return try node(.negate(operand), start.to(operand.span), over: [operand])
    }
    if take("+") { return try deeper { (p: inout Parser) throws(LanguageError) in try p.sign() } }
    return try power()
  }

  private mutating func power() throws(LanguageError) -> Syntax.Expression {
    let base = try postfix()
    guard isSymbol("^") else { return base }
    let span = advance().span
    let exponent = try deeper { (p: inout Parser) throws(LanguageError) in try p.sign() }
    return try node(
      .arithmetic(.power, base, exponent, span), base.span.to(exponent.span),
      over: [base, exponent])
  }

  private mutating func postfix() throws(LanguageError) -> Syntax.Expression {
    var value = try atom()
    while true {
      if isSymbol("(") {
        _ = advance()
        let arguments = try fields(closing: ")", while: "the arguments of a call").fields
        value = try node(
          .call(value, arguments), value.span.to(tokens[at - 1].span),
          over: [value] + arguments.map(\.value))
      } else if isSymbol("[") {
        _ = advance()
        let items = try subscripts()
        value = try node(.index(value, items), value.span.to(tokens[at - 1].span), over: [value])
      } else if isSymbol(".") || continuesWithField() {
        _ = advance()
        let name: String
        switch current.kind {
        case .name(let text): name = text
        case .integer(let index): name = "\(index)"
        case .keyword(let word): name = word.rawValue
        default: throw unexpected("a name", while: "a field")
        }
        let span = advance().span
        value = try node(.field(value, name, span), value.span.to(span), over: [value])
      } else {
        return value
      }
    }
  }

  /// A line that begins with `.name` goes on with the line above.
  private mutating func continuesWithField() -> Bool {
    guard current.kind == .newline else { return false }
    var next = 0
    while ahead(next).kind == .newline { next += 1 }
    guard ahead(next).kind == .symbol("."), case .name = ahead(next + 1).kind else { return false }
    at += next
    return true
  }

  /// `name =` before a field.
  private mutating func label() -> (name: String, span: SourceSpan)? {
    guard case .name(let name) = current.kind, ahead(1).kind == .symbol("=") else { return nil }
    let span = advance().span
    _ = advance()
    return (name, span)
  }

  /// Fields up to and with the closing bracket, and whether a comma stood after the last.
  mutating func fields(closing: String, while reading: String) throws(LanguageError) -> (
    fields: [Syntax.Field], trailing: Bool
  ) {
    var result: [Syntax.Field] = []
    var trailing = false
    while !isSymbol(closing) {
      trailing = false
      // One recursive call in all: every one takes its share of the stack.
      let isSpread = take("...")
      let label = isSpread ? nil : label()
      result.append(
        Syntax.Field(
          name: label?.name, isSpread: isSpread, value: try expression(), nameSpan: label?.span))
      guard take(",") else { break }
      trailing = true
    }
    try expect(closing, while: reading)
    return (result, trailing)
  }

  private mutating func subscripts() throws(LanguageError) -> [Syntax.Subscript] {
    var result: [Syntax.Subscript] = []
    while !isSymbol("]") {
      if take("...") {
        result.append(.ellipsis)
      } else {
        var parts: [Syntax.Expression?] = [nil]
        while true {
          if take(":") {
            parts.append(nil)
          } else if isSymbol(",") || isSymbol("]") {
            break
          } else if parts[parts.count - 1] == nil {
            parts[parts.count - 1] = try expression()
          } else {
            break
          }
        }
        guard parts.count <= 3 else { throw unexpected("start:stop:step", while: "an index") }
        if parts.count == 1, let only = parts[0] {
          result.append(.one(only))
        } else if parts.count > 1 {
          result.append(.range(parts[0], parts[1], parts.count > 2 ? parts[2] : nil))
        }
      }
      if !take(",") { break }
    }
    try expect("]", while: "an index")
    guard !result.isEmpty else { throw unexpected("an index before `]`") }
    return result
  }
}
