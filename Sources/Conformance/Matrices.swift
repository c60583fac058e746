import Autograd
import Tensors

extension Adapters {
  static func addMatrices(_ table: inout Table) {
    table.two(
      "matmul", "mm", "bmm", "mv", "dot", "vdot", "bmm.triton_optimized"
    ) { try Variable.matmul($0, $1) }
    table.two("__rmatmul__") { try Variable.matmul($1, $0) }
    table.two("inner") { a, b in
      if a.rank == 0 || b.rank == 0 { return try a * b }
      let y = try Variable.matmul(
        a.reshaped([-1, a.dims[a.rank - 1]]), b.reshaped([-1, b.dims[b.rank - 1]]), transposeB: true
      )
      return try y.reshaped(Array(a.dims.dropLast()) + Array(b.dims.dropLast()))
    }
    table.two("outer") { try $0.expanded(axis: 1) * $1.expanded(axis: 0) }
    table.add("addmm", "addmm.decomposed", "addmv", "baddbmm", "addbmm", "addr") { c in
      let (x, a, b) = (try c.x(), try c.x(1), try c.x(2))
      var product: Variable
      switch c.name {
      case "addr": product = try a.expanded(axis: 1) * b.expanded(axis: 0)
      case "addbmm": product = try Variable.matmul(a, b).sum(0)
      default: product = try Variable.matmul(a, b)
      }
      product = try product * c.num(-1, "alpha", 1)
      let beta = try c.num(-1, "beta", 1)
      return [try beta == 0 ? product : x * beta + product]
    }
    table.add("einsum") { c in
      guard case .text(let equation) = c.given(1) else { throw Unsupported("no equation") }
      guard case .list(let items) = c.given(0) else { throw Unsupported("no list") }
      return [try Variable.einsum(equation, items.compactMap { try c.variable($0) })]
    }
    table.add("tensordot") { c in
      var (a, b) = (try c.x(), try c.x(1))
      var (p, q): ([Int], [Int])
      if case .list(let pair) = c.given(2, "dims") {
        p = try (pair[0].integers() ?? []).map { try a.shape.axis($0) }
        q = try (pair[1].integers() ?? []).map { try b.shape.axis($0) }
      } else {
        let n = try c.int(2, "dims", 2)
        p = Array(a.rank - n..<a.rank)
        q = Array(0..<n)
      }
      // An axis of size 1 stands for as many as the other has.
      for (i, j) in zip(p, q) where a.dims[i] != b.dims[j] {
        if a.dims[i] == 1 {
          b = try b.sum(j, keepDims: true)
        } else {
          a = try a.sum(i, keepDims: true)
        }
      }
      let (left, right) = (
        (0..<a.rank).filter { !p.contains($0) }, (0..<b.rank).filter { !q.contains($0) }
      )
      let depth = p.reduce(1) { $0 * a.dims[$1] }
      let m = left.reduce(1) { $0 * a.dims[$1] }
      let n = right.reduce(1) { $0 * b.dims[$1] }
      let y = try Variable.matmul(
        a.transposed(left + p).reshaped([m, depth]), b.transposed(q + right).reshaped([depth, n]))
      return [try y.reshaped(left.map { a.dims[$0] } + right.map { b.dims[$0] })]
    }
    table.add("linalg.multi_dot") { c in
      let xs = try c.list()
      return [try xs.dropFirst().reduce(xs[0]) { try Variable.matmul($0, $1) }]
    }
    table.add("linalg.vecdot") { c in [try (c.x() * c.x(1)).sum(c.int(-1, "dim", -1))] }
    table.add("cross", "linalg.cross") { c in
      let shape = try Shape.broadcast(c.x().shape, c.x(1).shape, operation: "cross")
      let (a, b) = (try c.x().broadcast(to: shape), try c.x(1).broadcast(to: shape))
      let axis =
        try c.given(2, "dim").integer() ?? (c.name == "cross" ? a.dims.firstIndex(of: 3) ?? -1 : -1)
      func turned(_ x: Variable, _ n: Int) throws -> Variable {
        try x.chosen((0..<3).map { ($0 + n) % 3 }, axis: axis)
      }
      return [try turned(a, 1) * turned(b, 2) - turned(a, 2) * turned(b, 1)]
    }
    table.add("linalg.vander") { c in
      let given = try c.x()
      let x = given.rank == 0 ? try given.reshaped([1]) : given
      let n = try c.int(-1, "N", x.dims[x.rank - 1])
      var columns = [try x * 0 + 1]
      for _ in 1..<max(n, 1) { columns.append(try columns[columns.count - 1] * x) }
      return [try Variable.stack(Array(columns.prefix(n)), axis: -1)]
    }
    table.add("linalg.matrix_power") { c in [try c.x().matrixPower(c.int(1, "n", 1))] }
    table.one("matrix_exp") { try $0.matrixExponential() }
    addSolvers(&table)
    addDecompositions(&table)
    addMatrixNorms(&table)
  }

  static func zeros(_ dims: [Int], _ dtype: DType = .int64) throws -> Variable {
    Variable(try .zeros(Shape(checking: dims), dtype))
  }

  static func addMatrixNorms(_ table: inout Table) {
    table.add("linalg.matrix_norm", "linalg.cond") { c in
      let x = try c.x()
      if c.name == "linalg.cond" {
        guard c.given(1, "p").isNone else { throw Unsupported("a norm other than 2") }
        let s = try x.singularValues().s
        let n = s.dims[s.rank - 1]
        return [
          try s.sliced(axis: -1, 0..<1).squeezed(axis: -1)
            / s.sliced(axis: -1, n - 1..<n).squeezed(axis: -1)
        ]
      }
      return [
        try matrixNorm(
          x, c.given(1, "ord"), c.ints(2, "dim") ?? [-2, -1], c.flag(3, "keepdim", false))
      ]
    }
    table.add("norm.nuc") { c in
      let axes = try c.ints(2, "dim") ?? [-2, -1]
      _ = c.given(1, "p")
      return [
        try matrixNorm(
          c.x(), .text("nuc"), axes.count == 2 ? axes : [-2, -1], c.flag(3, "keepdim", false))
      ]
    }
    table.add("linalg.norm", "linalg.norm.subgradients_at_zero") { c in
      let x = try c.x()
      let order = c.given(1, "ord")
      let axes = try c.ints(2, "dim")
      let keep = try c.flag(3, "keepdim", false)
      if !order.isNone, axes?.count == 2 || (axes == nil && x.rank == 2) {
        return [try matrixNorm(x, order, axes ?? [-2, -1], keep)]
      }
      if order.isNone, axes == nil {
        return [try Operations.vectorNorm(x, p: 2, keepDims: keep)]
      }
      return [try Operations.vectorNorm(x, p: order.number() ?? 2, axes: axes, keepDims: keep)]
    }
    table.add("linalg.matrix_rank", "linalg.matrix_rank.hermitian") { c in
      let x = try c.x()
      c.ignore("hermitian")
      let (m, n) = (x.dims[x.rank - 2], x.dims[x.rank - 1])
      let absolute = try limit(c, 2, "atol")
      let relative =
        try limit(c, 1, "rtol")
        ?? (absolute == nil || absolute == 0 ? Double(max(m, n)) * 0x1p-23 : 0)
      let ranks = try x.value.matrices("matrix_rank").map { a -> Int64 in
        let s = a.singularValues().s
        let bound = max(absolute ?? 0, relative * (s.first ?? 0))
        return Int64(s.count { $0 > bound })
      }
      return [Variable(try Tensor(ranks, shape: Shape(checking: Array(x.dims.dropLast(2)))))]
    }
  }

  static func matrixNorm(_ x: Variable, _ order: Given, _ axes: [Int], _ keep: Bool) throws
    -> Variable
  {
    let named = try axes.map { try x.shape.axis($0) }
    let m = try x.movedToEnd(named)
    func shaped(_ y: Variable) throws -> Variable {
      keep ? try y.reshaped(x.dims.enumerated().map { named.contains($0) ? 1 : $1 }) : y
    }
    if case .text("nuc") = order { return try shaped(m.singularValues().s.sum(-1)) }
    if case .text = order { return try shaped(Operations.vectorNorm(m, p: 2, axes: [-2, -1])) }
    let p = try order.number() ?? 2
    if abs(p) == 2, !order.isNone {
      let s = try m.singularValues().s
      return try shaped((p > 0 ? Operations.max : Operations.min)(s, .reduction([-1], false)))
    }
    if order.isNone { return try shaped(Operations.vectorNorm(m, p: 2, axes: [-2, -1])) }
    let sums = try Operations.abs(m).sum(abs(p) == 1 ? -2 : -1)
    return try shaped((p > 0 ? Operations.max : Operations.min)(sums, .reduction([-1], false)))
  }
}

extension Tensor {
  var asVariable: Variable { Variable(self) }
}
