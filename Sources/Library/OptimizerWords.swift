import Autograd
import Language
import Tensors
import Training
import Vocabulary

extension Builtin {
  /// The word that makes an optimizer of a kind.
  init(optimizer kind: OptimizerKind) {
    self.init(kind.entry) { call, _ in
      var settings: Attributes = [:]
      for argument in kind.entry.arguments.dropFirst() where call.isGiven(argument.name) {
        settings[argument.name] = try call[argument.name].attribute(call, argument.name)
        let wanted = argument.defaultSource.map { $0.split(separator: ",").count } ?? 1
        if wanted > 1, settings.numbers(argument.name)?.count != wanted {
          throw call.wrong(argument.name, expected: "\(wanted) numbers")
        }
        if argument.kind == .number, settings[argument.name] == nil {
          throw call.wrong(argument.name, expected: "a number")
        }
        if argument.kind == .boolean { _ = try call.boolean(argument.name) }
      }
      var made = OptimizerObject(optimizer: Optimizer(kind, learningRate: 0, settings))
      try made.take(rate: call["lr"], call)
      return .object(made)
    }
  }
}

/// An optimizer as a value of the language.
struct OptimizerObject: LanguageObject {
  var optimizer: Optimizer
  /// The learning rate as a function of the step, if it is one.
  var schedule: Value?
  /// The learning rate that waits for the loss, if it is one.
  var plateau: Plateau?
  /// How far SAM looks uphill for the gradient; nil for other optimizers.
  var sharpness: Double?

  /// Whether its steps can be noted and repeated: they depend on nothing but tensors and their number.
  var isRepeatable: Bool {
    schedule == nil && plateau == nil && sharpness == nil && optimizer.isRepeatable
  }

  var kindName: String { "optimizer" }
  var fieldNames: [String] { ["lr", "steps"] }

  fileprivate mutating func take(rate: Value, _ call: Call) throws {
    (schedule, plateau) = (nil, nil)
    if let number = rate.asNumber {
      optimizer.learningRate = number
      return
    }
    switch rate {
    case .object(let object):
      if let waiting = object as? PlateauObject {
        plateau = waiting.plateau
        optimizer.learningRate = waiting.plateau.rate
        return
      }
      schedule = rate
    case .function, .builtin: schedule = rate
    default: throw call.wrong("lr", expected: "a number or a function of the step")
    }
  }

  func field(_ name: String, _ interpreter: Interpreter) -> Value? {
    switch name {
    case "lr": schedule ?? .number(optimizer.learningRate)
    case "steps": optimizer.counter.map { .tensor(Variable($0)) } ?? .integer(optimizer.steps)
    default: nil
    }
  }

  func replacing(field name: String, with value: Value) throws -> (any LanguageObject)? {
    guard name == "lr", let rate = value.asNumber else { return nil }
    var copy = self
    copy.set(rate: rate)
    return copy
  }

  /// A learning rate that stays.
  mutating func set(rate: Double) {
    (schedule, plateau) = (nil, nil)
    optimizer.learningRate = rate
  }

  mutating func set(_ name: String, _ value: Double) throws {
    if name == "lr" { set(rate: value) } else { try optimizer.set(name, value) }
  }

  /// Takes note of an epoch's loss.
  mutating func observe(_ loss: Double) {
    guard plateau != nil else { return }
    plateau?.observe(loss)
    optimizer.learningRate = plateau?.rate ?? optimizer.learningRate
  }

  func text(width: Int) -> String {
    var parts = [schedule?.inline ?? shortNumber(optimizer.learningRate)]
    for (name, value) in optimizer.settings.items {
      let shown: String
      switch value {
      case .integer(let n): shown = "\(n)"
      case .number(let x): shown = shortNumber(x)
      case .integers(let all): shown = "(" + all.map { "\($0)" }.joined(separator: ", ") + ")"
      case .numbers(let all):
        shown = "(" + all.map { shortNumber($0) }.joined(separator: ", ") + ")"
      case .boolean(let flag): shown = "\(flag)"
      case .text(let text): shown = "\"\(text)\""
      }
      if optimizer.kind.entry.arguments.first(where: { $0.name == name })?.defaultSource != shown {
        parts.append("\(name)=\(shown)")
      }
    }
    let text = "\(optimizer.kind.entry.name)(\(parts.joined(separator: ", ")))"
    return sharpness.map { "SAM(\(text), rho=\(shortNumber($0)))" } ?? text
  }

  /// One step for parameters against their gradients; a schedule is asked for its rate first.
  mutating func move(
    _ parameters: inout [Tensor], _ gradients: [Tensor], keeping frozen: Set<Int> = [],
    _ interpreter: () -> Interpreter
  ) throws {
    if let schedule {
      let rate = try interpreter().apply(schedule, [.integer(optimizer.steps)])
      guard let rate = rate.asNumber else {
        throw LanguageError("kind", "lr(step) should be a number, it is \(rate.withArticle)")
      }
      optimizer.learningRate = rate
    }
    try optimizer.update(&parameters, gradients: gradients, keeping: frozen)
  }

  /// One step for the parameters of a model against a gradient of the same structure, which also
  /// carries what the layers noted while they trained.
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
    for (leaf, slope) in zip(moved, slopes) where leaf.variable.dims != slope.variable.dims {
      throw LanguageError(
        "structure",
        "\(leaf.path.isEmpty ? "the value" : leaf.path) is \(leaf.variable.dims), its gradient "
          + "\(slope.variable.dims)")
    }
    var copy = self
    var parameters = try moved.map { leaf in
      let x = leaf.variable.value
      return x.dtype.isFloat ? x : try x.cast(x.rank == 0 ? .float64 : .float32)
    }
    try copy.move(&parameters, slopes.map(\.variable.value)) { interpreter }
    let next = try Tree.replacing(model, choice, with: parameters.map { Variable($0) })
    return (LayerMemory.moved(from: gradient, to: next), copy)
  }

  /// Parameters moved uphill by `rho` along their joint gradient (Foret et al. 2021).
  static func uphill(_ parameters: [Variable], _ gradients: [Variable], rho: Double) throws
    -> [Variable]
  {
    var squares = 0.0
    for gradient in gradients {
      squares += try gradient.value.cast(.float64).unary(.square).reduce(.sum).item ?? 0
    }
    let scale = rho / (squares.squareRoot() + 1e-12)
    return try zip(parameters, gradients).map { w, g in
      Variable(try (w + g * scale).value.cast(w.dtype))
    }
  }
}

extension StandardLibrary {
  private static let opt = Argument("opt", .optimizer, "An optimizer.")

  static func optimizer(_ call: Call, _ name: String = "opt") throws -> OptimizerObject {
    guard case .object(let object) = call[name], let optimizer = object as? OptimizerObject else {
      throw call.wrong(name, expected: "an optimizer such as Adam(1e-3)")
    }
    return optimizer
  }

  static let optimizerWords: [Builtin] = [
    Builtin(
      Entry(
        "update", family: "Optimizers",
        [
          opt, Argument("m", .model, "A model."),
          Argument("g", .any, "A gradient with the model's structure."),
        ], summary: "The model after one step, and the optimizer's new memory.",
        examples: [Example("update(SGD(0.1), [1.0], [2.0])[0]", prints: "[0.8]")])
    ) { call, interpreter in
      let optimizer = try optimizer(call)
      guard optimizer.sharpness == nil else {
        throw call.error(
          "SAM takes two gradients for a step, so it needs the loss", at: "opt",
          hint: "train(model, data, opt=SAM(…))")
      }
      let (model, next) = try optimizer.updating(
        interpreter.asModel(call["m"]), call["g"], interpreter)
      return .record(Record([(nil, model), (nil, .object(next))]))
    },
    Builtin(
      Entry(
        "SAM", family: "Optimizers",
        [opt, Argument("rho", .number, "How far uphill it looks.", default: "0.05")],
        summary: "An optimizer that takes the gradient from the steepest place near by.",
        details: "Foret et al. 2021: g at w + rho g / |g|, for flat minima; used by train.",
        examples: [Example("SAM(SGD(0.1))", prints: "SAM(SGD(0.1), rho=0.05)")])
    ) { call, _ in
      var optimizer = try optimizer(call)
      optimizer.sharpness = try call.number("rho")
      return .object(optimizer)
    },
  ]
}
