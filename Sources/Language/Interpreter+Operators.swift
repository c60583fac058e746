import Autograd
import Tensors

extension Value {
  /// 1 for true, 0 for anything else; numbers are asked elsewhere.
  static func bit(_ value: Value) -> Double { if case .boolean(true) = value { 1 } else { 0 } }
}

extension Interpreter {
  func arithmetic(_ operation: Syntax.Operator, _ a: Value, _ b: Value, _ span: SourceSpan?) throws
    -> Value
  {
    if let result = try outlinedArithmetic(operation, a, b, span) { return result }
    if operation == .join { return try joined(a, b, span) }
    switch (a, b) {
    case (.integer(let x), .integer(let y)):
      if let result = try whole(operation, x, y, span) { return result }
    case (.number(let x), .number(let y)):
      if let result = real(operation, x, y) { return .number(result) }
    case (.integer(let x), .number(let y)):
      if let result = real(operation, Double(x), y) { return .number(result) }
    case (.number(let x), .integer(let y)):
      if let result = real(operation, x, Double(y)) { return .number(result) }
    default: break
    }
    if let x = a.variable, let y = b.variable {
      return try located(span) {
        let result = try Value(tensorArithmetic(operation, x, y))
        context.watch?.look(at: result, of: operation.rawValue, from: [a, b], by: nil)
        return result
      }
    }
    if let result = try treeArithmetic(operation, a, b, span) { return result }
    throw unfit(operation, a, b, span)
  }

  private func unfit(_ operation: Syntax.Operator, _ a: Value, _ b: Value, _ span: SourceSpan?)
    -> LanguageError
  {
    var hint: String?
    if operation == .add {
      switch (a, b) {
      case (.text, _), (_, .text), (.list, _), (_, .list):
        hint = "++ joins lists, texts and tensors"
      default: break
      }
    }
    if operation == .remainder, case .text = a {
      hint = "a text takes values in braces: \"{x:.3f}\""
    }
    return LanguageError(
      "kind", "`\(operation.rawValue)` does not work on \(a.withArticle) and \(b.withArticle)",
      at: span,
      details: [a.brief, b.brief], hint: hint)
  }

  private func whole(_ operation: Syntax.Operator, _ x: Int, _ y: Int, _ span: SourceSpan?) throws
    -> Value?
  {
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = x.addingReportingOverflow(y)
    case .subtract: result = x.subtractingReportingOverflow(y)
    case .multiply: result = x.multipliedReportingOverflow(by: y)
    case .divide: return .number(Double(x) / Double(y))
    case .floorDivide, .remainder:
      guard y != 0 else {
        throw LanguageError("zero", "a whole number cannot be divided by zero", at: span)
      }
      if y == -1 {
        result = operation == .remainder ? (0, false) : 0.subtractingReportingOverflow(x)
        break
      }
      let rest = x % y
      let isUneven = rest != 0 && (rest < 0) != (y < 0)
      return .integer(
        operation == .remainder ? (isUneven ? rest + y : rest) : x / y - (isUneven ? 1 : 0))
    case .power:
      guard y >= 0 else { return nil }
      var (product, base, exponent) = (1, x, y)
      while exponent > 0 {
        if exponent & 1 == 1 {
          let (next, overflow) = product.multipliedReportingOverflow(by: base)
          if overflow { return .number(try power(Double(x), Double(y))) }
          product = next
        }
        exponent >>= 1
        if exponent > 0 {
          let (next, overflow) = base.multipliedReportingOverflow(by: base)
          if overflow { return .number(try power(Double(x), Double(y))) }
          base = next
        }
      }
      return .integer(product)
    case .matmul, .join: return nil
    }
    guard !result.overflow else {
      throw LanguageError(
        "overflow", "\(x) \(operation.rawValue) \(y) does not fit into 64 bits", at: span,
        hint: "float(\(x)) \(operation.rawValue) \(y)")
    }
    return .integer(result.partialValue)
  }

  private func power(_ x: Double, _ y: Double) throws -> Double {
    try Tensor.number(x).binary(.power, .number(y)).item ?? .nan
  }

  private func real(_ operation: Syntax.Operator, _ x: Double, _ y: Double) -> Double? {
    switch operation {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    default: nil
    }
  }

  func tensorArithmetic(_ operation: Syntax.Operator, _ x: Variable, _ y: Variable) throws
    -> Variable
  {
    switch operation {
    case .add: try x + y
    case .subtract: try x - y
    case .multiply: try x * y
    case .divide: try x / y
    case .floorDivide: try x.floorDivided(by: y)
    case .remainder: try x.remainder(y)
    case .power: try x.power(floating(y, for: x))
    case .matmul: try Variable.matmul(x, y)
    case .join: try Variable.concat([x, y], axis: 0)
    }
  }

  /// A number to a negative whole power is a fraction.
  private func floating(_ y: Variable, for x: Variable) throws -> Variable {
    !x.dtype.isFloat && y.rank == 0 && y.dtype == .int64 && y.value.integer(at: 0) < 0
      ? try y.cast(.float64) : y
  }

  private func joined(_ a: Value, _ b: Value, _ span: SourceSpan?) throws -> Value {
    switch (a, b) {
    case (.text(let x), .text(let y)):
      try located(span) { try Value.checkText(x.utf8.count + y.utf8.count) }
      return .text(x + y)
    case (.record(let x), .record(let y)):
      return try located(span) { try Value.record(Record(x.fields + y.fields)).checkedSize() }
    case (.list(let x), .list(let y)):
      let both = Value.list(x + y)
      // A list that grows one by one is walked through when its length doubles.
      let isLonger = (x.count + y.count).leadingZeroBitCount != x.count.leadingZeroBitCount
      return y.count > 1 || isLonger ? try located(span) { try both.checkedSize() } : both
    case (.list(let x), _) where x.isEmpty: return b
    case (_, .list(let y)) where y.isEmpty: return a
    default: break
    }
    if let x = a.variable, let y = b.variable, x.rank > 0, y.rank > 0 {
      return .tensor(try located(span) { try Variable.concat([x, y], axis: 0) })
    }
    if case .text = a {
    } else if case .text = b {
    } else if let x = try elements(of: a), let y = try elements(of: b) {
      return try gathered(x + y, span)
    }
    throw unfit(.join, a, b, span)
  }

  /// Arithmetic leaf by leaf on records, lists and models; a number works on every leaf.
  private func treeArithmetic(
    _ operation: Syntax.Operator, _ a: Value, _ b: Value, _ span: SourceSpan?
  )
    throws -> Value?
  {
    func isTree(_ value: Value) -> Bool {
      switch value {
      case .record, .object, .function: true
      case .list(let items): !items.isEmpty
      default: false
      }
    }
    func one(_ x: Variable, _ y: Variable) throws -> Variable {
      try located(span) { try tensorArithmetic(operation, x, y) }
    }
    switch (isTree(a), isTree(b)) {
    case (true, false):
      guard let y = b.variable else { return nil }
      let choice = Tree.choice(for: a)
      guard !Tree.leaves(of: a, choice).isEmpty else { return nil }
      return try Tree.map(a, choice) { _, x in try one(x, y) }
    case (false, true):
      guard let x = a.variable else { return nil }
      let choice = Tree.choice(for: b)
      guard !Tree.leaves(of: b, choice).isEmpty else { return nil }
      return try Tree.map(b, choice) { _, y in try one(x, y) }
    case (true, true):
      let choice = Tree.choice(for: a)
      let (left, right) = (Tree.leaves(of: a, choice), Tree.leaves(of: b, Tree.choice(for: b)))
      guard !left.isEmpty else { return nil }
      guard left.count == right.count else {
        throw LanguageError(
          "structure",
          "these have different structures: \(left.count) and \(right.count) tensors", at: span)
      }
      return try Tree.replacing(
        a, choice, with: zip(left, right).map { try one($0.variable, $1.variable) })
    case (false, false): return nil
    }
  }

  func negated(_ value: Value, _ span: SourceSpan) throws -> Value {
    switch value {
    case .integer(let n):
      guard n != .min else { return .number(-Double(n)) }
      return .integer(-n)
    case .number(let x): return .number(-x)
    default:
      if let x = value.variable { return try located(span) { try Value(x.negated()) } }
      switch value {
      case .record, .object, .function, .list:
        return try arithmetic(.multiply, .integer(-1), value, span)
      default:
        throw LanguageError(
          "kind", "`-` does not work on \(value.withArticle)", at: span, details: [value.brief])
      }
    }
  }

  // MARK: Comparison

  func compare(_ comparator: Syntax.Comparator, _ a: Value, _ b: Value, _ span: SourceSpan) throws
    -> Value
  {
    if let result = try located(span, { try outlinedComparison(comparator, a, b) }) {
      return result
    }
    switch comparator {
    case .isIn: return .boolean(try contains(b, a, span))
    case .isNotIn: return .boolean(try !contains(b, a, span))
    case .equal, .notEqual:
      noteNearlyEqual(comparator, a, b)
      if Interpreter.isComparedAsWhole(a, b) {
        return .boolean(same(a, b) == (comparator == .equal))
      }
      if let x = a.variable, let y = b.variable {
        let kind: Comparison = comparator == .equal ? .equal : .notEqual
        return try located(span) { try Value(x.value.compare(kind, y.value)) }
      }
      return .boolean(same(a, b) == (comparator == .equal))
    case .less, .lessEqual, .greater, .greaterEqual:
      let kinds: [Syntax.Comparator: Comparison] = [
        .less: .less, .lessEqual: .lessEqual, .greater: .greater, .greaterEqual: .greaterEqual,
      ]
      if let kind = kinds[comparator], let x = a.variable, let y = b.variable {
        return try located(span) { try Value(x.value.compare(kind, y.value)) }
      }
      if case .text(let x) = a, case .text(let y) = b {
        switch comparator {
        case .less: return .boolean(x < y)
        case .lessEqual: return .boolean(x <= y)
        case .greater: return .boolean(x > y)
        default: return .boolean(x >= y)
        }
      }
      throw LanguageError(
        "kind", "`\(comparator.rawValue)` does not order \(a.withArticle) and \(b.withArticle)",
        at: span)
    }
  }

  /// Sums of fractions are rarely equal to the last bit.
  private func noteNearlyEqual(_ comparator: Syntax.Comparator, _ a: Value, _ b: Value) {
    guard case .number(let x) = a, case .number(let y) = b, x != y,
      abs(x - y) <= 1e-9 * max(abs(x), abs(y))
    else { return }
    note(
      "`\(comparator.rawValue)` compares every bit, and these differ by \(shortNumber(abs(x - y), digits: 2)): "
        + "close(a, b)")
  }

  /// Arithmetic of `[n, 1]` with `[n]` pairs every element with every other.
  func noteOuter(_ operation: Syntax.Operator, _ a: Value, _ b: Value) {
    guard operation != .matmul, operation != .join, case .tensor(let x) = a,
      case .tensor(let y) = b, x.rank != y.rank
    else { return }
    let (column, row) = x.rank > y.rank ? (x.dims, y.dims) : (y.dims, x.dims)
    guard column.count == 2, row.count == 1, column[1] == 1, column[0] == row[0], row[0] > 1
    else { return }
    note(
      "`\(operation.rawValue)` of \(x.dims) and \(y.dims) pairs every element with every other: "
        + "[\(row[0]), \(row[0])]; squeeze(…) or [:, none] gives both the same axes")
  }

  /// Two ranges, and lists (the empty one counts as a tensor elsewhere).
  private static func isComparedAsWhole(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.range, .range), (.list, _), (_, .list): true
    default: false
    }
  }

  private func contains(_ whole: Value, _ part: Value, _ span: SourceSpan) throws -> Bool {
    if case .text(let text) = whole, case .text(let piece) = part {
      return piece.isEmpty || text.firstRange(of: piece) != nil
    }
    if case .record(let record) = whole, case .text(let name) = part { return record[name] != nil }
    guard let all = try elements(of: whole) else {
      throw LanguageError("kind", "`in` looks into lists, tensors, texts and records", at: span)
    }
    return all.contains { same($0, part) }
  }

  /// Whether two values are the same as a whole, to the bit.
  package func same(_ a: Value, _ b: Value) -> Bool {
    if case .integer(let x) = a, case .integer(let y) = b { return x == y }
    if let x = a.asNumber, let y = b.asNumber { return x == y || (x.isNaN && y.isNaN) }
    switch (a, b) {
    case (.none, .none): return true
    case (.boolean(let x), .boolean(let y)): return x == y
    case (.text(let x), .text(let y)): return x == y
    case (.range(let x), .range(let y)): return x == y
    case (.record(let x), .record(let y)):
      return x.fields.count == y.fields.count
        && zip(x.fields, y.fields).allSatisfy { $0.name == $1.name && same($0.value, $1.value) }
    case (.list(let x), .list(let y)): return x.count == y.count && zip(x, y).allSatisfy(same)
    case (.function(let x), .function(let y)):
      return x.syntax.source == y.syntax.source && x.captured.count == y.captured.count
        && zip(x.captured, y.captured).allSatisfy { $0.name == $1.name && same($0.value, $1.value) }
    case (.builtin(let x), .builtin(let y)): return x.entry.name == y.entry.name
    case (.object(let x), .object(let y)):
      let (p, q) = (x.children, y.children)
      return x.text(width: 72) == y.text(width: 72) && p.count == q.count
        && zip(p, q).allSatisfy { $0.name == $1.name && same($0.value, $1.value) }
    default:
      if let x = a.variable, let y = b.variable {
        guard x.dims == y.dims else { return false }
        if !x.dtype.isFloat, !y.dtype.isFloat {
          return x.value.array(of: Int64.self) == y.value.array(of: Int64.self)
        }
        return zip(x.value.array(of: Double.self), y.value.array(of: Double.self)).allSatisfy {
          $0 == $1 || ($0.isNaN && $1.isNaN)
        }
      }
      return false
    }
  }
}
