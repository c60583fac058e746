// What people type who come from Python: each habit is answered with its translation.
extension Parser {
  /// Looks for foreign constructs before parsing, where the parser could only say what it missed.
  func translateHabits() throws(LanguageError) {
    for (index, token) in tokens.enumerated() {
      guard case .name(let name) = token.kind else { continue }
      let next = index + 1 < tokens.count ? tokens[index + 1].kind : .end
      let isFirst = index == 0 || tokens[index - 1].kind == .newline
      let isField = index > 0 && tokens[index - 1].kind == .symbol(".")
      var isName = false
      if case .name = next { isName = true }
      switch name {
      case "def" where isFirst && isName, "func" where isFirst && isName,
        "fn" where isFirst && isName:
        throw habit(token, "functions are written  f(x) = …", "f(x) = x^2")
      case "lambda" where isName:
        throw habit(token, "functions without a name are written  x => …", "x => x^2")
      case "import" where isFirst && isName:
        throw habit(token, "nothing needs to be imported here: every word is there", nil)
      case "let" where isFirst && isName, "var" where isFirst && isName,
        "const" where isFirst && isName:
        throw habit(token, "a value is named with = alone", "x = 1")
      case "class" where isFirst && isName:
        throw habit(
          token, "a layer of your own is a function that returns a function",
          "Dense(n, m) = { W = param(randn(n, m)); x => x @ W }")
      case "torch" where next == .symbol("."), "np" where next == .symbol("."),
        "nn" where next == .symbol("."), "F" where next == .symbol("."),
        "numpy" where next == .symbol("."):
        throw habit(token, "words stand alone here, without `\(name).`", "relu(x)")
      case "None": throw habit(token, "the missing value is written none", "none")
      case "True", "False":
        throw habit(token, "truth is written in small letters", name.lowercased())
      case "backward" where isField:
        throw habit(
          token, "gradients are asked of functions, not of values",
          "(l, g) = value_and_grad(loss)(m)")
      case "item" where isField, "detach" where isField, "numpy" where isField:
        throw habit(token, "a single element is a number already: `.\(name)()` is not needed", nil)
      case "zero_grad" where isField:
        throw habit(token, "gradients are values and never pile up: nothing to reset", nil)
      case "eval" where isField && next == .symbol("("):
        throw habit(token, "a model is in training mode only while it is differentiated", nil)
      default: break
      }
    }
  }

  private func habit(_ token: Token, _ message: String, _ hint: String?) -> LanguageError {
    LanguageError("habit", message, at: token.span, hint: hint)
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
