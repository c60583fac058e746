import Autograd
import Language
import Layers
import Tensors

/// A layer as a value of the language.
struct LayerObject: LanguageObject {
  var layer: Layer

  init(_ layer: Layer) { self.layer = layer }

  var kindName: String { "model" }
  /// Parts such as `query` of `query.weight` have one name.
  var fieldNames: [String] {
    var names: [String] = []
    for name in layer.parameters.map(\.name) + layer.buffers.map(\.name) {
      let part = String(name.prefix { $0 != "." })
      if !names.contains(part) { names.append(part) }
    }
    return names
  }

  func field(_ name: String, _ interpreter: Interpreter) -> Value? {
    if let buffer = layer.buffers.first(where: { $0.name == name }) {
      return .tensor(Variable(buffer.value))
    }
    return part(layer.parameters.map { ($0.name, .parameter($0.value)) }, name)
  }

  /// A parameter by its name, or those of a part of the layer as a record.
  private func part(_ all: [(name: String, value: Value)], _ name: String) -> Value? {
    if let own = all.first(where: { $0.name == name }) { return own.value }
    let inner = all.compactMap { field -> (name: String, value: Value)? in
      field.name.hasPrefix(name + ".")
        ? (String(field.name.dropFirst(name.count + 1)), field.value) : nil
    }
    if inner.isEmpty { return nil }
    var names: [String] = []
    for field in inner {
      let first = String(field.name.prefix { $0 != "." })
      if !names.contains(first) { names.append(first) }
    }
    return .record(Record(names.compactMap { name in part(inner, name).map { (name, $0) } }))
  }

  func replacing(field name: String, with value: Value) -> (any LanguageObject)? {
    if case .record(let record) = value {
      var copy: (any LanguageObject)? = self
      for (inner, field) in zip(record.names, record.fields) {
        guard let object = copy as? LayerObject else { return nil }
        copy = object.replacing(field: name + "." + inner, with: field.value)
      }
      return copy
    }
    guard let at = layer.parameters.firstIndex(where: { $0.name == name }), let x = value.variable,
      x.dims == layer.parameters[at].value.dims
    else { return nil }
    var copy = layer
    copy.parameters[at].value = x
    return LayerObject(copy)
  }

  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    if interpreter.isTrial {
      guard arguments.count == 1, let outline = arguments[0].outlined else {
        return Outline.anything
      }
      return try layer.outlined(outline)
    }
    let inputs = arguments.compactMap(\.variable)
    guard let x = inputs.first, inputs.count == arguments.count else {
      throw LanguageError(
        "argument",
        "\(layer.text) takes tensors, this is "
          + (arguments.first { $0.variable == nil }?.withArticle ?? "nothing"))
    }
    var context = LayerContext(
      isTraining: layer.isTraining,
      stream: layer.isTraining ? interpreter.context.stream.split() : RandomStream(seed: 0))
    context.others = Array(inputs.dropFirst())
    if layer.kind.hasState { try interpreter.context.lendState(to: &context) }
    let result = try layer(x, &context)
    if layer.kind.hasState { interpreter.context.takeState(from: context) }
    return try Value(result)
  }

  func text(width: Int) -> String { layer.text }

  var children: [(name: String, value: Value)] {
    layer.parameters.map { ($0.name, .parameter($0.value)) }
  }

  func replacingChildren(_ values: [Value]) -> any LanguageObject {
    var copy = layer
    for (index, value) in values.enumerated() {
      if let x = value.variable { copy.parameters[index].value = x }
    }
    return LayerObject(copy)
  }

  func inTraining(_ isTraining: Bool) -> any LanguageObject {
    LayerObject(layer.inTraining(isTraining))
  }
}

/// What stands at the start of a chain and knows the shape of one sample.
struct InputObject: LanguageObject {
  /// Without the batch axis.
  let sample: [Int]
  let isInteger: Bool

  var kindName: String { "model" }
  func text(width: Int) -> String { "Input(\(sample))" }
  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? { arguments.first }
}

/// Functions and layers one after the other: `f >> g` is "f, then g".
struct Model: LanguageObject {
  let parts: [Value]
  /// The shape of one sample behind the last part, when the chain began with Input.
  let sample: Tensor?

  var kindName: String { "model" }
  var count: Int? { parts.count }
  func element(_ index: Int) -> Value? { parts[index] }

  /// A chain of those layers; what stands behind an Input is tried on its sample again.
  func choosing(_ positions: [Int], _ interpreter: Interpreter) throws -> Value? {
    guard let first = positions.first else { return .object(Model(parts: [], sample: nil)) }
    let start = Value.object(Model(parts: [parts[first]], sample: nil))
    guard case .object(let object) = parts[first], object is InputObject else {
      return .object(Model(parts: positions.map { parts[$0] }, sample: nil))
    }
    if positions.count == 1 { return start }
    return try positions.dropFirst().reduce(parts[first]) {
      try Model.composed($0, parts[$1], interpreter)
    }
  }

  func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    guard var value = arguments.first, arguments.count == 1 else {
      throw LanguageError("argument", "a chain takes one argument, here are \(arguments.count)")
    }
    for (index, part) in parts.enumerated() {
      let watch = interpreter.context.watch
      watch?.enter("layer \(index), `\(Model.label(part))`")
      defer { watch?.leave() }
      do {
        value = try interpreter.apply(part, [value])
      } catch var error as LanguageError {
        if error.calls.isEmpty { error.calls.append("layer \(index), `\(Model.label(part))`") }
        throw error
      }
    }
    return value
  }

  func text(width: Int) -> String {
    var lines: [(String, String)] = parts.map { part in
      let count = Tree.leaves(of: part, .parameters).reduce(0) { $0 + $1.variable.shape.count }
      return (Model.label(part), count == 0 ? "" : "\(count) weights")
    }
    let total = parts.flatMap { Tree.leaves(of: $0, .parameters) }.reduce(0) {
      $0 + $1.variable.shape.count
    }
    lines.append(("total", "\(total)"))
    let column = (lines.map(\.0.count).max() ?? 0) + 3
    return lines.map { name, count in
      count.isEmpty ? name : name + String(repeating: " ", count: column - name.count) + count
    }.joined(separator: "\n")
  }

  static func label(_ part: Value) -> String {
    switch part {
    case .builtin(let word): return word.entry.name
    case .function(let function): return function.syntax.name ?? Value.function(function).inline
    default: return part.inline
    }
  }

  var children: [(name: String, value: Value)] { parts.enumerated().map { ("\($0)", $1) } }

  func replacingChildren(_ values: [Value]) -> any LanguageObject {
    Model(parts: values, sample: sample)
  }

  func remembering(_ remembered: (Value) -> Value?) -> (any LanguageObject)? {
    let known = parts.map(remembered)
    guard known.contains(where: { $0 != nil }) else { return nil }
    return Model(parts: zip(parts, known).map { $1 ?? $0 }, sample: sample)
  }

  // MARK: Composing

  /// `left >> right`. Behind an Input the new part is tried on a sample at once, and completed by it.
  @Sendable static func composed(_ left: Value, _ right: Value, _ interpreter: Interpreter) throws
    -> Value
  {
    var parts: [Value] = []
    var sample: Tensor?
    if case .object(let object) = left, let input = object as? InputObject {
      let shape = try Shape(checking: [1] + input.sample)
      let kind: DType = input.isInteger ? .int64 : .float32
      sample = try interpreter.isTrial ? Tensor.blank(shape, kind) : Tensor.zeros(shape, kind)
      parts = [left]
    } else if case .object(let object) = left, let model = object as? Model {
      (parts, sample) = (model.parts, model.sample)
    } else {
      parts = [try callable(left)]
    }
    var added: [Value] = [try callable(right)]
    if case .object(let object) = right, let model = object as? Model { added = model.parts }
    for part in added {
      let (complete, next) = try tried(part, on: sample, before: parts, interpreter)
      parts.append(complete)
      sample = next
    }
    return .object(Model(parts: parts, sample: sample))
  }

  private static func callable(_ value: Value) throws -> Value {
    // What is known to be a tensor while shapes are tried will be one when it runs.
    let isTensor = value.outline?.dims != nil
    switch value {
    case .function, .builtin: return value
    case .object where !isTensor: return value
    default:
      throw LanguageError(
        "kind", ">> joins layers and functions, this is \(value.withArticle)",
        details: [value.brief],
        hint: "|> sends a value through a function")
    }
  }

  private static func tried(
    _ part: Value, on sample: Tensor?, before: [Value], _ interpreter: Interpreter
  ) throws -> (Value, Tensor?) {
    guard let sample else {
      return (try ChainWidth.completed(part, behind: before, interpreter), nil)
    }
    var complete = part
    if case .object(let object) = part, let layer = (object as? LayerObject)?.layer,
      layer.needsInput
    {
      var stream = interpreter.context.stream.split()
      complete = .object(
        LayerObject(try layer.completed(for: Array(sample.dims.dropFirst()), &stream)))
    }
    do {
      let given: Value =
        interpreter.isTrial
        ? Outline.tensor(sample.dims, sample.dtype) : .tensor(Variable(sample))
      let result = try interpreter.apply(complete, [given])
      if interpreter.isTrial, let outline = result.outline {
        guard let next = outline.blank() else { throw Flow.undetermined }
        return (complete, next.value)
      }
      return (complete, result.variable?.value)
    } catch let error as LanguageError {
      let shape = (["batch"] + sample.dims.dropFirst().map { "\($0)" }).joined(separator: ", ")
      var hint = error.hint
      if case .object(let object) = part, let layer = (object as? LayerObject)?.layer,
        layer.kind.entry.name == "Linear", case .integer(let out)? = layer.settings["out"]
      {
        hint = sample.rank > 2 ? "… >> flatten >> Linear(\(out))" : "Linear(\(out))"
      }
      throw LanguageError(
        "layer",
        "this layer cannot take what comes before it: "
          + error.message.replacing("\(sample.dims)", with: "[\(shape)]"),
        details: ["layer \(before.count), `\(label(part))`", "before it: [\(shape)]"], hint: hint)
    }
  }
}
