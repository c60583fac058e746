extension Parser {
  /// Statements up to a closing brace or the end.
  mutating func statements(until closing: String?) throws(LanguageError) -> [Syntax.Statement] {
    var result: [Syntax.Statement] = []
    while true {
      while current.kind == .newline || isSymbol(";") { _ = advance() }
      if current.kind == .end {
        if closing != nil { throw unexpected("`}`", while: "a block") }
        return result
      }
      if let closing, isSymbol(closing) { return result }
      var statement = try statement()
      if isSymbol(";") { statement.isQuiet = true }
      guard
        isSymbol(";") || current.kind == .newline || current.kind == .end
          || (closing.map { isSymbol($0) } ?? false)
      else {
        throw unexpected("the end of the statement", hint: juxtaposition(after: statement))
      }
      result.append(statement)
    }
  }

  private func juxtaposition(after statement: Syntax.Statement) -> String? {
    switch current.kind {
    case .name, .integer, .number: "an operator between them, such as *"
    case .symbol("="): "== compares, = names a value"
    case .keyword(.if): "if c { a } else { b }"
    case .symbol(":"): "(a=1, b=2) is a record"
    case .symbol(")"), .symbol("]"), .symbol("}"): "one bracket less, or one more before it"
    default: nil
    }
  }

  private mutating func statement() throws(LanguageError) -> Syntax.Statement {
    let start = current.span
    func made(_ kind: Syntax.StatementKind) -> Syntax.Statement {
      Syntax.Statement(kind: kind, span: start.to(tokens[max(at - 1, 0)].span))
    }
    if take(.break) { return made(.leave) }
    if take(.continue) { return made(.next) }
    if take(.return) {
      if current.kind == .newline || isSymbol("}") || isSymbol(";") { return made(.result(nil)) }
      return made(.result(try values()))
    }
    if let definition = try definition() { return made(definition) }
    if case .name(let name) = current.kind, ahead(1).kind == .symbol(":"),
      ahead(2).kind == .symbol("[")
    {
      _ = (advance(), advance())
      let shape = try dimensions()
      guard take("=") else { throw unexpected("`=`", while: "a value with a shape") }
      return made(.shaped(name, shape, try expression()))
    }
    let first = try expression()
    for symbol in ["+=", "-=", "*=", "/=", "@="] where isSymbol(symbol) {
      let at = advance().span
      guard case .place(let place)? = target(first),
        let op = Syntax.Operator(rawValue: String(symbol.dropLast()))
      else {
        throw LanguageError(
          "target", "only a name or a place in one can be changed", at: first.span)
      }
      return made(.change(place, op, try expression(), at))
    }
    var all = [first]
    while isSymbol(",") {
      _ = advance()
      all.append(try expression())
    }
    if isSymbol("=") {
      let equals = advance().span
      var targets: [Syntax.Target] = []
      for value in all {
        guard let target = target(value) else { throw cannotAssign(value, equals) }
        targets.append(target)
      }
      skipNewlines()
      return made(.bind(targets, try values()))
    }
    if all.count == 1 { return made(.value(first)) }
    return made(.value(try record(of: all)))
  }

  private func cannotAssign(_ value: Syntax.Expression, _ equals: SourceSpan) -> LanguageError {
    if case .call = value.kind {
      return LanguageError(
        "target", "the arguments of a definition are names", at: value.span, hint: "f(x, y=1) = …")
    }
    if case .list(let items) = value.kind,
      items.allSatisfy({ !$0.isSpread && target($0.value) != nil })
    {
      let names = items.map { text($0.value.span) }.joined(separator: ", ")
      return LanguageError(
        "target", "several names at once stand in parentheses, or in none", at: value.span,
        hint: items.isEmpty ? nil : items.count == 1 ? "(\(names),)" : "(\(names))")
    }
    return LanguageError(
      "target", "this cannot be given a value: only a name or a place in one can", at: value.span,
      hint: "== to compare")
  }

  /// `a, b` is the record (a, b).
  private mutating func values() throws(LanguageError) -> Syntax.Expression {
    var all = [try expression()]
    while take(",") { all.append(try expression()) }
    return all.count == 1 ? all[0] : try record(of: all)
  }

  private func record(of all: [Syntax.Expression]) throws(LanguageError) -> Syntax.Expression {
    let fields = all.map { Syntax.Field(name: nil, isSpread: false, value: $0) }
    return try node(.record(fields), all[0].span.to(all[all.count - 1].span), over: all)
  }

  /// `f(x, k=1) -> [n] = body`; nil when this is not a definition.
  private mutating func definition() throws(LanguageError) -> Syntax.StatementKind? {
    guard case .name(let name) = current.kind, ahead(1).kind == .symbol("("),
      let close = matchingParenthesis(from: at + 1)
    else { return nil }
    let after = tokens[close + 1].kind
    guard after == .symbol("=") || after == .symbol("->") else { return nil }
    let help = docs(above: current.span.start)
    _ = advance()
    let start = current.span
    _ = advance()
    let parameters = try parameters()
    var shape: [Syntax.Dimension]?
    if take("->") { shape = try dimensions() }
    guard take("=") else { throw unexpected("`=`", while: "a definition") }
    skipNewlines()
    let body = try expression()
    return .define(
      name,
      FunctionSyntax(
        name: name, parameters: parameters, resultShape: shape, body: body,
        source: text(start.to(body.span)), help: help))
  }

  /// The `##` lines that end just above a place.
  private func docs(above place: Int) -> String {
    var lines: [String] = []
    var end = min(max(place - offset, 0), source.count)
    while let newline = source[..<end].lastIndex(of: 10) {
      let start = (source[..<newline].lastIndex(of: 10) ?? -1) + 1
      let text = source[start..<newline].drop { $0 == 32 || $0 == 9 }
      let line = String(decoding: text, as: UTF8.self)
      guard line.hasPrefix("##") else { break }
      lines.insert(String(line.dropFirst(2).drop { $0 == " " }), at: 0)
      end = start
    }
    return lines.joined(separator: "\n")
  }

  /// The index of the token that closes the parenthesis at `open`.
  func matchingParenthesis(from open: Int) -> Int? {
    var depth = 0
    for index in open..<tokens.count {
      switch tokens[index].kind {
      case .symbol("("), .symbol("["), .symbol("{"): depth += 1
      case .symbol(")"), .symbol("]"), .symbol("}"):
        depth -= 1
        if depth == 0 { return index + 1 < tokens.count ? index : nil }
      case .end: return nil
      default: break
      }
    }
    return nil
  }

  /// After the opening parenthesis, up to and with the closing one.
  mutating func parameters() throws(LanguageError) -> [Syntax.Parameter] {
    var result: [Syntax.Parameter] = []
    while !isSymbol(")") {
      let isRest = take("...")
      guard case .name(let name) = current.kind else {
        throw unexpected("a name", while: "the arguments of a function")
      }
      let span = advance().span
      guard !result.contains(where: { $0.name == name }) || name == "_" else {
        throw LanguageError("argument", "two arguments are called `\(name)`", at: span)
      }
      guard !isRest || !result.contains(where: \.isRest) else {
        throw LanguageError("argument", "only one argument can take all the others", at: span)
      }
      var shape: [Syntax.Dimension]?
      if take(":") { shape = try dimensions() }
      let standard = take("=") ? try expression() : nil
      result.append(Syntax.Parameter(name: name, shape: shape, standard: standard, isRest: isRest))
      if !take(",") { break }
    }
    try expect(")", while: "the arguments of a function")
    return result
  }

  mutating func dimensions() throws(LanguageError) -> [Syntax.Dimension] {
    guard take("[") else { throw unexpected("`[`", while: "a shape") }
    var result: [Syntax.Dimension] = []
    while !isSymbol("]") {
      switch current.kind {
      case .name(let name): result.append(.name(name))
      case .integer(let size): result.append(.size(size))
      case .symbol("..."): result.append(.rest)
      default: throw unexpected("a name, a number or ...", while: "a shape")
      }
      _ = advance()
      if !take(",") { break }
    }
    try expect("]", while: "a shape")
    return result
  }

  /// An expression re-read as what may stand left of `=`.
  func target(_ value: Syntax.Expression) -> Syntax.Target? {
    switch value.kind {
    case .hole: return .skip
    case .record(let fields):
      var parts: [Syntax.Target] = []
      for field in fields {
        guard field.name == nil, !field.isSpread, let part = target(field.value) else { return nil }
        parts.append(part)
      }
      return .parts(parts, value.span)
    default: return place(value).map { .place($0) }
    }
  }

  private func place(_ value: Syntax.Expression) -> Syntax.Place? {
    switch value.kind {
    case .name(let name): return Syntax.Place(name: name, steps: [], span: value.span)
    case .field(let base, let name, let span):
      return place(base).map {
        Syntax.Place(name: $0.name, steps: $0.steps + [.field(name, span)], span: value.span)
      }
    case .index(let base, let items):
      return place(base).map {
        Syntax.Place(name: $0.name, steps: $0.steps + [.index(items, value.span)], span: value.span)
      }
    default: return nil
    }
  }
}
