import Tensors
import Vocabulary

// Elements put in order, and those chosen by their place in it.
extension Variable {
  /// Elements in order along an axis and the positions they came from; stable, NaN last (first when
  /// descending).
  package func ordered(axis: Int, descending: Bool) throws -> (values: Variable, index: Tensor) {
    if rank == 0 { return (self, try .integer(0)) }
    let axis = try shape.axis(axis)
    let last = try value.transposed((0..<rank).filter { $0 != axis } + [axis])
    var index = try last.argsort(descending: descending)
    if descending { index = try index.rotatingNaN(of: last) }
    var back = Array(0..<rank - 1)
    back.insert(rank - 1, at: axis)
    let order = try index.transposed(back)
    return (try along(order, axis: axis), order)
  }

  /// How many elements of an axis are asked for, which are not more than there are.
  fileprivate func share(_ k: Int, _ axis: Int) throws -> Int {
    guard k >= 0, k <= dims[axis] else {
      throw TensorError.indexOutOfRange(index: k, size: dims[axis], axis: axis)
    }
    return k
  }

  /// The elements that an index of the same rank names along an axis.
  package func along(_ index: Tensor, axis: Int) throws -> Variable {
    try picked(Tensor.positions(of: index, in: shape, axis: axis, "index"))
  }
}

extension Tensor {
  /// Positions of a descending order with those of NaN brought to the front.
  fileprivate func rotatingNaN(of rows: Tensor) throws -> Tensor {
    guard rows.dtype.isFloat, let n = dims.last, n > 0 else { return self }
    var all = array(of: Int64.self)
    for row in 0..<count / n {
      let range = row * n..<(row + 1) * n
      if range.lowerBound & 0xFF == 0 { try WorkStop.check() }
      let isNaN = try all[range].enumerated().map { i, at in
        if i & 0xFFFFF == 0xFFFFF { try WorkStop.check() }
        return rows.double(at: row * n + Int(at)).isNaN
      }
      if !isNaN.contains(true) { continue }
      let pairs = zip(all[range], isNaN)
      all.replaceSubrange(range, with: pairs.filter(\.1).map(\.0) + pairs.filter { !$0.1 }.map(\.0))
    }
    return try Tensor(all, shape: shape)
  }
}

extension Operations {
  private static let family = "Order"
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let x = Argument("x", .tensor, "Any shape.")
  private static let axis = Argument("axis", .integer, "The axis that is ordered.", default: "-1")
  private static let descending = Argument(
    "descending", .boolean, "Largest first.", default: "false")

  package static let sort: TensorOperation = .composed(
    "sort", family, [x, axis, descending], "The elements in order along an axis.",
    "sort([3, 1, 2])", "[1, 2, 3]",
    samples: [
      .init([six], [[6]]),
      .init([six], [[2, 3]], ["axis": .integer(0), "descending": .boolean(true)]),
    ]
  ) { inputs, a in
    try inputs[0].ordered(
      axis: a.integer("axis", default: -1), descending: a.boolean("descending", default: false)
    ).values
  }

  package static let topk: TensorOperation = .composed(
    "topk", family, [x, Argument("k", .integer, "How many."), axis],
    "The k largest elements along an axis, largest first; where they stand says argtopk.",
    "topk([3, 9, 4], 2)", "[9, 4]",
    samples: [.init([six], [[2, 3]], ["k": .integer(2)])]
  ) { inputs, a in
    let x = inputs[0]
    let axis = try x.shape.axis(a.integer("axis", default: -1))
    let k = try x.share(a.integer("k", default: 1), axis)
    return try x.ordered(axis: axis, descending: true).values.sliced(axis: axis, 0..<k)
  }

  package static let argtopk: TensorOperation = TensorOperation(
    Entry(
      "argtopk", family: family, [x, Argument("k", .integer, "How many."), axis],
      summary: "The positions of the k largest elements along an axis, that of the largest first.",
      examples: [Example("argtopk([3, 9, 4], 2)", prints: "[1, 2]")]),
    forward: { inputs, a in
      let x = Variable(inputs[0])
      let axis = try x.shape.axis(a.integer("axis", default: -1))
      let k = try x.share(a.integer("k", default: 1), axis)
      return try Variable(x.ordered(axis: axis, descending: true).index).sliced(axis: axis, 0..<k)
        .value
    })

  package static let quantile: TensorOperation = .composed(
    "quantile", family,
    [
      x, Argument("q", .any, "A share from 0 to 1, or several: one row of the result for each."),
      Argument("axis", .any, "An axis; all elements when none.", default: "none"),
    ], "The element that a share of all lies below, between neighbours where needed.",
    "quantile([1, 2, 3, 4], 0.5)", "2.5",
    samples: [
      .init([six], [[6]], ["q": .number(0.3)]),
      .init([six], [[2, 3]], ["q": .number(0.5), "axis": .integer(1)]),
      .init([six], [[2, 3]], ["q": .numbers([0.25, 0.5]), "axis": .integer(1)]),
    ]
  ) { inputs, a in
    let axis = a.integers("axis")?.first
    guard let shares = a.numbers("q") else {
      return try inputs[0].quantile(a.number("q", default: 0.5), axis: axis)
    }
    return try Variable.stack(shares.map { try inputs[0].quantile($0, axis: axis) }, axis: 0)
  }

  package static let median: TensorOperation = .composed(
    "median", family,
    [x, Argument("axis", .any, "An axis; all elements when none.", default: "none")],
    "The element in the middle of the order, the mean of two when there are two.",
    "median([9, 1, 2])", "2", samples: [.init([six], [[2, 3]], ["axis": .integer(1)])]
  ) { inputs, a in try inputs[0].quantile(0.5, axis: a.integers("axis")?.first) }

  package static let searchSorted: TensorOperation = TensorOperation(
    Entry(
      "searchsorted", family: family,
      [
        Argument("bounds", .tensor, "In order along the last axis."),
        Argument("x", .tensor, "Any shape; the leading axes of bounds if it has any."),
        Argument("right", .boolean, "After equal bounds instead of before.", default: "false"),
      ], summary: "How many bounds lie below each element.",
      examples: [Example("searchsorted([1, 3, 5], [3, 4])", prints: "[1, 2]")]),
    forward: { inputs, a in
      try inputs[1].searched(in: inputs[0], right: a.boolean("right", default: false))
    })

  package static let unique: TensorOperation = TensorOperation(
    Entry(
      "unique", family: family, [x], summary: "The different elements in order.",
      examples: [Example("unique([3, 1, 3])", prints: "[1, 3]")]),
    forward: { inputs, _ in
      let sorted = try inputs[0].reshaped([-1]).sorted()
      let keep = try (0..<sorted.count).filter {
        if $0 & 0xFFFFF == 0 { try WorkStop.check() }
        return $0 == 0 || sorted.double(at: $0) != sorted.double(at: $0 - 1)
      }
      return try sorted.taking(keep)
    })

  static let orders: [TensorOperation] = [
    sort, topk, argtopk, quantile, median, searchSorted, unique,
  ]
}

extension Variable {
  /// Linear between the neighbours of place q (n - 1).
  package func quantile(_ q: Double, axis: Int?, keepDims: Bool = false, mode: String = "linear")
    throws
    -> Variable
  {
    guard q >= 0, q <= 1 else {
      throw TensorError.invalid(
        operation: "quantile", reason: "\(q) is not a share from 0 to 1", hint: nil)
    }
    let x = try axis == nil ? floating().reshaped([-1]) : floating()
    let at = try x.rank == 0 ? 0 : x.shape.axis(axis ?? 0)
    if x.rank == 0 { return x }
    let n = x.dims[at]
    if n == 0 { throw TensorError.emptyReduction(operation: "quantile") }
    let sorted = try x.ordered(axis: at, descending: false).values
    let place = q * Double(n - 1)
    let low = Int(place.rounded(.down))
    let part = place - Double(low)
    func slice(_ i: Int) throws -> Variable { try sorted.sliced(axis: at, i..<i + 1) }
    var result: Variable
    switch mode {
    case "lower": result = try slice(low)
    case "higher": result = try slice(Int(place.rounded(.up)))
    case "nearest": result = try slice(Int(place.rounded(.toNearestOrEven)))
    case "midpoint": result = try (slice(low) + slice(Int(place.rounded(.up)))) * 0.5
    default:
      let first = try slice(low)
      result = part == 0 ? first : try first + (slice(low + 1) - first) * part
    }
    // A row with a NaN has no quantile.
    let hasNaN = try x.value.test(\.isNaN).reduce(any: true, axes: [at], keepDims: true)
    if try hasNaN.reduce(any: true).item == 1 {
      result = try Variable.where(Variable(hasNaN), .number(.nan), result)
    }
    if keepDims {
      return axis == nil ? try result.reshaped(Array(repeating: 1, count: rank)) : result
    }
    return try result.squeezed(axis: at)
  }
}

extension Tensor {
  /// How many of the sorted bounds lie below (`right`: not above) each element: i64.
  package func searched(in bounds: Tensor, right: Bool) throws -> Tensor {
    guard let n = bounds.dims.last else {
      throw TensorError.invalid(
        operation: "searchsorted", reason: "the bounds are one number", hint: nil)
    }
    let isShared = bounds.rank == 1
    guard isShared || (rank == bounds.rank && dims.dropLast() == bounds.dims.dropLast()) else {
      throw TensorError.shapesDiffer(operation: "searchsorted", left: bounds.dims, right: dims)
    }
    let all = bounds.array(of: Double.self)
    let width = Swift.max(1, dims.last ?? 1)
    return try Tensor.positions([count]) { at in
      let base = isShared ? 0 : at[0] / width * n
      let x = double(at: at[0])
      var (low, high) = (0, n)
      while low < high {
        let middle = (low + high) / 2
        let bound = all[base + middle]
        let isBelow = bound < x || (right && bound == x) || (x.isNaN && (right || !bound.isNaN))
        if isBelow { low = middle + 1 } else { high = middle }
      }
      return low
    }.reshaped(dims)
  }
}
