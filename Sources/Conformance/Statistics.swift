import Autograd
import Tensors

extension Adapters {
  /// Weights [n, n] whose column i gives the derivative at place i: of second order inside, of first
  /// or second order at the ends.
  static func slopes(_ at: [Double], edge: Int) throws -> Tensor {
    let n = at.count
    guard n > edge else { throw Unsupported("too few places") }
    var weights = [Double](repeating: 0, count: n * n)
    /// The derivative at `here` of the parabola through three places.
    func parabola(_ p: [Int], _ here: Int, _ column: Int) {
      for i in p {
        let others = p.filter { $0 != i }
        let (a, b) = (at[others[0]], at[others[1]])
        weights[i * n + column] += (2 * at[here] - a - b) / ((at[i] - a) * (at[i] - b))
      }
    }
    for i in 1..<max(1, n - 1) { parabola([i - 1, i, i + 1], i, i) }
    for (end, next, third) in [(0, 1, 2), (n - 1, n - 2, n - 3)] {
      if edge == 2 {
        parabola([end, next, third], end, end)
      } else {
        weights[end * n + end] = 1 / (at[end] - at[next])
        weights[next * n + end] = -1 / (at[end] - at[next])
      }
    }
    return try Tensor(weights, shape: Shape(checking: [n, n]))
  }

  static func addStatistics(_ table: inout Table) {
    table.add("cov", "corrcoef") { c in
      var x = try c.x()
      let isNumber = x.rank < 2
      if isNumber { x = try x.reshaped([1, x.shape.count]) }
      let correction = try c.num(-1, "correction", 1)
      var w: Variable?
      if let f = try c.maybe(-1, "fweights") { w = try f.cast(x.dtype) }
      let aweights = try c.maybe(-1, "aweights")
      if let aweights { w = try w.map { try $0 * aweights } ?? aweights }
      let n: Variable
      let mean: Variable
      if let w {
        let total = try w.sum()
        mean = try (x * w).sum(1, keepDims: true) / total
        if let aweights, correction != 0 {
          n = try total - (w * aweights).sum() / total * correction
        } else {
          n = try total - correction
        }
      } else {
        mean = try Operations.mean(x, .reduction([1], true))
        n = try .number(Double(x.dims[1]) - correction)
      }
      let safe = Variable(try n.value.binary(.maximum, .number(0)))
      let divisor = n.value.double(at: 0) < 0 ? safe : n
      let d = try x - mean
      let weighted = try w.map { try d * $0 } ?? d
      var result = try Variable.matmul(weighted, d, transposeB: true) / divisor
      if c.name == "corrcoef" {
        let s = try Operations.sqrt(result.diagonal(0))
        result = try result / s.expanded(axis: 1) / s.expanded(axis: 0)
        if x.dims[0] == 1 { return [try result.reshaped([])] }
        return [result]
      }
      return [x.dims[0] == 1 ? try result.reshaped([]) : result]
    }
    table.add("diff") { c in
      var x = try c.x()
      let axis = try x.shape.axis(c.int(2, "dim", -1))
      let parts = try [c.maybe(3, "prepend"), x, c.maybe(4, "append")].compactMap { $0 }
      if parts.count > 1 { x = try Variable.concat(parts, axis: axis) }
      if try c.int(1, "n", 1) == 0 { return [try c.x()] }
      for _ in 0..<(try c.int(1, "n", 1)) {
        let n = x.dims[axis]
        if n == 0 { break }
        x = try x.sliced(axis: axis, 1..<n) - x.sliced(axis: axis, 0..<n - 1)
      }
      return [x]
    }
    table.add("gradient") { c in
      let x = try c.x()
      let axes = try c.ints(-1, "dim") ?? Array(0..<x.rank)
      let edge = try c.int(-1, "edge_order", 1)
      let given = c.given(-1, "spacing")
      return try axes.enumerated().map { i, asked in
        let axis = try x.shape.axis(asked)
        var one = given
        if case .list(let items) = given { one = items.count == 1 ? items[0] : items[i] }
        let n = x.dims[axis]
        var places = (0..<n).map(Double.init)
        if let step = one.isNone ? 1 : try? one.number() {
          places = places.map { $0 * step }
        } else if let found = try c.variable(one) {
          places = found.value.array(of: Double.self)
        }
        return try x.mixed(slopes(places, edge: edge).cast(x.dtype), axis: axis)
      }
    }
    table.add("trapz", "trapezoid", "cumulative_trapezoid") { c in
      let y = try c.x()
      let axis = try y.shape.axis(c.int(2, "dim", -1))
      let n = y.dims[axis]
      var mids = try (y.sliced(axis: axis, 1..<n) + y.sliced(axis: axis, 0..<n - 1)) * 0.5
      if let x = try c.maybe(1, "x") {
        let own = x.rank == 1 ? 0 : try x.shape.axis(axis - y.rank)
        var step =
          try x.sliced(axis: own, 1..<x.dims[own]) - x.sliced(axis: own, 0..<x.dims[own] - 1)
        if x.rank == 1, y.rank > 1 {
          step = try step.reshaped([n - 1] + Array(repeating: 1, count: y.rank - 1 - axis))
        }
        mids = try mids * step
      } else {
        mids = try mids * c.num(-1, "dx", 1)
      }
      if c.name == "cumulative_trapezoid" {
        return [try Operations.cumsum(mids, ["axis": .integer(axis)])]
      }
      return [try mids.sum(axis)]
    }
    table.add("renorm") { c in
      let x = try c.x()
      let axis = try x.shape.axis(c.int(2, "dim", 0))
      let others = (0..<x.rank).filter { $0 != axis }
      let limit = try c.num(3, "maxnorm", 1)
      let length = try Operations.vectorNorm(
        x, p: c.num(1, "p", 2), axes: others, keepDims: true)
      let scale = try Variable.where(
        Variable(length.value.compare(.greater, .number(limit))), limit / (length + 1e-7),
        .number(1))
      return [try x * scale]
    }
  }
}
