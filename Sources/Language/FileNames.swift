/// The names of another file, which its functions go on to see wherever they are called.
final class FileNames: Sendable, Equatable {
  private let names: Names
  init(_ names: Names) { self.names = names }

  subscript(name: String) -> Value? { names[name].map { settled($0) } }

  static func == (a: FileNames, b: FileNames) -> Bool { a === b }

  /// The value with its functions at home in this file.
  func settled(_ value: Value) -> Value {
    switch value {
    case .function(let function):
      guard function.home == .page || function.home == .call else { return value }
      return .function(
        Function(
          function.syntax, captured: function.captured.map { ($0, settled($1)) },
          home: .file(self)))
    case .list(let items): return .list(items.map { settled($0) })
    case .record(let record):
      return .record(Record(record.fields.map { ($0.name, settled($0.value)) }))
    case .object(let object):
      let children = object.children
      guard !children.isEmpty else { return value }
      return .object(object.replacingChildren(children.map { settled($0.value) }))
    case .none, .boolean, .integer, .number, .text, .tensor, .parameter, .range, .builtin:
      return value
    }
  }
}

extension Function.Home {
  /// The home of a function that is made inside a call of this one.
  var inside: Function.Home {
    switch self {
    case .page, .call: .call
    case .library, .file: self
    }
  }
}

extension Names {
  /// The names as a record whose functions go on to see what they saw here.
  package var exported: Value {
    let file = FileNames(self)
    return .record(
      Record(
        order.filter { $0 != "ans" }.compactMap { name in file[name].map { (name, $0) } }))
  }
}

extension Interpreter {
  /// Throws when the user has asked to stop.
  package func checkInterruption() throws { try checkBounds(nil) }

  /// Whether the source that is being run reads a name, or loops with one of these words.
  package func sourceUses(_ name: String) -> Bool {
    let text = context.judged ?? String(decoding: source, as: UTF8.self)
    if ["for", "while", "if", "try"].contains(name) {
      let tokens = (try? Lexer.tokens(of: text)) ?? []
      return tokens.contains { token in
        if case .keyword(let word) = token.kind { word.rawValue == name } else { false }
      }
    }
    return CellNames(of: text).reads.contains(name)
  }
}
