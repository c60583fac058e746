import Tensors
import Vocabulary

/// A rule that moves parameters against their gradients, with its memory: a value.
package struct Optimizer: Sendable {
  package enum Rule: String, Sendable {
    case sgd = "SGD"
    case adam = "Adam"
    case adamW = "AdamW"
  }

  package let rule: Rule
  package var learningRate: Double
  package var momentum = 0.0
  package var betas = (0.9, 0.999)
  package var epsilon = 1e-8
  package var decay = 0.0
  /// Gradients are scaled down together when their joint norm is above this.
  package var clip: Double?
  package private(set) var steps = 0
  private var first: [Tensor?] = []
  private var second: [Tensor?] = []

  package init(_ rule: Rule, learningRate: Double) {
    self.rule = rule
    self.learningRate = learningRate
    if rule == .adamW { decay = 0.01 }
  }

  /// One step: `parameters` move, the memory is updated. Formulas as in PyTorch.
  package mutating func update(_ parameters: inout [Tensor], gradients: [Tensor]) throws {
    precondition(parameters.count == gradients.count)
    if first.count != parameters.count {
      first = Array(repeating: nil, count: parameters.count)
      second = first
    }
    steps += 1
    let scale = try clipScale(gradients)
    for i in parameters.indices {
      let gradient =
        try scale.map { try gradients[i].binary(.multiply, .number($0)) } ?? gradients[i]
      switch rule {
      case .sgd:
        (parameters[i], first[i]) = try parameters[i].sgdStep(
          gradient: gradient, momentum: first[i], learningRate: learningRate, mu: momentum,
          decay: decay)
      case .adam, .adamW:
        (parameters[i], first[i], second[i]) = try parameters[i].adamStep(
          gradient: gradient, first: first[i], second: second[i], learningRate: learningRate,
          betas: betas, epsilon: epsilon, decay: decay, decoupled: rule == .adamW, step: steps)
      }
    }
  }

  private func clipScale(_ gradients: [Tensor]) throws -> Double? {
    guard let clip else { return nil }
    var squares = 0.0
    for gradient in gradients {
      squares += try gradient.cast(.float64).unary(.square).reduce(.sum).item ?? 0
    }
    let norm = squares.squareRoot()
    return norm > clip ? clip / (norm + 1e-6) : nil
  }

  package static let settingNames = ["lr", "momentum", "decay", "clip"]

  package mutating func set(_ name: String, _ value: Double) throws {
    switch name {
    case "lr": learningRate = value
    case "momentum": momentum = value
    case "decay": decay = value
    case "clip": clip = value > 0 ? value : nil
    default: throw TrainingError.noSetting(name: name, available: Self.settingNames)
    }
  }

  /// Everything that decides the next step, for proofs of equality.
  package var memory: [Tensor] { (first + second).compactMap { $0 } }
}

/// The optimizers' entries.
package enum OptimizerKinds {
  private static let rate = Argument("lr", .any, "The learning rate, or a function of the step.")
  private static let decay = Argument("decay", .number, "Weight decay.", default: "0")
  private static let clip = Argument(
    "clip", .any, "Largest joint norm of the gradients.", default: "none")
  private static let betas = Argument(
    "betas", .any, "Decay of the two moments.", default: "(0.9, 0.999)")

  package static let all: [(rule: Optimizer.Rule, entry: Entry)] = [
    (
      .sgd,
      Entry(
        "SGD", family: "Optimizers",
        [
          rate, Argument("momentum", .number, "Share of the last move kept.", default: "0"), decay,
          clip,
        ],
        summary: "Stochastic gradient descent, with momentum if asked for.",
        examples: [Example("SGD(0.1)", prints: "SGD(0.1)")])
    ),
    (
      .adam,
      Entry(
        "Adam", family: "Optimizers", [rate, betas, decay, clip],
        summary: "Steps scaled by running moments of the gradient.",
        details: "Kingma and Ba 2015, with bias correction.",
        examples: [Example("Adam(1e-3)", prints: "Adam(0.001)")])
    ),
    (
      .adamW,
      Entry(
        "AdamW", family: "Optimizers",
        [rate, betas, Argument("decay", .number, "Weight decay.", default: "0.01"), clip],
        summary: "Adam with weight decay apart from the gradient.",
        details: "Loshchilov and Hutter 2019.",
        examples: [Example("AdamW(1e-3)", prints: "AdamW(0.001)")])
    ),
  ]
}
