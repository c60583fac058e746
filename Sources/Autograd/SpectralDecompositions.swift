import Tensors

// Eigenvalues, singular values and what is made of them.
extension Variable {
  /// Eigenvalues in rising order and eigenvectors as columns of a symmetric matrix.
  package func symmetricEigen() throws -> (values: Variable, vectors: Variable) {
    let n = dims.last ?? 0
    let all = try value.squares("eigh").map { $0.symmetricEigen() }
    let values = try Tensor(all.flatMap(\.values), shape: Shape(checking: batch + [n])).cast(dtype)
    let vectors = try Tensor.stacked(all.map(\.vectors), batch, n, n, dtype)
    return (
      values.recorded(from: [self]) { c in
        let v = try c.inputs[0].symmetricEigen().vectors
        return [
          try Variable.matmul(
            v * c.upstream.expanded(axis: c.upstream.rank - 1), v, transposeB: true)
        ]
      },
      vectors.recorded(from: [self]) { c in
        let (w, v) = try c.inputs[0].symmetricEigen()
        let gaps = try w.expanded(axis: w.rank - 1) - w.expanded(axis: w.rank)
        let inner = try Variable.matmul(v, c.upstream, transposeA: true) * gaps.safeReciprocal()
        return [try Variable.matmul(Variable.matmul(v, inner), v, transposeB: true)]
      }
    )
  }

  /// 1 / x, and 0 where x is 0.
  private func safeReciprocal() throws -> Variable {
    let isZero = Variable(try value.compare(.equal, .number(0)))
    let inverse = try Variable.number(1, dtype) / Variable.where(isZero, self * 0 + 1, self)
    return try Variable.where(isZero, .number(0, dtype), inverse)
  }

  /// A = U diag(s) V^T with s falling: [..., m, k], [..., k], [..., n, k].
  package func singularValues() throws -> (u: Variable, s: Variable, v: Variable) {
    let all = try value.matrices("svd").map { $0.singularValues() }
    let (m, n) = (dims[rank - 2], dims[rank - 1])
    let k = Swift.min(m, n)
    let u = try Tensor.stacked(all.map(\.u), batch, m, k, dtype)
    let s = try Tensor(all.flatMap(\.s), shape: Shape(checking: batch + [k])).cast(dtype)
    let v = try Tensor.stacked(all.map(\.v), batch, n, k, dtype)
    @Sendable func side(_ c: GradientContext, isLeft: Bool) throws -> [Variable?] {
      let (u, s, v) = try c.inputs[0].singularValues()
      let squares = try s * s
      let gaps = try (squares.expanded(axis: s.rank - 1) - squares.expanded(axis: s.rank))
        .safeReciprocal()
      let (own, g) = (isLeft ? u : v, c.upstream)
      let inner = try Variable.matmul(own, g, transposeA: true) * gaps
      let both = try inner + inner.mT
      let row = try s.expanded(axis: s.rank - 1)
      let middle = try isLeft ? both * row : both * s.expanded(axis: s.rank)
      var total = try Variable.matmul(Variable.matmul(u, middle), v, transposeB: true)
      let free = try g - Variable.matmul(own, Variable.matmul(own, g, transposeA: true))
      let scaled = try free * row.safeReciprocal()
      total =
        try total
        + (isLeft
          ? Variable.matmul(scaled, v, transposeB: true)
          : Variable.matmul(u, scaled, transposeB: true))
      return [total]
    }
    return (
      u.recorded(from: [self]) { try side($0, isLeft: true) },
      s.recorded(from: [self]) { c in
        let (u, _, v) = try c.inputs[0].singularValues()
        return [
          try Variable.matmul(
            u * c.upstream.expanded(axis: c.upstream.rank - 1), v, transposeB: true)
        ]
      },
      v.recorded(from: [self]) { try side($0, isLeft: false) }
    )
  }

  /// The inverse of Moore and Penrose; singular values up to `tolerance` times the largest count as 0.
  package func pseudoInverse(relative: Double? = nil, absolute: Double = 0) throws -> Variable {
    let matrices = try value.matrices("pinv")
    let (m, n) = (dims[rank - 2], dims[rank - 1])
    let epsilon = dtype == .float64 ? 0x1p-52 : 0x1p-23
    let share = relative ?? (absolute > 0 ? 0 : Double(Swift.max(m, n)) * epsilon)
    let results = matrices.map { a -> Matrix in
      let (u, s, v) = a.singularValues()
      let bound = Swift.max(absolute, share * (s.first ?? 0))
      var result = Matrix(n, m)
      for (k, size) in s.enumerated() where size > bound && !WorkStop.isAsked {
        for i in 0..<n { for j in 0..<m { result[i, j] += v[i, k] * u[j, k] / size } }
      }
      return result
    }
    return try Tensor.stacked(results, batch, n, m, dtype).recorded(from: [self]) { c in
      [try Variable.pseudoInverseGradient(c.inputs[0], c.output, c.upstream)]
    }
  }

  /// Golub and Pereyra 1973: the gradient of the pseudo inverse p of a.
  package static func pseudoInverseGradient(_ a: Variable, _ p: Variable, _ g: Variable) throws
    -> Variable
  {
    let (gT, pT) = (try g.mT, try p.mT)
    let left = try Variable.eye(a.dims[a.rank - 2], g.dtype) - Variable.matmul(a, p)
    let right = try Variable.eye(a.dims[a.rank - 1], g.dtype) - Variable.matmul(p, a)
    let first = try Variable.matmul(Variable.matmul(pT, g), pT).negated()
    let second = try Variable.matmul(Variable.matmul(left, gT), Variable.matmul(p, pT))
    let third = try Variable.matmul(Variable.matmul(pT, p), Variable.matmul(gT, right))
    return try first + second + third
  }
}
