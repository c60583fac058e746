import Autograd
import Layers
import Tensors
import TestSupport
import Testing

/// Recurrent networks and attention against their formulas, written out on plain numbers.
@Suite struct SequenceLayerTests {
  /// A layer in double precision, so that differences can be taken.
  private func made(_ name: String, _ settings: Attributes) throws -> Layer {
    var stream = RandomStream(seed: 5)
    var layer = try #require(LayerKinds.catalog[name]).make(settings, &stream)
    for i in layer.parameters.indices {
      layer.parameters[i].value = try layer.parameters[i].value.cast(.float64)
    }
    return layer
  }

  private func values(_ layer: Layer, _ name: String) throws -> [[Double]] {
    let x = try #require(layer.parameter(name)).value
    let columns = x.rank == 2 ? x.dims[1] : 1
    let all = x.doubles
    return stride(from: 0, to: all.count, by: columns).map { Array(all[$0..<$0 + columns]) }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }
  private func tanh(_ x: Double) -> Double { 2 * sigmoid(2 * x) - 1 }
  private func exponential(_ x: Double) -> Double {
    // exp(x) = exp(x / 256)^256 with ten terms of the series.
    var (sum, term) = (1.0, 1.0)
    for k in 1...12 { (term, sum) = (term * x / 256 / Double(k), sum + term * x / 256 / Double(k)) }
    for _ in 0..<8 { sum *= sum }
    return sum
  }
  private func affine(_ w: [[Double]], _ x: [Double], _ b: [[Double]]) -> [Double] {
    zip(w, b).map { row, c in zip(row, x).reduce(c[0]) { $0 + $1.0 * $1.1 } }
  }

  private let inputs = (0..<12).map { 0.3 * Double($0 * 5 % 7) - 0.8 }
  private var x: Tensor { get throws { try Tensor(inputs, shape: Shape(checking: [2, 3, 2])) } }

  private func applied(_ layer: Layer, _ x: Tensor) throws -> Tensor {
    var context = LayerContext()
    return try layer(Variable(x), &context).value
  }

  @Test func `an LSTM follows its gates`() throws {
    let layer = try made("LSTM", ["in": .integer(2), "h": .integer(2)])
    let (w, u) = (try values(layer, "weight_ih_l0"), try values(layer, "weight_hh_l0"))
    let (b, c) = (try values(layer, "bias_ih_l0"), try values(layer, "bias_hh_l0"))
    var want: [Double] = []
    for row in 0..<2 {
      var (h, cell) = ([0.0, 0], [0.0, 0])
      for t in 0..<3 {
        let at = (row * 3 + t) * 2
        let z = zip(affine(w, Array(inputs[at..<at + 2]), b), affine(u, h, c)).map { $0 + $1 }
        for j in 0..<2 {
          cell[j] = sigmoid(z[2 + j]) * cell[j] + sigmoid(z[j]) * tanh(z[4 + j])
        }
        h = (0..<2).map { sigmoid(z[6 + $0]) * tanh(cell[$0]) }
        want += h
      }
    }
    expectClose(try applied(layer, x).doubles, want, relative: 1e-9)
  }

  @Test func `a GRU follows its gates`() throws {
    let layer = try made("GRU", ["in": .integer(2), "h": .integer(2)])
    let (w, u) = (try values(layer, "weight_ih_l0"), try values(layer, "weight_hh_l0"))
    let (b, c) = (try values(layer, "bias_ih_l0"), try values(layer, "bias_hh_l0"))
    var want: [Double] = []
    for row in 0..<2 {
      var h = [0.0, 0]
      for t in 0..<3 {
        let at = (row * 3 + t) * 2
        let (a, d) = (affine(w, Array(inputs[at..<at + 2]), b), affine(u, h, c))
        h = (0..<2).map { j in
          let (r, z) = (sigmoid(a[j] + d[j]), sigmoid(a[2 + j] + d[2 + j]))
          return (1 - z) * tanh(a[4 + j] + r * d[4 + j]) + z * h[j]
        }
        want += h
      }
    }
    expectClose(try applied(layer, x).doubles, want, relative: 1e-9)
  }

  @Test(arguments: [
    ("RNN", ["layers": 2]), ("GRU", ["layers": 2]), ("LSTM", ["layers": 2]), ("GRU", ["both": 1]),
    ("LSTM", ["both": 1, "layers": 2]), ("LSTM", ["nobias": 1]),
  ])
  func `gradients through time agree with differences`(name: String, options: [String: Int]) throws
  {
    var settings: Attributes = ["in": .integer(2), "h": .integer(2)]
    if let layers = options["layers"] { settings["layers"] = .integer(layers) }
    if options["both"] != nil { settings["both"] = .boolean(true) }
    if options["nobias"] != nil { settings["bias"] = .boolean(false) }
    let layer = try made(name, settings)
    let x = try x
    func loss(_ leaves: [Variable]) throws -> Variable {
      var copy = layer
      for i in copy.parameters.indices { copy.parameters[i].value = leaves[i] }
      var context = LayerContext()
      context.keepsState = true
      let y = try copy(leaves[leaves.count - 1], &context)
      // The last states count too, so that their gradient is seen.
      let ends = try context.state.reduce(Variable.number(0)) { try $0 + ($1 * $1 * $1).sum() }
      return try (y * y).sum() + ends
    }
    let starts = layer.parameters.map(\.value) + [Variable(x)]
    let (_, slopes) = try Gradients.of(starts, loss)
    for (index, start) in starts.enumerated() {
      let values = start.value.doubles
      for place in stride(from: 0, to: values.count, by: 3) {
        func moved(_ by: Double) throws -> Double {
          var changed = values
          changed[place] += by
          var leaves = starts
          leaves[index] = Variable(try Tensor(changed, shape: start.shape))
          return try #require(loss(leaves).value.item)
        }
        let want = (try moved(1e-5) - moved(-1e-5)) / 2e-5
        let got = slopes[index].value.double(at: place)
        #expect(abs(got - want) < 1e-7 * max(1, abs(want)), "\(name) \(index) \(place)")
      }
    }
  }

  @Test func `slopes of slopes agree with differences of slopes`() throws {
    let layer = try made("LSTM", ["in": .integer(2), "h": .integer(2)])
    let start = Variable(try x)
    func slope(_ x: Variable) throws -> Variable {
      let (_, slopes) = try Gradients.of([x]) { leaves in
        var context = LayerContext()
        let y = try layer(leaves[0], &context)
        return try (y * y).sum()
      }
      return try (slopes[0] * slopes[0]).sum()
    }
    let (_, second) = try Gradients.of([start]) { try slope($0[0]) }
    var values = start.value.doubles
    values[4] += 1e-5
    let up = try #require(slope(Variable(Tensor(values, shape: start.shape))).value.item)
    values[4] -= 2e-5
    let down = try #require(slope(Variable(Tensor(values, shape: start.shape))).value.item)
    let want = (up - down) / 2e-5
    #expect(abs(second[0].value.double(at: 4) - want) < 1e-7 * max(1, abs(want)))
  }

  @Test(arguments: ["RNN", "GRU", "LSTM"])
  func `a sequence in pieces is the sequence`(name: String) throws {
    let layer = try made(name, ["in": .integer(2), "h": .integer(3), "layers": .integer(2)])
    let whole = try applied(layer, x)
    var context = LayerContext()
    context.keepsState = true
    let cut = [IndexItem.range(nil, nil, 1), .range(0, 2, 1)]
    let rest = [IndexItem.range(nil, nil, 1), .range(2, 3, 1)]
    let first = try layer(Variable(x.indexed(cut)), &context)
    let second = try layer(Variable(x.indexed(rest)), &context)
    expectClose(
      try Tensor.concat([first.value, second.value], axis: 1).doubles, whole.doubles)
  }

  // MARK: Attention

  private func attention(_ more: Attributes = [:]) throws -> Layer {
    var settings: Attributes = ["d": .integer(4), "heads": .integer(2), "bias": .boolean(true)]
    for (name, value) in more.items { settings[name] = value }
    return try made("Attention", settings)
  }
  private var tokens: Tensor {
    get throws {
      try Tensor(
        (0..<24).map { 0.1 * Double($0 * 7 % 11) - 0.5 }, shape: Shape(checking: [2, 3, 4]))
    }
  }

  @Test func `attention is softmax of scores times values, head by head`() throws {
    let layer = try attention()
    let x = try tokens
    func rows(_ name: String, _ x: [[Double]]) throws -> [[Double]] {
      let (w, b) = (try values(layer, name + ".weight"), try values(layer, name + ".bias"))
      return x.map { affine(w, $0, b) }
    }
    var want: [Double] = []
    for batch in 0..<2 {
      let own = (0..<3).map { t in Array(x.doubles[(batch * 3 + t) * 4..<(batch * 3 + t) * 4 + 4]) }
      let (q, k, v) = (try rows("query", own), try rows("key", own), try rows("value", own))
      var mixed = [[Double]](repeating: [0, 0, 0, 0], count: 3)
      for head in 0..<2 {
        let part = head * 2..<head * 2 + 2
        for t in 0..<3 {
          let forces = (0..<3).map { s in
            exponential(part.reduce(0) { $0 + q[t][$1] * k[s][$1] } / 2.0.squareRoot())
          }
          let total = forces.reduce(0, +)
          for j in part { mixed[t][j] = (0..<3).reduce(0) { $0 + forces[$1] / total * v[$1][j] } }
        }
      }
      want += try rows("out", mixed).flatMap { $0 }
    }
    expectClose(try applied(layer, x).doubles, want, relative: 1e-9)
  }

  @Test func `causal attention does not see what comes later`() throws {
    let layer = try attention(["causal": .boolean(true), "rope": .boolean(true)])
    let whole = try applied(layer, tokens)
    let cut = [IndexItem.range(nil, nil, 1), .range(0, 2, 1)]
    let part = try applied(layer, tokens.indexed(cut))
    expectClose(try whole.indexed(cut).doubles, part.doubles)
  }

  @Test func `keys and values that are kept give the same as the whole sequence`() throws {
    let layer = try attention([
      "causal": .boolean(true), "rope": .boolean(true), "groups": .integer(1),
    ])
    let whole = try applied(layer, tokens)
    var context = LayerContext()
    context.keepsState = true
    var parts: [Tensor] = []
    for t in 0..<3 {
      let one = try tokens.indexed([.range(nil, nil, 1), .range(t, t + 1, 1)])
      parts.append(try layer(Variable(one), &context).value)
    }
    expectClose(try Tensor.concat(parts, axis: 1).doubles, whole.doubles)
  }

  @Test func `a masked key is as good as absent`() throws {
    let layer = try attention()
    var context = LayerContext()
    context.others = [
      Variable(
        try Tensor([true, true, false, true, true, false], shape: Shape(checking: [2, 3])))
    ]
    let cut = [IndexItem.range(nil, nil, 1), .range(0, 2, 1)]
    let masked = try layer(Variable(tokens), &context).value.indexed(cut)
    expectClose(masked.doubles, try applied(layer, tokens.indexed(cut)).doubles)
  }

  @Test func `rotary positions keep lengths and depend on distances only`() throws {
    let x = Variable(try Tensor([0.3, -0.7, 1.1, 0.4], shape: Shape(checking: [1, 4])))
    func product(_ a: Int, _ b: Int) throws -> Double {
      let (p, q) = (try Positions.rotated(x, from: a), try Positions.rotated(x, from: b))
      return try #require((p * q).sum().value.item)
    }
    expectClose([try product(5, 5)], [0.09 + 0.49 + 1.21 + 0.16])
    expectClose([try product(7, 3)], [try product(104, 100)], relative: 1e-9)
  }

  @Test func `sinusoids are sines and cosines of falling speed`() throws {
    let table = try Positions.sinusoids(3, 4).doubles
    // Position 2: sin 2, cos 2, sin 0.02, cos 0.02.
    expectClose(
      Array(table[8...]), [0.9092974268, -0.4161468365, 0.0199986667, 0.9998000067], relative: 1e-6)
    // Of three numbers the last is a sine alone, of 2 / 10000^(2 / 3).
    let odd = try Positions.sinusoids(3, 3)
    #expect(odd.dims == [3, 3])
    expectClose(
      Array(odd.doubles[6...]), [0.9092974268, -0.4161468365, 0.0043088561], relative: 1e-5)
  }
}
