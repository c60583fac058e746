import Autograd
import Tensors
import Vocabulary

// Adam and the optimizers that grew out of it.
extension OptimizerKinds {
  private static let amsgrad = Argument(
    "amsgrad", .boolean, "Divide by the largest second moment so far.", default: "false")

  package static let adam = OptimizerKind(
    "Adam", rate: "0.001", [betas("(0.9, 0.999)"), eps("1e-8"), amsgrad],
    summary: "Steps scaled by running moments of the gradient.",
    details: "Kingma and Ba 2015, with bias correction; amsgrad: Reddi, Kale, Kumar 2018.",
    plain: { plainAdam($0, decoupled: false) }
  ) { try adamMove(&$0, decoupled: false) }

  package static let adamW = OptimizerKind(
    "AdamW", rate: "0.001", [betas("(0.9, 0.999)"), eps("1e-8"), amsgrad], decay: "0.01",
    summary: "Adam with weight decay apart from the gradient.",
    details: "Loshchilov and Hutter 2019.", plain: { plainAdam($0, decoupled: true) }
  ) { try adamMove(&$0, decoupled: true) }

  private static func plainAdam(_ s: StepSettings, decoupled: Bool) -> OptimizerKind.PlainMove? {
    guard !s.isOn("amsgrad"), !s.isOn("maximize") else { return nil }
    let betas = s.pair("betas", (0.9, 0.999))
    let step = AdamStep(
      learningRate: s.rate, betas: betas, epsilon: s.number("eps"), decay: s.number("decay"),
      isDecoupled: decoupled, step: s.count, counter: s.counter)
    return { weights, gradient, scale, memory in
      var second = memory.popLast()?.value
      var first = memory.popLast()?.value
      try step.move(&weights, gradient: gradient, scale: scale, first: &first, second: &second)
      if let first { memory.append(("first", first)) }
      if let second { memory.append(("second", second)) }
    }
  }

  private static func adamMove(_ s: inout ParameterStep, decoupled: Bool) throws {
    let betas = s.pair("betas", (0.9, 0.999))
    guard s.isOn("amsgrad") else {
      var (weights, first, second) = (s.weights.value, s["first"]?.value, s["second"]?.value)
      try AdamStep(
        learningRate: s.rate, betas: betas, epsilon: s.number("eps"), decay: s.number("decay"),
        isDecoupled: decoupled, step: s.count
      ).move(&weights, gradient: s.gradient.value, first: &first, second: &second)
      s.weights = Variable(weights)
      s["first"] = first.map { Variable($0) }
      s["second"] = second.map { Variable($0) }
      return
    }
    if decoupled { try s.shrinkWeights() } else { try s.decayGradient() }
    let (correction1, correction2) = try corrections(betas, s.count)
    let m = try s.average("first", s.gradient, betas.0)
    let v = try s.average("second", s.gradient * s.gradient, betas.1)
    let top = Variable(try s.recalled("largest").value.binary(.maximum, v.value))
    s["largest"] = top
    let root = try Operations.sqrt(top) / correction2.squareRoot() + s.number("eps")
    s.weights = try s.weights - m * (s.rate / correction1) / root
  }

  /// 1 - beta^t for both moments.
  private static func corrections(_ betas: (Double, Double), _ t: Int) throws -> (Double, Double) {
    (
      1 - (try Scalar.power(betas.0, Double(t))), 1 - (try Scalar.power(betas.1, Double(t)))
    )
  }

  package static let adamax = OptimizerKind(
    "Adamax", rate: "0.002", [betas("(0.9, 0.999)"), eps("1e-8")],
    summary: "Adam with the largest gradient in place of the second moment.",
    details: "Kingma and Ba 2015, section 7."
  ) { s in
    try s.decayGradient()
    let (b1, b2) = s.pair("betas", (0.9, 0.999))
    let m = try s.average("first", s.gradient, b1)
    let size = try Operations.abs(s.gradient) + s.number("eps")
    let top = Variable(try (s.recalled("largest") * b2).value.binary(.maximum, size.value))
    s["largest"] = top
    let correction = 1 - (try Scalar.power(b1, Double(s.count)))
    s.weights = try s.weights - m * (s.rate / correction) / top
  }

  package static let nadam = OptimizerKind(
    "NAdam", rate: "0.002",
    [
      betas("(0.9, 0.999)"), eps("1e-8"),
      Argument("momentum_decay", .number, "How fast momentum warms up.", default: "0.004"),
      decoupled,
    ], summary: "Adam with Nesterov's look ahead.", details: "Dozat 2016."
  ) { s in
    if s.isOn("decoupled") { try s.shrinkWeights() } else { try s.decayGradient() }
    let betas = s.pair("betas", (0.9, 0.999))
    let correction2 = try corrections(betas, s.count).1
    func momentum(_ t: Int) throws -> Double {
      let fade = try Scalar.power(0.96, Double(t) * s.number("momentum_decay"))
      return betas.0 * (1 - 0.5 * fade)
    }
    let (mu, next) = (try momentum(s.count), try momentum(s.count + 1))
    let product = (s["product"]?.value.item ?? 1) * mu
    s["product"] = try .number(product)
    let m = try s.average("first", s.gradient, betas.0)
    let v = try s.average("second", s.gradient * s.gradient, betas.1)
    let root = try Operations.sqrt(v / correction2) + s.number("eps")
    let ahead = try m * (s.rate * next / (1 - product * next)) / root
    s.weights = try s.weights - s.gradient * (s.rate * (1 - mu) / (1 - product)) / root - ahead
  }

  package static let radam = OptimizerKind(
    "RAdam", rate: "0.001", [betas("(0.9, 0.999)"), eps("1e-8"), decoupled],
    summary: "Adam that waits for its second moment to be known well enough.",
    details: "Liu et al. 2020."
  ) { s in
    if s.isOn("decoupled") { try s.shrinkWeights() } else { try s.decayGradient() }
    let betas = s.pair("betas", (0.9, 0.999))
    let (correction1, correction2) = try corrections(betas, s.count)
    let m = try s.average("first", s.gradient, betas.0)
    let v = try s.average("second", s.gradient * s.gradient, betas.1)
    let limit = 2 / (1 - betas.1) - 1
    let length = limit - 2 * Double(s.count) * (1 - correction2) / correction2
    let move = try m / correction1
    guard length > 5 else {
      s.weights = try s.weights - move * s.rate
      return
    }
    let rectified =
      ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)).squareRoot()
    let root = try Operations.sqrt(v) + s.number("eps")
    s.weights = try s.weights - move * (s.rate * rectified * correction2.squareRoot()) / root
  }

  private static let decoupled = Argument(
    "decoupled", .boolean, "Weight decay apart from the gradient.", default: "false")

  package static let lamb = OptimizerKind(
    "LAMB", rate: "0.001", [betas("(0.9, 0.999)"), eps("1e-6")],
    summary: "Adam's move, scaled to the size of the weights it moves.",
    details: "You et al. 2020: w - lr (|w| / |r|) r with r = m^ / (sqrt(v^) + eps) + decay w."
  ) { s in
    let betas = s.pair("betas", (0.9, 0.999))
    let (correction1, correction2) = try corrections(betas, s.count)
    let m = try s.average("first", s.gradient, betas.0) / correction1
    let v = try s.average("second", s.gradient * s.gradient, betas.1) / correction2
    var move = try m / (Operations.sqrt(v) + s.number("eps"))
    if s.number("decay") != 0 { move = try move + s.weights * s.number("decay") }
    let (size, length) = (try norm(s.weights), try norm(move))
    let trust = size > 0 && length > 0 ? size / length : 1
    s.weights = try s.weights - move * (s.rate * trust)
  }

  /// The root of the sum of squares, summed in double precision.
  static func norm(_ x: Variable) throws -> Double {
    (try x.value.cast(.float64).unary(.square).reduce(.sum).item ?? 0).squareRoot()
  }

  package static let adafactor = OptimizerKind(
    "Adafactor", rate: "0.01",
    [
      Argument("beta2_decay", .number, "Power of the averages' decay.", default: "-0.8"),
      Argument("eps", .number, "Smallest size of weights.", default: "0.001"),
      Argument("d", .number, "Largest size of a move.", default: "1"),
    ], summary: "Adam-like steps whose second moments are kept by row and column only.",
    details: "Shazeer and Stern 2018."
  ) { s in
    let share = try Scalar.power(Double(s.count), s.number("beta2_decay"))
    let rate = min(s.rate, 1 / Double(s.count).squareRoot())
    let places = Double(max(1, s.weights.shape.count)).squareRoot()
    let alpha = max(s.number("eps"), try norm(s.weights) / places) * rate
    try s.shrinkWeights()
    let g = s.gradient
    let tiny = 1.1920928955078125e-07
    var estimate: Variable
    if g.rank > 1 {
      func mean(_ axis: Int) throws -> Variable {
        try Operations.mean(g * g, Attributes.reduction([axis], true))
      }
      func averaged(_ name: String, _ new: Variable) throws -> Variable {
        let old = try s[name] ?? new * 0
        let result = try old + (new - old) * share
        s[name] = result
        return result
      }
      let rows = try averaged("rows", mean(-1))
      let columns = try averaged("columns", mean(-2))
      let scale = try Operations.mean(rows, Attributes.reduction([-2], true)).value
        .binary(.maximum, .number(tiny))
      estimate = try Variable.matmul(rows, columns) / Variable(scale)
    } else {
      estimate = try s.average("squares", g * g, 1 - share)
    }
    let bounded = Variable(try estimate.value.binary(.maximum, .number(tiny * tiny)))
    let move = try g / Operations.sqrt(bounded)
    let size = max(1, try norm(move) / (places * s.number("d")))
    s.weights = try s.weights - move * (alpha / size)
  }
}
