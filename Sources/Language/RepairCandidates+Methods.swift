// Methods and clauses of other languages, as they are written here.

extension RepairCandidates {
  /// Methods that are operators here.
  private static let operators: [String: String] = [
    "mm": "@", "bmm": "@", "matvec": "@", "mv": "@", "multiply": "*", "mul": "*", "add": "+",
    "subtract": "-", "sub": "-", "divide": "/", "div": "/", "true_divide": "/", "pow": "^",
    "power": "^",
  ]

  /// Kinds of numbers by other names.
  private static let kinds: [String: String] = [
    "float64": "f64", "double": "f64", "float32": "f32", "float": "f32", "int64": "i64",
    "long": "i64", "int": "i64", "bool": "bool", "np.float64": "f64", "np.float32": "f32",
    "np.int64": "i64",
  ]

  /// `m.predict(x)`, `m.fit(x, y)`, `xs.append(x)`, `a.mul(b)`, `m.train()`: said with what stands
  /// before the point.
  mutating func addMethod(_ around: [Syntax.Expression]) {
    for e in around.reversed() {
      guard case .call(let callee, let fields) = e.kind, !fields.contains(where: \.isSpread) else {
        continue
      }
      if case .field(let base, let name, _) = callee.kind {
        return addMethod(e, base, name, fields)
      }
      if case .name(let name) = callee.kind, callee.span == span { addWord(e, name, fields) }
    }
  }

  private mutating func addWord(
    _ call: Syntax.Expression, _ name: String, _ fields: [Syntax.Field]
  ) {
    if ["list", "tuple"].contains(name), fields.count == 1 {
      add(call.span, "[x for x in \(text(fields[0].value.span))]")
    }
    guard fields.count >= 2, fields.allSatisfy({ $0.name == nil || name == "train_test_split" })
    else { return }
    let (a, b) = (fields[0].value, fields[1].value)
    if let sign = Self.operators[name], fields.count == 2 {
      add(call.span, "\(operand(a)) \(sign) \(operand(b))")
    }
    if name == "train_test_split", fields[1].name == nil {
      add(span, "split")
      add(call.span, "split((x=\(text(a.span)), y=\(text(b.span))), 0.8)")
    }
  }

  /// The text of a value beside an operator.
  private func operand(_ e: Syntax.Expression) -> String {
    switch e.kind {
    case .integer, .number: text(e.span)
    default: tight(e)
    }
  }

  private mutating func addMethod(
    _ call: Syntax.Expression, _ base: Syntax.Expression, _ name: String, _ fields: [Syntax.Field]
  ) {
    // torch.mm(a, b)
    if case .name(let module) = base.kind, ForeignName.modules.contains(module) {
      return addWord(call, name, fields)
    }
    let own = tight(base)
    let arguments = fields.map {
      text(SourceSpan(($0.nameSpan ?? $0.value.span).start, $0.value.span.end))
    }
    if name == "train", fields.isEmpty { return add(call.span, own) }
    guard error.code == "habit", !fields.isEmpty, fields[0].name == nil else { return }
    let first = fields[0].value
    switch name {
    case "evaluate", "score":
      guard fields.count > 1, fields[1].name == nil else { return }
      add(call.span, "accuracy(\(own)(\(arguments[0])), \(arguments[1]))")
    case "astype":
      if let kind = Self.kinds[arguments[0].filter { $0 != "\"" }] {
        add(call.span, "cast(\(text(base.span)), \(kind))")
      }
    case "predict", "forward": add(call.span, "\(own)(\(arguments.joined(separator: ", ")))")
    case "fit":
      guard fields.count > 1, fields[1].name == nil else { return }
      let data = "(x=\(arguments[0]), y=\(arguments[1]))"
      let rest = arguments.dropFirst(2).map { ", " + $0 }.joined()
      add(call.span, "train(\(own), \(data)\(rest))")
    case "append", "push", "push_back":
      if case .name(let list) = base.kind {
        add(call.span, "\(list) = \(list) ++ [\(arguments[0])]")
      }
    case "extend":
      if case .name(let list) = base.kind { add(call.span, "\(list) = \(list) ++ \(tight(first))") }
    default:
      if let sign = Self.operators[name], fields.count == 1 {
        add(call.span, "\(own) \(sign) \(operand(first))")
      }
    }
  }

  /// `a if c else b` as `if c { a } else { b }`.
  mutating func addChoice() {
    let line = SourceLine(String(decoding: bytes, as: UTF8.self), span)
    let start = span.start - line.text.prefix(line.column).utf8.count
    let end = bytes[span.start...].firstIndex(of: 10) ?? bytes.count
    guard text(span) == "if",
      let tokens = try? Lexer.tokens(
        of: String(repeating: " ", count: start) + text(SourceSpan(start, end))),
      let at = tokens.firstIndex(where: { $0.span == span })
    else { return }
    func isBoundary(_ token: Token) -> Bool {
      ["=", "=>", ",", ";", ":"].contains { token.kind == .symbol($0) } || token.kind == .newline
        || token.kind == .end || token.kind == .keyword(.for)
    }
    func opens(_ token: Token) -> Bool { ["(", "[", "{"].contains { token.kind == .symbol($0) } }
    func closes(_ token: Token) -> Bool { [")", "]", "}"].contains { token.kind == .symbol($0) } }
    var (depth, first) = (0, at)
    while first > 0 {
      let token = tokens[first - 1]
      if closes(token) { depth += 1 }
      if opens(token) { depth -= 1 }
      if depth < 0 || depth == 0 && isBoundary(token) { break }
      first -= 1
    }
    var (otherwise, last): (Int?, Int) = (nil, at)
    depth = 0
    for i in (at + 1)..<tokens.count {
      if opens(tokens[i]) { depth += 1 }
      if closes(tokens[i]) { depth -= 1 }
      if depth < 0 || depth == 0 && isBoundary(tokens[i]) { break }
      if depth == 0, tokens[i].kind == .keyword(.else) { otherwise = otherwise ?? i }
      last = i
    }
    guard first < at, let otherwise, otherwise > at + 1, last > otherwise else { return }
    func piece(_ from: Int, _ to: Int) -> String {
      text(SourceSpan(tokens[from].span.start, tokens[to].span.end))
    }
    let choice =
      "if \(piece(at + 1, otherwise - 1)) { \(piece(first, at - 1)) } "
      + "else { \(piece(otherwise + 1, last)) }"
    let place = SourceSpan(tokens[first].span.start, tokens[last].span.end)
    add(place, choice)
    if let line = ForeignLine(Array(choice.utf8)[...]) { add(place, line.translated()) }
  }
}
