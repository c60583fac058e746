import Autograd
import Tensors

extension Adapters {
  static func addDecompositions(_ table: inout Table) {
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
      let x = try (x + x.swappedLast()) * 0.5
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
  static func permutation(_ pivots: Tensor, _ m: Int, _ dtype: DType) throws -> Variable {
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
