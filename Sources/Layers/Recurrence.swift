import Autograd
import Tensors

/// The three recurrent cells: a sequence of inputs to a sequence of states.
enum Recurrence: Sendable {
  case tanh, relu, gru, lstm

  /// Blocks of rows in the weights, in PyTorch's order: i f g o (LSTM), r z n (GRU).
  var gates: Int {
    switch self {
    case .tanh, .relu: 1
    case .gru: 3
    case .lstm: 4
    }
  }

  /// How many tensors a state consists of: h, or h and c.
  var states: Int { self == .lstm ? 2 : 1 }

  /// All states [states, T, B, h] for inputs W x + b [T, B, g h], from a first state of [B, h] each.
  ///
  /// Gradients of first order come from steps written by hand; where scopes nest the steps are
  /// composed of operations, so that gradients of every order exist.
  func states(_ input: Variable, weight: Variable, bias: Variable?, from first: [Variable]) throws
    -> Variable
  {
    if Gradients.isNested || self == .tanh || self == .relu {
      return try composed(input, weight, bias, first)
    }
    let all = [input, weight] + first + (bias.map { [$0] } ?? [])
    if input.shape.count > 0, all.allSatisfy({ $0.dtype == .float32 }) {
      return try sequence(input, weight, bias, first)
    }
    return try fused(input, weight, bias, first)
  }

  // MARK: As whole sequences of f32

  private func sequence(
    _ input: Variable, _ weight: Variable, _ bias: Variable?, _ first: [Variable]
  ) throws -> Variable {
    let inputs = [input, weight] + first + (bias.map { [$0] } ?? [])
    let row = try bias?.value ?? .zeros(Shape(checking: [weight.dims[0]]))
    let size = weight.dims[1]
    /// Gradients of weight and bias from those of the recurrent sums [T, B, g h]: tall products.
    @Sendable func rest(_ slopes: Tensor, _ states: Tensor, _ h: Tensor) throws -> (Tensor, Tensor?)
    {
      let tall = try slopes.reshaped([-1, slopes.dims[2]])
      let before = try Tensor.concat(
        [
          h.expanded(axis: 0),
          states.reshaped(Array(states.dims.dropFirst()))
            .sliced(axis: 0, 0..<states.dims[1] - 1),
        ], axis: 0
      ).reshaped([-1, size])
      return (
        try Tensor.matmul(tall, before, transposeA: true),
        bias == nil ? nil : try tall.reduce(.sum, axes: [0])
      )
    }
    if self == .lstm {
      let (states, gates, roots) = try RecurrentSequences.lstm(
        input.value, weight: weight.value, bias: row, h: first[0].value, c: first[1].value)
      return states.recorded(from: inputs) { c in
        let (weight, h, memory) = (c.inputs[1].value, c.inputs[2].value, c.inputs[3].value)
        let back = try RecurrentSequences.lstmGradient(
          c.upstream.value, weight: weight, states: states, gates: gates, roots: roots, c: memory)
        let states = try states.sliced(axis: 0, 0..<1)
        let (slope, constant) = try rest(back.input, states, h)
        return [back.input, slope, back.h, back.c, constant].prefix(c.inputs.count)
          .map { $0.map { Variable($0) } }
      }
    }
    let (states, gates, sums) = try RecurrentSequences.gru(
      input.value, weight: weight.value, bias: row, h: first[0].value)
    return states.recorded(from: inputs) { c in
      let (weight, h) = (c.inputs[1].value, c.inputs[2].value)
      let back = try RecurrentSequences.gruGradient(
        c.upstream.value, weight: weight, states: states, gates: gates, sums: sums, h: h)
      let (slope, constant) = try rest(back.hidden, states, h)
      return [back.input, slope, back.h, constant].prefix(c.inputs.count)
        .map { $0.map { Variable($0) } }
    }
  }

  // MARK: Composed of operations

  private func composed(
    _ input: Variable, _ weight: Variable, _ bias: Variable?, _ first: [Variable]
  ) throws -> Variable {
    var state = first
    var all: [[Variable]] = []
    for t in 0..<input.dims[0] {
      var recurrent = try Variable.matmul(state[0], weight, transposeB: true)
      if let bias { recurrent = try recurrent + bias }
      state = try step(input.indexed([.index(t)]), recurrent, state)
      all.append(state)
    }
    return try Variable.stack(
      (0..<states).map { part in try Variable.stack(all.map { $0[part] }, axis: 0) }, axis: 0)
  }

  private func step(_ input: Variable, _ recurrent: Variable, _ state: [Variable]) throws
    -> [Variable]
  {
    let h = state[0]
    let size = h.dims[1]
    func gate(_ x: Variable, _ index: Int) throws -> Variable {
      try x.indexed([.range(nil, nil, 1), .range(index * size, (index + 1) * size, 1)])
    }
    switch self {
    case .tanh: return [try Operations.tanh(input + recurrent)]
    case .relu: return [try Operations.relu(input + recurrent)]
    case .gru:
      let reset = try Operations.sigmoid(gate(input, 0) + gate(recurrent, 0))
      let update = try Operations.sigmoid(gate(input, 1) + gate(recurrent, 1))
      let new = try Operations.tanh(gate(input, 2) + reset * gate(recurrent, 2))
      return [try new + update * (h - new)]
    case .lstm:
      let sum = try input + recurrent
      let kept = try Operations.sigmoid(gate(sum, 1)) * state[1]
      let c = try kept + Operations.sigmoid(gate(sum, 0)) * Operations.tanh(gate(sum, 2))
      return [try Operations.sigmoid(gate(sum, 3)) * Operations.tanh(c), c]
    }
  }

  // MARK: With steps written by hand

  /// What a step leaves for the way back.
  private struct Trace: Sendable {
    let gates: Tensor
    /// LSTM: tanh(c). GRU: the recurrent sums.
    let other: Tensor
    let before: [Tensor]
  }

  private func fused(
    _ input: Variable, _ weight: Variable, _ bias: Variable?, _ first: [Variable]
  ) throws -> Variable {
    var state = first.map(\.value)
    var traces: [Trace] = []
    var all: [[Tensor]] = []
    for t in 0..<input.dims[0] {
      var sums = try Tensor.matmul(state[0], weight.value, transposeA: false, transposeB: true)
      if let bias { sums = try sums.binary(.add, bias.value) }
      let given = try input.value.indexed([.index(t)])
      let before = state
      if self == .lstm {
        let step = try RecurrentStep.lstm(sums.binary(.add, given), state[1])
        state = [step.h, step.c]
        traces.append(Trace(gates: step.gates, other: step.root, before: before))
      } else {
        let step = try RecurrentStep.gru(given, sums, state[0])
        state = [step.h]
        traces.append(Trace(gates: step.gates, other: sums, before: before))
      }
      all.append(state)
    }
    let result = try Tensor.stack(
      (0..<states).map { part in try Tensor.stack(all.map { $0[part] }, axis: 0) }, axis: 0)
    let inputs = [input, weight] + first + (bias.map { [$0] } ?? [])
    let kept = traces
    return result.recorded(from: inputs) { c in
      try gradients(c.upstream.value, kept, c.inputs.map(\.value)).map { Variable($0) }
    }
  }

  /// Back through time: gradients of input, weight, first state and bias.
  private func gradients(_ upstream: Tensor, _ traces: [Trace], _ inputs: [Tensor]) throws
    -> [Tensor]
  {
    let weight = inputs[1]
    var slopes: [Tensor] = []  // of the inputs' sums, last step first
    var hidden: [Tensor] = []  // of the recurrent sums
    var dh = try Tensor.zeros(inputs[2].shape, weight.dtype)
    var dc = dh
    let ups = try (0..<states).map { try upstream.indexed([.index($0)]) }
    for t in traces.indices.reversed() {
      let trace = traces[t]
      dh = try dh.binary(.add, ups[0].indexed([.index(t)]))
      if self == .lstm {
        dc = try dc.binary(.add, ups[1].indexed([.index(t)]))
        let back = try RecurrentStep.lstmGradient(
          gates: trace.gates, c: trace.before[1], root: trace.other, dh: dh, dc: dc)
        dc = back.c
        slopes.append(back.sums)
        hidden.append(back.sums)
        dh = try Tensor.matmul(back.sums, weight, transposeA: false, transposeB: false)
      } else {
        let back = try RecurrentStep.gruGradient(
          gates: trace.gates, recurrent: trace.other, h: trace.before[0], dh: dh)
        slopes.append(back.input)
        hidden.append(back.recurrent)
        dh = try Tensor.matmul(back.recurrent, weight, transposeA: false, transposeB: false)
          .binary(.add, back.h)
      }
    }
    // [T B, g h] and [T B, h]: the weight's gradient is one tall product.
    let tall = try Tensor.concat(hidden.reversed(), axis: 0)
    let states = try Tensor.concat(traces.map { $0.before[0] }, axis: 0)
    var result = [
      try Tensor.stack(slopes.reversed(), axis: 0),
      try Tensor.matmul(tall, states, transposeA: true, transposeB: false), dh,
    ]
    if self == .lstm { result.append(dc) }
    if inputs.count > result.count { result.append(try tall.reduce(.sum, axes: [0])) }
    return result
  }
}
