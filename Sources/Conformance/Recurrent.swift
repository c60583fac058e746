import Autograd
import Tensors

/// The weights of one direction of one layer.
private struct Cell {
  let wi: Variable
  let wh: Variable
  let bi: Variable?
  let bh: Variable?
  let projection: Variable?

  init(_ c: Call, _ suffix: String) throws {
    guard let wi = try c.parameter("weight_ih\(suffix)"),
      let wh = try c.parameter("weight_hh\(suffix)")
    else { throw Unsupported("weights are missing") }
    (self.wi, self.wh) = (wi, wh)
    (bi, bh) = (try c.parameter("bias_ih\(suffix)"), try c.parameter("bias_hh\(suffix)"))
    projection = try c.parameter("weight_hr\(suffix)")
  }

  private func gates(_ x: Variable, _ h: Variable) throws -> (Variable, Variable) {
    (try Adapters.linear(x, wi, bi), try Adapters.linear(h, wh, bh))
  }

  func plain(_ x: Variable, _ h: Variable, _ kind: String) throws -> Variable {
    let (a, b) = try gates(x, h)
    return try kind == "relu" ? Operations.relu(a + b) : Operations.tanh(a + b)
  }

  func gru(_ x: Variable, _ h: Variable) throws -> Variable {
    let (a, b) = try gates(x, h)
    let n = h.dims[h.rank - 1]
    func part(_ v: Variable, _ i: Int) throws -> Variable {
      try v.sliced(axis: -1, i * n..<(i + 1) * n)
    }
    let r = try Operations.sigmoid(part(a, 0) + part(b, 0))
    let z = try Operations.sigmoid(part(a, 1) + part(b, 1))
    let new = try Operations.tanh(part(a, 2) + r * part(b, 2))
    return try (1 - z) * new + z * h
  }

  func lstm(_ x: Variable, _ h: Variable, _ state: Variable) throws -> (Variable, Variable) {
    let (a, b) = try gates(x, h)
    let all = try a + b
    let n = state.dims[state.rank - 1]
    func part(_ i: Int) throws -> Variable { try all.sliced(axis: -1, i * n..<(i + 1) * n) }
    let next =
      try Operations.sigmoid(part(1)) * state
      + Operations.sigmoid(part(0)) * Operations.tanh(part(2))
    var out = try Operations.sigmoid(part(3)) * Operations.tanh(next)
    if let projection { out = try Variable.matmul(out, projection, transposeB: true) }
    return (out, next)
  }
}

extension Adapters {
  static func addRecurrent(_ table: inout Table) {
    table.add("RNNCell", "GRUCell", "LSTMCell") { c in
      c.ignore("bias")
      let cell = try Cell(c, "")
      let kind = try c.setting(3, "nonlinearity").text() ?? "tanh"
      let x = try c.x()
      if c.name == "LSTMCell" {
        let states = try c.list(1)
        let (h, s) = try cell.lstm(x, states[0], states[1])
        return [h, s]
      }
      let width = cell.wh.dims[1]
      let h =
        try c.maybe(1)
        ?? Variable(.zeros(Shape(checking: Array(x.dims.dropLast()) + [width]), x.dtype))
      return [try c.name == "GRUCell" ? cell.gru(x, h) : cell.plain(x, h, kind)]
    }
    table.add("RNN", "GRU", "LSTM") { c in
      c.ignore("bias", "dropout")
      var x = try c.x()
      let layers = try c.setting(2, "num_layers").integer() ?? 1
      let isTwoWay = try c.setting(-1, "bidirectional").boolean() ?? false
      let batchFirst = try c.setting(-1, "batch_first").boolean() ?? false
      let kind = try c.setting(-1, "nonlinearity").text() ?? "tanh"
      _ = c.setting(0, "input_size")
      let hidden = try c.setting(1, "hidden_size").integer() ?? 1
      let projected = try c.setting(-1, "proj_size").integer() ?? 0
      let isFlat = x.rank == 2
      if isFlat {
        x = try x.expanded(axis: 1)
      } else if batchFirst {
        x = try x.transposed([1, 0, 2])
      }
      let isLSTM = c.name == "LSTM"
      let ways = isTwoWay ? 2 : 1
      let (steps, batch) = (x.dims[0], x.dims[1])
      func start(_ given: Variable?, _ width: Int) throws -> Variable {
        guard let given else {
          return Variable(try .zeros(Shape(checking: [layers * ways, batch, width]), x.dtype))
        }
        return isFlat ? try given.expanded(axis: 1) : given
      }
      let outWidth = projected > 0 ? projected : hidden
      var states: [Variable] = []
      if isLSTM { if case .none = c.given(1) {} else { states = try c.list(1) } }
      let h0 = try start(isLSTM ? states.first : c.maybe(1), outWidth)
      let c0 = try start(isLSTM ? states.last : nil, hidden)
      var lastH: [Variable] = []
      var lastC: [Variable] = []
      for layer in 0..<layers {
        var outputs: [Variable] = []
        for way in 0..<ways {
          let cell = try Cell(c, "_l\(layer)\(way == 1 ? "_reverse" : "")")
          var h = try h0.indexed([.index(layer * ways + way)])
          var s = try c0.indexed([.index(layer * ways + way)])
          var all = [Variable?](repeating: nil, count: steps)
          for t in way == 1 ? Array((0..<steps).reversed()) : Array(0..<steps) {
            let input = try x.indexed([.index(t)])
            switch c.name {
            case "LSTM": (h, s) = try cell.lstm(input, h, s)
            case "GRU": h = try cell.gru(input, h)
            default: h = try cell.plain(input, h, kind)
            }
            all[t] = h
          }
          outputs.append(try Variable.stack(all.compactMap { $0 }, axis: 0))
          lastH.append(h)
          lastC.append(s)
        }
        x = try outputs.count == 1 ? outputs[0] : Variable.concat(outputs, axis: -1)
      }
      var finals = [try Variable.stack(lastH, axis: 0)]
      if isLSTM { finals.append(try Variable.stack(lastC, axis: 0)) }
      if isFlat {
        x = try x.squeezed(axis: 1)
        finals = try finals.map { try $0.squeezed(axis: 1) }
      } else if batchFirst {
        x = try x.transposed([1, 0, 2])
      }
      return [x] + finals
    }
  }
}
