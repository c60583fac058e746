import Autograd
import Tensors
import Vocabulary

/// The optimizers, formulas as in PyTorch where it has them.
package enum OptimizerKinds {
  package static let all: [OptimizerKind] = [
    sgd, adam, adamW, nadam, radam, adamax, adagrad, adadelta, rmsprop, rprop, asgd, adafactor,
    lion, lamb, muon,
  ]

  package static let catalog = Catalog(all, entry: \.entry)

  package static let sgd = OptimizerKind(
    "SGD", rate: "0.001",
    [
      Argument("momentum", .number, "Share of the last move kept.", default: "0"),
      Argument("dampening", .number, "Share of the gradient left out of the move.", default: "0"),
      Argument("nesterov", .boolean, "Look ahead along the move.", default: "false"),
    ], summary: "Stochastic gradient descent, with momentum if asked for.",
    details: "v = momentum v + (1 - dampening) g from v = g; w - lr v, or w - lr (g + momentum v).",
    plain: { s in
      guard s.number("dampening") == 0, !s.isOn("nesterov"), !s.isOn("maximize") else {
        return nil
      }
      let step = SGDStep(
        learningRate: s.rate, mu: s.number("momentum"), decay: s.number("decay"))
      return { weights, gradient, scale, memory in
        var velocity = memory.popLast()?.value
        try step.move(&weights, gradient: gradient, scale: scale, momentum: &velocity)
        if let velocity { memory.append(("velocity", velocity)) }
      }
    }
  ) { s in
    let (momentum, dampening) = (s.number("momentum"), s.number("dampening"))
    if dampening == 0, !s.isOn("nesterov") {
      var (weights, velocity) = (s.weights.value, s["velocity"]?.value)
      try SGDStep(learningRate: s.rate, mu: momentum, decay: s.number("decay"))
        .move(&weights, gradient: s.gradient.value, momentum: &velocity)
      s.weights = Variable(weights)
      s["velocity"] = velocity.map { Variable($0) }
      return
    }
    try s.decayGradient()
    var direction = s.gradient
    if momentum != 0 {
      let velocity =
        try s["velocity"].map { try $0 * momentum + s.gradient * (1 - dampening) } ?? s.gradient
      s["velocity"] = velocity
      direction = try s.isOn("nesterov") ? s.gradient + velocity * momentum : velocity
    }
    s.weights = try s.weights - direction * s.rate
  }

  /// w - lr sign(b1 m + (1 - b1) g).
  package static let lion = OptimizerKind(
    "Lion", rate: "0.0001", [betas("(0.9, 0.99)")],
    summary: "Steps of one size in the direction of a running gradient.",
    details: "Chen et al. 2023: w (1 - lr decay) - lr sign(b1 m + (1 - b1) g)."
  ) { s in
    let (b1, b2) = s.pair("betas", (0.9, 0.99))
    let m = try s.recalled("first")
    try s.shrinkWeights()
    s.weights = try s.weights - Operations.sign(m * b1 + s.gradient * (1 - b1)) * s.rate
    _ = try s.average("first", s.gradient, b2)
  }

  package static let adagrad = OptimizerKind(
    "Adagrad", rate: "0.01",
    [
      Argument("lr_decay", .number, "lr / (1 + (step - 1) lr_decay).", default: "0"),
      Argument("start", .number, "What the sum of squares starts from.", default: "0"),
      eps("1e-10"),
    ], summary: "Steps divided by the root of all squared gradients so far.",
    details: "Duchi, Hazan, Singer 2011."
  ) { s in
    try s.decayGradient()
    let rate = s.rate / (1 + Double(s.count - 1) * s.number("lr_decay"))
    let sum = try s.recalled("sum", from: s.number("start")) + s.gradient * s.gradient
    s["sum"] = sum
    s.weights = try s.weights - s.gradient * rate / (Operations.sqrt(sum) + s.number("eps"))
  }

  package static let adadelta = OptimizerKind(
    "Adadelta", rate: "1",
    [Argument("rho", .number, "Decay of the two averages.", default: "0.9"), eps("1e-6")],
    summary: "Steps in the ratio of the sizes of past moves and past gradients.",
    details: "Zeiler 2012."
  ) { s in
    try s.decayGradient()
    let (rho, eps) = (s.number("rho"), s.number("eps"))
    let squares = try s.average("squares", s.gradient * s.gradient, rho)
    let moves = try s.recalled("moves")
    let move = try Operations.sqrt(moves + eps) / Operations.sqrt(squares + eps) * s.gradient
    _ = try s.average("moves", move * move, rho)
    s.weights = try s.weights - move * s.rate
  }

  package static let rmsprop = OptimizerKind(
    "RMSprop", rate: "0.01",
    [
      Argument("alpha", .number, "Decay of the average of squares.", default: "0.99"), eps("1e-8"),
      Argument("momentum", .number, "Share of the last move kept.", default: "0"),
      Argument("centered", .boolean, "Divide by the deviation instead.", default: "false"),
    ], summary: "Steps divided by the root of a running average of squared gradients.",
    details: "Hinton 2012."
  ) { s in
    try s.decayGradient()
    let (alpha, momentum) = (s.number("alpha"), s.number("momentum"))
    var size = try s.average("squares", s.gradient * s.gradient, alpha)
    if s.isOn("centered") {
      let mean = try s.average("mean", s.gradient, alpha)
      size = try size - mean * mean
    }
    var move = try s.gradient / (Operations.sqrt(size) + s.number("eps"))
    if momentum > 0 {
      move = try s.recalled("velocity") * momentum + move
      s["velocity"] = move
    }
    s.weights = try s.weights - move * s.rate
  }

  package static let rprop = OptimizerKind(
    "Rprop", rate: "0.01",
    [
      Argument(
        "etas", .any, "Factors after a change of sign and without.", default: "(0.5, 1.2)"),
      Argument("sizes", .any, "Smallest and largest step.", default: "(1e-6, 50)"),
    ], decay: nil,
    summary: "Each weight has its own step, which grows while its gradient keeps its sign.",
    details: "Riedmiller and Braun 1993; for whole-batch gradients."
  ) { s in
    let (less, more) = s.pair("etas", (0.5, 1.2))
    let (low, high) = s.pair("sizes", (1e-6, 50))
    let g = s.gradient
    let sign = try Operations.sign(g * s.recalled("previous"))
    let turned = Variable(try sign.value.compare(.less, .number(0)))
    let kept = Variable(try sign.value.compare(.greater, .number(0)))
    let one = Variable(try .full(g.shape, 1, g.dtype))
    let factor = try Variable.where(turned, one * less, Variable.where(kept, one * more, one))
    let size = try (s.recalled("size", from: s.rate) * factor).value
      .binary(.maximum, .number(low)).binary(.minimum, .number(high))
    let used = try Variable.where(turned, one * 0, g)
    s["size"] = Variable(size)
    s["previous"] = used
    s.weights = try s.weights - Operations.sign(used) * Variable(size)
  }

  package static let asgd = OptimizerKind(
    "ASGD", rate: "0.01",
    [
      Argument("lambd", .number, "Decay term of weights and rate.", default: "1e-4"),
      Argument("alpha", .number, "Power of the rate's decay.", default: "0.75"),
      Argument("t0", .number, "The step at which averaging starts.", default: "1e6"),
    ], summary: "Gradient descent that also averages its weights.",
    details: "Polyak and Juditsky 1992; the average is kept as `average`."
  ) { s in
    try s.decayGradient()
    let lambd = s.number("lambd")
    let eta = s["eta"]?.value.item ?? s.rate
    let share = s["share"]?.value.item ?? 1
    s.weights = try s.weights * (1 - lambd * eta) - s.gradient * eta
    let average = try s.recalled("average")
    s["average"] = share == 1 ? s.weights : try average + (s.weights - average) * share
    let slowed = try Scalar.power(1 + lambd * s.rate * Double(s.count), s.number("alpha"))
    s["eta"] = try .number(s.rate / slowed)
    s["share"] = try .number(1 / max(1, Double(s.count) - s.number("t0")))
  }

  static func eps(_ standard: String) -> Argument {
    Argument("eps", .number, "Keeps divisions finite.", default: standard)
  }

  static func betas(_ standard: String) -> Argument {
    Argument("betas", .any, "Decay of the two averages.", default: standard)
  }
}
