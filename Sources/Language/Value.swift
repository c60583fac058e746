import Autograd
import Tensors

/// Anything that a name can stand for. Values never change; only runs do.
package enum Value: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case tensor(Variable)
  /// A tensor that training moves.
  case parameter(Variable)
  case list([Value])
  case record(Record)
  case range(IntegerRange)
  case function(Function)
  case builtin(Builtin)
  case object(any LanguageObject)

  /// A result of tensor arithmetic: single numbers become numbers (which keep their trace as a tensor
  /// of rank 0 in double precision while a gradient is taken).
  package init(_ variable: Variable) throws {
    guard variable.rank == 0 else {
      self = .tensor(variable)
      return
    }
    // A number that a recorded step depends on stays one that can be noted.
    if variable.dtype != .bool, Recording.isNoting(variable.value) {
      self = .tensor(
        variable.dtype.isFloat
          ? try variable.cast(.float64) : Variable(try variable.value.cast(.int64)))
      return
    }
    switch variable.dtype {
    case .bool: self = .boolean(variable.value.double(at: 0) != 0)
    case .int8, .int64: self = .integer(variable.value.integer(at: 0))
    case .float16, .bfloat16, .float32, .float64:
      if variable.isTraced {
        self = .tensor(try variable.cast(.float64))
      } else {
        self = .number(variable.value.double(at: 0))
      }
    }
  }

  package init(_ tensor: Tensor) throws { try self.init(Variable(tensor)) }

  /// The kind as `typeof` names it.
  package var kindName: String {
    switch self {
    case .none: "none"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .text: "text"
    case .tensor(let x), .parameter(let x): x.rank == 0 ? "number" : "tensor"
    case .list: "list"
    case .record: "record"
    case .range: "range"
    case .function, .builtin: "function"
    case .object(let object): object.kindName
    }
  }

  /// The value as it can stand in tensor arithmetic; nil when it cannot.
  package var variable: Variable? {
    switch self {
    case .tensor(let x), .parameter(let x): x
    case .boolean(let flag): (try? Tensor([flag], shape: .number)).map { Variable($0) }
    case .integer(let n): (try? Tensor.integer(n)).map { Variable($0) }
    case .number(let x): try? Variable.number(x)
    case .range(let range): (try? range.tensor()).map { Variable($0) }
    case .list(let items) where items.isEmpty:
      (try? Tensor([Float](), shape: Shape(checking: [0]))).map { Variable($0) }
    case .none, .text, .list, .record, .function, .builtin, .object: nil
    }
  }

  /// A number's value; nil for everything else.
  package var asNumber: Double? {
    switch self {
    case .integer(let n): Double(n)
    case .number(let x): x
    case .tensor(let x), .parameter(let x): x.rank == 0 ? x.value.double(at: 0) : nil
    default: nil
    }
  }

  /// A whole number's value; nil for everything else.
  package var asInteger: Int? {
    switch self {
    case .integer(let n): n
    case .number(let x): Int(exactly: x)
    default: nil
    }
  }
}

/// Whole numbers from a start, a step apart, without the end.
package struct IntegerRange: Sendable, Equatable {
  package let start: Int
  package let end: Int
  package let step: Int

  package init(start: Int, end: Int, step: Int) {
    precondition(step != 0)
    self.start = start
    self.end = end
    self.step = step
  }

  package var count: Int {
    let (distance, overflow) = end.subtractingReportingOverflow(start)
    if overflow { return (end > start) == (step > 0) ? Int.max : 0 }
    if step > 0 { return distance <= 0 ? 0 : (distance - 1) / step + 1 }
    if distance >= 0 { return 0 }
    let (count, isTooLarge) = ((distance + 1) / step).addingReportingOverflow(1)
    return isTooLarge ? Int.max : count
  }

  package subscript(index: Int) -> Int { start + index * step }
  package func tensor() throws -> Tensor { try .arange(start, count: count, step: step) }
}

/// Ordered fields, named or not: tuple, dictionary and argument list in one.
package struct Record: Sendable {
  package var fields: [(name: String?, value: Value)]

  package init(_ fields: [(name: String?, value: Value)] = []) { self.fields = fields }

  /// A field by name, or by its position written as a number.
  package subscript(name: String) -> Value? { index(of: name).map { fields[$0].value } }

  package func index(of name: String) -> Int? {
    if let at = fields.firstIndex(where: { $0.name == name }) { return at }
    if let position = Int(name), fields.indices.contains(position) { return position }
    return nil
  }

  package var names: [String] {
    fields.enumerated().map { $1.name ?? "\($0)" }
  }

  package func with(_ name: String, _ value: Value) -> Record {
    var copy = self
    if let at = copy.index(of: name) {
      copy.fields[at].value = value
    } else {
      copy.fields.append((name, value))
    }
    return copy
  }
}

/// A function of the language: what was written, and the values it remembers.
package final class Function: Sendable {
  package let syntax: FunctionSyntax
  /// Local names of where it was made, as they were then.
  package let captured: [(name: String, value: Value)]
  let home: Home

  /// Where a function was written, which decides what its other names mean.
  enum Home: Sendable, Equatable {
    /// At the top of a page: names are those of the page when it runs.
    case page
    /// Inside a call: it calls itself by its own name, whatever the page calls so.
    case call
    /// In the prelude: names of the page never hide the words it is made of.
    case library
    /// In another file: names are those of that file.
    case file(FileNames)
  }

  init(_ syntax: FunctionSyntax, captured: [(name: String, value: Value)], home: Home) {
    self.syntax = syntax
    self.captured = captured
    self.home = home
  }

  package func capturing(_ values: [(name: String, value: Value)]) -> Function {
    Function(syntax, captured: values, home: home)
  }
}

/// A kind of value that lives above the language: layers, models, runs, plots, optimizers.
package protocol LanguageObject: Sendable {
  var kindName: String { get }
  var fieldNames: [String] { get }
  /// A field's value; nil when there is none of that name. May wait (results of runs).
  func field(_ name: String, _ interpreter: Interpreter) throws -> Value?
  /// A copy with a changed field; nil when it cannot be changed.
  func replacing(field name: String, with value: Value) throws -> (any LanguageObject)?
  /// The result of calling it; nil when it cannot be called.
  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value?
  /// The element at a position; nil when it has none.
  func element(_ index: Int) throws -> Value?
  var count: Int? { get }
  /// What the elements at some positions make together; nil when they make nothing.
  func choosing(_ positions: [Int], _ interpreter: Interpreter) throws -> Value?
  /// Canonical text.
  func text(width: Int) -> String
  /// The values a tree of it consists of, by name, for gradients, arithmetic and saving.
  var children: [(name: String, value: Value)] { get }
  func replacingChildren(_ values: [Value]) -> any LanguageObject
  /// A copy in training mode (or not).
  func inTraining(_ isTraining: Bool) -> any LanguageObject
  /// A copy whose functions remember more; nil when `remembered` gives nothing new for any of them.
  func remembering(_ remembered: (Value) -> Value?) -> (any LanguageObject)?
}

extension LanguageObject {
  package var fieldNames: [String] { [] }
  package func field(_ name: String, _ interpreter: Interpreter) throws -> Value? { nil }
  package func replacing(field name: String, with value: Value) throws -> (any LanguageObject)? {
    nil
  }
  package func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? { nil }
  package func element(_ index: Int) throws -> Value? { nil }
  package var count: Int? { nil }
  package func choosing(_ positions: [Int], _ interpreter: Interpreter) throws -> Value? { nil }
  package var children: [(name: String, value: Value)] { [] }
  package func remembering(_ remembered: (Value) -> Value?) -> (any LanguageObject)? { nil }
  package func replacingChildren(_ values: [Value]) -> any LanguageObject { self }
  package func inTraining(_ isTraining: Bool) -> any LanguageObject { self }
}

extension Function {
  /// Whether the library's prelude defines it.
  package var isOfLibrary: Bool { home == .library }
  package var parameterCount: Int { syntax.parameters.count }
  package var argumentNames: [String] { syntax.parameters.filter { !$0.isRest }.map(\.name) }

  /// The call as its definition writes it: `f(x, k=1)`.
  package func signature(as name: String) -> String {
    let head = syntax.source.prefix { $0 != "\n" }
    if head.hasPrefix("("), let end = head.firstRange(of: " = ") ?? head.firstRange(of: " => ") {
      return name + head[..<end.lowerBound]
    }
    return name + "(" + syntax.parameters.map(\.name).joined(separator: ", ") + ")"
  }
}
