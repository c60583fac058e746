import Tensors
import Vocabulary

extension Operations {
  private static let family = "Normalise"
  private static let x = Argument("x", .tensor, "[N, C, ...].")
  private static let eps = Argument("eps", .number, "Added to the variance.", default: "1e-5")
  private static let twelve = (0..<12).map { 0.4 * Double($0 * 7 % 11) - 1.7 }

  /// (x - mean) / sqrt(variance + eps) over the given axes.
  package static func standardised(_ x: Variable, axes: [Int], eps: Double) throws -> Variable {
    if x.shape.count == 0 { return x }
    let centred = try x - Operations.mean(x, .reduction(axes, true))
    let variance = try Operations.mean(centred * centred, .reduction(axes, true))
    return try centred * Operations.rsqrt(variance + eps)
  }

  /// Scale and shift along axis 1.
  package static func affine(
    _ y: Variable, _ weight: Variable?, _ bias: Variable?, from x: Variable
  )
    throws -> Variable
  {
    func shaped(_ v: Variable) throws -> Variable {
      try v.reshaped([v.shape.count] + Array(repeating: 1, count: Swift.max(0, x.rank - 2)))
    }
    var y = y
    if let weight { y = try y * shaped(weight) }
    if let bias { y = try y + shaped(bias) }
    return y
  }

  package static let layerNorm: TensorOperation = .composed(
    "layer_norm", family,
    [
      Argument("x", .tensor, "Any shape."),
      Argument("axes", .integer, "How many of the last axes.", default: "1"), eps,
    ], "Mean 0 and variance 1 over the last axes.", details: "Ba, Kiros and Hinton 2016.",
    "layer_norm([1, 3], eps=0)", "[-1, 1]",
    samples: [.init([twelve], [[3, 4]]), .init([twelve], [[2, 2, 3]], ["axes": .integer(2)])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    let count = a.integer("axes", default: 1)
    guard count > 0, count <= x.rank else {
      throw TensorError.axisOutOfRange(axis: count, rank: x.rank)
    }
    return try standardised(
      x, axes: Array(x.rank - count..<x.rank), eps: a.number("eps", default: 1e-5))
  }

  package static let rmsNorm: TensorOperation = .composed(
    "rms_norm", family,
    [
      Argument("x", .tensor, "Any shape."),
      Argument("axes", .integer, "How many of the last axes.", default: "1"), eps,
    ], "x divided by the root of its mean square over the last axes.",
    details: "Zhang and Sennrich 2019.", "rms_norm([3, 3], eps=0)", "[1, 1]",
    samples: [.init([twelve], [[3, 4]]), .init([twelve], [[2, 2, 3]], ["axes": .integer(2)])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    let count = a.integer("axes", default: 1)
    guard count > 0, count <= x.rank else {
      throw TensorError.axisOutOfRange(axis: count, rank: x.rank)
    }
    let square = try Operations.mean(x * x, .reduction(Array(x.rank - count..<x.rank), true))
    return try x * Operations.rsqrt(square + a.number("eps", default: 1e-5))
  }

  package static let groupNorm: TensorOperation = .composed(
    "group_norm", family,
    [x, Argument("groups", .integer, "Into how many the channels are divided."), eps],
    "Mean 0 and variance 1 over each group of channels of an example.",
    details: "Wu and He 2018.", "group_norm([[1, 3, 2, 4]], 2, eps=0)[0]", "[-1, 1, -1, 1]",
    samples: [.init([twelve], [[1, 4, 3]], ["groups": .integer(2)])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    let groups = a.integer("groups", default: 1)
    guard x.rank >= 2, groups > 0, x.dims[1] % groups == 0 else {
      throw TensorError.invalid(
        operation: "group_norm", reason: "\(groups) groups do not divide the channels of \(x.dims)",
        hint: nil)
    }
    let size = x.dims[1] / groups * x.dims.dropFirst(2).reduce(1, *)
    let flat = try x.reshaped([x.dims[0], groups, size])
    return try standardised(flat, axes: [2], eps: a.number("eps", default: 1e-5)).reshaped(x.dims)
  }

  package static let instanceNorm: TensorOperation = .composed(
    "instance_norm", family, [x, eps],
    "Mean 0 and variance 1 over each channel of each example.",
    details: "Ulyanov, Vedaldi and Lempitsky 2016.", "instance_norm([[[1, 3]]], eps=0)[0, 0]",
    "[-1, 1]", samples: [.init([twelve], [[1, 3, 4]])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    guard x.rank >= 3 else {
      throw TensorError.invalid(
        operation: "instance_norm", reason: "needs [N, C, ...], this is \(x.shape)", hint: nil)
    }
    return try standardised(x, axes: Array(2..<x.rank), eps: a.number("eps", default: 1e-5))
  }

  package static let batchNorm: TensorOperation = .composed(
    "batch_norm", family, [x, eps],
    "Mean 0 and variance 1 of each channel over the batch.", details: "Ioffe and Szegedy 2015.",
    "batch_norm([[1], [3]], eps=0)[:, 0]", "[-1, 1]",
    samples: [.init([twelve], [[2, 3, 2]]), .init([twelve], [[4, 3]])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    guard x.rank >= 2 else {
      throw TensorError.invalid(
        operation: "batch_norm", reason: "needs [N, C, ...], this is \(x.shape)", hint: nil)
    }
    return try standardised(
      x, axes: [0] + Array(2..<x.rank), eps: a.number("eps", default: 1e-5))
  }

  package static let localResponseNorm: TensorOperation = .composed(
    "local_response_norm", family,
    [
      x, Argument("size", .integer, "How many neighbouring channels."),
      Argument("alpha", .number, "The weight of their squares.", default: "1e-4"),
      Argument("beta", .number, "The exponent.", default: "0.75"),
      Argument("k", .number, "Added to the sum.", default: "1"),
    ], "x divided by a power of the squares of neighbouring channels.",
    details: "Krizhevsky, Sutskever and Hinton 2012.",
    "local_response_norm([[[1.0]]], 1, alpha=3, beta=1)[0, 0]", "[0.25]",
    samples: [.init([twelve], [[1, 4, 3]], ["size": .integer(3), "alpha": .number(0.5)])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    let size = a.integer("size", default: 5)
    guard x.rank >= 3, size > 0 else {
      throw TensorError.invalid(
        operation: "local_response_norm", reason: "needs [N, C, ...] and a size from 1 on",
        hint: nil)
    }
    let square = try x * x
    var total = try x.zeros()
    // Farther neighbours than there are channels add nothing.
    let (half, channels) = (size / 2, x.dims[1])
    let nearest = Swift.max(0, half - channels + 1)
    for offset in nearest..<Swift.max(nearest, Swift.min(size, half + channels)) {
      let rows = (0..<x.dims[1]).map { row in
        let at = row + offset - size / 2
        return at >= 0 && at < x.dims[1] ? at : -1
      }
      total = try total + square.chosen(rows, axis: 1)
    }
    let scale =
      try total * (a.number("alpha", default: 1e-4) / Double(size))
      + a.number("k", default: 1)
    return try x / scale.power(.number(a.number("beta", default: 0.75)))
  }

  package static let unit: TensorOperation = .composed(
    "unit", family,
    [
      Argument("x", .tensor, "Any shape."),
      Argument("axis", .integer, "The axis whose vectors get length 1.", default: "-1"),
      Argument("eps", .number, "The smallest length that is divided by.", default: "1e-12"),
    ], "Vectors along an axis divided by their length.", "unit([3, 4])", "[0.6, 0.8]",
    samples: [.init([twelve], [[3, 4]])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    let length = try Operations.norm(
      x, .reduction([a.integer("axis", default: -1)], true))
    return try x / Operations.maximum([length, .number(a.number("eps", default: 1e-12))])
  }

  static let normalisations: [TensorOperation] = [
    layerNorm, rmsNorm, groupNorm, instanceNorm, batchNorm, localResponseNorm, unit,
  ]
}
