import Glibc
import Tensors

/// Elements grouped by the axes that are taken together.
struct Groups {
  /// The group's elements lie side by side.
  let values: Operand
  let length: Int
  let dims: [Int]
  private let keptDims: [Int]

  init(_ x: Operand, axes given: [Int]?) throws {
    let axes = try x.axes(given)
    let kept = (0..<x.rank).filter { !axes.contains($0) }
    values = axes.isEmpty ? x : try x.transposed(kept + axes.sorted())
    length = axes.reduce(1) { $0 * x.dims[$1] }
    keptDims = kept.map { x.dims[$0] }
    dims = x.dims.indices.map { axes.contains($0) ? 1 : x.dims[$0] }
  }

  func target(keepsAxes: Bool) -> [Int] { keepsAxes ? dims : keptDims }

  var count: Int { keptDims.reduce(1, *) }

  func reals(_ body: (ArraySlice<Double>) -> Double) throws -> [Double] {
    let all = try values.reals()
    return (0..<count).map { body(all[$0 * length..<($0 + 1) * length]) }
  }

  func whole(_ body: (ArraySlice<Int64>) -> Int64) throws -> [Int64] {
    let all = try values.whole()
    return (0..<count).map { body(all[$0 * length..<($0 + 1) * length]) }
  }
}

extension GraphOperators {
  private static func axes(_ call: NodeCall, _ x: Operand) throws -> [Int]? {
    guard let axes = try call.axes(input: 1), !axes.isEmpty else {
      return call.flag("noop_with_empty_axes") ? [] : nil
    }
    return axes
  }

  private static func reduction(
    _ name: String, _ reals: @escaping @Sendable (ArraySlice<Double>) -> Double,
    _ whole: (@Sendable (ArraySlice<Int64>, ElementType) -> Int64)? = nil
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let x = try call.operand(0)
      let groups = try Groups(x, axes: axes(call, x))
      let target = groups.target(keepsAxes: call.flag("keepdims", true))
      if let whole, !x.type.isFloat {
        return try Operand(whole: groups.whole { whole($0, x.type) }, target, x.type)
      }
      return try Operand(reals: groups.reals(reals), target, x.type)
    }
  }

  static func logSumExp(_ values: ArraySlice<Double>) -> Double {
    guard let top = values.max(), top > -.infinity else { return -.infinity }
    if top == .infinity { return .infinity }
    return top + log(values.reduce(0) { $0 + exp($1 - top) })
  }

  private static func largest(_ values: ArraySlice<Double>) -> Double {
    values.reduce(-.infinity) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
  }

  private static func smallest(_ values: ArraySlice<Double>) -> Double {
    values.reduce(.infinity) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }
  }

  private static func extreme(_ name: String, isMax: Bool) -> GraphOperator {
    GraphOperator(name) { call in
      let x = try call.operand(0)
      let axis = try x.axis(call.integer("axis", 0))
      let groups = try Groups(x, axes: [axis])
      guard groups.length > 0 else { throw TensorError.emptyReduction(operation: name) }
      let takesLast = call.flag("select_last_index")
      let found = try groups.reals { row in
        var best = row.startIndex
        for i in row.indices.dropFirst() {
          let (new, old) = (row[i], row[best])
          if new == old ? takesLast : isMax ? new > old : new < old { best = i }
        }
        return Double(best - row.startIndex)
      }
      return try Operand(
        reals: found, groups.target(keepsAxes: call.flag("keepdims", true)), .int64)
    }
  }

  private static func cumulative(
    _ name: String, start: Double, _ reals: @escaping @Sendable (Double, Double) -> Double,
    _ whole: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let x = try call.operand(0).ranked(1...)
      let (outer, length, inner) = x.split(at: try x.axis(call.operand(1).integer()))
      let (isExclusive, isReverse) = (call.flag("exclusive"), call.flag("reverse"))
      func run<E>(_ values: [E], _ start: E, _ body: (E, E) -> E) -> [E] {
        var result = values
        for o in 0..<outer {
          for i in 0..<inner {
            var total = start
            for step in 0..<length {
              let r = isReverse ? length - 1 - step : step
              let at = (o * length + r) * inner + i
              let before = total
              total = body(total, values[at])
              result[at] = isExclusive ? before : total
            }
          }
        }
        return result
      }
      return x.type.isFloat
        ? try Operand(reals: run(x.reals(), start, reals), x.dims, x.type)
        : try Operand(whole: run(x.whole(), Int64(start), whole), x.dims, x.type)
    }
  }

  /// A function of the elements along an axis; before version 13 along all axes from one on.
  private static func along(
    _ name: String, _ body: @escaping @Sendable (ArraySlice<Double>, ElementType) -> [Double]
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let x = try call.operand(0)
      let isOld = call.version < 13
      let axis = try x.axis(call.integer("axis", isOld ? 1 : -1))
      return try mapped(x, axis: axis, isBlock: isOld) { body($0, x.type) }
    }
  }

  static func mapped(
    _ x: Operand, axis: Int, isBlock: Bool = false, _ body: (ArraySlice<Double>) -> [Double]
  ) throws -> Operand {
    if x.rank == 0 { return try Operand(reals: body(x.reals()[...]), [], x.type) }
    var (outer, length, inner) = x.split(at: axis)
    if isBlock { (length, inner) = (length * inner, 1) }
    let values = try x.reals()
    var result = values
    for o in 0..<outer {
      for i in 0..<inner {
        let row = (0..<length).map { values[(o * length + $0) * inner + i] }
        let new = body(row[...])
        for r in 0..<length { result[(o * length + r) * inner + i] = new[r] }
      }
    }
    return try Operand(reals: result, x.dims, x.type)
  }

  /// Small floats are rounded after every step, as they are where each step is an operator.
  static func softmax(_ row: ArraySlice<Double>, _ type: ElementType = .float64) -> [Double] {
    let top = row.max() ?? 0
    let isSmall = type.bits <= 16
    func kept(_ x: Double) -> Double { isSmall ? type.rounded(x) : x }
    let powers = row.map { kept(exp(kept($0 - (top.isFinite ? top : 0)))) }
    let sum = kept(powers.reduce(0, +))
    return powers.map { $0 / sum }
  }

  static let reductions: [GraphOperator] = [
    reduction("ReduceSum", { $0.reduce(0, +) }, { values, _ in values.reduce(0, &+) }),
    reduction("ReduceProd", { $0.reduce(1, *) }, { values, _ in values.reduce(1, &*) }),
    reduction("ReduceMean", { $0.reduce(0, +) / Double($0.count) }),
    reduction(
      "ReduceMax", largest,
      { values, type in values.max { IntegerOrder.less($0, $1, type) } ?? type.range.lowerBound }),
    reduction(
      "ReduceMin", smallest,
      { values, type in
        let highest = type == .uint64 ? -1 : type.range.upperBound
        return values.min { IntegerOrder.less($0, $1, type) } ?? highest
      }),
    reduction(
      "ReduceL1", { $0.reduce(0) { $0 + abs($1) } },
      { values, _ in values.reduce(0) { $0 &+ ($1 < 0 ? 0 &- $1 : $1) } }),
    reduction("ReduceL2", { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }),
    reduction(
      "ReduceSumSquare", { $0.reduce(0) { $0 + $1 * $1 } },
      { values, _ in values.reduce(0) { $0 &+ $1 &* $1 } }),
    reduction("ReduceLogSum", { log($0.reduce(0, +)) }),
    reduction("ReduceLogSumExp", { logSumExp($0) }),
    extreme("ArgMax", isMax: true), extreme("ArgMin", isMax: false),
    cumulative("CumSum", start: 0, { $0 + $1 }, { $0 &+ $1 }),
    cumulative("CumProd", start: 1, { $0 * $1 }, { $0 &* $1 }),
    along("Softmax") { softmax($0, $1) },
    along("LogSoftmax") { row, _ in
      let sum = logSumExp(row)
      return row.map { $0 - sum }
    },
    along("Hardmax") { row, _ in
      var best = row.startIndex
      for i in row.indices where row[i] > row[best] { best = i }
      return row.indices.map { $0 == best ? 1 : 0 }
    },
    GraphOperator("LpNormalization") { call in
      let x = try call.operand(0)
      let p = call.integer("p", 2)
      return try mapped(x, axis: x.axis(call.integer("axis", -1))) { row in
        let norm =
          p == 1
          ? row.reduce(0) { $0 + abs($1) } : row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { norm == 0 ? 0 : $0 / norm }
      }
    },
  ]
}
