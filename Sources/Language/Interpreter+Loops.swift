import Autograd
import Tensors

/// Loops, which collect what their turns give, and comprehensions.
extension Interpreter {
  func loop(
    over source: Syntax.Expression, _ targets: [Syntax.Target], _ body: Syntax.Expression,
    _ frame: Frame?
  ) throws -> Value {
    let whole = try eval(source, frame)
    if isTrial, let result = try outlinedLoop(whole, targets, body, frame) { return result }
    var collected: [Value] = []
    let collects = body.givesValue
    func step(_ value: Value) throws -> Bool {
      try checkBounds(source.span)
      if targets.count == 1 {
        try assign(targets[0], value, frame, at: source.span)
      } else {
        try assign(.parts(targets, source.span), value, frame, at: source.span)
      }
      return try turn(body, frame, collects ? { collected.append($0) } : { _ in })
    }
    defer { Interpreter.discard(&collected) }
    if case .range(let range) = whole {
      for i in 0..<range.count { if try !step(.integer(range[i])) { break } }
      return try gathered(collected, body.span)
    }
    if !isTrial, let x = whole.rows {
      for row in 0..<x.dims[0] { if try !step(Value(x.indexed([.index(row)]))) { break } }
      return try gathered(collected, body.span)
    }
    guard let all = try elements(of: whole) else {
      throw LanguageError(
        "loop",
        "a for goes through lists, tensors, ranges and records, this is \(whole.withArticle)",
        at: source.span, hint: whole.asInteger.map { "range(\($0))" })
    }
    for value in all { if try !step(value) { break } }
    return try gathered(collected, body.span)
  }

  /// Frees many values elsewhere: nobody should wait for it.
  static func discard(_ values: inout [Value]) {
    guard values.count > 1 << 17 else { return }
    let left = values
    values = []
    DeepStack.start { withExtendedLifetime(left) {} }
  }

  func loop(
    while condition: Syntax.Expression, _ body: Syntax.Expression, _ frame: Frame?
  ) throws -> Value {
    var collected: [Value] = []
    defer { Interpreter.discard(&collected) }
    let collects = body.givesValue
    while try truth(eval(condition, frame), condition.span) {
      try checkBounds(condition.span)
      if try !turn(body, frame, collects ? { collected.append($0) } : { _ in }) { break }
    }
    return try gathered(collected, body.span)
  }

  /// One turn of a loop; false when it was left.
  private func turn(_ body: Syntax.Expression, _ frame: Frame?, _ collect: (Value) -> Void) throws
    -> Bool
  {
    do {
      let value = try eval(body, frame)
      if case .none = value { return true }
      collect(value)
      return true
    } catch Flow.leave { return false } catch Flow.next { return true }
  }

  func comprehend(
    _ value: Syntax.Expression, _ clauses: ArraySlice<Syntax.Clause>, _ frame: Frame?,
    _ collect: (Value) -> Void
  ) throws {
    guard let clause = clauses.first else { return collect(try eval(value, frame)) }
    switch clause {
    case .filter(let condition):
      if try truth(eval(condition, frame), condition.span) {
        try comprehend(value, clauses.dropFirst(), frame, collect)
      }
    case .each(let targets, let source):
      let whole = try eval(source, frame)
      // The names of a comprehension are its own.
      let inner = Frame(
        locals: frame?.locals ?? [:], captured: frame?.captured ?? [:], function: frame?.function)
      func visit(_ element: Value) throws {
        try checkBounds(source.span)
        let target = targets.count == 1 ? targets[0] : .parts(targets, source.span)
        try assign(target, element, inner, at: source.span)
        try comprehend(value, clauses.dropFirst(), inner, collect)
      }
      // The numbers of a range are made one by one, so that a long one can be interrupted.
      if case .range(let range) = whole, !isTrial {
        let (bytes, overflow) = range.count.multipliedReportingOverflow(by: 16)
        try located(source.span) { try MemoryBudget.check(overflow ? .max : bytes) }
        for i in 0..<range.count { try visit(.integer(range[i])) }
        return
      }
      if !isTrial, let x = whole.rows {
        for row in 0..<x.dims[0] { try visit(Value(x.indexed([.index(row)]))) }
        return
      }
      guard let all = try elements(of: whole) else {
        throw LanguageError("loop", "a for goes through lists, tensors and ranges", at: source.span)
      }
      for element in all { try visit(element) }
    }
  }
}

extension Syntax.Expression {
  /// Whether there can be something to collect: a loop of assignments gives nothing, and neither does a
  /// loop of such loops.
  var givesValue: Bool {
    switch kind {
    case .none: false
    case .block(let statements): statements.last?.givesValue ?? false
    case .forEach(_, _, let body), .whileLoop(_, let body): body.givesValue
    case .choose(_, let then, let otherwise): then.givesValue || otherwise?.givesValue ?? false
    case .attempt(let body, _, let fallback): body.givesValue || fallback.givesValue
    default: true
    }
  }
}

extension Syntax.Statement {
  fileprivate var givesValue: Bool {
    switch kind {
    case .value(let e): e.givesValue
    case .bind, .shaped, .define, .change, .leave, .next, .result: false
    }
  }
}
