import Autograd
import Tensors

extension Interpreter {
  func eval(_ e: Syntax.Expression, _ frame: Frame?) throws -> Value {
    guard let trial, !trial.watched.isEmpty else { return try evaluated(e, frame) }
    return try trial.watch(e) { try evaluated(e, frame) }
  }

  private func evaluated(_ e: Syntax.Expression, _ frame: Frame?) throws -> Value {
    switch e.kind {
    case .none: return .none
    case .boolean(let flag): return .boolean(flag)
    case .integer(let n): return .integer(n)
    case .number(let x): return .number(x)
    case .text(let parts): return try text(parts, frame)
    case .name(let name): return try lookUp(name, frame, at: e.span)
    case .hole:
      throw LanguageError("hole", "_ stands for a missing argument of a call", at: e.span)
    case .list(let items): return try list(items, e.span, frame)
    case .comprehension(let value, let clauses):
      var collected: [Value] = []
      defer { Interpreter.discard(&collected) }
      try comprehend(value, clauses[...], frame) { collected.append($0) }
      return try gathered(collected, e.span)
    case .record(let fields):
      let record = Record(try arguments(fields, frame).map { ($0.name, $0.value) })
      return try located(e.span) { try Value.record(record).checkedSize() }
    case .block(let statements): return try block(statements, frame)
    case .call(let callee, let fields): return try call(callee, fields, e.span, frame)
    case .index(let base, let items):
      return try index(
        eval(base, frame), subscripts(items, frame), Syntax.span(of: items) ?? e.span)
    case .field(let base, let name, let span): return try field(eval(base, frame), name, span)
    case .negate(let a): return try negated(eval(a, frame), e.span)
    case .not(let a): return try inverted(eval(a, frame), e.span)
    case .arithmetic(let operation, let a, let b, let span):
      try checkBounds(span)
      let (left, right) = (try eval(a, frame), try eval(b, frame))
      // An axis that is written with none is meant.
      if !a.addsAxis, !b.addsAxis { noteOuter(operation, left, right) }
      do { return try arithmetic(operation, left, right, span) } catch var error
        as LanguageError where error.code == "shape-mm"
      {
        error.hint = error.hint.map { hint in
          hint.replacing("… @ w.T", with: "\(a.written ?? "…") @ \(b.written ?? "w").T")
            .replacing("x.T @ …", with: "\(a.written ?? "x").T @ \(b.written ?? "…")")
        }
        throw error
      }
    case .comparison(let first, let rest): return try comparison(first, rest, frame)
    case .and(let a, let b, let span): return try logical(isAnd: true, a, b, span, frame)
    case .or(let a, let b, let span): return try logical(isAnd: false, a, b, span, frame)
    case .compose(let a, let b, let span):
      let (left, right) = (try eval(a, frame), try eval(b, frame))
      return try located(b.span.start > span.start ? b.span : span) {
        try composer(left, right, self)
      }
    case .pipe(let a, let b, _): return try pipe(eval(a, frame), b, frame)
    case .function(let syntax): return .function(make(syntax, frame))
    case .choose(let condition, let then, let otherwise):
      let chosen = try eval(condition, frame)
      if isTrial, chosen.outline != nil { return try eitherBranch(then, otherwise, frame) }
      if try truth(chosen, condition.span) { return try eval(then, frame) }
      return try otherwise.map { try eval($0, frame) } ?? .none
    case .forEach(let targets, let source, let body):
      return try loop(over: source, targets, body, frame)
    case .whileLoop(let condition, let body): return try loop(while: condition, body, frame)
    case .attempt(let body, let name, let fallback): return try attempt(body, name, fallback, frame)
    }
  }

  private func block(_ statements: [Syntax.Statement], _ frame: Frame?) throws -> Value {
    var last = Value.none
    for statement in statements { last = try run(statement, frame) }
    return last
  }

  private func text(_ parts: [Syntax.TextPart], _ frame: Frame?) throws -> Value {
    var result = ""
    for part in parts {
      switch part {
      case .plain(let text): result += text
      case .value(let e, let format):
        let value = try eval(e, frame)
        if isTrial, value.holdsOutline { return Outline.value(.text) }
        guard let text = value.formatted(format) else {
          throw LanguageError(
            "format", "the format `\(format)` does not fit \(value.withArticle)", at: e.span,
            hint: ":.2f, :.1%, :>8, :d")
        }
        result += text
      }
    }
    try Value.checkText(result.utf8.count)
    return .text(result)
  }

  func truth(_ value: Value, _ span: SourceSpan) throws -> Bool {
    if case .boolean(let flag) = value { return flag }
    if isTrial, value.outline != nil { throw Flow.undetermined }
    if case .tensor(let x) = value, x.shape.count == 1, x.dtype == .bool {
      return x.value.double(at: 0) != 0
    }
    let hint: String? = if case .tensor = value { "any(…) or all(…)" } else { nil }
    throw LanguageError(
      "condition", "a condition should be true or false, this is \(value.withArticle)", at: span,
      details: [value.brief], hint: hint)
  }

  private func attempt(
    _ body: Syntax.Expression, _ name: String?, _ fallback: Syntax.Expression, _ frame: Frame?
  ) throws -> Value {
    let before = frame?.locals
    let names = globals
    do {
      let value = try eval(body, frame)
      guard isTrial else { return value }
      // On shapes alone it is not known whether the body would have failed.
      if let name { bind(name, Outline.anything, frame) }
      return try eitherBranch(body, fallback, frame)
    } catch let flow as Flow { throw flow } catch {
      let error = diagnosed(error, at: body.span)
      if error.code == "interrupted" { throw error }
      if let frame, let before { frame.locals = before } else { globals = names }
      if let name { bind(name, .text(error.message), frame) }
      return try eval(fallback, frame)
    }
  }

  // MARK: Logic

  private func inverted(_ value: Value, _ span: SourceSpan) throws -> Value {
    if isTrial, value.isForTrial {
      return value.outlined?.dtype == .bool ? value.outlining() : Outline.anything
    }
    if case .tensor(let x) = value, x.dtype == .bool {
      return .tensor(Variable(try located(span) { try x.value.test { $0 == 0 } }))
    }
    return .boolean(try !truth(value, span))
  }

  private func logical(
    isAnd: Bool, _ a: Syntax.Expression, _ b: Syntax.Expression, _ span: SourceSpan, _ frame: Frame?
  ) throws -> Value {
    let left = try eval(a, frame)
    if case .boolean(let flag) = left {
      if flag != isAnd { return left }
      let right = try eval(b, frame)
      if isTrial, right.outline != nil { return right }
      if case .boolean = right { return right }
      if case .tensor(let x) = right, x.dtype == .bool { return right }
      return .boolean(try truth(right, b.span))
    }
    let right = try eval(b, frame)
    if let result = try located(span, { try outlinedLogic(left, right) }) { return result }
    guard let x = left.variable, let y = right.variable else {
      return .boolean(try truth(left, a.span) && truth(right, b.span))
    }
    return try located(span) { try Value(x.value.logical(and: isAnd, y.value)) }
  }

  private func comparison(
    _ first: Syntax.Expression, _ rest: [(Syntax.Comparator, SourceSpan, Syntax.Expression)],
    _ frame: Frame?
  ) throws -> Value {
    var left = try eval(first, frame)
    var result: Value?
    for (comparator, span, e) in rest {
      let right = try eval(e, frame)
      let link = try compare(comparator, left, right, span)
      if let before = result, let both = try located(span, { try outlinedLogic(before, link) }) {
        result = both
      } else if let before = result, let x = before.variable, let y = link.variable {
        result = try located(span) { try Value(x.value.logical(and: true, y.value)) }
      } else {
        result = link
      }
      left = right
    }
    return result ?? .none
  }
}
