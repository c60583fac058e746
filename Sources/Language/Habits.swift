// How other languages write what is written otherwise here: each habit is answered with its
// translation, before the parser could only say what it missed.

/// A word that begins a statement, or joins two, in another language.
private struct ForeignWord {
  let word: String
  let says: String
  var hint: String?
}

extension Parser {
  private static let beginnings: [ForeignWord] =
    ["def", "func", "fn", "function"].map {
      ForeignWord(word: $0, says: "functions are written  f(x) = …", hint: "f(x) = x^2")
    }
    + ["let", "var", "const", "local"].map {
      ForeignWord(word: $0, says: "a value is named with = alone", hint: "x = 1")
    }
    + ["import", "from", "using", "require"].map {
      ForeignWord(word: $0, says: "nothing needs to be imported here: every word is there")
    }
    + ["except", "catch", "finally", "rescue"].map {
      ForeignWord(
        word: $0, says: "a mistake is caught by  try { … } else e { … }",
        hint: "try { 1 } else e { 2 }")
    }
    + ["global", "nonlocal"].map {
      ForeignWord(
        word: $0,
        says: "a function gives its results back, and names of the page are read as they are")
    }
    + ["switch", "match", "case"].map {
      ForeignWord(word: $0, says: "a choice is written  if c { … } else if d { … } else { … }")
    }
    + [
      ForeignWord(
        word: "class", says: "a layer of your own is a function that returns a function",
        hint: "Dense(n, m) = { W = param(randn(n, m)); x => x @ W }"),
      ForeignWord(
        word: "with",
        says: "nothing is opened or switched off: gradients are taken where grad asks for them"),
      ForeignWord(word: "elif", says: "a second condition is written  else if", hint: "else if"),
      ForeignWord(word: "elsif", says: "a second condition is written  else if", hint: "else if"),
      ForeignWord(word: "raise", says: "a mistake is told by a word", hint: "error(\"…\")"),
      ForeignWord(word: "throw", says: "a mistake is told by a word", hint: "error(\"…\")"),
      ForeignWord(word: "assert", says: "what has to hold is written  assert(c, \"…\")"),
      ForeignWord(word: "del", says: "values go away by themselves"),
      ForeignWord(
        word: "yield", says: "a for gives the list of its values", hint: "for i in range(3) { i }"),
      ForeignWord(word: "print", says: "what is printed stands in parentheses"),
    ]

  /// Looks for foreign constructs before parsing.
  func translateHabits() throws(LanguageError) {
    var brackets: [String] = []
    for index in tokens.indices {
      let token = tokens[index]
      if case .symbol(let symbol) = token.kind {
        if ["(", "[", "{"].contains(symbol) { brackets.append(symbol) }
        if [")", "]", "}"].contains(symbol) { _ = brackets.popLast() }
      }
      let next = index + 1 < tokens.count ? tokens[index + 1] : token
      let before = index > 0 ? tokens[index - 1] : nil
      let isJoined = next.span.start == token.span.end
      switch token.kind {
      case .name(let name):
        try translate(
          name, token, next, ahead: index + 2 < tokens.count ? tokens[index + 2] : next, before)
      case .keyword(.for) where brackets.last == "(" && before?.endsOperand == true:
        throw habit(token, "a list made by for stands in brackets", "[i^2 for i in range(3)]")
      case .symbol("++") where next.kind == .newline || next.kind == .symbol(";"):
        if case .name(let name)? = before?.kind {
          throw habit(token, "one more is written  += 1", "\(name) += 1")
        }
      case .symbol(":") where isJoined && next.kind == .symbol("="):
        throw LanguageError(
          "habit", "a value is named with = alone", at: token.span.to(next.span), hint: "=")
      case .symbol("//") where before == nil || before?.kind == .newline,
        .symbol("/")
      where isJoined && next.kind == .symbol("*")
        && (before == nil || before?.kind == .newline):
        throw habit(token, "what follows # is not read", "# like this")
      case .keyword
      where next.kind == .symbol("=")
        && (before?.kind == .symbol("(") || before?.kind == .symbol(",")):
        throw reserved(token)
      case .symbol("%") where before == nil || before?.kind == .newline:
        throw habit(token, "there are no commands of a shell or of other notebooks here", nil)
      default: break
      }
    }
  }

  private func translate(
    _ name: String, _ token: Token, _ next: Token, ahead: Token, _ before: Token?
  ) throws(LanguageError) {
    let isJoined = next.span.start == token.span.end
    if isJoined, name.count < 3, name.allSatisfy({ "fFrRbBuU".contains($0) }),
      case .text = next.kind
    {
      throw habit(token, "a text in double quotes takes values in braces as it is", "\"{x}\"")
    }
    if name == "lambda" {
      var isName = next.kind == .symbol(":")
      if case .name = next.kind { isName = true }
      if isName {
        throw habit(token, "functions without a name are written  x => …", "x => x^2")
      }
    }
    if name == "is", before?.endsOperand == true, next.startsOperand {
      let isNot = next.kind == .keyword(.not)
      throw LanguageError(
        "habit", "equal is written == and not equal !=",
        at: isNot ? token.span.to(next.span) : token.span, hint: isNot ? "!=" : "==")
    }
    let isFirst =
      before == nil || before?.kind == .newline || before?.kind == .symbol(";")
      || before?.kind == .symbol("{") || before?.kind == .symbol("}")
    let isColon = next.kind == .symbol(":") && ahead.kind != .symbol("[")
    guard isFirst, next.startsOperand || isColon || (name == "catch" && next.kind == .symbol("{")),
      let foreign = Parser.beginnings.first(where: { $0.word == name })
    else { return }
    throw habit(token, foreign.says, foreign.hint)
  }

  /// A word of the language where the name of a field or an argument stands.
  private func reserved(_ token: Token) -> LanguageError {
    let word = text(token.span)
    return LanguageError(
      "syntax", "`\(word)` is a word of the language itself and names no field or argument",
      at: token.span, hint: "\(word)_")
  }

  private func habit(_ token: Token, _ message: String, _ hint: String?) -> LanguageError {
    LanguageError("habit", message, at: token.span, hint: hint)
  }
}

extension Token {
  /// Whether a value may begin with it, right behind a name where none can.
  fileprivate var startsOperand: Bool {
    switch kind {
    case .name, .text, .integer, .number, .keyword(.not), .keyword(.true), .keyword(.false),
      .keyword(.none):
      true
    default: false
    }
  }

  fileprivate var endsOperand: Bool {
    switch kind {
    case .name, .text, .integer, .number, .symbol(")"), .symbol("]"), .keyword(.true),
      .keyword(.false), .keyword(.none):
      true
    default: false
    }
  }
}

/// Whether a text is a whole program, or stops inside a bracket, a text or an operator.
package func isComplete(_ source: String) -> Bool {
  do {
    _ = try Parser.program(source)
    return true
  } catch {
    if error.code == "unclosed" { return !source.contains("\"\"\"") && !source.contains("'''") }
    guard error.code == "syntax", let span = error.span else { return true }
    let rest = Array(source.utf8).dropFirst(span.start)
    return rest.contains { $0 != 10 && $0 != 32 && $0 != 9 && $0 != 13 }
  }
}
