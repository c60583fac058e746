import Autograd
import Tensors
import Vocabulary

/// One evaluated entry between brackets.
enum Index {
  case ellipsis
  case one(Value)
  case range(Int?, Int?, Int)

  var addsAxis: Bool { if case .one(.none) = self { true } else { false } }
}

extension Interpreter {
  func subscripts(_ items: [Syntax.Subscript], _ frame: Frame?) throws -> [Index] {
    try items.map { item in
      switch item {
      case .ellipsis: return .ellipsis
      case .one(let e): return .one(try eval(e, frame))
      case .range(let a, let b, let c):
        func bound(_ e: Syntax.Expression?) throws -> Int? {
          guard let e else { return nil }
          let value = try eval(e, frame)
          if case .none = value { return nil }
          if isTrial, value.outline != nil { throw Flow.undetermined }
          guard let n = value.asInteger else {
            throw LanguageError(
              "index", "the ends of a slice are whole numbers, this is \(value.withArticle)",
              at: e.span,
              details: [value.brief], hint: value.asNumber == nil ? nil : "int(…) or //")
          }
          return n
        }
        return .range(try bound(a), try bound(b), try bound(c) ?? 1)
      }
    }
  }

  func indexItems(_ items: [Index]) throws -> [IndexItem] {
    try items.map { item in
      switch item {
      case .ellipsis: return .ellipsis
      case .range(let a, let b, let c): return .range(a, b, c)
      case .one(let value):
        if case .none = value { return .newAxis }
        if case .boolean(let flag) = value { return .gather(try Tensor([flag])) }
        if let n = value.asInteger { return .index(n) }
        if let x = value.variable, x.rank > 0, !x.dtype.isFloat || x.shape.count == 0 {
          return .gather(x.dtype == .int8 ? try x.value.cast(.int64) : x.value)
        }
        throw LanguageError(
          "index",
          "an index is a whole number, a slice, a mask or whole numbers, this is "
            + value.withArticle, details: [value.brief])
      }
    }
  }

  func position(_ n: Int, _ count: Int, _ span: SourceSpan) throws -> Int {
    let at = n < 0 ? n + count : n
    guard at >= 0, at < count else {
      throw LanguageError(
        "index",
        count == 0
          ? "index \(n) is out of range: there are no elements"
          : "index \(n) is out of range: positions run from 0 to \(count - 1)", at: span)
    }
    return at
  }

  func index(_ whole: Value, _ items: [Index], _ span: SourceSpan) throws -> Value {
    if let result = try outlinedIndex(whole, items, span) { return result }
    switch whole {
    case .tensor(let x), .parameter(let x):
      return try located(span) {
        let result = try Value(x.indexed(indexItems(items)))
        context.watch?.look(at: result, of: "[…]", from: [whole], by: nil)
        return result
      }
    case .list(let list):
      return try picked(items, list.count, span, one: { list[$0] }) { .list($0.map { list[$0] }) }
    case .text(let text):
      let characters = Array(text)
      return try picked(items, characters.count, span, one: { .text(String(characters[$0])) }) {
        .text(String($0.map { characters[$0] }))
      }
    case .range(let range) where items.count > 1 || items.contains(where: \.addsAxis):
      return try located(span) {
        try Value(Variable(range.tensor()).indexed(self.indexItems(items)))
      }
    case .range(let range):
      return try picked(items, range.count, span, one: { .integer(range[$0]) }) {
        try self.gathered($0.map { .integer(range[$0]) }, span)
      }
    case .record(let record): return try index(record, items, span)
    case .object(let object):
      if items.count == 1, case .one(let value) = items[0], let n = value.asInteger,
        let count = object.count,
        let element = try object.element(position(n, count, span))
      {
        return element
      }
      if items.count == 1, let count = object.count, try object.choosing([], self) != nil {
        return try picked(items, count, span, one: { try object.element($0) ?? .none }) {
          try object.choosing($0, self) ?? .none
        }
      }
    default: break
    }
    throw LanguageError(
      "index", "\(whole.withArticle) has no elements", at: span, details: [whole.brief])
  }

  private func picked(
    _ items: [Index], _ count: Int, _ span: SourceSpan, one: (Int) throws -> Value,
    many: ([Int]) throws -> Value
  ) throws -> Value {
    guard items.count == 1 else {
      throw LanguageError("index", "one index is enough here, there are \(items.count)", at: span)
    }
    switch items[0] {
    case .ellipsis: return try many(Array(0..<count))
    case .range(let a, let b, let c):
      let probe = try Tensor.arange(0, count: count)
      let chosen = try located(span) { try probe.indexed([.range(a, b, c)]) }
      return try many(chosen.array(of: Int64.self).map { Int($0) })
    case .one(let value):
      if let n = value.asInteger { return try one(position(n, count, span)) }
      guard let x = value.variable, !x.dtype.isFloat else {
        throw LanguageError(
          "index", "an index is a whole number or a slice, this is \(value.withArticle)", at: span)
      }
      let probe = try Tensor.arange(0, count: count)
      let chosen = try located(span) { try probe.indexed([.gather(x.value.unpacked())]) }
      return try many(chosen.array(of: Int64.self).map { Int($0) })
    }
  }

  /// A field by name or position, or the same rows of every field as long as the first.
  private func index(_ record: Record, _ items: [Index], _ span: SourceSpan) throws -> Value {
    if items.count == 1, case .one(.text(let name)) = items[0] {
      return try field(.record(record), name, span)
    }
    if items.count == 1, case .one(let value) = items[0], let n = value.asInteger {
      return record.fields[try position(n, record.fields.count, span)].value
    }
    // Fields without rows, such as the sizes of a shape, are cut themselves.
    if record.rows == nil, items.count == 1, case .range = items[0] {
      let fields = record.fields
      return try picked(items, fields.count, span, one: { fields[$0].value }) {
        .record(Record($0.map { fields[$0] }))
      }
    }
    guard let rows = record.rows else {
      throw LanguageError(
        "index", "the fields of this record have no common rows to choose", at: span)
    }
    return .record(
      Record(
        try record.fields.map { field in
          field.value.rowCount == rows ? (field.name, try index(field.value, items, span)) : field
        }))
  }

  // MARK: Fields

  func field(_ value: Value, _ name: String, _ span: SourceSpan) throws -> Value {
    if let own = try located(span, { try ownField(value, name) }) { return own }
    throw noField(value, name, span)
  }

  package func ownField(_ value: Value, _ name: String) throws -> Value? {
    switch value {
    case .record(let record): return record[name]
    case .object(let object): return try object.field(name, self)
    case .function(let function):
      if let held = function.captured.first(where: { $0.name == name }) { return held.value }
      guard case .function(let model) = asModel(value) else { return nil }
      return model.captured.first { $0.name == name }?.value
    case .list(let items): return name == "len" ? .integer(items.count) : nil
    case .tensor, .parameter, .integer, .number, .boolean, .range:
      if isTrial, value.isForTrial, let outline = value.outlined {
        return try outline.field(name, self)
      }
      guard let x = value.variable else { return nil }
      switch name {
      case "T": return try Value(x.swappedLast())
      case "shape": return .record(Record(x.dims.map { (nil, .integer($0)) }))
      case "ndim": return .integer(x.rank)
      case "size": return .integer(x.shape.count)
      case "dtype": return .text(x.dtype.name)
      default: return nil
      }
    case .none, .text, .builtin: return nil
    }
  }

  func fieldNames(of value: Value) -> [String] {
    switch value {
    case .record(let record): record.names
    case .object(let object): object.fieldNames
    case .function(let function): function.captured.map(\.name)
    case .tensor, .parameter: ["T", "shape", "ndim", "size", "dtype"]
    default: []
    }
  }

  func noField(_ value: Value, _ name: String, _ span: SourceSpan) -> LanguageError {
    let names = fieldNames(of: value)
    let isNear = Suggestion.nearest(to: name, among: names) != nil
    if let foreign = ForeignName.byName[name], !isNear || foreign.says != nil {
      return foreign.unknownField(of: value, at: span)
    }
    return LanguageError(
      "field", "\(value.withArticle) has no field `\(name)`", at: span,
      details: names.isEmpty ? [] : ["fields: " + names.prefix(12).joined(separator: ", ")],
      hint: Suggestion.nearest(to: name, among: names))
  }

  /// The parts of a value, in order; nil when it has none.
  package func elements(of value: Value) throws -> [Value]? {
    if let parts = try outlinedElements(value) { return parts }
    switch value {
    case .list(let items): return items
    case .record(let record): return record.fields.map(\.value)
    case .range(let range):
      let (bytes, overflow) = range.count.multipliedReportingOverflow(by: 64)
      try MemoryBudget.check(overflow ? Int.max : bytes)
      return try (0..<range.count).map { i in
        if i & 0xFFFFF == 0 { try checkInterrupted(nil) }
        return .integer(range[i])
      }
    case .text(let text):
      guard text.utf8.count <= Value.mostParts else {
        throw LanguageError("memory", "a text of this length is not taken apart into characters")
      }
      return text.map { .text(String($0)) }
    case .tensor(let x), .parameter(let x):
      guard x.rank > 0 else { return nil }
      let (bytes, overflow) = x.dims[0].multipliedReportingOverflow(by: 512)
      try MemoryBudget.check(overflow ? .max : bytes)
      return try (0..<x.dims[0]).map { row in
        if row & 0xFFF == 0 { try checkInterrupted(nil) }
        return try Value(x.indexed([.index(row)]))
      }
    case .object(let object):
      guard let count = object.count else { return nil }
      return try (0..<count).compactMap { try object.element($0) }
    default: return nil
    }
  }
}

extension Value {
  /// The tensor whose rows can be made one by one while they are gone through.
  var rows: Variable? {
    switch self {
    case .tensor(let x), .parameter(let x): x.rank > 0 && !x.isTraced ? x : nil
    default: nil
    }
  }

  /// How many rows it has along its first axis; nil when it has none.
  package var rowCount: Int? {
    switch self {
    case .tensor(let x), .parameter(let x): x.rank > 0 ? x.dims[0] : nil
    case .list(let items): items.count
    case .range(let range): range.count
    default: nil
    }
  }
}

extension Record {
  /// The rows of a data set: those of its first field that has any.
  package var rows: Int? { fields.lazy.compactMap { $0.value.rowCount }.first }
}
