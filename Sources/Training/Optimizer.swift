import Autograd
import Tensors
import Vocabulary

/// A rule that moves parameters against their gradients, with its memory: a value.
package struct Optimizer: Sendable {
  package let kind: OptimizerKind
  package var learningRate: Double
  /// Everything but the learning rate; what is left out has the entry's default.
  package private(set) var settings: Attributes
  package private(set) var steps = 0
  /// For each parameter what its rule remembers, in the order in which the rule noted it.
  package private(set) var memory: [[(name: String, value: Tensor)]] = []
  /// The number of steps as a tensor, while it is noted what a step does.
  package var counter: Tensor?

  /// Whether a step does the same again but for its number, so that it can be noted and repeated.
  package var isRepeatable: Bool {
    settings.number("clip", default: 0) == 0
      && kind.plain?(StepSettings(settings, kind, rate: learningRate, count: 1)) != nil
  }

  package init(_ kind: OptimizerKind, learningRate: Double, _ settings: Attributes = [:]) {
    self.kind = kind
    self.learningRate = learningRate
    self.settings = settings
  }

  /// One step: `parameters` move but those that are frozen, the memory is updated.
  package mutating func update(
    _ parameters: inout [Tensor], gradients: [Tensor], keeping frozen: Set<Int> = []
  ) throws {
    precondition(parameters.count == gradients.count)
    if memory.count > parameters.count { memory = [] }
    memory += Array(repeating: [], count: parameters.count - memory.count)
    steps += 1
    counter = try counter?.binary(.add, .integer(1))
    let gradients = try bounded(gradients)
    let scale = try scale(of: gradients, without: frozen)
    let plain = kind.plain?(
      StepSettings(settings, kind, rate: learningRate, count: steps, counter: counter))
    for i in parameters.indices where frozen.isEmpty || !frozen.contains(i) {
      if let plain, parameters[i].dtype == .float32, gradients[i].dtype == .float32 {
        try plain(&parameters[i], gradients[i], scale, &memory[i])
        continue
      }
      guard parameters[i].dtype != .int8 else {
        throw TensorError.invalid(
          operation: "update",
          reason: "a parameter of kind i8 only holds numbers, steps are fractions",
          hint: "cast(m, \"f32\")")
      }
      var step = try ParameterStep(
        weights: Variable(parameters[i].unpacked()), gradient: Variable(gradients[i].unpacked()),
        settings: settings, kind: kind, rate: learningRate, count: steps, memory: memory[i])
      if scale != 1 { step.gradient = try step.gradient * scale }
      if settings.boolean("maximize", default: false) {
        step.gradient = try step.gradient.negated()
      }
      try kind.move(&step)
      parameters[i] = try step.weights.value.cast(parameters[i].dtype)
      memory[i] = step.memory
    }
  }

  /// Gradients with no element beyond `clip_value`.
  private func bounded(_ gradients: [Tensor]) throws -> [Tensor] {
    let bound = settings.number("clip_value", default: 0)
    guard bound > 0 else { return gradients }
    return try gradients.map {
      try $0.binary(.minimum, .number(bound)).binary(.maximum, .number(-bound))
    }
  }

  /// What brings the joint norm of gradients down to `clip`.
  private func scale(of gradients: [Tensor], without frozen: Set<Int>) throws -> Double {
    let clip = settings.number("clip", default: 0)
    guard clip > 0 else { return 1 }
    var squares = 0.0
    for (index, gradient) in gradients.enumerated() where !frozen.contains(index) {
      squares += try gradient.squaredLength()
    }
    let norm = squares.squareRoot()
    return norm > clip ? clip / (norm + 1e-6) : 1
  }

  /// What can be changed while a run goes on.
  package static let settingNames = ["lr", "momentum", "decay", "clip"]

  package mutating func set(_ name: String, _ value: Double) throws {
    if name == "lr" {
      learningRate = value
      return
    }
    guard Self.settingNames.contains(name),
      kind.entry.arguments.contains(where: { $0.name == name })
    else {
      throw TrainingError.noSetting(
        name: name,
        available: Self.settingNames.filter { setting in
          kind.entry.arguments.contains { $0.name == setting }
        })
    }
    settings[name] = .number(value)
  }

  /// Copies what it remembers of memory that is about to change.
  package mutating func letGo(of isTemporary: (Tensor) -> Bool) throws {
    for i in memory.indices {
      for j in memory[i].indices where isTemporary(memory[i][j].value) {
        memory[i][j].value = try memory[i][j].value.copied()
      }
    }
  }

  /// Takes up the memory that an optimizer of this kind had after `steps` steps.
  package mutating func restore(steps: Int, memory: [[(name: String, value: Tensor)]]) {
    self.steps = steps
    self.memory = memory
    counter = nil
  }
}

/// The settings that all parameters of one step share.
package struct StepSettings: Sendable {
  let settings: Attributes
  let kind: OptimizerKind
  let rate: Double
  /// Steps so far with this one: 1 at the first.
  let count: Int
  let counter: Tensor?

  init(
    _ settings: Attributes, _ kind: OptimizerKind, rate: Double, count: Int, counter: Tensor? = nil
  ) {
    self.counter = counter
    self.settings = settings
    self.kind = kind
    self.rate = rate
    self.count = count
  }

  func number(_ name: String) -> Double { settings.number(name, default: kind.standard(name)) }
  func isOn(_ name: String) -> Bool { settings.boolean(name, default: false) }
  func pair(_ name: String, _ standard: (Double, Double)) -> (Double, Double) {
    guard let pair = settings.numbers(name), pair.count == 2 else { return standard }
    return (pair[0], pair[1])
  }
}

/// What a rule remembers of a parameter.
package typealias ParameterMemory = [(name: String, value: Tensor)]

/// What a rule sees of one parameter, and changes.
package struct ParameterStep {
  package var weights: Variable
  package var gradient: Variable
  package let settings: Attributes
  let kind: OptimizerKind
  package let rate: Double
  /// Steps so far with this one: 1 at the first.
  package let count: Int
  package var memory: [(name: String, value: Tensor)]

  /// A remembered tensor; nil at the first step.
  subscript(name: String) -> Variable? {
    get { memory.first { $0.name == name }.map { Variable($0.value) } }
    set {
      let value = newValue?.value
      if let at = memory.firstIndex(where: { $0.name == name }) {
        if let value { memory[at].value = value } else { memory.remove(at: at) }
      } else if let value {
        memory.append((name, value))
      }
    }
  }

  /// A remembered tensor of the parameter's shape, full of `value` at the first step.
  func recalled(_ name: String, from value: Double = 0) throws -> Variable {
    if let known = self[name] { return known }
    return Variable(try .full(weights.shape, value, weights.dtype))
  }

  /// A setting as it was given, or its entry's default.
  func number(_ name: String) -> Double {
    settings.number(name, default: kind.standard(name))
  }

  func isOn(_ name: String) -> Bool { settings.boolean(name, default: false) }

  /// A pair such as `betas`.
  func pair(_ name: String, _ standard: (Double, Double)) -> (Double, Double) {
    guard let pair = settings.numbers(name), pair.count == 2 else { return standard }
    return (pair[0], pair[1])
  }

  /// Weight decay as part of the gradient: g + decay w.
  mutating func decayGradient() throws {
    let decay = number("decay")
    if decay != 0 { gradient = try gradient + weights * decay }
  }

  /// Weight decay apart from the gradient: w (1 - lr decay).
  mutating func shrinkWeights() throws {
    let decay = number("decay")
    if decay != 0 { weights = try weights * (1 - rate * decay) }
  }

  /// A running average noted under `name`: beta old + (1 - beta) new.
  mutating func average(_ name: String, _ new: Variable, _ beta: Double) throws -> Variable {
    let average = try recalled(name) * beta + new * (1 - beta)
    self[name] = average
    return average
  }
}

/// A kind of optimizer: how it describes itself, and how it moves one parameter.
package struct OptimizerKind: Sendable {
  package let entry: Entry
  let move: @Sendable (inout ParameterStep) throws -> Void
  /// The same moves by one kernel for f32, where there is one for these settings: weights and memory
  /// move against a gradient times a number.
  var plain: (@Sendable (StepSettings) -> PlainMove?)?

  package typealias PlainMove = (inout Tensor, Tensor, Double, inout ParameterMemory) throws -> Void

  init(
    _ name: String, rate: String, _ arguments: [Argument] = [], decay: String? = "0",
    summary: String, details: String,
    plain: (@Sendable (StepSettings) -> PlainMove?)? = nil,
    _ move: @escaping @Sendable (inout ParameterStep) throws -> Void
  ) {
    self.plain = plain
    var all = [
      Argument("lr", .any, "The learning rate, or a function of the step.", default: rate)
    ]
    all += arguments
    if let decay { all.append(Argument("decay", .number, "Weight decay.", default: decay)) }
    all += [
      Argument("clip", .any, "Largest joint norm of the gradients.", default: "none"),
      Argument("clip_value", .any, "Largest element of a gradient.", default: "none"),
      Argument("maximize", .boolean, "Climb instead of descend.", default: "false"),
    ]
    entry = Entry(
      name, family: "Optimizers", all, summary: summary, details: details,
      examples: [Example("\(name)(0.01)", prints: "\(name)(0.01)")])
    self.move = move
  }

  /// The entry's default of a setting that is a number; 0 for none.
  package func standard(_ name: String) -> Double {
    entry.arguments.first { $0.name == name }?.defaultSource.flatMap { Double($0) } ?? 0
  }
}

/// Powers and cosines with the same bits everywhere.
package enum Scalar {
  package static func power(_ base: Double, _ exponent: Double) throws -> Double {
    try Tensor.number(base).binary(.power, .number(exponent)).item ?? .nan
  }
  package static func cos(_ x: Double) throws -> Double {
    try Tensor.number(x).unary(.cos).item ?? .nan
  }
}
