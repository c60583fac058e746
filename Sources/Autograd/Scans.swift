import Tensors
import Vocabulary

// Running results along an axis, and norms.
extension Operations {
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let x = Argument("x", .tensor, "Any shape.")
  private static let axis = Argument(
    "axis", .integer, "The axis along which it runs.", default: "0")

  private static func scan(
    _ name: String, _ summary: String, _ source: String, _ prints: String,
    _ body: @escaping @Sendable (Variable, Int) throws -> Variable
  ) -> TensorOperation {
    .composed(
      name, "Reduce", [x, axis], summary, source, prints,
      samples: [
        .init([six], [[6]]), .init([six], [[2, 3]], ["axis": .integer(1)]),
        .init([[2, 0, 3, 0.5]], [[4]]),
      ]
    ) { inputs, a in
      let x = inputs[0]
      return x.rank == 0 ? x : try body(x, x.shape.axis(a.integer("axis", default: 0)))
    }
  }

  /// Each slice joined to the result before it.
  private static func running(
    _ x: Variable, _ axis: Int, _ join: (Variable, Variable) throws -> Variable
  ) throws -> Variable {
    var parts: [Variable] = []
    for i in 0..<x.dims[axis] {
      let slice = try x.sliced(axis: axis, i..<i + 1)
      parts.append(try parts.last.map { try join($0, slice) } ?? slice)
    }
    return parts.isEmpty ? x : try Variable.concat(parts, axis: axis)
  }

  package static let cumprod: TensorOperation = scan(
    "cumprod", "Running products along an axis.", "cumprod([1, 2, 3])", "[1, 2, 6]"
  ) { x, axis in
    if !x.isTraced { return Variable(try x.value.cumulative(product: true, axis: axis)) }
    return try running(x, axis) { try $0 * $1 }
  }
  package static let cummax: TensorOperation = scan(
    "cummax", "The largest element so far along an axis.", "cummax([1, 3, 2])", "[1, 3, 3]"
  ) { x, axis in try x.along(x.runningExtremes(max: true, axis: axis), axis: axis) }
  package static let cummin: TensorOperation = scan(
    "cummin", "The smallest element so far along an axis.", "cummin([2, 1, 3])", "[2, 1, 1]"
  ) { x, axis in try x.along(x.runningExtremes(max: false, axis: axis), axis: axis) }
  package static let logCumSumExp: TensorOperation = scan(
    "logcumsumexp", "The logarithm of running sums of exp(x), without overflow.",
    "exp(logcumsumexp([0, 0, 0]))", "[1, 2, 3]"
  ) { x, axis in try running(x.floating(), axis) { try Operations.logAddExp([$0, $1]) } }

  package static let vectorNorms: TensorOperation = .composed(
    "vector_norm", "Linear algebra",
    [
      x,
      Argument(
        "p", .number, "The exponent; inf and -inf give the largest and smallest.", default: "2"),
      Argument("axis", .any, "An axis or a list of axes; all when none.", default: "none"),
      Argument("keepdims", .boolean, "Keep the reduced axes with size 1.", default: "false"),
    ], "(sum |x|^p)^(1/p).", "vector_norm([3, -4], 1)", "7",
    samples: [
      .init([six], [[6]]), .init([six], [[2, 3]], ["p": .number(3), "axis": .integers([1])]),
      .init([six], [[2, 3]], ["p": .number(1)]), .init([six], [[6]], ["p": .number(.infinity)]),
    ]
  ) { inputs, a in
    try vectorNorm(
      inputs[0].floating(), p: a.number("p", default: 2), axes: a.integers("axis"),
      keepDims: a.boolean("keepdims", default: false))
  }

  /// (sum |x|^p)^(1/p); the gradient where it is 0 counts as 0.
  package static func vectorNorm(
    _ x: Variable, p: Double, axes: [Int]? = nil, keepDims: Bool = false
  ) throws -> Variable {
    let reduction = Attributes.reduction(axes, keepDims)
    if p == 0 {
      return Variable(
        try x.value.compare(.notEqual, .number(0)).cast(x.dtype).reduce(
          .sum, axes: axes, keepDims: keepDims))
    }
    let size = try Operations.abs(x)
    if p == .infinity { return try Operations.max(size, reduction) }
    if p == -.infinity { return try Operations.min(size, reduction) }
    if p == 1 { return try size.sum(axes: axes, keepDims: keepDims) }
    func root(_ total: Variable, _ body: (Variable) throws -> Variable) throws -> Variable {
      let isZero = Variable(try total.value.compare(.equal, .number(0)))
      return try Variable.where(
        isZero, total * 0, body(Variable.where(isZero, total * 0 + 1, total)))
    }
    if p == 2 {
      let total = try (x * x).sum(axes: axes, keepDims: keepDims)
      return try root(total) { try Operations.sqrt($0) }
    }
    let isZero = Variable(try size.value.compare(.equal, .number(0)))
    let safe = try Variable.where(isZero, size * 0 + 1, size)
    if p < 0 {
      // One zero makes the whole 0.
      let total = try safe.power(.number(p)).sum(axes: axes, keepDims: keepDims)
      let hasZero = try isZero.value.reduce(any: true, axes: axes, keepDims: keepDims)
      return try Variable.where(Variable(hasZero), total * 0, total.power(.number(1 / p)))
    }
    let powers = try Variable.where(isZero, size * 0, safe.power(.number(p)))
    return try root(powers.sum(axes: axes, keepDims: keepDims)) { try $0.power(.number(1 / p)) }
  }

  static let scans: [TensorOperation] = [cumprod, cummax, cummin, logCumSumExp, vectorNorms]
}

extension Variable {
  /// Where the largest (smallest) element so far lies along an axis, the last of equals; a NaN stays.
  package func runningExtremes(max isMax: Bool, axis: Int) throws -> Tensor {
    let values = value.array(of: Double.self)
    let inner = dims[(axis + 1)...].reduce(1, *)
    var best = [Int](repeating: 0, count: values.count)
    return try Tensor.positions(dims) { at in
      var flat = 0
      for (i, size) in dims.enumerated() { flat = flat * size + at[i] }
      best[flat] = at[axis]
      if at[axis] > 0 {
        let before = best[flat - inner]
        let (old, new) = (values[flat - (at[axis] - before) * inner], values[flat])
        let isBetter = new.isNaN || (!old.isNaN && (isMax ? new >= old : new <= old))
        if !isBetter { best[flat] = before }
      }
      return best[flat]
    }
  }
}
