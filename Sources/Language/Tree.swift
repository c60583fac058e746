import Autograd
import Tensors

/// Records, lists, models and functions as trees of tensors: what is differentiated, moved, averaged.
package enum Tree {
  /// A place where a tensor stands.
  package struct Leaf: Sendable {
    package let path: String
    package let variable: Variable
  }

  /// Which leaves count: only parameters, or every number and tensor of numbers.
  package enum Choice: Sendable { case parameters, numbers }

  /// The parameters of a value; every number and tensor of numbers when it has none.
  package static func choice(for value: Value) -> Choice {
    leaves(of: value, .parameters).isEmpty ? .numbers : .parameters
  }

  package static func leaves(of value: Value, _ choice: Choice) -> [Leaf] {
    var found: [Leaf] = []
    _ = try? map(value, choice) { path, variable in
      found.append(Leaf(path: path, variable: variable))
      return nil
    }
    return found
  }

  /// The same tree with other tensors at its leaves, in order; optionally in training mode.
  package static func replacing(
    _ value: Value, _ choice: Choice, with variables: [Variable], training: Bool? = nil
  ) throws -> Value {
    var next = 0
    return try map(value, choice, training: training) { _, _ in
      defer { next += 1 }
      return next < variables.count ? variables[next] : nil
    }
  }

  /// Visits the leaves in order; a returned tensor takes the leaf's place.
  package static func map(
    _ value: Value, _ choice: Choice, path: String = "", training: Bool? = nil,
    _ visit: (String, Variable) throws -> Variable?
  ) throws -> Value {
    func inner(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
    switch value {
    case .parameter(let x): return .parameter(try visit(path, x) ?? x)
    case .tensor(let x):
      guard choice == .numbers, x.dtype != .bool else { return value }
      return try visit(path, x).map { try Value($0) } ?? value
    case .number(let x):
      guard choice == .numbers else { return value }
      return try visit(path, .number(x)).map { try Value($0) } ?? value
    case .integer(let n):
      guard choice == .numbers else { return value }
      return try visit(path, Variable(.integer(n))).map { try Value($0) } ?? value
    case .list(let items):
      return .list(
        try items.enumerated().map { index, item in
          try map(item, choice, path: inner("\(index)"), training: training, visit)
        })
    case .record(let record):
      let names = record.names
      return .record(
        Record(
          try record.fields.enumerated().map { index, field in
            (
              field.name,
              try map(field.value, choice, path: inner(names[index]), training: training, visit)
            )
          }))
    case .function(let function):
      guard !function.captured.isEmpty else { return value }
      return .function(
        function.capturing(
          try function.captured.map { name, value in
            // Constants that a function remembers are settings, not numbers to be moved.
            (name, try map(value, .parameters, path: inner(name), training: training, visit))
          }))
    case .object(let object):
      let children = object.children
      let copy = training.map { object.inTraining($0) } ?? object
      guard !children.isEmpty else { return .object(copy) }
      return .object(
        copy.replacingChildren(
          try children.map { name, value in
            try map(value, .parameters, path: inner(name), training: training, visit)
          }))
    case .none, .boolean, .text, .range, .builtin: return value
    }
  }

  /// Visits the objects in order, outer ones first; a returned object takes the other's place.
  package static func mapObjects(
    _ value: Value, _ visit: (any LanguageObject) throws -> (any LanguageObject)?
  ) rethrows -> Value {
    switch value {
    case .list(let items): return .list(try items.map { try mapObjects($0, visit) })
    case .record(let record):
      return .record(
        Record(try record.fields.map { ($0.name, try mapObjects($0.value, visit)) }))
    case .function(let function):
      guard !function.captured.isEmpty else { return value }
      return .function(
        function.capturing(try function.captured.map { ($0, try mapObjects($1, visit)) }))
    case .object(let object):
      let copy = try visit(object) ?? object
      let children = copy.children
      guard !children.isEmpty else { return .object(copy) }
      return .object(copy.replacingChildren(try children.map { try mapObjects($0.value, visit) }))
    case .none, .boolean, .integer, .number, .text, .tensor, .parameter, .range, .builtin:
      return value
    }
  }
}
