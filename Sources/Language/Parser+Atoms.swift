extension Parser {
  mutating func atom() throws(LanguageError) -> Syntax.Expression {
    let token = current
    func leaf(_ kind: Syntax.Kind) -> Syntax.Expression {
      Syntax.Expression(kind: kind, span: token.span, depth: 1)
    }
    switch token.kind {
    case .integer(let value):
      _ = advance()
      return leaf(.integer(value))
    case .number(let value):
      _ = advance()
      return leaf(.number(value))
    case .text(let parts):
      _ = advance()
      return try text(parts, token.span)
    case .name(let name):
      _ = advance()
      return leaf(name == "_" ? .hole : .name(name))
    case .keyword(let word): return try keyword(word, token)
    case .symbol("("):
      return try deeper { (p: inout Parser) throws(LanguageError) in try p.parenthesis() }
    case .symbol("["): return try deeper { (p: inout Parser) throws(LanguageError) in try p.list() }
    case .symbol("{"): return try block()
    default:
      throw unexpected("a value", hint: token.kind == .symbol("=") ? "== compares" : nil)
    }
  }

  private mutating func keyword(_ word: Token.Keyword, _ token: Token) throws(LanguageError)
    -> Syntax.Expression
  {
    _ = advance()
    func leaf(_ kind: Syntax.Kind) -> Syntax.Expression {
      Syntax.Expression(kind: kind, span: token.span, depth: 1)
    }
    switch word {
    case .true: return leaf(.boolean(true))
    case .false: return leaf(.boolean(false))
    case .none: return leaf(.none)
    case .if:
      return try deeper { (p: inout Parser) throws(LanguageError) in try p.choice(token.span) }
    case .for: return try loop(token.span)
    case .while:
      let condition = try expression()
      let body = try block()
      return try node(
        .whileLoop(condition, body: body), token.span.to(body.span), over: [condition, body])
    case .try:
      let body = try block()
      skipNewlines()
      guard take(.else) else { throw unexpected("`else`", while: "a try") }
      var name: String?
      if case .name(let given) = current.kind {
        name = given
        _ = advance()
      }
      let fallback = try block()
      return try node(
        .attempt(body, name: name, fallback: fallback), token.span.to(fallback.span),
        over: [body, fallback])
    case .else, .in, .break, .continue, .return, .and, .or, .not:
      at -= 1
      throw unexpected("a value")
    }
  }

  private mutating func text(_ parts: [Token.TextPart], _ span: SourceSpan) throws(LanguageError)
    -> Syntax.Expression
  {
    var result: [Syntax.TextPart] = []
    var children: [Syntax.Expression] = []
    for part in parts {
      switch part {
      case .plain(let text): result.append(.plain(text))
      case .expression(let source, let offset, let format):
        let value = try deeper { (p: inout Parser) throws(LanguageError) in
          try Parser.embedded(source, offset: offset, nesting: p.nesting)
        }
        children.append(value)
        result.append(.value(value, format: format))
      }
    }
    return try node(.text(result), span, over: children)
  }

  private mutating func parenthesis() throws(LanguageError) -> Syntax.Expression {
    let start = advance().span
    let (fields, trailing) = try fields(closing: ")", while: "a parenthesis")
    let span = start.to(tokens[at - 1].span)
    if fields.count == 1, !trailing, fields[0].name == nil, !fields[0].isSpread {
      return Syntax.Expression(
        kind: fields[0].value.kind, span: span, depth: fields[0].value.depth)
    }
    var names: Set<String> = []
    for field in fields {
      guard let name = field.name else { continue }
      guard names.insert(name).inserted else {
        throw LanguageError(
          "field", "this record has the field `\(name)` twice", at: field.value.span)
      }
    }
    return try node(.record(fields), span, over: fields.map(\.value))
  }

  private mutating func list() throws(LanguageError) -> Syntax.Expression {
    let start = advance().span
    var items: [Syntax.Item] = []
    while !isSymbol("]") {
      let isSpread = take("...")
      let value = try expression()
      if items.isEmpty, !isSpread, isKeyword(.for) {
        let clauses = try clauses()
        try expect("]", while: "a list")
        return try node(
          .comprehension(value, clauses), start.to(tokens[at - 1].span), over: [value])
      }
      items.append(Syntax.Item(isSpread: isSpread, value: value))
      if !take(",") { break }
    }
    try expect("]", while: "a list")
    return try node(.list(items), start.to(tokens[at - 1].span), over: items.map(\.value))
  }

  private mutating func clauses() throws(LanguageError) -> [Syntax.Clause] {
    var result: [Syntax.Clause] = []
    while true {
      if take(.for) {
        let (targets, source) = try iteration()
        result.append(.each(targets, source))
      } else if take(.if) {
        result.append(.filter(try expression()))
      } else {
        return result
      }
    }
  }

  /// `a, b in xs`, after `for`.
  private mutating func iteration() throws(LanguageError) -> ([Syntax.Target], Syntax.Expression) {
    var targets: [Syntax.Target] = []
    repeat {
      let value = try postfixTarget()
      targets.append(value)
    } while take(",")
    guard take(.in) else { throw unexpected("`in`", while: "a for") }
    return (targets, try expression())
  }

  private mutating func postfixTarget() throws(LanguageError) -> Syntax.Target {
    if case .name(let name) = current.kind {
      let span = advance().span
      return name == "_" ? .skip : .place(Syntax.Place(name: name, steps: [], span: span))
    }
    let value = try atom()
    guard let target = target(value) else {
      throw LanguageError("target", "a for names each element", at: value.span, hint: "for x in …")
    }
    return target
  }

  private mutating func loop(_ start: SourceSpan) throws(LanguageError) -> Syntax.Expression {
    let (targets, source) = try iteration()
    let body = try block()
    return try node(
      .forEach(targets, source, body: body), start.to(body.span), over: [source, body])
  }

  private mutating func choice(_ start: SourceSpan) throws(LanguageError) -> Syntax.Expression {
    let condition = try expression()
    let then = try block()
    var next = 0
    while ahead(next).kind == .newline { next += 1 }
    guard ahead(next).kind == .keyword(.else) else {
      return try node(
        .choose(condition: condition, then: then, otherwise: nil), start.to(then.span),
        over: [condition, then])
    }
    at += next + 1
    let otherwise: Syntax.Expression
    if isKeyword(.if) {
      let span = advance().span
      otherwise = try deeper { (p: inout Parser) throws(LanguageError) in try p.choice(span) }
    } else {
      otherwise = try block()
    }
    return try node(
      .choose(condition: condition, then: then, otherwise: otherwise), start.to(otherwise.span),
      over: [condition, then, otherwise])
  }

  mutating func block() throws(LanguageError) -> Syntax.Expression {
    try deeper { (parser: inout Parser) throws(LanguageError) in
      let start = parser.current.span
      guard parser.take("{") else {
        throw parser.unexpected(
          "`{`", hint: parser.isSymbol("=") ? "== compares" : "braces around the body")
      }
      let statements = try parser.statements(until: "}")
      let end = parser.advance().span
      return Syntax.Expression(
        kind: .block(statements), span: start.to(end), depth: parser.depth(of: statements))
    }
  }

  /// Blocks are bounded by nesting, so only their deepest statement counts.
  private func depth(of statements: [Syntax.Statement]) -> Int {
    statements.reduce(1) { deepest, statement in
      switch statement.kind {
      case .value(let e), .bind(_, let e), .shaped(_, _, let e), .change(_, _, let e, _):
        max(deepest, e.depth + 1)
      case .define(_, let function): max(deepest, function.body.depth + 1)
      case .result(let e): max(deepest, (e?.depth ?? 0) + 1)
      case .leave, .next: deepest
      }
    }
  }
}
