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
      let (a, b) = (try c.x(), try c.x(1))
      var (p, q): ([Int], [Int])
      if case .list(let pair) = c.given(2, "dims") {
        p = try (pair[0].integers() ?? []).map { try a.shape.axis($0) }
        q = try (pair[1].integers() ?? []).map { try b.shape.axis($0) }
      } else {
        let n = try c.int(2, "dims", 2)
        p = Array(a.rank - n..<a.rank)
        q = Array(0..<n)
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

  private static func zeros(_ dims: [Int], _ dtype: DType = .int64) throws -> Variable {
    Variable(try .zeros(Shape(checking: dims), dtype))
  }

  private static func addSolvers(_ table: inout Table) {
    table.add("linalg.solve", "linalg.solve_ex") { c in
      let (a, b) = (try c.x(), try c.x(1))
      c.ignore("check_errors")
      let isLeft = try c.flag(-1, "left", true)
      let isVector = b.rank == 1 || (b.rank == a.rank - 1 && b.dims == Array(a.dims.dropLast()))
      var right = try isVector ? b.expanded(axis: b.rank) : b
      if !isLeft { right = try right.swappedLast() }
      var x = try Variable.solve(isLeft ? a : a.swappedLast(), right)
      if !isLeft { x = try x.swappedLast() }
      if isVector { x = try x.squeezed(axis: -1) }
      return c.name.hasSuffix("_ex") ? [x, try zeros(Array(a.dims.dropLast(2)))] : [x]
    }
    table.add("linalg.solve_triangular") { c in
      let (a, b) = (try c.x(), try c.x(1))
      let upper = try c.flag(-1, "upper", false)
      let unit = try c.flag(-1, "unitriangular", false)
      if try c.flag(-1, "left", true) {
        return [try Variable.solveTriangle(a, b, upper: upper, unit: unit)]
      }
      return [
        try Variable.solveTriangle(a.swappedLast(), b.swappedLast(), upper: !upper, unit: unit)
          .swappedLast()
      ]
    }
    table.add("triangular_solve") { c in
      let (b, a) = (try c.x(), try c.x(1))
      var upper = try c.flag(2, "upper", true)
      let lead = try Shape.broadcast(
        Shape(checking: Array(a.dims.dropLast(2))), Shape(checking: Array(b.dims.dropLast(2))),
        operation: "solve"
      ).dims
      var t = a
      if try c.flag(3, "transpose", false) {
        t = try t.swappedLast()
        upper.toggle()
      }
      let x = try Variable.solveTriangle(
        t, b, upper: upper, unit: c.flag(4, "unitriangular", false))
      return [x, try a.broadcast(to: Shape(checking: lead + a.dims.suffix(2)))]
    }
    table.add("cholesky_solve") { c in
      let (b, l) = (try c.x(), try c.x(1))
      let upper = try c.flag(2, "upper", false)
      let lower = try upper ? l.swappedLast() : l
      let y = try Variable.solveTriangle(lower, b, upper: false, unit: false)
      return [try Variable.solveTriangle(lower.swappedLast(), y, upper: true, unit: false)]
    }
    table.add("cholesky_inverse") { c in
      let l = try c.x()
      let n = l.dims[l.rank - 1]
      let lower = try c.flag(1, "upper", false) ? l.swappedLast() : l
      let eye = try Variable(Tensor.eye(n).cast(l.dtype)).broadcast(to: l.shape)
      let y = try Variable.solveTriangle(lower, eye, upper: false, unit: false)
      return [try Variable.matmul(y.swappedLast(), y)]
    }
    table.add("linalg.inv", "linalg.inv_ex") { c in
      let x = try c.x()
      c.ignore("check_errors")
      return c.name == "linalg.inv"
        ? [try x.inverse()] : [try x.inverse(), try zeros(Array(x.dims.dropLast(2)))]
    }
    table.add("linalg.tensorinv") { c in
      let x = try c.x()
      let n = try c.int(-1, "ind", 2)
      let (rows, columns) = (Array(x.dims[..<n]), Array(x.dims[n...]))
      return [
        try x.reshaped([rows.reduce(1, *), columns.reduce(1, *)]).inverse().reshaped(columns + rows)
      ]
    }
    table.add("linalg.tensorsolve") { c in
      var a = try c.x()
      let b = try c.x(1)
      if let axes = try c.given(-1, "dims").integers() { a = try a.movedToEnd(axes) }
      let n = b.shape.count
      let out = Array(a.dims[b.rank...])
      return [
        try Variable.solve(a.reshaped([n, out.reduce(1, *)]), b.reshaped([n, 1])).reshaped(out)
      ]
    }
    table.add("linalg.lstsq", "linalg.lstsq.grad_oriented") { c in
      let (a, b) = (try c.x(), try c.x(1))
      let driver = try c.text(-1, "driver", "gelsy")
      _ = c.given(2, "rcond")
      let (m, n) = (a.dims[a.rank - 2], a.dims[a.rank - 1])
      let x = try Variable.matmul(a.pseudoInverse(), b)
      let lead = Array(a.dims.dropLast(2))
      var residuals = try zeros([0], a.dtype)
      if m > n, driver != "gelsy" {
        let d = try b - Variable.matmul(a, x)
        residuals = try (d * d).sum(-2)
      }
      if c.name.hasSuffix("oriented") { return [x, residuals] }
      let hasRank = driver != "gels"
      let rank = try hasRank ? zeros(lead) + Double(min(m, n)) : zeros([0])
      let s =
        try driver == "gelsd" || driver == "gelss"
        ? a.singularValues().s.detached() : zeros([0], a.dtype)
      return [x, residuals, try rank.value.cast(.int64).asVariable, s]
    }
    table.add("linalg.pinv", "pinverse", "linalg.pinv.hermitian", "linalg.pinv.singular") { c in
      if c.name == "linalg.pinv.singular" {
        let x = try Variable.matmul(c.x(), c.x(1), transposeB: true)
        return [try x.pseudoInverse()]
      }
      c.ignore("hermitian")
      let absolute = try limit(c, 2, "atol")
      let relative = try limit(c, 1, c.name == "pinverse" ? "rcond" : "rtol")
      return [try c.x().pseudoInverse(relative: relative, absolute: absolute ?? 0)]
    }
  }

  /// A tolerance that may be a number or a tensor of one.
  private static func limit(_ c: Call, _ place: Int, _ name: String) throws -> Double? {
    guard let found = try c.maybe(place, name) else { return nil }
    guard found.shape.count == 1 else { throw Unsupported("a tolerance for each matrix") }
    return found.value.double(at: 0)
  }

  private static func addDecompositions(_ table: inout Table) {
    table.one("linalg.det") { try $0.determinant() }
    table.add("linalg.slogdet") { c in
      let (sign, log) = try c.x().logDeterminant()
      return [sign, log]
    }
    table.one("logdet") { x in
      let (sign, log) = try x.logDeterminant()
      return try Variable.where(Variable(sign.value.compare(.less, .number(0))), .number(.nan), log)
    }
    table.add("linalg.cholesky", "linalg.cholesky_ex") { c in
      let upper = try c.flag(1, "upper", false)
      c.ignore("check_errors")
      let l = try c.x().cholesky()
      let result = try upper ? l.swappedLast() : l
      return c.name.hasSuffix("_ex") ? [result, try zeros(Array(l.dims.dropLast(2)))] : [result]
    }
    table.add("linalg.qr") { c in
      let mode = try c.text(1, "mode", "reduced")
      let (q, r) = try c.x().qr(complete: mode == "complete")
      return mode == "r" ? [try zeros([0], q.dtype), r] : [q, r]
    }
    table.add("linalg.eigh", "linalg.eigvalsh") { c in
      let x = try c.x()
      let upper = try c.text(1, "UPLO", "L") == "U"
      let (w, v) = try (upper ? x.swappedLast() : x).symmetricEigen()
      return c.name == "linalg.eigh" ? [w, v] : [w]
    }
    table.one("linalg.matrix_sqrth") { x in
      let (w, v) = try x.symmetricEigen()
      let root = try Operations.sqrt(Operations.relu(w))
      return try Variable.matmul(v * root.expanded(axis: root.rank - 1), v, transposeB: true)
    }
    table.add("linalg.polar") { c in
      let (u, s, v) = try c.x().singularValues()
      return [
        try Variable.matmul(u, v, transposeB: true),
        try Variable.matmul(v * s.expanded(axis: s.rank - 1), v, transposeB: true),
      ]
    }
    table.add("linalg.householder_product") { c in
      let (a, tau) = (try c.x(), try c.x(1))
      let (m, n) = (a.dims[a.rank - 2], a.dims[a.rank - 1])
      let lead = Array(a.dims.dropLast(2))
      var q = Variable(
        try Tensor.eye(m).cast(a.dtype).broadcast(to: Shape(checking: lead + [m, m])))
      for k in 0..<tau.dims[tau.rank - 1] {
        // v is 0 above row k, 1 at it, and the column below.
        let column = try a.sliced(axis: -1, k..<k + 1)
        let below = try column.chosen((0..<m).map { $0 > k ? $0 : -1 }, axis: -2)
        let one = try Tensor((0..<m).map { $0 == k ? 1.0 : 0.0 }, shape: Shape(checking: [m, 1]))
          .cast(a.dtype)
        let v = try below + Variable(one)
        let t = try tau.sliced(axis: -1, k..<k + 1).expanded(axis: -1)
        q = try q - Variable.matmul(Variable.matmul(q, v), v, transposeB: true) * t
      }
      return [try q.sliced(axis: -1, 0..<n)]
    }
    table.add("lu") { c in
      let x = try c.x()
      guard try c.flag(1, "pivot", true) else { throw Unsupported("LU without pivoting") }
      let (packed, pivots) = try x.packedLU()
      let info = try zeros(Array(x.dims.dropLast(2)))
      return try c.flag(2, "get_infos", false)
        ? [packed, pivots.asVariable, info] : [packed, pivots.asVariable]
    }
    table.add("lu_solve") { c in
      let (b, lu) = (try c.x(), try c.x(1))
      let p = try permutation(c.x(2).value, lu.dims[lu.rank - 1], lu.dtype)
      let y = try Variable.solveTriangle(
        lu, Variable.matmul(p, b, transposeA: true), upper: false, unit: true)
      return [try Variable.solveTriangle(lu, y, upper: true, unit: false)]
    }
    table.add("lu_unpack") { c in
      let lu = try c.x()
      let (m, n) = (lu.dims[lu.rank - 2], lu.dims[lu.rank - 1])
      let k = min(m, n)
      let data = try c.flag(2, "unpack_data", true)
      let pivots = try c.flag(3, "unpack_pivots", true)
      let empty = try zeros([0], lu.dtype)
      let p = try pivots ? permutation(c.x(1).value, m, lu.dtype) : empty
      guard data else { return [p, empty, empty] }
      let eye = Variable(try Tensor.eye(m).cast(lu.dtype)).self
      let l = try lu.sliced(axis: -1, 0..<k).triangle(lower: true, -1) + eye.sliced(axis: -1, 0..<k)
      return [p, l, try lu.sliced(axis: -2, 0..<k).triangle(lower: false, 0)]
    }
  }

  /// The matrix P with P L U = A for a list of swaps that count from 1.
  private static func permutation(_ pivots: Tensor, _ m: Int, _ dtype: DType) throws -> Variable {
    let k = pivots.dims[pivots.rank - 1]
    let lead = Array(pivots.dims.dropLast())
    var all: [Double] = []
    for row in 0..<lead.reduce(1, *) {
      var order = Array(0..<m)
      for i in 0..<k { order.swapAt(i, pivots.integer(at: row * k + i) - 1) }
      var matrix = [Double](repeating: 0, count: m * m)
      for (i, from) in order.enumerated() { matrix[from * m + i] = 1 }
      all += matrix
    }
    return Variable(try Tensor(all, shape: Shape(checking: lead + [m, m])).cast(dtype))
  }

  private static func addMatrixNorms(_ table: inout Table) {
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

extension Variable {
  /// L below the diagonal and U above, with the swaps counted from 1; differentiable.
  fileprivate func packedLU() throws -> (Variable, Tensor) {
    let (m, n) = (dims[rank - 2], dims[rank - 1])
    let all = try value.matrices("lu").map { $0.lu() }
    let lead = Array(dims.dropLast(2))
    let k = min(m, n)
    let pivots = try Tensor(
      all.flatMap { $0.pivots.map { Int64($0 + 1) } }, shape: Shape(checking: lead + [k]))
    // Elimination in the known order, written with operations that have gradients.
    var orders: [Int64] = []
    for (index, one) in all.enumerated() {
      var order = Array(0..<m)
      for (i, other) in one.pivots.enumerated() { order.swapAt(i, other) }
      for row in order {
        for column in 0..<n { orders.append(Int64((index * m + row) * n + column)) }
      }
    }
    var a = try picked(Tensor(orders, shape: shape))
    for j in 0..<min(k, m - 1) {
      let pivot = try a.sliced(axis: -2, j..<j + 1)
      let factor =
        try a.sliced(axis: -2, j + 1..<m).sliced(axis: -1, j..<j + 1)
        / pivot.sliced(axis: -1, j..<j + 1)
      let rest =
        try a.sliced(axis: -2, j + 1..<m).sliced(axis: -1, j + 1..<n)
        - factor * pivot.sliced(axis: -1, j + 1..<n)
      let left = try a.sliced(axis: -2, j + 1..<m).sliced(axis: -1, 0..<j)
      let below = try Variable.concat([left, factor, rest], axis: -1)
      a = try Variable.concat([a.sliced(axis: -2, 0..<j + 1), below], axis: -2)
    }
    return (a, pivots)
  }
}
