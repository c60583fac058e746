/// A program as trees.
package enum Syntax {
  package struct Expression: Sendable {
    let kind: Kind
    package let span: SourceSpan
    /// Levels below this one, bounded so that evaluation and freeing never exhaust a stack.
    let depth: Int

    /// A name, as it is written.
    var written: String? { if case .name(let name) = kind { name } else { nil } }

    /// `x[:, none]`.
    var addsAxis: Bool {
      guard case .index(_, let items) = kind else { return false }
      return items.contains { item in
        if case .one(let e) = item, case .none = e.kind { true } else { false }
      }
    }

    var isLoop: Bool {
      switch kind {
      case .forEach, .whileLoop: true
      default: false
      }
    }
  }

  indirect enum Kind: Sendable {
    case none, boolean(Bool), integer(Int), number(Double)
    case text([TextPart])
    case name(String)
    /// `_`, the missing argument of a call.
    case hole
    case list([Item])
    case comprehension(Expression, [Clause])
    case record([Field])
    case block([Statement])
    case call(Expression, [Field])
    case index(Expression, [Subscript])
    case field(Expression, String, SourceSpan)
    case negate(Expression), not(Expression)
    case arithmetic(Operator, Expression, Expression, SourceSpan)
    case comparison(Expression, [(Comparator, SourceSpan, Expression)])
    case and(Expression, Expression, SourceSpan), or(Expression, Expression, SourceSpan)
    case compose(Expression, Expression, SourceSpan)
    case pipe(Expression, Expression, SourceSpan)
    case function(FunctionSyntax)
    case choose(condition: Expression, then: Expression, otherwise: Expression?)
    case forEach([Target], Expression, body: Expression)
    case whileLoop(Expression, body: Expression)
    case attempt(Expression, name: String?, fallback: Expression)
  }

  enum TextPart: Sendable {
    case plain(String)
    case value(Expression, format: String)
  }

  enum Operator: String, Sendable {
    case add = "+", subtract = "-", multiply = "*", divide = "/", floorDivide = "//"
    case remainder = "%", power = "^", matmul = "@", join = "++"
  }

  enum Comparator: String, Sendable {
    case equal = "==", notEqual = "!=", less = "<", lessEqual = "<=", greater = ">"
    case greaterEqual = ">="
    case isIn = "in", isNotIn = "not in"
  }

  struct Item: Sendable {
    let isSpread: Bool
    let value: Expression
  }

  /// A field of a record or an argument of a call.
  struct Field: Sendable {
    let name: String?
    let isSpread: Bool
    let value: Expression
    /// Where the name stands.
    var nameSpan: SourceSpan?
  }

  enum Clause: Sendable {
    case each([Target], Expression)
    case filter(Expression)
  }

  enum Subscript: Sendable {
    case ellipsis
    case one(Expression)
    case range(Expression?, Expression?, Expression?)
  }

  /// Where the expressions of an index stand; nil when there are none.
  static func span(of items: [Subscript]) -> SourceSpan? {
    let spans = items.flatMap { item in
      switch item {
      case .ellipsis: [SourceSpan?]()
      case .one(let e): [e.span]
      case .range(let a, let b, let c): [a?.span, b?.span, c?.span]
      }
    }.compactMap { $0 }
    guard let first = spans.first, let last = spans.last else { return nil }
    return first.to(last)
  }

  /// What may stand left of `=`.
  indirect enum Target: Sendable {
    case skip
    case place(Place)
    case parts([Target], SourceSpan)
  }

  struct Place: Sendable {
    let name: String
    let steps: [Step]
    let span: SourceSpan

    enum Step: Sendable {
      case field(String, SourceSpan)
      case index([Subscript], SourceSpan)
    }
  }

  struct Statement: Sendable {
    let kind: StatementKind
    let span: SourceSpan
    /// Ended by `;`: its value is not shown.
    var isQuiet = false
  }

  enum StatementKind: Sendable {
    case value(Expression)
    case bind([Target], Expression)
    case shaped(String, [Dimension], Expression)
    case define(String, FunctionSyntax)
    case change(Place, Operator, Expression, SourceSpan)
    case leave, next
    case result(Expression?)
  }

  enum Dimension: Sendable {
    case name(String), size(Int), rest
  }

  struct Parameter: Sendable {
    let name: String
    let shape: [Dimension]?
    let standard: Expression?
    let isRest: Bool
  }
}

/// A function as written: shared by all values made from it.
package final class FunctionSyntax: Sendable {
  package let name: String?
  let parameters: [Syntax.Parameter]
  let resultShape: [Syntax.Dimension]?
  let body: Syntax.Expression
  /// The text from the first parameter to the end of the body.
  package let source: String
  /// Lines of `##` above the definition.
  package let help: String
  /// Names the body (or a default) mentions that it does not bind as a parameter.
  package let mentions: [String]

  init(
    name: String?, parameters: [Syntax.Parameter], resultShape: [Syntax.Dimension]?,
    body: Syntax.Expression, source: String, help: String
  ) {
    self.name = name
    self.parameters = parameters
    self.resultShape = resultShape
    self.body = body
    self.source = source
    self.help = help
    var names = NameCollector()
    names.visit(body)
    for parameter in parameters { if let standard = parameter.standard { names.visit(standard) } }
    let own = Set(parameters.map(\.name))
    mentions = names.reads.filter { !own.contains($0) }
  }
}
