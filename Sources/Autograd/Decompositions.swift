import Tensors

// Linear algebra with gradients. Rules that need a second result compute it again from the input,
// so that they are differentiable themselves.
extension Variable {
  var batch: [Int] { Array(dims.dropLast(2)) }

  package var mT: Variable { get throws { try swappedLast() } }

  static func eye(_ n: Int, _ dtype: DType) throws -> Variable {
    Variable(try Tensor.eye(n).cast(dtype))
  }

  package func inverse() throws -> Variable {
    let n = try value.squares("inverse").first?.rows ?? dims.last ?? 0
    return try Variable.solve(self, Variable.eye(n, dtype).broadcast(to: shape))
  }

  /// X with A X = B; leading axes broadcast.
  package static func solve(_ a: Variable, _ b: Variable) throws -> Variable {
    let lead = try Shape.broadcast(
      Shape(checking: a.batch), Shape(checking: b.batch), operation: "solve"
    ).dims
    guard a.rank >= 2, b.rank >= 2, a.dims[a.rank - 1] == b.dims[b.rank - 2] else {
      throw TensorError.shapesDiffer(operation: "solve", left: a.dims, right: b.dims)
    }
    let left = try a.broadcast(to: Shape(checking: lead + a.dims.suffix(2)))
    let right = try b.broadcast(to: Shape(checking: lead + b.dims.suffix(2)))
    return try plainSolve(left, right)
  }

  private static func plainSolve(_ a: Variable, _ b: Variable) throws -> Variable {
    let (m, n) = (b.dims[b.rank - 2], b.dims[b.rank - 1])
    let results = try zip(a.value.squares("solve"), b.value.matrices("solve")).map { a, b in
      guard let x = a.solving(b) else {
        throw TensorError.invalid(
          operation: "solve", reason: "the matrix is singular", hint: "pinv(a) @ b")
      }
      return x
    }
    return try Tensor.stacked(results, a.batch, m, n, b.dtype).recorded(from: [a, b]) { c in
      let db = try plainSolve(c.inputs[0].mT, c.upstream)
      return [try matmul(db, c.output, transposeB: true).negated(), db]
    }
  }

  /// X with T X = B for the upper or lower triangle T of A.
  package static func solveTriangle(_ a: Variable, _ b: Variable, upper: Bool, unit: Bool) throws
    -> Variable
  {
    guard a.rank >= 2, b.rank >= 2 else {
      throw TensorError.shapesDiffer(operation: "solve_triangular", left: a.dims, right: b.dims)
    }
    let lead = try Shape.broadcast(
      Shape(checking: a.batch), Shape(checking: b.batch), operation: "solve_triangular"
    ).dims
    let left = try a.broadcast(to: Shape(checking: lead + a.dims.suffix(2)))
    let right = try b.broadcast(to: Shape(checking: lead + b.dims.suffix(2)))
    return try plainTriangle(left, right, upper, unit)
  }

  private static func plainTriangle(_ a: Variable, _ b: Variable, _ upper: Bool, _ unit: Bool)
    throws
    -> Variable
  {
    let (m, n) = (b.dims[b.rank - 2], b.dims[b.rank - 1])
    let name = "solve_triangular"
    guard a.dims[a.rank - 1] == m else {
      throw TensorError.shapesDiffer(operation: name, left: a.dims, right: b.dims)
    }
    let results = try zip(a.value.squares(name), b.value.matrices(name)).map {
      $0.substituting($1, upper: upper, unit: unit)
    }
    return try Tensor.stacked(results, a.batch, m, n, b.dtype).recorded(from: [a, b]) { c in
      let db = try plainTriangle(c.inputs[0].mT, c.upstream, !upper, unit)
      let da = try matmul(db, c.output, transposeB: true).negated()
      return [try da.triangle(lower: !upper, unit ? (upper ? 1 : -1) : 0), db]
    }
  }

  package func triangle(lower: Bool, _ k: Int) throws -> Variable {
    let keep = try Tensor.full(shape, 1, .float32).triangle(lower: lower, diagonal: k)
    return try self * Variable(keep.cast(dtype))
  }

  /// The lower triangle L with L L^T = A.
  package func cholesky() throws -> Variable {
    let n = dims.last ?? 0
    let results = try value.squares("cholesky").map { a in
      guard let l = a.cholesky() else {
        throw TensorError.invalid(
          operation: "cholesky", reason: "the matrix is not positive definite", hint: nil)
      }
      return l
    }
    return try Tensor.stacked(results, batch, n, n, dtype).recorded(from: [self]) { c in
      let l = c.output
      let half = try Variable.matmul(l.mT, c.upstream).triangle(lower: true, 0)
      let phi = try half - half.diagonal(0).diagonalMatrix(0) * 0.5
      let inner = try Variable.solveTriangle(l.mT, phi, upper: true, unit: false)  // L^-T phi
      let s = try Variable.solveTriangle(l.mT, inner.mT, upper: true, unit: false).mT
      return [try (s + s.mT) * 0.5]
    }
  }

  /// The sign and the logarithm of the size of the determinant.
  package func logDeterminant() throws -> (sign: Variable, log: Variable) {
    var (signs, logs): ([Double], [Double]) = ([], [])
    for a in try value.squares("slogdet") {
      let (u, _, swaps) = a.lu()
      var (sign, size) = (swaps, 0.0)
      for k in 0..<a.rows {
        sign *= u[k, k] < 0 ? -1 : u[k, k] > 0 ? 1 : 0
        size += try Tensor.number(abs(u[k, k])).unary(.log).double(at: 0)
      }
      signs.append(sign)
      logs.append(size)
    }
    let shape = try Shape(checking: batch)
    let sign = Variable(try Tensor(signs, shape: shape).cast(dtype))
    let log = try Tensor(logs, shape: shape).cast(dtype).recorded(from: [self]) { c in
      let spread = try c.upstream.expanded(axis: c.upstream.rank).expanded(axis: -1)
      return [try spread * c.inputs[0].inverse().mT]
    }
    return (sign, log)
  }

  package func determinant() throws -> Variable {
    let results = try value.squares("det").map { a -> Double in
      let (u, _, sign) = a.lu()
      return (0..<a.rows).reduce(sign) { $0 * u[$1, $1] }
    }
    let shape = try Shape(checking: batch)
    return try Tensor(results, shape: shape).cast(dtype).recorded(from: [self]) { c in
      let spread = try c.upstream.expanded(axis: c.upstream.rank).expanded(axis: -1)
      return [try spread * c.inputs[0].cofactors()]
    }
  }

  /// The matrix of cofactors, through the singular values: det(U V) U diag(product of the others) V^T.
  private func cofactors() throws -> Variable {
    let isRegular = try value.squares("det").allSatisfy { a in
      let (u, _, _) = a.lu()
      let sizes = (0..<a.rows).map { abs(u[$0, $0]) }
      return (sizes.min() ?? 1) > 1e-6 * (sizes.max() ?? 1)
    }
    if isRegular {
      let d = try determinant()
      return try d.expanded(axis: d.rank).expanded(axis: -1) * inverse().mT
    }
    let n = dims.last ?? 0
    let results = try value.squares("det").map { a -> Matrix in
      let (u, s, v) = a.singularValues()
      func sign(_ m: Matrix) -> Double {
        let (packed, _, swaps) = m.lu()
        return (0..<n).reduce(swaps) { $0 * (packed[$1, $1] < 0 ? -1 : 1) }
      }
      let orientation = sign(u) * sign(v)
      var result = Matrix(n, n)
      for k in 0..<n {
        var others = orientation
        for j in 0..<n where j != k { others *= s[j] }
        for i in 0..<n { for j in 0..<n { result[i, j] += others * u[i, k] * v[j, k] } }
      }
      return result
    }
    return Variable(try Tensor.stacked(results, batch, n, n, dtype))
  }

  /// A = Q R with orthonormal columns in Q: [..., m, k] and [..., k, n], k = min(m, n); `complete`
  /// gives Q all m columns.
  package func qr(complete: Bool = false) throws -> (q: Variable, r: Variable) {
    let all = try value.matrices("qr").map { $0.qr() }
    let (m, n) = (dims[rank - 2], dims[rank - 1])
    let k = complete ? m : Swift.min(m, n)
    func cut(_ a: Matrix, _ rows: Int, _ columns: Int) -> Matrix {
      var result = Matrix(rows, columns)
      for i in 0..<rows { for j in 0..<columns { result[i, j] = a[i, j] } }
      return result
    }
    let q = try Tensor.stacked(all.map { cut($0.q, m, k) }, batch, m, k, dtype)
    let r = try Tensor.stacked(all.map { cut($0.r, k, n) }, batch, k, n, dtype)
    @Sendable func gradient(_ c: GradientContext, isQ: Bool) throws -> [Variable?] {
      let a = c.inputs[0]
      if complete, m > n {
        throw AutogradError.notDifferentiable(operation: "qr with more rows than columns, complete")
      }
      let (q, r) = try a.qr(complete: complete)
      let dq = isQ ? c.upstream : try q.zeros()
      let dr = isQ ? try r.zeros() : c.upstream
      // The square left part of R belongs to the first columns, the rest follows from it.
      if m < n {
        let (square, rest) = (try r.sliced(axis: -1, 0..<m), try r.sliced(axis: -1, m..<n))
        let (first, last) = (try dr.sliced(axis: -1, 0..<m), try dr.sliced(axis: -1, m..<n))
        let y = try a.sliced(axis: -1, m..<n)
        let dqAll = try dq + Variable.matmul(y, last, transposeB: true)
        _ = rest
        let left = try Variable.squareQR(q, square, dqAll, first)
        return [try Variable.concat([left, Variable.matmul(q, last)], axis: -1)]
      }
      return [try Variable.squareQR(q, r, dq, dr)]
    }
    return (
      q.recorded(from: [self]) { try gradient($0, isQ: true) },
      r.recorded(from: [self]) { try gradient($0, isQ: false) }
    )
  }

  /// (dQ + Q copy(M)) R^-T with M = R dR^T - dQ^T Q and copy mirroring the lower triangle.
  private static func squareQR(_ q: Variable, _ r: Variable, _ dq: Variable, _ dr: Variable) throws
    -> Variable
  {
    let m = try matmul(r, dr, transposeB: true) - matmul(dq, q, transposeA: true)
    let mirrored = try m.triangle(lower: true, 0) + m.triangle(lower: true, -1).mT
    let right = try dq + matmul(q, mirrored)
    return try solveTriangle(r, right.mT, upper: true, unit: false).mT
  }
}
