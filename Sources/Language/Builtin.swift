import Autograd
import Tensors
import Vocabulary

/// A word of the language: how it describes itself, and what it does.
package struct Builtin: Sendable {
  package let entry: Entry
  package let run: @Sendable (Call, Interpreter) throws -> Value

  package init(_ entry: Entry, _ run: @escaping @Sendable (Call, Interpreter) throws -> Value) {
    self.entry = entry
    self.run = run
  }
}

/// The arguments of one call, matched with the entry's.
package struct Call: Sendable {
  package let entry: Entry
  /// One value for each argument of the entry; variadic ones hold a list.
  private let values: [Value]
  private let spans: [SourceSpan?]
  package let span: SourceSpan?

  init(_ entry: Entry, _ given: [Argument], span: SourceSpan?, _ interpreter: Interpreter) throws {
    self.entry = entry
    self.span = span
    var values = [Value?](repeating: nil, count: entry.arguments.count)
    var spans = [SourceSpan?](repeating: nil, count: entry.arguments.count)
    var position = 0
    var rest: [Value] = []
    var named: [(name: String?, value: Value)] = []
    let variadic = entry.arguments.firstIndex { $0.isVariadic && $0.kind != .record }
    let positional = given.filter { $0.name == nil }
    // A leading argument that may be left out gives way when too few values come: Linear(10).
    let required = entry.arguments.count { $0.isRequired }
    if let first = entry.arguments.first, !first.isRequired, first.defaultSource == "none",
      entry.arguments.dropFirst().contains(where: \.isRequired),
      positional.count
        + given.count(where: { g in
          g.name.map { name in
            entry.arguments.contains { $0.isRequired && $0.name == name }
          } ?? false
        }) <= required
    {
      position = 1
    }
    for argument in given {
      if let name = argument.name {
        guard
          let at = entry.arguments.firstIndex(where: { $0.name == name })
            ?? entry.arguments.firstIndex(where: { $0.isCalled(name) })
        else {
          if let last = entry.arguments.last, last.isVariadic, last.kind == .record {
            named.append((name, argument.value))
            spans[entry.arguments.count - 1] = argument.span
            continue
          }
          throw LanguageError(
            "argument", "\(entry.name) has no argument `\(name)`",
            at: argument.nameSpan ?? argument.span, details: [entry.signature],
            hint: Suggestion.nearest(to: name, among: entry.arguments.map(\.name)))
        }
        guard values[at] == nil else {
          throw LanguageError(
            "argument", "\(entry.name) is given `\(name)` twice",
            at: argument.nameSpan ?? argument.span)
        }
        values[at] = argument.value
        spans[at] = argument.span
        continue
      }
      if let variadic, position >= variadic {
        rest.append(argument.value)
        spans[variadic] = spans[variadic] ?? argument.span
        continue
      }
      guard position < entry.arguments.count, entry.arguments[position].isVariadic == false else {
        throw LanguageError(
          "argument",
          "\(entry.name) takes \(entry.arguments.count) arguments, here are \(given.count)",
          at: argument.span, details: [entry.signature])
      }
      values[position] = argument.value
      spans[position] = argument.span
      position += 1
    }
    self.values = try entry.arguments.enumerated().map { index, argument in
      if argument.isVariadic, argument.kind == .record { return .record(Record(named)) }
      if argument.isVariadic { return values[index] ?? .list(rest) }
      if let value = values[index] { return value }
      guard let source = argument.defaultSource else {
        throw LanguageError(
          "argument", "\(entry.name) needs `\(argument.name)`: \(argument.summary)", at: span,
          details: [entry.signature])
      }
      return try interpreter.constant(source)
    }
    self.spans = spans
  }

  package struct Argument: Sendable {
    package let name: String?
    package let value: Value
    package let span: SourceSpan?
    /// Where its name stands.
    let nameSpan: SourceSpan?

    package init(
      _ name: String? = nil, _ value: Value, span: SourceSpan? = nil, nameSpan: SourceSpan? = nil
    ) {
      self.name = name
      self.value = value
      self.span = span
      self.nameSpan = nameSpan
    }
  }

  /// One value for each argument of the entry.
  package var all: [Value] { values }

  /// The same call with other values.
  package func with(_ values: [Value]) -> Call {
    Call(entry: entry, values: values, spans: spans, span: span)
  }

  private init(entry: Entry, values: [Value], spans: [SourceSpan?], span: SourceSpan?) {
    (self.entry, self.values, self.spans, self.span) = (entry, values, spans, span)
  }

  private func at(_ name: String) -> Int {
    guard let at = entry.arguments.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("\(entry.name) declares no argument \(name)")
    }
    return at
  }

  package subscript(name: String) -> Value { values[at(name)] }
  package func span(of name: String) -> SourceSpan? { spans[at(name)] ?? span }
  package func isGiven(_ name: String) -> Bool { spans[at(name)] != nil }

  /// The mistake that an argument is of the wrong kind.
  package func wrong(_ name: String, expected: String, hint: String? = nil) -> LanguageError {
    LanguageError(
      "kind", "\(entry.name): `\(name)` should be \(expected), this is \(self[name].withArticle)",
      at: span(of: name), details: [self[name].brief], hint: hint)
  }

  package func error(_ message: String, at name: String? = nil, hint: String? = nil)
    -> LanguageError
  {
    LanguageError(
      "value", "\(entry.name): \(message)", at: name.map { span(of: $0) } ?? span, hint: hint)
  }

  package func isNone(_ name: String) -> Bool { if case .none = self[name] { true } else { false } }

  package func variable(_ name: String) throws -> Variable {
    guard let x = self[name].variable else { throw wrong(name, expected: "a tensor or a number") }
    return x
  }

  package func tensor(_ name: String) throws -> Tensor { try variable(name).value }

  package func integer(_ name: String) throws -> Int {
    guard let n = self[name].asInteger else { throw wrong(name, expected: "a whole number") }
    return n
  }

  package func number(_ name: String) throws -> Double {
    guard let x = self[name].asNumber else { throw wrong(name, expected: "a number") }
    return x
  }

  package func boolean(_ name: String) throws -> Bool {
    guard case .boolean(let flag) = self[name] else { throw wrong(name, expected: "true or false") }
    return flag
  }

  package func text(_ name: String) throws -> String {
    guard case .text(let text) = self[name] else { throw wrong(name, expected: "a text") }
    return text
  }

  /// Something that can be called.
  package func function(_ name: String) throws -> Value {
    switch self[name] {
    case .function, .builtin, .object: return self[name]
    default: throw wrong(name, expected: "a function")
    }
  }

  package func record(_ name: String) throws -> Record {
    guard case .record(let record) = self[name] else { throw wrong(name, expected: "a record") }
    return record
  }

  /// The elements of a list, tensor, range or record.
  package func elements(_ name: String, _ interpreter: Interpreter) throws -> [Value] {
    guard let all = try interpreter.elements(of: self[name]) else {
      throw wrong(name, expected: "a list or a tensor")
    }
    return all
  }

  /// Sizes given one by one, as one list, tensor or record: `zeros(2, 3)`, `zeros([2, 3])`.
  package func sizes(_ name: String, _ interpreter: Interpreter) throws -> [Int] {
    guard case .list(var all) = self[name] else { throw wrong(name, expected: "sizes") }
    if all.count == 1, all[0].asNumber == nil, let inner = try interpreter.elements(of: all[0]) {
      all = inner
    }
    return try all.map { value in
      if let n = value.asInteger { return n }
      // Sizes such as 1e12 are whole; larger ones do not fit anything anyway.
      if let x = value.asNumber, x >= 9e18 { return Int.max / 2 }
      throw LanguageError(
        "kind", "\(entry.name): sizes are whole numbers, this is \(value.withArticle)",
        at: span(of: name), details: [value.brief])
    }
  }
}
