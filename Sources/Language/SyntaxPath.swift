/// The expressions around a place, outermost first.
struct SyntaxPath {
  private(set) var expressions: [Syntax.Expression] = []
  private let span: SourceSpan

  init(to span: SourceSpan, in program: [Syntax.Statement]) {
    self.span = span
    for statement in program { visit(statement) }
  }

  private func holds(_ outer: SourceSpan) -> Bool {
    outer.start <= span.start && span.end <= outer.end
  }

  private mutating func visit(_ statement: Syntax.Statement) {
    guard holds(statement.span) else { return }
    switch statement.kind {
    case .value(let e), .bind(_, let e), .shaped(_, _, let e), .change(_, _, let e, _): visit(e)
    case .define(_, let function): visit(function.body)
    case .result(let e): if let e { visit(e) }
    case .leave, .next: break
    }
  }

  private mutating func visit(_ e: Syntax.Expression) {
    guard holds(e.span) else { return }
    expressions.append(e)
    for child in e.children { visit(child) }
    if case .block(let statements) = e.kind { for statement in statements { visit(statement) } }
  }
}

extension Syntax.Expression {
  /// The expressions that it is made of; statements of a block apart.
  var children: [Syntax.Expression] {
    switch kind {
    case .none, .boolean, .integer, .number, .name, .hole, .block: []
    case .text(let parts):
      parts.compactMap { if case .value(let e, _) = $0 { e } else { nil } }
    case .list(let items): items.map(\.value)
    case .comprehension(let value, let clauses):
      [value]
        + clauses.map { clause in
          switch clause {
          case .each(_, let source): source
          case .filter(let condition): condition
          }
        }
    case .record(let fields): fields.map(\.value)
    case .call(let callee, let fields): [callee] + fields.map(\.value)
    case .index(let base, let items):
      [base]
        + items.flatMap { item in
          switch item {
          case .ellipsis: [Syntax.Expression]()
          case .one(let e): [e]
          case .range(let a, let b, let c): [a, b, c].compactMap { $0 }
          }
        }
    case .field(let base, _, _): [base]
    case .negate(let a), .not(let a): [a]
    case .arithmetic(_, let a, let b, _), .and(let a, let b, _), .or(let a, let b, _),
      .compose(let a, let b, _), .pipe(let a, let b, _):
      [a, b]
    case .comparison(let first, let rest): [first] + rest.map(\.2)
    case .function(let function): [function.body]
    case .choose(let condition, let then, let otherwise):
      [condition, then] + (otherwise.map { [$0] } ?? [])
    case .forEach(_, let source, let body): [source, body]
    case .whileLoop(let condition, let body): [condition, body]
    case .attempt(let body, _, let fallback): [body, fallback]
    }
  }
}
