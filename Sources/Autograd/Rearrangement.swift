import Tensors
import Vocabulary

extension Operations {
  private static let family = "Shape"
  private static let x = Argument("x", .tensor, "Any shape.")
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]

  /// A word whose result is a rearrangement of its first input.
  private static func rearranging(
    _ name: String, _ arguments: [Argument], _ summary: String, _ example: Example,
    at attributes: Attributes, shape: [Int] = [2, 3],
    _ body: @escaping @Sendable (Variable, Attributes) throws -> Variable
  ) -> TensorOperation {
    TensorOperation(
      Entry(name, family: family, [x] + arguments, summary: summary, examples: [example]),
      samples: [.init([six], [shape], attributes)],
      composed: { inputs, a in try body(inputs[0], a) })
  }

  package static let reshape: TensorOperation = rearranging(
    "reshape", [Argument("sizes", .integer, "The new sizes; one may be -1.", variadic: true)],
    "The same elements in another shape.",
    Example("reshape(range(6), 2, -1).shape", prints: "(2, 3)"), at: ["sizes": .integers([3, 2])]
  ) { x, a in try x.reshaped(a.integers("sizes") ?? []) }

  package static let flatten: TensorOperation = rearranging(
    "flatten", [], "All axes but the first made one; a vector stays as it is.",
    Example("flatten(zeros(2, 3, 4)).shape", prints: "(2, 12)"), at: [:], shape: [1, 2, 3]
  ) { x, _ in
    try x.rank < 2 ? x : x.reshaped([x.dims[0], x.dims.dropFirst().reduce(1, *)])
  }

  package static let squeeze: TensorOperation = rearranging(
    "squeeze",
    [Argument("axis", .any, "The axis of size 1; all of them when none.", default: "none")],
    "Axes of size 1 taken away.", Example("squeeze(zeros(2, 1)).shape", prints: "(2,)"), at: [:],
    shape: [1, 2, 3]
  ) { x, a in try x.squeezed(axis: a.integers("axis")?.first) }

  package static let transpose: TensorOperation = rearranging(
    "transpose", [Argument("axes", .integer, "The new order of the axes.", variadic: true)],
    "Axes in another order; the last two swapped when no order is given.",
    Example("transpose(zeros(2, 3, 4), 2, 0, 1).shape", prints: "(4, 2, 3)"),
    at: ["axes": .integers([1, 0])]
  ) { x, a in
    guard let axes = a.integers("axes"), !axes.isEmpty else { return try x.swappedLast() }
    return try x.transposed(axes)
  }

  package static let flip: TensorOperation = rearranging(
    "flip", [Argument("axis", .integer, "The axis that is turned round.", default: "0")],
    "The order along an axis turned round.", Example("flip([1, 2, 3])", prints: "[3, 2, 1]"),
    at: ["axis": .integer(1)]
  ) { x, a in
    let axis = try x.shape.axis(a.integer("axis", default: 0))
    return try x.taking((0..<x.dims[axis]).reversed(), axis: axis)
  }

  package static let roll: TensorOperation = rearranging(
    "roll",
    [
      Argument("n", .integer, "How many places."),
      Argument("axis", .integer, "The axis that is rotated.", default: "0"),
    ], "Elements moved along an axis, those that fall off come in again.",
    Example("roll([1, 2, 3], 1)", prints: "[3, 1, 2]"), at: ["n": .integer(1), "axis": .integer(1)]
  ) { x, a in
    let axis = try x.shape.axis(a.integer("axis", default: 0))
    let size = x.dims[axis]
    if size == 0 { return x }
    let shift = a.integer("n", default: 0) % size
    return try x.taking((0..<size).map { (($0 - shift) % size + size) % size }, axis: axis)
  }

  package static let `repeat`: TensorOperation = rearranging(
    "repeat",
    [
      Argument("n", .integer, "How many times."),
      Argument("axis", .integer, "The axis along which.", default: "0"),
    ], "Each element n times in a row along an axis.",
    Example("repeat([1, 2], 2)", prints: "[1, 1, 2, 2]"),
    at: ["n": .integer(2), "axis": .integer(1)]
  ) { x, a in
    let n = a.integer("n", default: 1)
    let axis = try x.shape.axis(a.integer("axis", default: 0))
    try MemoryBudget.check(x.dims + [n])
    try MemoryBudget.check([x.dims[axis], n])
    let size = x.dims[axis]
    var target = x.dims
    target[axis] = size * n
    // An index for each element would be larger than what it chooses.
    let (outer, run) = (x.dims[..<axis].reduce(1, *), x.dims[(axis + 1)...].reduce(1, *))
    return try x.reshaped([outer, size, 1, run])
      .broadcast(to: Shape(checking: [outer, size, n, run])).reshaped(target)
  }

  private static func triangle(_ name: String, lower: Bool, _ summary: String, _ example: Example)
    -> TensorOperation
  {
    rearranging(
      name, [Argument("k", .integer, "The diagonal that bounds it.", default: "0")], summary,
      example,
      at: [:]
    ) { x, a in
      let k = a.integer("k", default: 0)
      let ones = try Tensor.full(x.shape, 1, .float32).triangle(lower: lower, diagonal: k)
      return try x * Variable(ones.cast(x.dtype))
    }
  }
  package static let tril: TensorOperation = triangle(
    "tril", lower: true, "The lower triangle, zeros above it.",
    Example("tril([[1, 2], [3, 4]])[0]", prints: "[1, 0]"))
  package static let triu: TensorOperation = triangle(
    "triu", lower: false, "The upper triangle, zeros below it.",
    Example("triu([[1, 2], [3, 4]])[1]", prints: "[0, 4]"))

  private static func joining(
    _ name: String, _ summary: String, _ example: Example,
    _ body: @escaping @Sendable ([Variable], Int) throws -> Variable
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: family,
        [
          Argument("xs", .list, "Tensors."),
          Argument("axis", .integer, "The axis along which.", default: "0"),
        ], summary: summary, examples: [example]),
      samples: [.init([six, six.reversed()], [[2, 3], [2, 3]], ["axis": .integer(1)])],
      composed: { inputs, a in try body(inputs, a.integer("axis", default: 0)) })
  }
  package static let concat: TensorOperation = joining(
    "concat", "Tensors one after the other along an axis.",
    Example("concat([[1, 2], [3]])", prints: "[1, 2, 3]"), Variable.concat)
  package static let stack: TensorOperation = joining(
    "stack", "Tensors of one shape along a new axis.",
    Example("stack([[1, 2], [3, 4]], axis=1)[0]", prints: "[1, 3]"), Variable.stack)

  static let rearrangement: [TensorOperation] = [
    reshape, flatten, squeeze, transpose, flip, roll, `repeat`, tril, triu, concat, stack,
  ]
}
