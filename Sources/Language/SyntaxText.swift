/// A program written from its tree: every operation in parentheses, nothing left to precedence.
///
/// Reading and writing it again gives the same text, which is how the parser and the layout are checked:
/// two texts with the same tree are the same program.
package enum SyntaxText {
  package static func of(_ source: String) throws(LanguageError) -> String {
    lines(try Parser.program(source))
  }

  private static func lines(_ statements: [Syntax.Statement]) -> String {
    statements.map { text($0) + ($0.isQuiet ? ";" : "") }.joined(separator: "\n")
  }

  private static func text(_ statement: Syntax.Statement) -> String {
    switch statement.kind {
    case .value(let e): text(e)
    case .bind(let targets, let e):
      targets.map { text($0) }.joined(separator: ", ") + " = " + text(e)
    case .shaped(let name, let shape, let e): "\(name): \(text(shape)) = \(text(e))"
    case .define(let name, let f): name + head(f) + " = " + text(f.body)
    case .change(let place, let operation, let e, _):
      "\(text(place)) \(operation.rawValue)= \(text(e))"
    case .leave: "break"
    case .next: "continue"
    case .result(let e): e.map { "return " + text($0) } ?? "return"
    }
  }

  private static func head(_ f: FunctionSyntax) -> String {
    let parameters = f.parameters.map { parameter in
      (parameter.isRest ? "..." : "") + parameter.name
        + (parameter.shape.map { ": " + text($0) } ?? "")
        + (parameter.standard.map { "=" + text($0) } ?? "")
    }
    return "(" + parameters.joined(separator: ", ") + ")"
      + (f.resultShape.map { " -> " + text($0) } ?? "")
  }

  private static func text(_ shape: [Syntax.Dimension]) -> String {
    let parts = shape.map { dimension in
      switch dimension {
      case .name(let name): name
      case .size(let size): "\(size)"
      case .rest: "..."
      }
    }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  private static func text(_ target: Syntax.Target) -> String {
    switch target {
    case .skip: "_"
    case .place(let place): text(place)
    case .parts(let parts, _):
      "(" + parts.map { text($0) }.joined(separator: ", ") + (parts.count == 1 ? ",)" : ")")
    }
  }

  private static func text(_ place: Syntax.Place) -> String {
    place.steps.reduce(place.name) { whole, step in
      switch step {
      case .field(let name, _): whole + "." + name
      case .index(let items, _): whole + text(items)
      }
    }
  }

  private static func text(_ items: [Syntax.Subscript]) -> String {
    let parts = items.map { item in
      switch item {
      case .ellipsis: "..."
      case .one(let e): text(e)
      case .range(let a, let b, let c):
        (a.map(text) ?? "") + ":" + (b.map(text) ?? "") + (c.map { ":" + text($0) } ?? "")
      }
    }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  private static func text(_ fields: [Syntax.Field]) -> String {
    fields.map { field in
      (field.isSpread ? "..." : "") + (field.name.map { $0 + "=" } ?? "") + text(field.value)
    }.joined(separator: ", ")
  }

  private static func two(_ a: Syntax.Expression, _ sign: String, _ b: Syntax.Expression) -> String
  {
    "(\(text(a)) \(sign) \(text(b)))"
  }

  /// What stands before `(`, `[` or `.`: a whole number would swallow the point.
  private static func base(_ e: Syntax.Expression) -> String {
    switch e.kind {
    case .name, .call, .index, .field, .list, .record, .text: text(e)
    default: "(" + text(e) + ")"
    }
  }

  private static func block(_ e: Syntax.Expression) -> String {
    if case .block(let statements) = e.kind {
      statements.isEmpty ? "{ }" : "{ " + statements.map { text($0) }.joined(separator: "; ") + " }"
    } else {
      text(e)
    }
  }

  private static func text(_ e: Syntax.Expression) -> String {
    switch e.kind {
    case .none: return "none"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let n): return "\(n)"
    case .number(let x): return "\(x)".contains("inf") ? "1e999" : "\(x)"
    case .text(let parts): return text(parts)
    case .name(let name): return name
    case .hole: return "_"
    case .list(let items):
      return "["
        + items.map { ($0.isSpread ? "..." : "") + text($0.value) }.joined(separator: ", ") + "]"
    case .comprehension(let value, let clauses):
      let rest = clauses.map { clause in
        switch clause {
        case .each(let targets, let source):
          " for " + targets.map { text($0) }.joined(separator: ", ") + " in " + text(source)
        case .filter(let condition): " if " + text(condition)
        }
      }
      return "[" + text(value) + rest.joined() + "]"
    case .record(let fields):
      let isSingle = fields.count == 1 && fields[0].name == nil
      return "(" + text(fields) + (isSingle ? ",)" : ")")
    case .block: return block(e)
    case .call(let callee, let fields): return base(callee) + "(" + text(fields) + ")"
    case .index(let whole, let items): return base(whole) + text(items)
    case .field(let whole, let name, _): return base(whole) + "." + name
    case .negate(let a): return "(-" + text(a) + ")"
    case .not(let a): return "(not " + text(a) + ")"
    case .arithmetic(let operation, let a, let b, _): return two(a, operation.rawValue, b)
    case .comparison(let first, let rest):
      return "(" + text(first) + rest.map { " \($0.0.rawValue) \(text($0.2))" }.joined() + ")"
    case .and(let a, let b, _): return two(a, "and", b)
    case .or(let a, let b, _): return two(a, "or", b)
    case .compose(let a, let b, _): return two(a, ">>", b)
    case .pipe(let a, let b, _):
      // A call on the right of a pipe is completed, one in parentheses too.
      return two(a, "|>", b)
    case .function(let f): return "(" + head(f) + " => " + text(f.body) + ")"
    case .choose(let condition, let then, let otherwise):
      return "if \(text(condition)) \(block(then))" + (otherwise.map { " else " + block($0) } ?? "")
    case .forEach(let targets, let source, let body):
      return "for " + targets.map { text($0) }.joined(separator: ", ")
        + " in \(text(source)) \(block(body))"
    case .whileLoop(let condition, let body): return "while \(text(condition)) \(block(body))"
    case .attempt(let body, let name, let fallback):
      return "try \(block(body)) else \(name.map { $0 + " " } ?? "")\(block(fallback))"
    }
  }

  private static func text(_ parts: [Syntax.TextPart]) -> String {
    let inner = parts.map { part in
      switch part {
      case .plain(let plain): escaped(plain)
      case .value(let e, let format):
        "{" + (isPlain(e) ? text(e) : "(" + text(e) + ")") + (format.isEmpty ? "" : ":" + format)
          + "}"
      }
    }
    return "\"" + inner.joined() + "\""
  }

  private static func isPlain(_ e: Syntax.Expression) -> Bool {
    switch e.kind {
    case .block, .choose, .forEach, .whileLoop, .attempt: false
    default: true
    }
  }

  private static func escaped(_ plain: String) -> String {
    var result = ""
    for scalar in plain.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "{": result += "{{"
      case "}": result += "}}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
