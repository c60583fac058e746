import Autograd
import Language
import Layers
import Tensors
import Training
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
    default: throw call.wrong(name, expected: "a number, a list of whole numbers or a text")
    }
    return .integers(
      try items.map { item in
        guard let n = item.asInteger else {
          throw call.wrong(name, expected: "whole numbers")
        }
        return n
      })
  }
}

extension Builtin {
  /// The word for an operation: tensor arguments are its inputs, the others its settings.
  init(operation: TensorOperation) {
    self.init(operation.entry) { call, interpreter in
      var inputs: [Variable] = []
      var attributes: Attributes = [:]
      for argument in operation.entry.arguments {
        switch argument.kind {
        case .tensor: inputs.append(try call.variable(argument.name))
        case .list:
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
            attributes[argument.name] = try call[argument.name].attribute(call, argument.name)
          }
        }
      }
      do { return try Value(operation(inputs, attributes)) } catch TensorError.axisOutOfRange(
        let axis, let rank)
      {
        let error = TensorError.axisOutOfRange(axis: axis, rank: rank)
        let name = operation.entry.name
        let pairwise = ["max": "maximum", "min": "minimum"][name]
        throw call.error(
          error.message, hint: pairwise.map { "\($0)(a, b) for the \(name) of two" })
      }
    }
  }

  /// The word that makes a layer of a kind.
  init(layer kind: LayerKind) {
    self.init(kind.entry) { call, interpreter in
      var settings: Attributes = [:]
      for argument in kind.entry.arguments {
        let value = call[argument.name]
        if argument.kind == .integer, !call.isNone(argument.name) {
          settings[argument.name] = .integer(try call.integer(argument.name))
        } else {
          settings[argument.name] = try value.attribute(call, argument.name)
        }
      }
      var stream = interpreter.context.stream.split()
      return .object(LayerObject(try kind.make(settings, &stream)))
    }
  }

  init(optimizer rule: Optimizer.Rule, _ entry: Entry) {
    self.init(entry) { call, _ in
      var optimizer = Optimizer(rule, learningRate: 0)
      var schedule: Value?
      if let rate = call["lr"].asNumber {
        optimizer.learningRate = rate
      } else {
        schedule = call["lr"]
      }
      if case .function? = schedule {
      } else if case .builtin? = schedule {
      } else if schedule != nil {
        throw call.wrong("lr", expected: "a number or a function of the step")
      }
      for name in ["momentum", "decay", "clip"]
      where entry.arguments.contains(where: { $0.name == name }) && !call.isNone(name) {
        try optimizer.set(name, call.number(name))
      }
      if entry.arguments.contains(where: { $0.name == "betas" }) {
        guard case .record(let pair) = call["betas"], pair.fields.count == 2,
          let a = pair.fields[0].value.asNumber, let b = pair.fields[1].value.asNumber
        else { throw call.wrong("betas", expected: "two numbers (b1, b2)") }
        optimizer.betas = (a, b)
      }
      return .object(OptimizerObject(optimizer: optimizer, schedule: schedule))
    }
  }
}

/// An optimizer as a value of the language.
struct OptimizerObject: LanguageObject {
  var optimizer: Optimizer
  /// The learning rate as a function of the step, if it is one.
  let schedule: Value?

  var kindName: String { "optimizer" }
  var fieldNames: [String] { ["lr", "steps"] }

  func field(_ name: String, _ interpreter: Interpreter) -> Value? {
    switch name {
    case "lr": schedule ?? .number(optimizer.learningRate)
    case "steps": .integer(optimizer.steps)
    default: nil
    }
  }

  func replacing(field name: String, with value: Value) throws -> (any LanguageObject)? {
    guard name == "lr", let rate = value.asNumber else { return nil }
    var copy = optimizer
    copy.learningRate = rate
    return OptimizerObject(optimizer: copy, schedule: nil)
  }

  func text(width: Int) -> String {
    var parts = [schedule?.inline ?? shortNumber(optimizer.learningRate)]
    if optimizer.momentum != 0 { parts.append("momentum=\(shortNumber(optimizer.momentum))") }
    if optimizer.betas != (0.9, 0.999) {
      parts.append("betas=(\(shortNumber(optimizer.betas.0)), \(shortNumber(optimizer.betas.1)))")
    }
    let standard = optimizer.rule == .adamW ? 0.01 : 0
    if optimizer.decay != standard { parts.append("decay=\(shortNumber(optimizer.decay))") }
    if let clip = optimizer.clip { parts.append("clip=\(shortNumber(clip))") }
    return "\(optimizer.rule.rawValue)(\(parts.joined(separator: ", ")))"
  }

  /// One step for the parameters of a model against a gradient of the same structure.
  func updating(_ model: Value, _ gradient: Value, _ interpreter: Interpreter) throws -> (
    Value, OptimizerObject
  ) {
    let choice = Tree.choice(for: model)
    let moved = Tree.leaves(of: model, choice)
    let slopes = Tree.leaves(of: gradient, Tree.choice(for: gradient))
    guard moved.count == slopes.count else {
      throw LanguageError(
        "structure",
        "the model has \(moved.count) tensors to move, the gradient \(slopes.count)")
    }
    var copy = self
    if let schedule {
      let rate = try interpreter.apply(schedule, [.integer(optimizer.steps)])
      guard let rate = rate.asNumber else {
        throw LanguageError("kind", "lr(step) should be a number, it is \(rate.withArticle)")
      }
      copy.optimizer.learningRate = rate
    }
    var parameters = moved.map(\.variable.value)
    try copy.optimizer.update(&parameters, gradients: slopes.map(\.variable.value))
    return (
      try Tree.replacing(model, choice, with: parameters.map { Variable($0) }), copy
    )
  }
}
