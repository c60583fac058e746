import Tensors

/// Writing elements into a copy of a tensor.
private struct Canvas {
  let target: Operand
  let rule: String
  private var picks: [Int]
  private var reals: [Double] = []
  private var whole: [Int64] = []
  private let source: Operand
  private let sourceReals: [Double]
  private let sourceWhole: [Int64]

  init(_ target: Operand, from source: Operand, rule: String) throws {
    guard source.type == target.type else {
      throw GraphError.invalid("elements of type \(source.type) into \(target.type)")
    }
    guard ["none", "add", "mul", "max", "min"].contains(rule) else {
      throw GraphError.unsupported("reduction \(rule)")
    }
    self.target = target
    self.source = source
    self.rule = rule
    picks = Array(0..<target.count)
    let (needsReals, needsWhole) = (rule != "none" && target.type.isFloat, rule != "none")
    reals = needsReals ? try target.reals() : []
    sourceReals = needsReals ? try source.reals() : []
    whole = needsWhole && !needsReals ? try target.whole() : []
    sourceWhole = needsWhole && !needsReals ? try source.whole() : []
  }

  mutating func put(_ from: Int, at place: Int) {
    switch rule {
    case "none": picks[place] = target.count + from
    case _ where target.type.isFloat:
      let (old, new) = (reals[place], sourceReals[from])
      let sum = rule == "add" ? old + new : old * new
      let pick = rule == "max" ? max(old, new) : min(old, new)
      reals[place] = target.type.rounded(rule == "add" || rule == "mul" ? sum : pick)
    default:
      let (old, new) = (whole[place], sourceWhole[from])
      let isBool = target.type == .bool
      switch rule {
      case "add": whole[place] = isBool ? old | new : old &+ new
      case "mul": whole[place] = old &* new
      case "max": whole[place] = IntegerOrder.less(old, new, target.type) ? new : old
      default: whole[place] = IntegerOrder.less(old, new, target.type) ? old : new
      }
    }
  }

  func result() throws -> Operand {
    if rule != "none" {
      return target.type.isFloat
        ? try Operand(reals: reals, target.dims, target.type)
        : try Operand(whole: whole, target.dims, target.type)
    }
    let both = try Joining.concatenated(
      [target.reshaped([target.count]), source.reshaped([source.count])], axis: 0)
    return try both.picked(picks, target.dims)
  }
}

extension GraphOperators {
  private static func scatterElements(_ call: NodeCall) throws -> Operand {
    let (x, indices, updates) = (try call.operand(0), try call.operand(1), try call.operand(2))
    let axis = try x.axis(call.integer("axis", 0))
    guard indices.rank == x.rank, x.rank > 0, indices.dims == updates.dims,
      x.dims.indices.allSatisfy({ $0 == axis || indices.dims[$0] <= x.dims[$0] })
    else { throw GraphError.invalid("\(updates.dims) at indices of \(indices.dims) in \(x.dims)") }
    var canvas = try Canvas(x, from: updates, rule: call.text("reduction", "none"))
    let values = try indices.integers()
    let strides = Positions.strides(x.dims)
    var from = 0
    try Positions.each(indices.dims) { place in
      var target = place
      target[axis] = try index(values[from], x.dims[axis], axis: axis)
      canvas.put(from, at: Positions.flat(target, strides))
      from += 1
    }
    return try canvas.result()
  }

  static let scattering: [GraphOperator] = [
    GraphOperator("Scatter", scatterElements),
    GraphOperator("ScatterElements", scatterElements),
    GraphOperator("ScatterND") { call in
      let (x, indices, updates) = (try call.operand(0), try call.operand(1), try call.operand(2))
      let depth = indices.dims.last ?? 0
      guard indices.rank > 0, depth <= x.rank,
        updates.dims == Array(indices.dims.dropLast()) + Array(x.dims[depth...])
      else {
        throw GraphError.invalid("\(updates.dims) at indices of \(indices.dims) in \(x.dims)")
      }
      var canvas = try Canvas(x, from: updates, rule: call.text("reduction", "none"))
      let values = try indices.integers()
      let strides = Positions.strides(x.dims)
      let inner = x.dims[depth...].reduce(1, *)
      for row in 0..<indices.dims.dropLast().reduce(1, *) {
        var start = 0
        for k in 0..<depth {
          start += try index(values[row * depth + k], x.dims[k], axis: k) * strides[k]
        }
        for i in 0..<inner { canvas.put(row * inner + i, at: start + i) }
      }
      return try canvas.result()
    },
    GraphOperator("TensorScatter") { call in
      let (past, update) = (try call.operand(0), try call.operand(1))
      let axis = try past.axis(call.integer("axis", -2))
      guard axis > 0, update.rank == past.rank,
        past.dims.indices.allSatisfy({ $0 == axis || past.dims[$0] == update.dims[$0] })
      else { throw GraphError.invalid("\(update.dims) cannot be written into \(past.dims)") }
      let length = past.dims[axis]
      let starts =
        try call.optional(2)?.integers() ?? [Int](repeating: 0, count: past.dims[0])
      guard starts.count == past.dims[0] else {
        throw GraphError.invalid("\(starts.count) places for \(past.dims[0]) sequences")
      }
      let isCircular = call.text("mode", "linear") == "circular"
      var canvas = try Canvas(past, from: update, rule: "none")
      let strides = Positions.strides(past.dims)
      var from = 0
      try Positions.each(update.dims) { place in
        var target = place
        let at = starts[place[0]] &+ place[axis]
        guard at >= 0, isCircular || at < length, length > 0 else {
          throw TensorError.indexOutOfRange(index: at, size: length, axis: axis)
        }
        target[axis] = at % length
        canvas.put(from, at: Positions.flat(target, strides))
        from += 1
      }
      return try canvas.result()
    },
  ]
}
