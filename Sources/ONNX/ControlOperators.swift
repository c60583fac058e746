import Formats
import Tensors

extension GraphOperators {
  private static func tensor(_ value: GraphValue) throws -> Operand {
    guard case .tensor(let operand) = value else {
      throw GraphError.invalid("a tensor is needed, this is a sequence or nothing")
    }
    return operand
  }

  private static func truth(_ value: GraphValue) throws -> Bool {
    try tensor(value).flags().first ?? false
  }

  /// Tensors of one shape under a new first axis.
  private static func stacked(_ parts: [Operand], axis: Int = 0, like: Operand? = nil) throws
    -> Operand
  {
    guard !parts.isEmpty else {
      return try Operand(reals: [], [0], like?.type ?? .float32)
    }
    let lifted = try parts.map { part in
      let at = try Operand.axis(axis, rank: part.rank + 1)
      var dims = part.dims
      dims.insert(1, at: at)
      return try part.reshaped(dims)
    }
    return try Joining.concatenated(lifted, axis: axis)
  }

  private static func loop(_ call: NodeCall) throws -> [GraphValue] {
    let body = try call.graph("body")
    let limit = try call.optional(0)?.integer() ?? Int.max
    var goesOn = try call.optional(1).map { try $0.flags().first ?? false } ?? true
    var carried = try call.inputs.indices.dropFirst(2).map { try call.value($0) }
    let extra = body.outputs.count - 1 - carried.count
    guard extra >= 0 else { throw GraphError.invalid("the body gives too few outputs") }
    var scans = [[Operand]](repeating: [], count: extra)
    var step = 0
    while goesOn, step < limit {
      let inputs: [GraphValue] = [
        .tensor(try Operand(step)), .tensor(try Operand(flags: [goesOn], [])),
      ]
      let results = try call.runner.run(body: body, inputs + carried, call.names)
      goesOn = try truth(results[0])
      carried = Array(results[1..<1 + carried.count])
      for k in 0..<extra { scans[k].append(try tensor(results[1 + carried.count + k])) }
      step += 1
    }
    return try carried + scans.map { .tensor(try stacked($0)) }
  }

  private static func scan(_ call: NodeCall) throws -> [GraphValue] {
    if call.version < 9 { return try batchedScan(call) }
    let body = try call.graph("body")
    let count = try call.required("num_scan_inputs")
    let kept = call.inputs.count - count
    guard count > 0, kept >= 0, body.outputs.count >= kept else {
      throw GraphError.invalid("\(count) of \(call.inputs.count) inputs are walked")
    }
    var states = try (0..<kept).map { try call.value($0) }
    let walked = try (kept..<call.inputs.count).map { try call.operand($0) }
    let made = body.outputs.count - kept
    func setting(_ name: String, _ count: Int) throws -> [Int] {
      let values = call.integers(name) ?? [Int](repeating: 0, count: count)
      guard values.count == count else { throw GraphError.invalid("\(name) \(values)") }
      return values
    }
    let (axes, outAxes) = (
      try setting("scan_input_axes", count), try setting("scan_output_axes", made)
    )
    let (reverses, outReverses) = (
      try setting("scan_input_directions", count), try setting("scan_output_directions", made)
    )
    let places = try zip(walked, axes).map { try $0.ranked(1...).axis($1) }
    let length = walked[0].dims[places[0]]
    guard zip(walked, places).allSatisfy({ $0.dims[$1] == length }) else {
      throw GraphError.invalid("the walked inputs have several lengths")
    }
    var outputs = [[Operand]](repeating: [], count: made)
    for step in 0..<length {
      let slices = try zip(walked, zip(places, reverses)).map { x, rule -> GraphValue in
        let (axis, isReverse) = rule
        let at = isReverse == 1 ? length - 1 - step : step
        var dims = x.dims
        dims.remove(at: axis)
        return .tensor(try part(x, axis: axis, from: at, size: 1).reshaped(dims))
      }
      let results = try call.runner.run(body: body, states + slices, call.names)
      states = Array(results[..<kept])
      for k in 0..<made { outputs[k].append(try tensor(results[kept + k])) }
    }
    return try states
      + outputs.enumerated().map { k, list in
        .tensor(
          try stacked(outReverses[k] == 1 ? list.reversed() : list, axis: outAxes[k]))
      }
  }

  /// Scan of version 8: the first axis of everything is a batch, the second is walked.
  private static func batchedScan(_ call: NodeCall) throws -> [GraphValue] {
    let body = try call.graph("body")
    let count = try call.required("num_scan_inputs")
    let operands = try call.inputs.indices.dropFirst().map { try call.operand($0).ranked(1...) }
    let kept = operands.count - count
    guard count > 0, kept >= 0, body.outputs.count >= kept,
      operands[kept...].allSatisfy({ $0.rank > 1 && $0.dims[1] == operands[kept].dims[1] }),
      operands.allSatisfy({ $0.dims[0] == operands[0].dims[0] })
    else { throw GraphError.invalid("\(count) of \(operands.count) inputs are walked") }
    let (batch, length) = (operands[0].dims[0], operands[kept].dims[1])
    let reverses = call.integers("directions") ?? [Int](repeating: 0, count: count)
    let lengths =
      try call.optional(0)?.integers() ?? [Int](repeating: length, count: batch)
    guard reverses.count == count, lengths.count == batch,
      lengths.allSatisfy({ $0 > 0 && $0 <= length })
    else { throw GraphError.invalid("lengths \(lengths) of \(length)") }
    func cut(_ x: Operand, _ at: Int) throws -> Operand {
      try part(x, axis: 0, from: at, size: 1).reshaped(Array(x.dims.dropFirst()))
    }
    var outputs = [[Operand]](repeating: [], count: body.outputs.count)
    for b in 0..<batch {
      var states = try (0..<kept).map { GraphValue.tensor(try cut(operands[$0], b)) }
      let walked = try operands[kept...].map { try cut($0, b) }
      var made = [[Operand]](repeating: [], count: body.outputs.count - kept)
      for step in 0..<lengths[b] {
        let slices = try walked.enumerated().map { k, x in
          GraphValue.tensor(try cut(x, reverses[k] == 1 ? lengths[b] - 1 - step : step))
        }
        let results = try call.runner.run(body: body, states + slices, call.names)
        states = Array(results[..<kept])
        for k in made.indices { made[k].append(try tensor(results[kept + k])) }
      }
      for (k, state) in states.enumerated() { outputs[k].append(try tensor(state)) }
      for (k, list) in made.enumerated() { outputs[kept + k].append(try stacked(list)) }
    }
    return try outputs.map { .tensor(try stacked($0)) }
  }

  private static func sequenceMap(_ call: NodeCall) throws -> [GraphValue] {
    let body = try call.graph("body")
    let first = try call.sequence(0)
    var results = [[GraphValue]](repeating: [], count: body.outputs.count)
    for step in first.indices {
      let inputs = try call.inputs.indices.map { i -> GraphValue in
        guard case .sequence(let list) = try call.value(i) else { return try call.value(i) }
        guard step < list.count else { throw GraphError.invalid("a sequence is too short") }
        return list[step]
      }
      for (k, value) in try call.runner.run(body: body, inputs, call.names).enumerated() {
        results[k].append(value)
      }
    }
    return results.map { .sequence($0) }
  }

  static let control: [GraphOperator] = [
    GraphOperator(many: "If") { call in
      let isTrue = try truth(call.value(0))
      return try call.runner.run(
        body: call.graph(isTrue ? "then_branch" : "else_branch"), [], call.names)
    },
    GraphOperator(many: "Loop", loop),
    GraphOperator(many: "Scan", scan),
    GraphOperator(many: "SequenceMap", sequenceMap),
  ]

  private static func place(_ call: NodeCall, _ input: Int, _ count: Int) throws -> Int? {
    try call.optional(input).map { try index($0.integer(), count) }
  }

  private static func splitToSequence(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0).ranked(1...)
    let axis = try x.axis(call.integer("axis", 0))
    let length = x.dims[axis]
    let split = try call.optional(1)
    var sizes = [Int](repeating: 1, count: length)
    if let split {
      let given = try split.integers()
      if split.rank == 0 {
        guard let size = given.first, size > 0 else { throw GraphError.invalid("parts of nothing") }
        sizes = stride(from: 0, to: length, by: size).map { min(size, length - $0) }
      } else {
        sizes = given
      }
    }
    guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, &+) == length else {
      throw GraphError.invalid("parts \(sizes) of an axis of \(length)")
    }
    var start = 0
    let dropsAxis = split == nil && !call.flag("keepdims", true)
    return [
      .sequence(
        try sizes.map { size in
          defer { start += size }
          let piece = try part(x, axis: axis, from: start, size: size)
          guard dropsAxis else { return .tensor(piece) }
          var dims = piece.dims
          dims.remove(at: axis)
          return .tensor(try piece.reshaped(dims))
        })
    ]
  }

  static let sequences: [GraphOperator] = [
    GraphOperator(many: "SequenceEmpty") { _ in [.sequence([])] },
    GraphOperator(many: "SequenceConstruct") { call in
      [.sequence(try call.inputs.indices.map { try call.value($0) })]
    },
    GraphOperator(many: "SequenceAt") { call in
      let list = try call.sequence(0)
      return [list[try index(call.operand(1).integer(), list.count)]]
    },
    GraphOperator("SequenceLength") { try Operand($0.sequence(0).count) },
    GraphOperator(many: "SequenceInsert") { call in
      var list = try call.sequence(0)
      // One place more than there are elements: the end.
      let at = try place(call, 2, list.count + 1) ?? list.count
      let given = try call.optional(2)?.integer() ?? 0
      list.insert(try call.value(1), at: given < 0 ? max(0, at - 1) : at)
      return [.sequence(list)]
    },
    GraphOperator(many: "SequenceErase") { call in
      var list = try call.sequence(0)
      guard !list.isEmpty else { throw GraphError.invalid("nothing to take out") }
      list.remove(at: try place(call, 1, list.count) ?? list.count - 1)
      return [.sequence(list)]
    },
    GraphOperator("ConcatFromSequence") { call in
      let parts = try call.sequence(0).map { try tensor($0) }
      let axis = try call.required("axis")
      return call.flag("new_axis")
        ? try stacked(parts, axis: axis) : try Joining.concatenated(parts, axis: axis)
    },
    GraphOperator(many: "SplitToSequence", splitToSequence),
    GraphOperator(many: "Optional") { [$0.has(0) ? try $0.value(0) : .nothing] },
    GraphOperator("OptionalHasElement") { call in
      var isThere = call.has(0)
      if isThere, case .nothing = try call.value(0) { isThere = false }
      return try Operand(flags: [isThere], [])
    },
    GraphOperator(many: "OptionalGetElement") { call in
      if case .nothing = try call.value(0) { throw GraphError.invalid("the value is not there") }
      return [try call.value(0)]
    },
  ]
}
