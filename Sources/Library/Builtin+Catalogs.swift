import Autograd
import Language
import Layers
import Tensors
import Vocabulary

extension Value {
  /// A setting of an operation or layer; nil for none.
  func attribute(_ call: Call, _ name: String) throws -> Attribute? {
    switch self {
    case .none: return nil
    case .boolean(let flag): return .boolean(flag)
    case .text(let text): return .text(text)
    default: break
    }
    if let n = asInteger { return .integer(n) }
    if let x = asNumber { return .number(x) }
    let items: [Value]
    switch self {
    case .list(let list): items = list
    case .record(let record): items = record.fields.map(\.value)
    case .tensor(let x) where !x.dtype.isFloat && x.rank == 1:
      return .integers(x.value.array(of: Int64.self).map { Int($0) })
    case .tensor(let x) where x.rank == 1: return .numbers(x.value.array(of: Double.self))
    default: throw call.wrong(name, expected: "a number, a list of numbers or a text")
    }
    if let whole = items.map(\.asInteger) as? [Int] { return .integers(whole) }
    return .numbers(
      try items.map { item in
        guard let x = item.asNumber else { throw call.wrong(name, expected: "numbers") }
        return x
      })
  }
}

extension Value {
  /// Widths of padding; a pair for each axis, the first axis first, as NumPy writes them, too.
  fileprivate func widths(_ call: Call, axes: Int) throws -> Attribute? {
    let pairs: [Value]
    switch self {
    case .list(let items): pairs = items
    case .record(let record): pairs = record.fields.map(\.value)
    case .tensor(let x) where x.rank == 2 && !x.dtype.isFloat:
      let (all, width) = (x.value.array(of: Int64.self), x.dims[1])
      pairs = (0..<x.dims[0]).map { row in
        .list((0..<width).map { .integer(Int(all[row * width + $0])) })
      }
    default: return try attribute(call, "widths")
    }
    guard pairs.contains(where: { $0.asNumber == nil }) else {
      return try attribute(call, "widths")
    }
    let widths = try pairs.map { pair -> [Int] in
      guard case .integers(let both)? = try pair.attribute(call, "widths"), both.count == 2 else {
        throw call.wrong("widths", expected: "a pair of whole numbers for each axis")
      }
      return both
    }
    guard widths.count == axes else {
      throw call.error(
        "`widths` holds \(widths.count) pairs, the tensor has \(axes) axes", at: "widths",
        hint: "a pair for each axis, or widths in a row for the last axes")
    }
    return .integers(widths.reversed().flatMap { $0 })
  }
}

extension Builtin {
  /// The word for an operation: tensor arguments are its inputs, the others its settings.
  init(operation: TensorOperation) {
    self.init(operation.entry) { call, interpreter in
      if operation.entry.name == "mean", case .list(let trees) = call["x"],
        let average = try TreeMean.of(trees, interpreter)
      {
        return average
      }
      // A number has no axes: the max of a number and a number is that of the two.
      if ["max", "min"].contains(operation.entry.name), let x = call["x"].variable, x.rank == 0,
        let y = call["axis"].variable, y.rank == 0
      {
        let both = operation.entry.name == "max" ? Operations.maximum : Operations.minimum
        return try Value(both.all([x, y])[0])
      }
      var inputs: [Variable] = []
      var attributes: Attributes = [:]
      for argument in operation.entry.arguments {
        switch argument.kind {
        case .tensor where !argument.isVariadic: inputs.append(try call.variable(argument.name))
        case .list, .tensor:
          for value in try call.elements(argument.name, interpreter) {
            guard let x = value.variable else {
              throw call.wrong(argument.name, expected: "a list of tensors")
            }
            inputs.append(x)
          }
        default:
          if argument.isVariadic {
            attributes[argument.name] = .integers(try call.sizes(argument.name, interpreter))
          } else {
            let value = call[argument.name]
            attributes[argument.name] =
              try operation.entry.name == "pad" && argument.name == "widths"
              ? value.widths(call, axes: inputs.first?.rank ?? 0)
              : value.attribute(call, argument.name)
            try attributes[argument.name]?.check(argument, call)
          }
        }
      }
      do {
        let results = try operation.all(inputs, attributes)
        if operation.results.isEmpty { return try Value(results[0]) }
        return try .record(Record(zip(operation.results, results).map { ($0, try Value($1)) }))
      } catch TensorError.axisOutOfRange(
        let axis, let rank)
      {
        let error = TensorError.axisOutOfRange(axis: axis, rank: rank)
        let name = operation.entry.name
        let pairwise = ["max": "maximum", "min": "minimum"][name]
        throw LanguageError(
          error.code, "\(name): \(error.message)",
          at: operation.entry.arguments.contains { $0.name == "axis" }
            ? call.span(of: "axis") : call.span,
          hint: pairwise.map { "\($0)(a, b) for the \(name) of two" })
      } catch let error as TensorError {
        throw operation.diagnosed(error, call)
      }
    }
  }

  /// The word that makes a layer of a kind.
  init(layer kind: LayerKind) {
    self.init(kind.entry) { call, interpreter in
      var settings: Attributes = [:]
      for argument in kind.entry.arguments {
        let value = call[argument.name]
        if argument.isVariadic {
          settings[argument.name] = .integers(try call.sizes(argument.name, interpreter))
        } else if argument.kind == .integer, !call.isNone(argument.name) {
          settings[argument.name] = .integer(try call.integer(argument.name))
        } else {
          settings[argument.name] = try value.attribute(call, argument.name)
        }
      }
      var stream = interpreter.context.stream.split()
      return .object(LayerObject(try kind.make(settings, &stream)))
    }
  }
}

extension Attribute {
  /// A list where one number is asked for must not pass for the default.
  fileprivate func check(_ argument: Argument, _ call: Call) throws {
    switch (argument.kind, self) {
    case (.number, .integers), (.number, .numbers), (.number, .text), (.number, .boolean):
      throw call.wrong(argument.name, expected: "a number")
    case (.integer, .integers), (.integer, .numbers), (.integer, .text), (.integer, .boolean),
      (.integer, .number):
      throw call.wrong(argument.name, expected: "a whole number")
    case (.boolean, .integer), (.boolean, .integers), (.boolean, .number), (.boolean, .numbers),
      (.boolean, .text):
      throw call.wrong(argument.name, expected: "true or false")
    case (.text, .integer), (.text, .integers), (.text, .number), (.text, .numbers),
      (.text, .boolean):
      throw call.wrong(argument.name, expected: "a text")
    default: break
    }
  }
}

extension TensorOperation {
  /// The mistake at the argument that does not fit the first one, with what would.
  fileprivate func diagnosed(_ error: TensorError, _ call: Call) -> LanguageError {
    var span = call.place(of: error)
    var hint = error.hint
    if entry.family == "Losses", entry.arguments.count > 1 {
      span = call.span(of: entry.arguments[1].name)
    }
    if entry.name == "concat", case .shapesDiffer(_, let left, let right) = error,
      left.count == right.count
    {
      let others = left.indices.filter { left[$0] != right[$0] }
      if others.count == 1 { hint = "axis=\(others[0])" }
    }
    return LanguageError(error.code, error.message, at: span, hint: hint)
  }
}
