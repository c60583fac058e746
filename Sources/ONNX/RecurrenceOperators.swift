import Glibc
import Tensors

/// One direction of a recurrent layer: its weights and what its settings ask for.
private struct RecurrentCell {
  enum Kind: Int {
    case rnn = 1
    case gru = 3
    case lstm = 4
  }

  let kind: Kind
  let width: Int
  let features: Int
  /// [gates * width, features], [gates * width, width] and two lists of gates * width.
  let input: ArraySlice<Double>
  let recurrent: ArraySlice<Double>
  let inputBias: ArraySlice<Double>
  let recurrentBias: ArraySlice<Double>
  /// Three lists of the width for the gates i, o and f, or nothing.
  let peepholes: ArraySlice<Double>?
  let activations: [Activation]
  let clip: Double
  let resetsAfter: Bool
  let couplesGates: Bool

  /// The numbers of a gate, both sums already clipped and added: W x + b.
  private func gate(
    _ g: Int, _ weights: ArraySlice<Double>, _ bias: ArraySlice<Double>, _ x: [Double]
  ) -> [Double] {
    let n = x.count
    return (0..<width).map { row in
      let at = weights.startIndex + (g * width + row) * n
      var sum = bias[bias.startIndex + g * width + row]
      for k in 0..<n { sum += weights[at + k] * x[k] }
      return sum
    }
  }

  private func fromInput(_ g: Int, _ x: [Double]) -> [Double] { gate(g, input, inputBias, x) }
  private func fromState(_ g: Int, _ h: [Double]) -> [Double] {
    gate(g, recurrent, recurrentBias, h)
  }

  private func clipped(_ x: Double) -> Double { clip > 0 ? min(max(x, -clip), clip) : x }

  private func both(_ g: Int, _ x: [Double], _ h: [Double]) -> [Double] {
    zip(fromInput(g, x), fromState(g, h)).map { $0 + $1 }
  }

  private func peep(_ g: Int, _ cell: [Double]) -> [Double] {
    guard let peepholes else { return cell.map { _ in 0 } }
    return cell.indices.map { peepholes[peepholes.startIndex + g * width + $0] * cell[$0] }
  }

  private func applied(_ activation: Activation, _ x: [Double]) -> [Double] {
    x.map { activation(clipped($0)) }
  }

  /// The state after one step.
  func step(_ x: [Double], _ h: [Double], _ c: [Double]) -> (h: [Double], c: [Double]) {
    switch kind {
    case .rnn: return (applied(activations[0], both(0, x, h)), c)
    case .gru:
      let update = applied(activations[0], both(0, x, h))
      let reset = applied(activations[0], both(1, x, h))
      let own = fromInput(2, x)
      let past =
        resetsAfter
        ? zip(reset, fromState(2, h)).map { $0 * $1 }
        : fromState(2, zip(reset, h).map { $0 * $1 })
      let fresh = applied(activations[1], zip(own, past).map { $0 + $1 })
      return (h.indices.map { (1 - update[$0]) * fresh[$0] + update[$0] * h[$0] }, c)
    case .lstm:
      // The gates lie in the order input, output, forget, cell.
      func opened(_ g: Int, _ p: Int, _ cell: [Double]) -> [Double] {
        applied(activations[0], zip(both(g, x, h), peep(p, cell)).map { $0 + $1 })
      }
      let enter = opened(0, 0, c)
      let forget = couplesGates ? enter.map { 1 - $0 } : opened(2, 2, c)
      let fresh = applied(activations[1], both(3, x, h))
      let cell = c.indices.map { forget[$0] * c[$0] + enter[$0] * fresh[$0] }
      let leave = opened(1, 1, cell)
      return (zip(leave, cell).map { $0 * activations[2](clipped($1)) }, cell)
    }
  }
}

/// A function inside a recurrent cell, with its two numbers.
private struct Activation {
  let name: String
  let alpha: Double
  let beta: Double

  init(_ name: String, _ alpha: Double?, _ beta: Double?) throws {
    let standards: [String: (Double, Double)] = [
      "relu": (0, 0), "tanh": (0, 0), "sigmoid": (0, 0), "softsign": (0, 0), "softplus": (0, 0),
      "affine": (1, 0), "leakyrelu": (0.01, 0), "thresholdedrelu": (1, 0), "scaledtanh": (1, 1),
      "hardsigmoid": (0.2, 0.5), "elu": (1, 0),
    ]
    self.name = name.lowercased()
    guard let standard = standards[self.name] else {
      throw GraphError.unsupported("activation \(name)")
    }
    self.alpha = alpha ?? standard.0
    self.beta = beta ?? standard.1
  }

  func callAsFunction(_ x: Double) -> Double {
    switch name {
    case "relu": max(0, x)
    case "tanh": tanh(x)
    case "sigmoid": GraphOperators.sigmoid(x)
    case "softsign": x / (1 + abs(x))
    case "softplus": GraphOperators.softplus(x)
    case "affine": alpha * x + beta
    case "leakyrelu": x < 0 ? alpha * x : x
    case "thresholdedrelu": x >= alpha ? x : 0
    case "scaledtanh": alpha * tanh(beta * x)
    case "hardsigmoid": min(max(alpha * x + beta, 0), 1)
    default: x < 0 ? alpha * expm1(x) : x
    }
  }
}

extension GraphOperators {
  private static func activations(
    _ call: NodeCall, _ kind: RecurrentCell.Kind, directions: Int
  ) throws -> [[Activation]] {
    let standard =
      switch kind {
      case .rnn: ["Tanh"]
      case .gru: ["Sigmoid", "Tanh"]
      case .lstm: ["Sigmoid", "Tanh", "Tanh"]
      }
    var names = call.node.attributes["activations"]?.texts ?? []
    if names.isEmpty { names = (0..<directions).flatMap { _ in standard } }
    guard names.count == standard.count * directions else {
      throw GraphError.invalid("\(names.count) activations")
    }
    let alphas = call.node.attributes["activation_alpha"]?.floats ?? []
    let betas = call.node.attributes["activation_beta"]?.floats ?? []
    let all = try names.enumerated().map { i, name in
      try Activation(
        name, i < alphas.count ? Double(alphas[i]) : nil, i < betas.count ? Double(betas[i]) : nil)
    }
    return (0..<directions).map {
      Array(all[$0 * standard.count..<($0 + 1) * standard.count])
    }
  }

  private static func recurrent(_ name: String, _ kind: RecurrentCell.Kind) -> GraphOperator {
    GraphOperator(many: name) { call in
      let isBatchFirst = call.flag("layout")
      var x = try call.operand(0).ranked(3...3)
      if isBatchFirst { x = try x.transposed([1, 0, 2]) }
      let (length, batch, features) = (x.dims[0], x.dims[1], x.dims[2])
      let (w, r) = (try call.operand(1).ranked(3...3), try call.operand(2).ranked(3...3))
      let (directions, width, gates) = (w.dims[0], r.dims[2], kind.rawValue)
      let order = call.text("direction", "forward")
      guard w.dims == [directions, gates * width, features],
        r.dims == [directions, gates * width, width],
        directions == (order == "bidirectional" ? 2 : 1)
      else { throw GraphError.invalid("weights \(w.dims) and \(r.dims) for \(x.dims)") }
      func list(_ i: Int, _ dims: [Int]) throws -> [Double]? {
        guard let given = try call.optional(i) else { return nil }
        guard given.dims == dims else {
          throw GraphError.invalid("input \(i) is \(given.dims), not \(dims)")
        }
        return try given.reals()
      }
      func state(_ i: Int) throws -> [Double] {
        guard let given = try call.optional(i) else {
          return [Double](repeating: 0, count: try places([directions, batch, width]))
        }
        let turned = isBatchFirst ? try given.ranked(3...3).transposed([1, 0, 2]) : given
        guard turned.dims == [directions, batch, width] else {
          throw GraphError.invalid("a state of \(given.dims)")
        }
        return try turned.reals()
      }
      let biases =
        try list(3, [directions, 2 * gates * width])
        ?? [Double](repeating: 0, count: directions * 2 * gates * width)
      let lengths =
        try call.optional(4)?.integers() ?? [Int](repeating: length, count: batch)
      guard lengths.count == batch, lengths.allSatisfy({ $0 >= 0 && $0 <= length }) else {
        throw GraphError.invalid("lengths \(lengths) of \(x.dims)")
      }
      var (hidden, cell) = (try state(5), try kind == .lstm ? state(6) : [])
      let peepholes = try kind == .lstm ? list(7, [directions, 3 * width]) : nil
      let functions = try activations(call, kind, directions: directions)
      let (values, inputs, recurrents) = (try x.reals(), try w.reals(), try r.reals())
      var output = [Double](repeating: 0, count: try places([length, directions, batch, width]))
      for d in 0..<directions {
        let (weights, states) = (gates * width * features, gates * width * width)
        let bias = d * 2 * gates * width
        let unit = RecurrentCell(
          kind: kind, width: width, features: features,
          input: inputs[d * weights..<(d + 1) * weights],
          recurrent: recurrents[d * states..<(d + 1) * states],
          inputBias: biases[bias..<bias + gates * width],
          recurrentBias: biases[bias + gates * width..<bias + 2 * gates * width],
          peepholes: peepholes.map { $0[d * 3 * width..<(d + 1) * 3 * width] },
          activations: functions[d], clip: call.real("clip", 0),
          resetsAfter: call.flag("linear_before_reset"), couplesGates: call.flag("input_forget"))
        let isReverse = order == "reverse" || d == 1
        for b in 0..<batch {
          let at = (d * batch + b) * width
          var (h, c) = (Array(hidden[at..<at + width]), [Double](repeating: 0, count: width))
          if kind == .lstm { c = Array(cell[at..<at + width]) }
          for step in 0..<lengths[b] {
            let t = isReverse ? lengths[b] - 1 - step : step
            let from = (t * batch + b) * features
            (h, c) = unit.step(Array(values[from..<from + features]), h, c)
            let out = ((t * directions + d) * batch + b) * width
            output.replaceSubrange(out..<out + width, with: h)
          }
          hidden.replaceSubrange(at..<at + width, with: h)
          if kind == .lstm { cell.replaceSubrange(at..<at + width, with: c) }
        }
      }
      var y = try Operand(reals: output, [length, directions, batch, width], x.type)
      if isBatchFirst { y = try y.transposed([2, 0, 1, 3]) }
      var results = [y]
      for last in [hidden, cell] where !last.isEmpty || batch == 0 {
        let state = try Operand(reals: last, [directions, batch, width], x.type)
        results.append(isBatchFirst ? try state.transposed([1, 0, 2]) : state)
      }
      return results.map { .tensor($0) }
    }
  }

  static let recurrences: [GraphOperator] = [
    recurrent("RNN", .rnn), recurrent("GRU", .gru), recurrent("LSTM", .lstm),
  ]
}
