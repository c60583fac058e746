import Tensors
import Vocabulary

extension Operations {
  private static let family = "Linear algebra"
  private static let squareArgument = Argument("a", .tensor, "[..., n, n].")
  private static let anyArgument = Argument("a", .tensor, "[..., m, n].")
  private static let four = [2, 0.5, -0.3, 1.5]
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let eight = [2, 0.5, -0.3, 1.5, 1, -0.4, 0.7, 2.2]

  private static func matrix(
    _ name: String, _ arguments: [Argument], _ summary: String, details: String = "",
    _ source: String, _ prints: String?, samples: [TensorOperation.Sample],
    _ body: @escaping @Sendable ([Variable], Attributes) throws -> Variable
  ) -> TensorOperation {
    .composed(
      name, family, arguments, summary, details: details, source, prints, samples: samples
    ) { inputs, a in try body(inputs.map { try $0.floating() }, a) }
  }

  private static func decomposition(
    _ name: String, _ results: [String], _ arguments: [Argument], _ summary: String,
    details: String,
    _ source: String, _ prints: String?, samples: [TensorOperation.Sample],
    _ body: @escaping @Sendable (Variable, Attributes) throws -> [Variable]
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: family, arguments, summary: summary, details: details,
        examples: [Example(source, prints: prints)]), results: results, samples: samples
    ) { inputs, a in try body(inputs[0].floating(), a) }
  }

  package static let solve: TensorOperation = matrix(
    "solve", [squareArgument, Argument("b", .tensor, "[n], or [..., n, k].")], "x with a @ x = b.",
    "solve([[2, 0], [0, 4]], [2, 8])", "[1, 2]",
    samples: [
      .init([four, six], [[2, 2], [2, 3]]), .init([four, [1, 2]], [[2, 2], [2]]),
      .init([eight, four], [[2, 2, 2], [2, 2]]),
    ]
  ) { inputs, _ in
    let (a, b) = (inputs[0], inputs[1])
    return b.rank == 1
      ? try Variable.solve(a, b.expanded(axis: 1)).squeezed(axis: -1) : try Variable.solve(a, b)
  }

  package static let inverse: TensorOperation = matrix(
    "inverse", [squareArgument], "The matrix that undoes a.", "inverse([[2, 0], [0, 4]])[1]",
    "[0, 0.25]",
    samples: [.init([four], [[2, 2]]), .init([eight], [[2, 2, 2]])]
  ) { inputs, _ in try inputs[0].inverse() }

  package static let determinant: TensorOperation = matrix(
    "det", [squareArgument], "The determinant.", "det([[1, 2], [3, 4]])", "-2",
    samples: [.init([four], [[2, 2]]), .init([eight], [[2, 2, 2]])]
  ) { inputs, _ in try inputs[0].determinant() }

  package static let logDeterminant: TensorOperation = decomposition(
    "slogdet", ["sign", "log"], [squareArgument],
    "The sign of the determinant and the logarithm of its size.", details: "",
    "slogdet([[1, 0], [0, -1]]).sign", "-1",
    samples: [.init([four], [[2, 2]]), .init([eight], [[2, 2, 2]])]
  ) { x, _ in
    let (sign, log) = try x.logDeterminant()
    return [sign, log]
  }

  package static let cholesky: TensorOperation = matrix(
    "cholesky", [Argument("a", .tensor, "[..., n, n], symmetric and positive definite.")],
    "The lower triangle l with l @ l.T = a; the gradient is that of a symmetric matrix.",
    "cholesky([[4, 2], [2, 5]])[1]", "[1, 2]", samples: [.init([four], [[2, 2]])]
  ) { inputs, _ in
    let half = try inputs[0] + inputs[0].mT
    return try (half * 0.5).cholesky()
  }

  package static let solveTriangular: TensorOperation = matrix(
    "solve_triangular",
    [
      squareArgument, Argument("b", .tensor, "[..., n, k]."),
      Argument("upper", .boolean, "Take the upper triangle.", default: "false"),
    ], "x with t @ x = b, where t is a triangle of a.",
    "solve_triangular([[2, 9], [1, 1]], [[4], [5]])[:, 0]", "[2, 3]",
    samples: [
      .init([four, six], [[2, 2], [2, 3]]),
      .init([four, six], [[2, 2], [2, 3]], ["upper": .boolean(true)]),
    ]
  ) { inputs, a in
    try Variable.solveTriangle(
      inputs[0], inputs[1], upper: a.boolean("upper", default: false), unit: false)
  }

  package static let qr: TensorOperation = decomposition(
    "qr", ["q", "r"], [anyArgument], "a = q @ r with orthonormal columns in q and a triangle r.",
    details: "By Householder's reflections.", "qr([[3, 0], [4, 5]]).r[1, 0]", "0",
    samples: [
      .init([four], [[2, 2]]), .init([six], [[3, 2]]), .init([six], [[2, 3]]),
    ]
  ) { x, _ in
    let (q, r) = try x.qr()
    return [q, r]
  }

  package static let symmetricEigen: TensorOperation = decomposition(
    "eigh", ["values", "vectors"], [Argument("a", .tensor, "[..., n, n], symmetric.")],
    "Eigenvalues in rising order, eigenvectors as columns.", details: "By Jacobi's rotations.",
    "eigh([[2, 1], [1, 2]]).values", "[1, 3]",
    samples: [.init([four], [[2, 2]]), .init([eight], [[2, 2, 2]])]
  ) { x, _ in
    let (w, v) = try ((x + x.mT) * 0.5).symmetricEigen()
    return [w, v]
  }

  package static let singularValues: TensorOperation = decomposition(
    "svd", ["u", "s", "v"], [anyArgument], "a = u @ diag(s) @ v.T with falling s.",
    details: "By one-sided Jacobi rotations.", "svd([[3, 0], [0, -4]]).s", "[4, 3]",
    samples: [.init([four], [[2, 2]]), .init([six], [[3, 2]]), .init([six], [[2, 3]])]
  ) { x, _ in
    let (u, s, v) = try x.singularValues()
    return [u, s, v]
  }

  package static let pseudoInverse: TensorOperation = matrix(
    "pinv", [anyArgument], "The inverse of Moore and Penrose.", "pinv([[2, 0], [0, 0]])[0]",
    "[0.5, 0]",
    samples: [.init([four], [[2, 2]]), .init([six], [[3, 2]]), .init([six], [[2, 3]])]
  ) { inputs, _ in try inputs[0].pseudoInverse() }

  package static let leastSquares: TensorOperation = matrix(
    "lstsq", [anyArgument, Argument("b", .tensor, "[..., m, k].")],
    "x for which a @ x is nearest to b; the shortest of them.",
    "lstsq([[1.0], [1.0]], [[1.0], [3.0]])[0]", "[2]",
    samples: [.init([six, [1, 2, 3]], [[3, 2], [3, 1]])]
  ) { inputs, _ in try Variable.matmul(inputs[0].pseudoInverse(), inputs[1]) }

  package static let matrixPower: TensorOperation = matrix(
    "matrix_power", [squareArgument, Argument("n", .integer, "How often; below 0 the inverse.")],
    "a @ a @ ... n times.", "matrix_power([[1, 1], [0, 1]], 5)[0]", "[1, 5]",
    samples: [
      .init([four], [[2, 2]], ["n": .integer(3)]), .init([four], [[2, 2]], ["n": .integer(-2)]),
    ]
  ) { inputs, a in try inputs[0].matrixPower(a.integer("n", default: 1)) }

  package static let matrixExponential: TensorOperation = matrix(
    "matrix_exp", [squareArgument], "The exponential series of a matrix.",
    details: "Taylor's series of a / 2^k to order 18, then k squarings.",
    "matrix_exp([[0, 1], [0, 0]])[0]", "[1, 1]", samples: [.init([four], [[2, 2]])]
  ) { inputs, _ in try inputs[0].matrixExponential() }

  package static let einsum: TensorOperation = .composed(
    "einsum", family,
    [
      Argument("equation", .text, "Letters for the axes: \"ij,jk->ik\"."),
      Argument("xs", .tensor, "One tensor for each part before the arrow.", variadic: true),
    ], "Products summed over every letter that is missing after the arrow.",
    "einsum(\"ij,j->i\", [[1, 2], [3, 4]], [1, 1])", "[3, 7]",
    samples: [
      .init([six, six], [[2, 3], [3, 2]], ["equation": .text("ij,jk->ki")]),
      .init([four], [[2, 2]], ["equation": .text("ii->i")]),
      .init([six, six, [1, 2]], [[2, 3], [2, 3], [2]], ["equation": .text("ab,ab,a->b")]),
      .init([six, six], [[2, 3], [2, 3]], ["equation": .text("...i,...i")]),
    ]
  ) { inputs, a in try Variable.einsum(a.text("equation") ?? "", inputs) }

  static let matrixOperations: [TensorOperation] = [
    solve, inverse, determinant, logDeterminant, cholesky, solveTriangular, qr, symmetricEigen,
    singularValues, pseudoInverse, leastSquares, matrixPower, matrixExponential, einsum,
  ]
}

extension Variable {
  package func matrixPower(_ n: Int) throws -> Variable {
    _ = try value.squares("matrix_power")
    guard n.magnitude < 1 << 20 else {
      throw TensorError.invalid(operation: "matrix_power", reason: "\(n) is too often", hint: nil)
    }
    if n == 0 {
      let size = dims[rank - 1]
      return Variable(try Tensor.eye(size).cast(dtype).broadcast(to: shape))
    }
    var base = n < 0 ? try inverse() : self
    var result: Variable?
    var left = n.magnitude
    while left > 0 {
      if left & 1 == 1 { result = try result.map { try Variable.matmul($0, base) } ?? base }
      left >>= 1
      if left > 0 { base = try Variable.matmul(base, base) }
    }
    return result ?? self
  }

  package func matrixExponential() throws -> Variable {
    // Squaring grows errors: single precision is widened for it.
    if dtype == .float32 { return try cast(.float64).matrixExponential().cast(.float32) }
    _ = try value.squares("matrix_exp")
    let n = dims[rank - 1]
    let size = try value.unary(.abs).reduce(.sum, axes: [-1])
    let widest = size.count == 0 ? 0 : try size.reduce(.max).double(at: 0)
    let halvings = widest.isFinite && widest > 0.5 ? Swift.min(60, Int(widest.exponent) + 2) : 0
    let x = try self * Double(sign: .plus, exponent: -halvings, significand: 1)
    let one = Variable(try Tensor.eye(n).cast(dtype).broadcast(to: shape))
    var result = one
    for k in stride(from: 18, through: 1, by: -1) {
      result = try one + Variable.matmul(x, result) / Double(k)
    }
    for _ in 0..<halvings { result = try Variable.matmul(result, result) }
    return result
  }
}
