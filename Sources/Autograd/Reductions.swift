import Tensors
import Vocabulary

extension Operations {
  private static let family = "Reduce"
  private static let arguments = [
    Argument("x", .tensor, "Any shape."),
    Argument("axis", .any, "An axis or a list of axes; all when none.", default: "none"),
    Argument("keepdims", .boolean, "Keep the reduced axes with size 1.", default: "false"),
  ]
  private static let numbers = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let samples: [TensorOperation.Sample] = [
    .init([numbers], [[2, 3]]),
    .init([numbers], [[2, 3]], ["axis": .integers([1])]),
    .init([numbers], [[3, 2]], ["axis": .integers([0]), "keepdims": .boolean(true)]),
    .init([numbers], [[1, 2, 3]], ["axis": .integers([0, -1])]),
  ]

  private static func reduction(
    _ name: String, _ operation: Reduction, _ summary: String, _ example: Example,
    samples: [TensorOperation.Sample] = samples, keeping kept: Kept = .all,
    gradient: @escaping GradientRule
  ) -> TensorOperation {
    TensorOperation(
      Entry(name, family: family, arguments, summary: summary, examples: [example]),
      samples: samples,
      forward: { inputs, attributes in
        try inputs[0].reduce(
          operation, axes: attributes.integers("axis"),
          keepDims: attributes.boolean("keepdims", default: false))
      }, keeping: kept, gradient: gradient)
  }

  /// The upstream gradient (or a result) with the reduced axes put back as size 1.
  private static func widened(_ reduced: Variable, _ c: GradientContext) throws -> Variable {
    let input = c.inputs[0]
    guard let axes = try c.attributes.integers("axis")?.map({ try input.shape.axis($0) }) else {
      return try reduced.reshaped(Array(repeating: 1, count: input.rank))
    }
    return try reduced.reshaped(input.dims.enumerated().map { axes.contains($0) ? 1 : $1 })
  }

  package static let sum: TensorOperation = reduction(
    "sum", .sum, "The sum of all elements, or along axes.",
    Example("sum([[1, 2], [3, 4]], axis=0)", prints: "[4, 6]"), keeping: .nothing
  ) { c in [try widened(c.upstream, c).broadcast(to: c.inputs[0].shape)] }

  package static let mean: TensorOperation = reduction(
    "mean", .mean, "The mean of all elements, or along axes.",
    Example("mean([1, 2, 6])", prints: "3"), keeping: .nothing
  ) { c in
    let share = Double(c.output.shape.count) / Double(Swift.max(1, c.inputs[0].shape.count))
    return [try widened(c.upstream * share, c).broadcast(to: c.inputs[0].shape)]
  }

  /// Equal extremes share the gradient.
  private static let extremeGradient: GradientRule = { c in
    let top = try widened(c.output.detached(), c)
    let isTop = try c.inputs[0].value.compare(.equal, top.value).cast(c.inputs[0].dtype)
    let ties = try isTop.summed(to: top.shape)
    let share = Variable(try isTop.binary(.divide, ties))
    return [try share * widened(c.upstream, c)]
  }
  package static let max: TensorOperation = reduction(
    "max", .max, "The largest element, or along axes.", Example("max([3, 9, 4])", prints: "9"),
    gradient: extremeGradient)
  package static let min: TensorOperation = reduction(
    "min", .min, "The smallest element, or along axes.", Example("min([3, 9, 4])", prints: "3"),
    gradient: extremeGradient)

  package static let prod: TensorOperation = reduction(
    "prod", .prod, "The product of all elements, or along axes.",
    Example("prod([2, 3, 4])", prints: "24"), samples: samples + [.init([[2, 0, 3]], [[3]])]
  ) { c in
    let x = c.inputs[0]
    let upstream = try widened(c.upstream, c)
    // Beside a zero, the product of the others cannot be found by dividing.
    guard try hasZero(x) else { return [try upstream * widened(c.output, c) / x] }
    return [try upstream * productOfOthers(x, c.attributes.integers("axis"))]
  }

  private static func hasZero(_ x: Variable) throws -> Bool {
    try x.value.test { $0 == 0 }.reduce(any: true).item == 1
  }

  /// For each element the product of the others along the axes: n rows of n, with a 1 in its own
  /// place.
  private static func productOfOthers(_ x: Variable, _ axes: [Int]?) throws -> Variable {
    let named = try axes?.map { try x.shape.axis($0) }
    let axes = (0..<x.rank).filter { named?.contains($0) ?? true }
    let order = (0..<x.rank).filter { !axes.contains($0) } + axes
    let n = axes.reduce(1) { $0 * x.dims[$1] }
    let rows = try x.transposed(order).reshaped([x.shape.count / n, 1, n])
    let isOwn = Variable(try Tensor.eye(n).cast(.bool))
    let one = Variable(try Tensor.full(Shape(checking: [1]), 1, x.dtype))
    let others = try Operations.prod(
      Variable.where(isOwn, one, rows), Attributes.reduction([2], false))
    return try others.reshaped(order.map { x.dims[$0] }).transposed(
      order.indices.map { axis in order.firstIndex(of: axis) ?? axis })
  }

  /// Mean squared distance from the mean; `correction` 0 divides by n, 1 by n - 1.
  private static func spread(_ x: Variable, _ a: Attributes) throws -> Variable {
    let float = try x.dtype.isFloat ? x : x.cast(.float32)
    let axes = a.integers("axis")
    let center = try Operations.mean(float, Attributes.reduction(axes, true))
    let distance = try float - center
    let squares = try (distance * distance).sum(
      axes: axes, keepDims: a.boolean("keepdims", default: false))
    let n = Swift.max(1, float.shape.count / Swift.max(1, squares.shape.count))
    let correction = a.integer("correction", default: 0)
    guard correction >= 0, correction < n else {
      throw TensorError.invalid(
        operation: "var", reason: "a correction of \(correction) does not fit \(n) elements",
        hint: "correction=0")
    }
    return try squares / Double(n - correction)
  }

  /// The root of a sum of squares. Its slope at 0, where every direction leads up, is taken as 0.
  private static func root(_ squares: Variable) throws -> Variable {
    guard try hasZero(squares) else { return try Operations.sqrt(squares) }
    let isZero = Variable(try squares.value.test { $0 == 0 })
    let one = Variable(try Tensor.full(Shape(checking: []), 1, squares.dtype))
    let positive = try Variable.where(isZero, one, squares)
    return try Variable.where(isZero, one - one, Operations.sqrt(positive))
  }

  private static func composed(
    _ name: String, _ summary: String, _ example: Example, extra: [Argument] = [],
    _ body: @escaping @Sendable (Variable, Attributes) throws -> Variable
  ) -> TensorOperation {
    TensorOperation(
      Entry(name, family: family, arguments + extra, summary: summary, examples: [example]),
      samples: samples,
      composed: { inputs, attributes in try body(inputs[0], attributes) })
  }

  private static let correction = Argument(
    "correction", .integer, "0 divides by n, 1 by n - 1.", default: "0")

  package static let variance: TensorOperation = composed(
    "var", "The mean squared distance from the mean.", Example("var([1, 3])", prints: "1"),
    extra: [correction], spread)
  package static let std: TensorOperation = composed(
    "std", "The root of the mean squared distance from the mean.",
    Example("std([1, 3])", prints: "1"), extra: [correction]
  ) { x, a in try root(spread(x, a)) }

  package static let norm: TensorOperation = composed(
    "norm", "The root of the sum of squares.", Example("norm([3, 4])", prints: "5")
  ) { x, a in
    let float = try x.dtype.isFloat ? x : x.cast(.float32)
    return try root(
      (float * float).sum(
        axes: a.integers("axis"), keepDims: a.boolean("keepdims", default: false)))
  }

  static let reductions: [TensorOperation] = [
    sum, mean, variance, std, max, min, prod, norm, cumsum, any, all, count,
  ]

  package static let cumsum: TensorOperation = TensorOperation(
    Entry(
      "cumsum", family: family,
      [
        Argument("x", .tensor, "Any shape."),
        Argument("axis", .integer, "The axis along which sums run.", default: "0"),
      ], summary: "Running sums along an axis.",
      examples: [Example("cumsum([1, 2, 3])", prints: "[1, 3, 6]")]),
    samples: [.init([numbers], [[2, 3]], ["axis": .integer(1)]), .init([numbers], [[6]])],
    forward: { inputs, a in
      try inputs[0].cumulative(product: false, axis: a.integer("axis", default: 0))
    },
    gradient: { c in
      let axis = c.attributes.integer("axis", default: 0)
      func flip(_ x: Variable) throws -> Variable {
        try Operations.flip(x, ["axis": .integer(axis)])
      }
      return [try flip(Operations.cumsum(flip(c.upstream), ["axis": .integer(axis)]))]
    })

  private static func truth(
    _ name: String, _ summary: String, _ example: Example,
    _ body: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
  ) -> TensorOperation {
    TensorOperation(
      Entry(name, family: family, arguments, summary: summary, examples: [example]),
      forward: { inputs, a in
        try body(inputs[0], a.integers("axis"), a.boolean("keepdims", default: false))
      })
  }
  package static let any: TensorOperation = truth(
    "any", "Whether any element is true.", Example("any([1, 2] > 1)", prints: "true")
  ) { try $0.reduce(any: true, axes: $1, keepDims: $2) }
  package static let all: TensorOperation = truth(
    "all", "Whether all elements are true.", Example("all([1, 2] > 1)", prints: "false")
  ) { try $0.reduce(any: false, axes: $1, keepDims: $2) }
  package static let count: TensorOperation = truth(
    "count", "How many elements are true.", Example("count([1, 2, 3] > 1)", prints: "2")
  ) { try $0.cast(.bool).reduce(.sum, axes: $1, keepDims: $2) }

  private static func position(
    _ name: String, _ summary: String, _ example: Example, isMax: Bool
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: family,
        [
          Argument("x", .tensor, "Any shape."),
          Argument("axis", .integer, "The axis that is searched.", default: "-1"),
        ], summary: summary, examples: [example]),
      forward: { inputs, a in
        try inputs[0].arg(max: isMax, axis: a.integer("axis", default: -1))
      })
  }
  package static let argmax: TensorOperation = position(
    "argmax", "The position of the largest element along an axis.",
    Example("argmax([3, 9, 4])", prints: "1"), isMax: true)
  package static let argmin: TensorOperation = position(
    "argmin", "The position of the smallest element along an axis.",
    Example("argmin([3, 9, 4])", prints: "0"), isMax: false)
  package static let argsort: TensorOperation = TensorOperation(
    Entry(
      "argsort", family: family,
      [
        Argument("x", .tensor, "Sorted along its last axis."),
        Argument("descending", .boolean, "Largest first.", default: "false"),
      ], summary: "The positions that put the elements in order.",
      examples: [Example("argsort([3, 1, 2])", prints: "[1, 2, 0]")]),
    forward: { inputs, a in
      try inputs[0].argsort(descending: a.boolean("descending", default: false))
    })

  static let positions: [TensorOperation] = [argmax, argmin, argsort]
}
