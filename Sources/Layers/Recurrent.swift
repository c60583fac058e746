import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  static let rnn = recurrent(
    "RNN", "A simple recurrent network: h = tanh(W x + U h + b) along a sequence.",
    "Elman 1990; act=\"relu\" in place of tanh.",
    extra: [Argument("act", .text, "\"tanh\" or \"relu\".", default: "\"tanh\"")]
  ) { $0.text("act") == "relu" ? .relu : .tanh }

  static let gru = recurrent(
    "GRU", "A recurrent network whose gates choose between the old state and a new one.",
    "Cho et al. 2014, in PyTorch's form."
  ) { _ in .gru }

  static let lstm = recurrent(
    "LSTM", "A recurrent network with a memory that gates write, keep and read.",
    "Hochreiter and Schmidhuber 1997, with forget gates."
  ) { _ in .lstm }

  private static func recurrent(
    _ name: String, _ summary: String, _ source: String, extra: [Argument] = [],
    _ cell: @escaping @Sendable (Attributes) -> Recurrence
  ) -> LayerKind {
    LayerKind(
      Entry(
        name, family: "Layers",
        [
          Argument(
            "in", .integer, "The last axis; taken from the chain when left out.", default: "none"),
          Argument("h", .integer, "The size of the state."),
          Argument("layers", .integer, "Networks one on the other.", default: "1"),
          Argument(
            "all", .boolean, "The state at every step, or only at the last one.", default: "true"),
          Argument("both", .boolean, "Also from the end to the start.", default: "false"),
          Argument("bias", .boolean, "Add learned constants.", default: "true"),
          Argument("dropout", .number, "Between the layers, while training.", default: "0"),
        ] + extra, summary: summary,
        details: "x is [B, T, in], the result [B, T, h] ([B, T, 2 h] with both); with_state gives "
          + "the last state too. m(x, lengths) takes sequences that end earlier: what follows is "
          + "0, and the last state is that of each one's end. Weights are named and ordered as in PyTorch. "
          + source,
        examples: [
          Example("\(name)(3, 4)(ones(2, 5, 3)).shape", prints: "(2, 5, 4)"),
          Example("\(name)(3, 4, all=false, both=true)(ones(2, 5, 3)).shape", prints: "(2, 8)"),
        ]),
      inputSetting: "in", inputs: 1...2, hasState: true, inputSize: { $0.last },
      parameters: { settings, stream in
        let size = settings.integer("h", default: 1)
        let rows = try Shape(checking: [size, cell(settings).gates]).count
        let both = settings.boolean("both", default: false)
        var result: [(name: String, value: Tensor)] = []
        let layers = settings.integer("layers", default: 1)
        guard layers <= 1000 else {
          throw TensorError.invalid(
            operation: name, reason: "layers is \(layers), at most 1000 can stand one on the other",
            hint: nil)
        }
        for layer in 0..<layers {
          let columns =
            layer == 0
            ? settings.integer("in", default: 1)
            : try Shape(checking: [size, both ? 2 : 1]).count
          for suffix in both ? ["", "_reverse"] : [""] {
            func add(_ part: String, _ dims: [Int]) throws {
              let value = try uniform(dims, fanIn: size, &stream)
              result.append(("\(part)_l\(layer)\(suffix)", value))
            }
            try add("weight_ih", [rows, columns])
            try add("weight_hh", [rows, size])
            guard settings.boolean("bias", default: true) else { continue }
            try add("bias_ih", [rows])
            try add("bias_hh", [rows])
          }
        }
        return result
      },
      shape: { settings, dims, kind in
        guard kind == .float32, dims.count == 3, dims[1] > 0,
          dims[2] == settings.integer("in", default: 1)
        else { return nil }
        let (width, overflow) = settings.integer("h", default: 1).multipliedReportingOverflow(
          by: settings.boolean("both", default: false) ? 2 : 1)
        if overflow { return nil }
        return settings.boolean("all", default: true)
          ? [dims[0], dims[1], width] : [dims[0], width]
      },
      apply: { layer, x, context in
        try run(cell(layer.settings), layer, x, &context)
      })
  }

  private static func run(
    _ cell: Recurrence, _ layer: Layer, _ x: Variable, _ context: inout LayerContext
  ) throws -> Variable {
    guard x.rank == 3, x.dims[1] > 0 else {
      throw TensorError.invalid(
        operation: layer.text, reason: "needs sequences [B, T, in], found \(x.dims)",
        hint: x.rank == 2 ? "x[none] for one sequence" : nil)
    }
    try checkLast(layer, x, layer.settings.integer("in", default: 1))
    let count = layer.settings.integer("layers", default: 1)
    let suffixes = layer.settings.boolean("both", default: false) ? ["", "_reverse"] : [""]
    let expected = count * suffixes.count * cell.states
    guard context.state.isEmpty || context.state.count == expected else {
      throw TensorError.invalid(
        operation: layer.text,
        reason: "its state has \(expected) parts, here are \(context.state.count)", hint: nil)
    }
    let lengths = try context.others.first.map { try Lengths($0.value, of: x, layer) }
    var sequence = try x.transposed([1, 0, 2])  // [T, B, in]
    if !sequence.dtype.isFloat { sequence = try sequence.cast(.float32) }
    var left: [Variable] = []
    var ends: [Variable] = []
    for index in 0..<count {
      var outputs: [Variable] = []
      ends = []
      for suffix in suffixes {
        let at = left.count
        let start = context.state.isEmpty ? nil : Array(context.state[at..<at + cell.states])
        func turned(_ x: Variable) throws -> Variable {
          try suffix.isEmpty ? x : lengths.map { try $0.turned(x) } ?? Operations.flip(x)
        }
        let states = try states(cell, layer, turned(sequence), "l\(index)\(suffix)", start)
        let last = states.dims[1] - 1
        for part in 0..<cell.states {
          let all = try states.indexed([.index(part)])
          left.append(try lengths.map { try $0.last(all) } ?? all.indexed([.index(last)]))
        }
        ends.append(left[at])
        let output = try states.indexed([.index(0)])
        outputs.append(try turned(output))
      }
      sequence = try outputs.count == 1 ? outputs[0] : Variable.concat(outputs, axis: -1)
      let p = layer.settings.number("dropout", default: 0)
      if index < count - 1 { sequence = try dropped(sequence, p, &context) }
    }
    context.state = left
    if let lengths { sequence = try lengths.cut(sequence) }
    if layer.settings.boolean("all", default: true) { return try sequence.transposed([1, 0, 2]) }
    return try ends.count == 1 ? ends[0] : Variable.concat(ends, axis: -1)
  }

  private static func states(
    _ cell: Recurrence, _ layer: Layer, _ x: Variable, _ suffix: String, _ start: [Variable]?
  ) throws -> Variable {
    guard let input = layer.parameter("weight_ih_" + suffix),
      let weight = layer.parameter("weight_hh_" + suffix)
    else { return x }
    // [T, B, gates h]
    let sums = try Variable.linear(x, input, layer.parameter("bias_ih_" + suffix))
    let first =
      try start
      ?? (0..<cell.states).map { _ in
        Variable(try .zeros(Shape(checking: [x.dims[1], weight.dims[1]]), sums.dtype))
      }
    for part in first where part.dims != [x.dims[1], weight.dims[1]] {
      throw TensorError.shapesDiffer(
        operation: layer.text, left: part.dims, right: [x.dims[1], weight.dims[1]])
    }
    return try cell.states(
      sums, weight: weight, bias: layer.parameter("bias_hh_" + suffix), from: first)
  }

  /// Dropout with probability p while training.
  static func dropped(_ x: Variable, _ p: Double, _ context: inout LayerContext) throws -> Variable
  {
    guard context.isTraining, p > 0 else { return x }
    return try x * Variable(context.stream.keeps(x.shape, from: p))
  }
}
