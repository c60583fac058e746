/// The smallest piece of a program.
struct Token: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case integer(Int)
    case number(Double)
    case text([TextPart])
    case name(String)
    case keyword(Keyword)
    case symbol(String)
    case newline, end
  }

  enum TextPart: Sendable, Equatable {
    case plain(String)
    /// The source of an interpolated expression, where it starts, and its format.
    case expression(source: String, offset: Int, format: String)
  }

  enum Keyword: String, Sendable, CaseIterable {
    case `if`, `else`, `for`, `in`, `while`, `break`, `continue`, `return`, and, or, not, `true`
    case `false`, none, `try`
  }

  let kind: Kind
  let span: SourceSpan

  /// How the token is named in a message.
  var described: String {
    switch kind {
    case .integer, .number: "a number"
    case .text: "a text"
    case .name(let name): "`\(name)`"
    case .keyword(let word): "`\(word.rawValue)`"
    case .symbol(let symbol): "`\(symbol)`"
    case .newline: "the end of the line"
    case .end: "the end"
    }
  }
}

extension Token.Kind {
  /// The kind without the places of what it holds.
  var withoutPlaces: Token.Kind {
    guard case .text(let parts) = self else { return self }
    return .text(
      parts.map { part in
        guard case .expression(let source, _, let format) = part else { return part }
        return .expression(source: source, offset: 0, format: format)
      })
  }
}

/// A program's tokens as text: the same for sources that differ only in comments and blanks.
package func normalisedSource(_ source: String) -> String {
  guard let tokens = try? Lexer.tokens(of: source) else { return source }
  var parts: [String] = []
  for token in tokens {
    if token.kind == .newline, parts.last == "\n" || parts.isEmpty { continue }
    parts.append(token.kind == .newline ? "\n" : "\(token.kind.withoutPlaces)")
  }
  return parts.joined(separator: " ")
}
