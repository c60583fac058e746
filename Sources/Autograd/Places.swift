import Tensors
import Vocabulary

// Elements taken from, or put at, places that an index names.
extension Operations {
  private static let family = "Shape"
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let x = Argument("x", .tensor, "Any shape.")
  private static let index = Argument(
    "index", .tensor, "Positions along the axis, with as many axes as x.")
  private static let axis = Argument("axis", .integer, "The axis that is indexed.", default: "-1")

  package static let takeAlong: TensorOperation = .composed(
    "take_along", family, [x, index, axis], "The elements that an index names along an axis.",
    "take_along([[1, 2], [3, 4]], [[1], [0]])[:, 0]", "[2, 3]",
    samples: [
      .init([six, [2, 0, 0, 1]], [[2, 3], [2, 2]], varying: [0]),
      .init([six, [1, 0, 0]], [[2, 3], [1, 3]], ["axis": .integer(0)], varying: [0]),
    ]
  ) { inputs, a in
    try inputs[0].picked(
      Tensor.positions(
        of: inputs[1].value.cast(.int64), in: inputs[0].shape, axis: a.integer("axis", default: -1),
        "take_along"))
  }

  private static func putting(
    _ name: String, _ summary: String, _ source: String, _ prints: String,
    _ body: @escaping @Sendable (Variable, Tensor, Variable) throws -> Variable
  ) -> TensorOperation {
    .composed(
      name, family, [x, index, Argument("values", .tensor, "The index's shape."), axis], summary,
      source, prints,
      samples: [
        .init([six, [2, 0, 1, 0], [3, 5, 7, 9]], [[2, 3], [2, 2], [2, 2]], varying: [0, 2])
      ]
    ) { inputs, a in
      let at = try Tensor.positions(
        of: inputs[1].value.cast(.int64), in: inputs[0].shape, axis: a.integer("axis", default: -1),
        name)
      return try body(inputs[0], at, inputs[2].cut(to: inputs[1].shape))
    }
  }

  package static let scatter: TensorOperation = putting(
    "put_along", "x with values put at the places that an index names; the last of equals stays.",
    "put_along([1, 2, 3], [0, 2], [7, 8])", "[7, 2, 8]"
  ) { x, at, values in try x.putting(values, at: at) }

  package static let scatterAdd: TensorOperation = putting(
    "add_along", "x with values added at the places that an index names.",
    "add_along([1, 2, 3], [0, 0], [7, 8])", "[16, 2, 3]"
  ) { x, at, values in try x + values.dropped(at: at, into: x.shape) }

  package static let diagonal: TensorOperation = .composed(
    "diagonal", family,
    [
      Argument("x", .tensor, "[..., m, n]."),
      Argument("k", .integer, "How far above the main diagonal.", default: "0"),
    ], "The elements on a diagonal of the last two axes.", "diagonal([[1, 2], [3, 4]])", "[1, 4]",
    samples: [
      .init([six], [[2, 3]], ["k": .integer(1)]), .init([six + six], [[2, 3, 2]]),
    ]
  ) { inputs, a in try inputs[0].diagonal(a.integer("k", default: 0)) }

  package static let diagonalMatrix: TensorOperation = .composed(
    "diag", family,
    [
      Argument("x", .tensor, "[..., n]."),
      Argument("k", .integer, "How far above the main diagonal.", default: "0"),
    ], "Matrices with the given elements on a diagonal.", "diag([1, 2])[1]", "[0, 2]",
    samples: [.init([six], [[6]], ["k": .integer(-1)]), .init([six], [[2, 3]])]
  ) { inputs, a in try inputs[0].diagonalMatrix(a.integer("k", default: 0)) }

  package static let trace: TensorOperation = .composed(
    "trace", "Linear algebra", [Argument("x", .tensor, "[..., n, n].")],
    "The sum of the diagonal.", "trace([[1, 2], [3, 4]])", "5", samples: [.init([six], [[2, 3]])]
  ) { inputs, _ in try inputs[0].diagonal(0).sum(-1) }

  package static let kron: TensorOperation = .composed(
    "kron", "Linear algebra",
    [Argument("a", .tensor, "Any shape."), Argument("b", .tensor, "Any shape.")],
    "Every element of a times b, laid side by side.", "kron([1, 10], [1, 2])", "[1, 2, 10, 20]",
    samples: [.init([six, [0.5, 2]], [[2, 3], [1, 2]])]
  ) { inputs, _ in
    let (a, b) = (inputs[0], inputs[1])
    let rank = Swift.max(a.rank, b.rank)
    let p = Array(repeating: 1, count: rank - a.rank) + a.dims
    let q = Array(repeating: 1, count: rank - b.rank) + b.dims
    let left = try a.reshaped(p.flatMap { [$0, 1] })
    let right = try b.reshaped(q.flatMap { [1, $0] })
    _ = try Shape(checking: p + q)
    return try (left * right).reshaped(zip(p, q).map { $0 * $1 })
  }

  static let places: [TensorOperation] = [
    takeAlong, scatter, scatterAdd, diagonal, diagonalMatrix, trace, kron,
  ]
}

extension Variable {
  /// The leading part of each axis; the whole when the shapes agree, a number is stretched.
  package func cut(to target: Shape) throws -> Variable {
    if dims == target.dims { return self }
    if shape.count == 1 { return try reshaped([]).broadcast(to: target) }
    guard rank == target.rank, zip(dims, target.dims).allSatisfy({ $0 >= $1 }) else {
      throw TensorError.shapesDiffer(operation: "scatter", left: dims, right: target.dims)
    }
    return try indexed(target.dims.map { .range(0, $0, 1) })
  }

  /// A copy with values at flat positions; the last of equal positions stays, negative ones are left
  /// out.
  package func putting(_ values: Variable, at positions: Tensor) throws -> Variable {
    var last = [Int64](repeating: -1, count: shape.count)
    for i in 0..<positions.count where positions.integer(at: i) >= 0 {
      last[positions.integer(at: i)] = Int64(i)
    }
    let source = try Tensor(last, shape: shape)
    let isOld = Variable(try source.compare(.less, .number(0)))
    let kind = dtype
    return try Variable.where(isOld, self, values.cast(kind).picked(source))
  }

  package func diagonal(_ k: Int) throws -> Variable {
    guard rank >= 2 else {
      throw TensorError.invalid(
        operation: "diagonal", reason: "needs a matrix, this is \(shape)", hint: nil)
    }
    let (m, n) = (dims[rank - 2], dims[rank - 1])
    let (down, right) = k >= 0 ? (0, Swift.min(k, n)) : (k < -m ? m : -k, 0)
    let length = Swift.max(0, Swift.min(m - down, n - right))
    let outer = dims.dropLast(2).reduce(1, *)
    let at = try Tensor.positions([outer, length]) {
      ($0[0] * m + $0[1] + down) * n + $0[1] + right
    }
    return try picked(at.reshaped(Array(dims.dropLast(2)) + [length]))
  }

  package func diagonalMatrix(_ k: Int) throws -> Variable {
    guard rank >= 1 else {
      throw TensorError.invalid(operation: "diag", reason: "needs a vector", hint: nil)
    }
    let n = dims[rank - 1]
    let k = Swift.max(-(1 << 40), Swift.min(k, 1 << 40))
    let (size, overflow) = n.addingReportingOverflow(Int(Swift.min(k.magnitude, 1 << 40)))
    if overflow { throw TensorError.sizeOverflow(dims) }
    let (down, right) = k >= 0 ? (0, k) : (-k, 0)
    let at = try Tensor.positions([shape.count / Swift.max(n, 1), size, size]) { place in
      let i = place[1] - down
      return i >= 0 && i < n && place[2] - right == i ? place[0] * n + i : -1
    }
    return try picked(at.reshaped(Array(dims.dropLast()) + [size, size]))
  }
}
