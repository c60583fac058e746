import Autograd
import Tensors

/// What stands in brackets: a tensor where it can be one, else a list.
extension Interpreter {
  /// Brackets; where a word asks for `f64`, their numbers are not rounded to `f32` before.
  func list(
    _ items: [Syntax.Item], _ span: SourceSpan, _ frame: Frame?, isDouble: Bool = false
  ) throws -> Value {
    var values: [Value] = []
    for item in items {
      let value: Value
      if isDouble, case .list(let inner) = item.value.kind {
        value = try deeperList(inner, item.value.span, frame)
      } else {
        value = try eval(item.value, frame)
      }
      guard item.isSpread else {
        values.append(value)
        continue
      }
      guard let parts = try elements(of: value) else {
        throw LanguageError("spread", "only lists and tensors spread", at: item.value.span)
      }
      values += parts
    }
    return try gathered(values, span, isDouble: isDouble)
  }

  private func deeperList(_ items: [Syntax.Item], _ span: SourceSpan, _ frame: Frame?) throws
    -> Value
  {
    try checkBounds(span)
    return try list(items, span, frame, isDouble: true)
  }

  /// Brackets make a tensor of numbers, booleans or tensors of one shape, else a list.
  package func gathered(_ values: [Value], _ span: SourceSpan?, isDouble: Bool = false) throws
    -> Value
  {
    guard !values.isEmpty else { return .list([]) }
    if let outline = outlinedGathering(values) { return outline }
    var floats = false
    var integers = false
    for value in values {
      switch value {
      case .boolean: break
      case .integer: integers = true
      case .number: floats = true
      case .tensor(let x), .parameter(let x):
        if x.rank > 0 || x.isTraced { return try stacked(values, span) }
        floats = true
      default: return try located(span) { try Value.list(values).checkedSize() }
      }
    }
    return try located(span) {
      let shape = try Shape(checking: [values.count])
      if floats, isDouble {
        return .tensor(
          Variable(try Tensor(values.map { $0.asNumber ?? Value.bit($0) }, shape: shape)))
      }
      if floats {
        return .tensor(
          Variable(try Tensor(values.map { Float($0.asNumber ?? Value.bit($0)) }, shape: shape)))
      }
      if integers {
        return .tensor(
          Variable(
            try Tensor(values.map { Int64($0.asInteger ?? Int(Value.bit($0))) }, shape: shape)))
      }
      return .tensor(Variable(try Tensor(values.map { Value.bit($0) != 0 }, shape: shape)))
    }
  }

  private func stacked(_ values: [Value], _ span: SourceSpan?) throws -> Value {
    var parts: [Variable] = []
    for value in values {
      switch value {
      case .tensor(let x), .parameter(let x): parts.append(x.rank == 0 ? try x.cast(.float32) : x)
      case .boolean, .integer, .number: if let x = value.variable { parts.append(x) }
      default: return try located(span) { try Value.list(values).checkedSize() }
      }
    }
    guard parts.count == values.count, parts.allSatisfy({ $0.dims == parts[0].dims }) else {
      return try located(span) { try Value.list(values).checkedSize() }
    }
    return .tensor(try located(span) { try Variable.stack(parts, axis: 0) })
  }
}
