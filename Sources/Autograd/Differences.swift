import Tensors
import Vocabulary

// Differences, distances and mixtures of elements.
extension Operations {
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let x = Argument("x", .tensor, "Any shape.")
  private static let axis = Argument("axis", .integer, "The axis along which.", default: "-1")
  private static let pair = [
    Argument("a", .tensor, "Any shape."), Argument("b", .tensor, "A shape that fits a's."),
  ]

  package static let lerp: TensorOperation = .composed(
    "lerp", "Elementwise", pair + [Argument("t", .tensor, "The share of b.")],
    "a (1 - t) + b t, from a to b.", "lerp(2.0, 4.0, 0.25)", "2.5",
    samples: [.init([six, six.reversed(), [0.25]], [[6], [6], [1]])]
  ) { inputs, _ in try inputs[0] + (inputs[1] - inputs[0]) * inputs[2] }

  package static let difference: TensorOperation = .composed(
    "diff", "Reduce", [x, Argument("n", .integer, "How often.", default: "1"), axis],
    "What each element is larger than the one before it.", "diff([1, 4, 9, 16])", "[3, 5, 7]",
    samples: [
      .init([six], [[6]]), .init([six], [[3, 2]], ["n": .integer(2), "axis": .integer(0)]),
    ]
  ) { inputs, a in
    var x = inputs[0]
    let (times, axis) = (
      a.integer("n", default: 1), try x.shape.axis(a.integer("axis", default: -1))
    )
    guard times >= 0 else {
      throw TensorError.invalid(operation: "diff", reason: "\(times) times", hint: nil)
    }
    for _ in 0..<times {
      let size = x.dims[axis]
      if size == 0 { break }
      x = try x.sliced(axis: axis, 1..<size) - x.sliced(axis: axis, 0..<size - 1)
    }
    return x
  }

  package static let trapezoid: TensorOperation = .composed(
    "trapezoid", "Reduce",
    [x, Argument("dx", .number, "The distance of neighbours.", default: "1"), axis],
    "The area under straight lines between elements.", "trapezoid([0.0, 1.0, 2.0])", "2",
    samples: [.init([six], [[2, 3]], ["dx": .number(0.5)])]
  ) { inputs, a in
    let x = inputs[0]
    let axis = try x.shape.axis(a.integer("axis", default: -1))
    let size = Swift.max(1, x.dims[axis])
    if x.dims[axis] == 0 { return try x.floating().sum(axis) }
    let mids = try x.sliced(axis: axis, 1..<size) + x.sliced(axis: axis, 0..<size - 1)
    return try mids.sum(axis) * (a.number("dx", default: 1) / 2)
  }

  package static let cross: TensorOperation = .composed(
    "cross", "Linear algebra", pair + [axis],
    "The vector at right angles to two vectors of three.", "cross([1, 0, 0], [0, 1, 0])",
    "[0, 0, 1]", samples: [.init([six, six.reversed()], [[2, 3], [2, 3]])]
  ) { inputs, a in
    let shape = try Shape.broadcast(inputs[0].shape, inputs[1].shape, operation: "cross")
    let axis = try shape.axis(a.integer("axis", default: -1))
    guard shape.dims[axis] == 3 else {
      throw TensorError.invalid(
        operation: "cross", reason: "axis \(axis) of \(shape) should have 3 elements", hint: nil)
    }
    let (p, q) = (try inputs[0].broadcast(to: shape), try inputs[1].broadcast(to: shape))
    return try p.chosen([1, 2, 0], axis: axis) * q.chosen([2, 0, 1], axis: axis)
      - p.chosen([2, 0, 1], axis: axis) * q.chosen([1, 2, 0], axis: axis)
  }

  package static let distances: TensorOperation = .composed(
    "cdist", "Linear algebra",
    [
      Argument("a", .tensor, "[..., m, D]."), Argument("b", .tensor, "[..., n, D]."),
      Argument("p", .number, "The norm.", default: "2"),
    ], "The distance of every row of a to every row of b: [..., m, n].",
    "cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]])[0]", "[5, 1]",
    samples: [
      .init([six, [0.1, 0.4, -0.8, 0.9]], [[3, 2], [2, 2]]),
      .init([six, [0.1, 0.4, -0.8, 0.9]], [[3, 2], [2, 2]], ["p": .number(1)]),
    ]
  ) { inputs, at in
    let (a, b) = (try inputs[0].floating(), try inputs[1].floating())
    guard a.rank >= 2, b.rank >= 2, a.dims.last == b.dims.last else {
      throw TensorError.invalid(
        operation: "cdist", reason: "needs rows of one length, found \(a.dims) and \(b.dims)",
        hint: nil)
    }
    let p = at.number("p", default: 2)
    let differences = a.value.shape.count.multipliedReportingOverflow(by: b.dims[b.rank - 2])
    if p == 2, differences.overflow || differences.partialValue > 1 << 20 {
      return try euclidean(a, b)
    }
    return try vectorNorm(
      a.expanded(axis: a.rank - 1) - b.expanded(axis: b.rank - 2), p: p, axes: [-1])
  }

  /// Those of some rows of x to all rows of y.
  private static func differences(_ x: Variable, _ y: Variable, _ part: Range<Int>) throws
    -> Variable
  {
    try WorkStop.check()
    return try x.sliced(axis: x.rank - 2, part).expanded(axis: x.rank - 1)
      - y.expanded(axis: y.rank - 2)
  }

  /// From the differences themselves, so that near rows lose nothing and equal ones have distance 0;
  /// but never of all of them at a time: some rows of `a` after the other.
  private static func euclidean(_ a: Variable, _ b: Variable) throws -> Variable {
    let (perRow, isOver) = b.value.shape.count.multipliedReportingOverflow(
      by: a.dims.dropLast(2).reduce(1, *))
    let block = isOver ? 1 : Swift.max(1, (1 << 20) / Swift.max(1, perRow))
    let parts = stride(from: 0, to: a.dims[a.rank - 2], by: block).map {
      $0..<Swift.min(a.dims[a.rank - 2], $0 + block)
    }
    let found = try parts.map {
      try vectorNorm(differences(Variable(a.value), Variable(b.value), $0), p: 2, axes: [-1])
    }
    let result = try Variable.concat(found, axis: found[0].rank - 2)
    return result.value.recorded(from: [a, b]) { c in
      let (x, y) = (c.inputs[0], c.inputs[1])
      let isZero = Variable(try c.output.value.test { $0 == 0 })
      // Rows in one place pull nowhere.
      let pull = try Variable.where(
        isZero, c.upstream * 0, c.upstream / Variable.where(isZero, c.output * 0 + 1, c.output))
      var own: [Variable] = []
      var others: Variable?
      for part in parts {
        let pulled =
          try differences(x, y, part)
          * pull.sliced(axis: pull.rank - 2, part).expanded(axis: pull.rank)
        own.append(try pulled.sum(axes: [-2]))
        let back = try pulled.sum(axes: [-3])
        others = try others.map { try $0 + back } ?? back
      }
      return [
        try Variable.concat(own, axis: own[0].rank - 2).like(x),
        try (others ?? y * 0).negated().like(y),
      ]
    }
  }

  package static let isFinite: TensorOperation = TensorOperation(
    Entry(
      "isfinite", family: "Elementwise", [x],
      summary: "Whether each element is a number and finite.",
      examples: [Example("isfinite([1, inf, nan])", prints: "[true, false, false]")]),
    forward: { inputs, _ in try inputs[0].test(\.isFinite) })

  package static let isInfinite: TensorOperation = TensorOperation(
    Entry(
      "isinf", family: "Elementwise", [x], summary: "Whether each element is infinite.",
      examples: [Example("isinf([1, -inf, nan])", prints: "[false, true, false]")]),
    forward: { inputs, _ in try inputs[0].test(\.isInfinite) })

  package static let nanToNumber: TensorOperation = .composed(
    "nan_to_num", "Elementwise",
    [
      x, Argument("nan", .number, "What stands for nan.", default: "0"),
      Argument(
        "posinf", .any, "What stands for inf; the largest float when none.", default: "none"),
      Argument(
        "neginf", .any, "What stands for -inf; the smallest float when none.", default: "none"),
    ], "x with numbers in place of nan and the infinities.", "nan_to_num([1, nan, inf], posinf=9)",
    "[1, 0, 9]", samples: [.init([six], [[6]])]
  ) { inputs, a in
    let x = inputs[0]
    guard x.dtype.isFloat else { return x }
    let top =
      x.dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    func put(_ y: Variable, _ value: Double, _ test: (Double) -> Bool) throws -> Variable {
      try Variable.where(Variable(x.value.test(test)), .number(value, x.dtype), y)
    }
    var y = try put(x, a.number("nan", default: 0)) { $0.isNaN }
    y = try put(y, a.number("posinf", default: top)) { $0 == .infinity }
    return try put(y, a.number("neginf", default: -top)) { $0 == -.infinity }
  }

  static let differences: [TensorOperation] = [
    lerp, difference, trapezoid, cross, distances, isFinite, isInfinite, nanToNumber,
  ]
}
