import Glibc
import Tensors

extension GraphOperators {
  /// Numbers along an axis, one for each of its places.
  private static func parameters(_ call: NodeCall, _ i: Int, _ count: Int) throws -> [Double] {
    let values = try call.operand(i).reals()
    guard values.count == count else {
      throw GraphError.invalid("input \(i) has \(values.count) numbers, not \(count)")
    }
    return values
  }

  private static func mean(_ values: some Collection<Double>) -> Double {
    values.reduce(0, +) / Double(max(1, values.count))
  }

  private static func variance(_ values: some Collection<Double>, _ mean: Double) -> Double {
    values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
  }

  private static func batchNorm(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0).ranked(1...)
    let channels = x.rank > 1 ? x.dims[1] : 1
    let inner = x.rank > 1 ? x.dims[2...].reduce(1, *) : 1
    let (scale, bias) = (try parameters(call, 1, channels), try parameters(call, 2, channels))
    var (means, variances) = (try parameters(call, 3, channels), try parameters(call, 4, channels))
    let values = try x.reals()
    let isTraining = call.flag("training_mode")
    var (running, spread): ([Double], [Double]) = ([], [])
    if isTraining {
      let momentum = call.real("momentum", 0.9)
      for c in 0..<channels {
        let own = values.indices.filter { $0 / inner % channels == c }.map { values[$0] }
        let m = mean(own)
        let v = variance(own, m)
        running.append(means[c] * momentum + m * (1 - momentum))
        spread.append(variances[c] * momentum + v * (1 - momentum))
        (means[c], variances[c]) = (m, v)
      }
    }
    let epsilon = call.real("epsilon", 1e-5)
    let result = values.indices.map { i in
      let c = i / inner % channels
      return (values[i] - means[c]) / (variances[c] + epsilon).squareRoot() * scale[c] + bias[c]
    }
    var outputs: [GraphValue] = [.tensor(try Operand(reals: result, x.dims, x.type))]
    if isTraining {
      let type = try call.operand(3).type
      outputs.append(.tensor(try Operand(reals: running, [channels], type)))
      outputs.append(.tensor(try Operand(reals: spread, [channels], type)))
    }
    return outputs
  }

  /// Normalises runs of `length` numbers; scale and bias are looked up by place.
  private static func normalized(
    _ x: Operand, length: Int, epsilon: Double, centres: Bool = true
  ) throws -> (values: [Double], means: [Double], inverses: [Double]) {
    var values = try x.reals()
    var (means, inverses): ([Double], [Double]) = ([], [])
    for row in 0..<(length == 0 ? 0 : values.count / length) {
      let range = row * length..<(row + 1) * length
      let m = centres ? mean(values[range]) : 0
      let inverse = 1 / (variance(values[range], m) + epsilon).squareRoot()
      for i in range { values[i] = (values[i] - m) * inverse }
      means.append(m)
      inverses.append(inverse)
    }
    return (values, means, inverses)
  }

  /// Scales and shifts by tensors that are stretched over the normalised axes.
  private static func scaled(
    _ values: [Double], _ x: Operand, _ scale: Operand, _ bias: Operand?, _ type: ElementType
  ) throws -> Operand {
    let factors = try scale.stretched(to: x.dims).reals()
    var result = zip(values, factors).map { x.type.rounded($0) * $1 }
    if let bias { result = zip(result, try bias.stretched(to: x.dims).reals()).map { $0 + $1 } }
    return try Operand(reals: result, x.dims, type)
  }

  private static func layerNorm(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0).ranked(1...)
    let axis = try x.axis(call.integer("axis", -1))
    let length = x.dims[axis...].reduce(1, *)
    let (values, means, inverses) = try normalized(
      x, length: length, epsilon: call.real("epsilon", 1e-5))
    let dims = x.dims.indices.map { $0 < axis ? x.dims[$0] : 1 }
    let stash: ElementType = x.type == .float64 ? .float64 : .float32
    return [
      .tensor(try scaled(values, x, call.operand(1), call.optional(2), x.type)),
      .tensor(try Operand(reals: means, dims, stash)),
      .tensor(try Operand(reals: inverses, dims, stash)),
    ]
  }

  /// Normalises groups of channels of each image; scale and bias belong to channels or groups.
  private static func grouped(_ call: NodeCall, _ x: Operand, groups: Int) throws -> Operand {
    let channels = x.dims[1]
    guard groups > 0, channels % groups == 0 else {
      throw GraphError.invalid("\(channels) channels in \(groups) groups")
    }
    let inner = x.dims[2...].reduce(1, *)
    var (values, _, _) = try normalized(
      x, length: channels / groups * inner, epsilon: call.real("epsilon", 1e-5))
    let (scale, bias) = (try call.operand(1).reals(), try call.operand(2).reals())
    guard scale.count == bias.count, scale.count == channels || scale.count == groups else {
      throw GraphError.invalid("\(scale.count) scales for \(channels) channels")
    }
    for i in values.indices {
      let channel = i / inner % channels
      let at = scale.count == channels ? channel : channel / (channels / groups)
      values[i] = values[i] * scale[at] + bias[at]
    }
    return try Operand(reals: values, x.dims, x.type)
  }

  static let normalizations: [GraphOperator] = [
    GraphOperator(many: "BatchNormalization", batchNorm),
    GraphOperator(many: "LayerNormalization", layerNorm),
    GraphOperator("RMSNormalization") { call in
      let x = try call.operand(0).ranked(1...)
      let axis = try x.axis(call.integer("axis", -1))
      let (values, _, _) = try normalized(
        x, length: x.dims[axis...].reduce(1, *), epsilon: call.real("epsilon", 1e-5),
        centres: false)
      let scale = try call.operand(1)
      return try scaled(values, x, scale, nil, scale.type)
    },
    GraphOperator("InstanceNormalization") { call in
      let x = try call.operand(0).ranked(2...)
      return try grouped(call, x, groups: x.dims[1])
    },
    GraphOperator("GroupNormalization") { call in
      try grouped(call, call.operand(0).ranked(2...), groups: call.required("num_groups"))
    },
    GraphOperator("MeanVarianceNormalization") { call in
      let x = try call.operand(0)
      let axes = try x.axes(call.integers("axes") ?? [0, 2, 3])
      let groups = try Groups(x, axes: axes)
      let means = try Operand(reals: groups.reals { mean($0) }, groups.dims, .float64)
      let spreads = try Operand(
        reals: groups.reals { variance($0, mean($0)).squareRoot() }, groups.dims, .float64)
      let (m, s) = (
        try means.stretched(to: x.dims).reals(), try spreads.stretched(to: x.dims).reals()
      )
      let values = try x.reals()
      return try Operand(
        reals: values.indices.map { (values[$0] - m[$0]) / (s[$0] + 1e-9) }, x.dims, x.type)
    },
    GraphOperator("LRN") { call in
      let x = try call.operand(0).ranked(2...)
      let size = try call.required("size")
      let (alpha, beta, bias) = (
        call.real("alpha", 1e-4), call.real("beta", 0.75), call.real("bias", 1)
      )
      guard size > 0, size < 1 << 31 else { throw GraphError.invalid("a window of \(size)") }
      let (channels, inner) = (x.dims[1], x.dims[2...].reduce(1, *))
      let values = try x.reals()
      let result = values.indices.map { i in
        let (channel, rest) = (i / inner % channels, i - i / inner % channels * inner)
        let range = max(0, channel - (size - 1) / 2)...min(channels - 1, channel + size / 2)
        let sum = range.reduce(0.0) { $0 + values[rest + $1 * inner] * values[rest + $1 * inner] }
        return values[i] / pow(bias + alpha / Double(size) * sum, beta)
      }
      return try Operand(reals: result, x.dims, x.type)
    },
  ]
}
