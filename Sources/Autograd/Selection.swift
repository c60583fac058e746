import Tensors
import Vocabulary

extension Operations {
  private static let pair = [
    Argument("a", .tensor, "Any shape."), Argument("b", .tensor, "A shape that fits a's."),
  ]

  /// Equal elements share the gradient, so that it is symmetric.
  private static func extreme(
    _ name: String, _ operation: BinaryOperation, _ comparison: Comparison, _ summary: String,
    _ example: Example
  ) -> TensorOperation {
    TensorOperation(
      Entry(name, family: "Elementwise", pair, summary: summary, examples: [example]),
      samples: [
        .init([[0.5, -1, 2, 0.1], [0.2, 0.3, 1, 0.9]], [[2, 2], [2, 2]]),
        .init([[0.5, -1, 2, 0.1], [0.2, 0.3]], [[2, 2], [2]]),
      ],
      forward: { inputs, _ in try inputs[0].binary(operation, inputs[1]) },
      gradient: { c in
        let (a, b) = (c.inputs[0].value, c.inputs[1].value)
        let first = try a.compare(comparison, b).cast(c.output.dtype)
        let tie = try a.compare(.equal, b).cast(c.output.dtype).binary(.multiply, .number(0.5))
        let share = Variable(try first.binary(.add, tie))
        return [
          try (c.upstream * share).like(c.inputs[0]),
          try (c.upstream * (1 - share)).like(c.inputs[1]),
        ]
      })
  }

  package static let maximum: TensorOperation = extreme(
    "maximum", .maximum, .greater, "The larger of two elements.",
    Example("maximum([1, 5], 3)", prints: "[3, 5]"))
  package static let minimum: TensorOperation = extreme(
    "minimum", .minimum, .less, "The smaller of two elements.",
    Example("minimum([1, 5], 3)", prints: "[1, 3]"))

  package static let clip: TensorOperation = TensorOperation(
    Entry(
      "clip", family: "Elementwise",
      [
        Argument("x", .tensor, "Any shape."), Argument("lo", .number, "The smallest result."),
        Argument("hi", .number, "The largest result."),
      ], summary: "Elements kept between two bounds.",
      examples: [Example("clip([-2, 0.5, 9], 0, 1)", prints: "[0, 0.5, 1]")]),
    samples: [.init([[-2, 0.5, 9, 0.9]], [[4]], ["lo": .number(0), "hi": .number(1)])],
    forward: { inputs, a in
      let low = try Tensor.number(a.number("lo", default: -.infinity))
      return try inputs[0].binary(.maximum, low).binary(
        .minimum, .number(a.number("hi", default: .infinity)))
    },
    gradient: { c in
      let isInside = Variable(try c.inputs[0].value.compare(.equal, c.output.value))
      return [try c.upstream * isInside]
    })

  package static let `where`: TensorOperation = TensorOperation(
    Entry(
      "where", family: "Elementwise",
      [
        Argument("c", .tensor, "Booleans."), Argument("a", .tensor, "Taken where c is true."),
        Argument("b", .tensor, "Taken elsewhere."),
      ], summary: "Elements of a where a condition holds, of b elsewhere.",
      examples: [Example("where([1, 5] > 2, 1, 0)", prints: "[0, 1]")]),
    samples: [
      .init(
        [[1, 0, 0, 1], [0.5, -1, 2, 0.1], [0.2, 0.3]], [[2, 2], [2, 2], [2]], varying: [1, 2])
    ],
    forward: { inputs, _ in try Tensor.where(inputs[0], inputs[1], inputs[2]) },
    gradient: { c in
      let zero = try Variable.number(0, c.upstream.dtype)
      let condition = c.inputs[0].detached()
      return [
        nil, try Variable.where(condition, c.upstream, zero).like(c.inputs[1]),
        try Variable.where(condition, zero, c.upstream).like(c.inputs[2]),
      ]
    })

  package static let gather: TensorOperation = TensorOperation(
    Entry(
      "gather", family: "Shape",
      [
        Argument("x", .tensor, "[..., n]."),
        Argument(
          "index", .tensor,
          "One position along the axis for each other place, or, with as many axes as x, several."),
        Argument("axis", .integer, "The axis that is indexed.", default: "-1"),
      ], summary: "One element along an axis for each position.",
      examples: [
        Example("gather([[1, 2], [3, 4]], [1, 0])", prints: "[2, 3]"),
        Example("gather([[1, 2], [3, 4]], [1, 0], axis=0)", prints: "[3, 2]"),
      ]),
    samples: [
      .init([[0.5, -1, 2, 0.1], [1, 0]], [[2, 2], [2]], varying: [0]),
      .init([[0.5, -1, 2, 0.1], [1, 0]], [[2, 2], [2]], ["axis": .integer(0)], varying: [0]),
      .init(
        [[0.5, -1, 2, 0.1], [1, 0]], [[2, 2], [1, 2]], ["axis": .integer(0)], varying: [0]),
    ],
    composed: { inputs, a in
      let (x, index) = (inputs[0], inputs[1])
      let axis = x.rank == 0 ? -1 : try x.shape.axis(a.integer("axis", default: -1))
      if axis == x.rank - 1, index.rank < x.rank || x.rank == 0 {
        return try gatherLast(inputs, a)
      }
      if index.rank == x.rank { return try takeAlong(inputs, ["axis": .integer(axis)]) }
      guard index.rank == x.rank - 1 else {
        throw TensorError.invalid(
          operation: "gather",
          reason: "an index of shape \(index.dims) does not fit \(x.dims) along axis \(axis)",
          hint: nil)
      }
      let wide = try index.reshaped(index.dims[..<axis] + [1] + index.dims[axis...])
      return try takeAlong([x, wide], ["axis": .integer(axis)]).reshaped(index.dims)
    })

  private static let gatherLast: TensorOperation = TensorOperation(
    Entry(
      "gather", family: "Shape",
      [
        Argument("x", .tensor, "[..., n]."),
        Argument("index", .tensor, "One position in the last axis for each leading place."),
      ], summary: "One element of the last axis for each leading position.", examples: []),
    samples: [],
    forward: { inputs, _ in
      let flat = try Operations.lastPositions(inputs[0], inputs[1])
      return try inputs[0].reshaped([-1]).taking(flat).reshaped(inputs[1].dims)
    },
    gradient: { c in
      let flat = try Operations.lastPositions(c.inputs[0].value, c.inputs[1].value)
      let shape = try Shape(checking: [c.inputs[0].shape.count])
      let rows = try c.upstream.reshaped([-1])
      let spread = try rows.value.scatteredRows(flat, into: shape).recorded(from: [rows]) {
        [try $0.upstream.taking(flat)]
      }
      return [try spread.reshaped(c.inputs[0].dims), nil]
    })

  private static func lastPositions(_ x: Tensor, _ index: Tensor) throws -> [Int] {
    guard x.rank > 0, index.dims == Array(x.dims.dropLast()) else {
      throw TensorError.shapesDiffer(
        operation: "gather", left: Array(x.dims.dropLast()), right: index.dims)
    }
    let n = x.dims[x.rank - 1]
    return try (0..<index.count).map { i in
      let at = index.integer(at: i)
      guard at >= 0, at < n else {
        throw TensorError.indexOutOfRange(index: at, size: n, axis: x.rank - 1)
      }
      return i * n + at
    }
  }

  static let selection: [TensorOperation] = [maximum, minimum, clip, `where`, gather]
}
