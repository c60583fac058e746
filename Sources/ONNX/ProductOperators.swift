import Tensors

/// Matrix products of operands.
enum Products {
  /// NumPy's matrix product; integers in double precision.
  static func matmul(_ a: Operand, _ b: Operand, _ type: ElementType) throws -> Operand {
    if a.type.isFloat { return try Operand(Tensor.matmul(a.tensor(), b.tensor()), type) }
    return try Operand(Tensor.matmul(wide(a), wide(b)), type)
  }

  static func wide(_ x: Operand) throws -> Tensor {
    try Tensor(x.reals(), shape: Shape(checking: x.dims))
  }

  /// Elements minus their zero point, which may differ for each row or column.
  static func centred(_ x: Operand, _ zero: Operand?, isRow: Bool) throws -> Tensor {
    guard let zero else { return try wide(x) }
    var shaped = zero
    if zero.rank == 1, zero.count > 1, isRow { shaped = try zero.reshaped([zero.count, 1]) }
    return try wide(x).binary(.subtract, wide(shaped))
  }
}

extension GraphOperators {
  private static func gemm(_ call: NodeCall) throws -> Operand {
    let (a, b) = (try call.operand(0).ranked(2...2), try call.operand(1).ranked(2...2))
    let (alpha, beta) = (call.real("alpha", 1), call.real("beta", 1))
    let isFloat = a.type.isFloat
    var product = try Tensor.matmul(
      isFloat ? a.tensor() : Products.wide(a), isFloat ? b.tensor() : Products.wide(b),
      transposeA: call.flag("transA"), transposeB: call.flag("transB"))
    let kind = product.dtype
    if alpha != 1 { product = try product.binary(.multiply, .full(.number, alpha, kind)) }
    if let c = try call.optional(2), beta != 0 {
      let scaled = try Products.wide(c).binary(.multiply, .full(.number, beta, .float64)).cast(kind)
      product = try product.binary(.add, scaled.broadcast(to: product.shape))
    }
    return try Operand(product, a.type)
  }

  /// The determinant of each matrix, by elimination with the largest pivot.
  private static func determinant(_ values: ArraySlice<Double>, _ n: Int) -> Double {
    var m = Array(values)
    var result = 1.0
    for column in 0..<n {
      var pivot = column
      for row in column..<n where abs(m[row * n + column]) > abs(m[pivot * n + column]) {
        pivot = row
      }
      if m[pivot * n + column] == 0 { return 0 }
      if pivot != column {
        result = -result
        for k in 0..<n { m.swapAt(pivot * n + k, column * n + k) }
      }
      result *= m[column * n + column]
      for row in column + 1..<max(n, column + 1) {
        let factor = m[row * n + column] / m[column * n + column]
        for k in column..<n { m[row * n + k] -= factor * m[column * n + k] }
      }
    }
    return result
  }

  static let products: [GraphOperator] = [
    GraphOperator("MatMul") { call in
      let (a, b) = (try call.operand(0), try call.operand(1))
      return try Products.matmul(a, b, a.type)
    },
    GraphOperator("Gemm", gemm),
    GraphOperator("MatMulInteger") { call in
      let a = try Products.centred(call.operand(0), call.optional(2), isRow: true)
      let b = try Products.centred(call.operand(1), call.optional(3), isRow: false)
      return try Operand(Tensor.matmul(a, b), .int32)
    },
    GraphOperator("QLinearMatMul") { call in
      let a = try Products.centred(call.operand(0), call.operand(2), isRow: true)
      let b = try Products.centred(call.operand(3), call.operand(5), isRow: false)
      func scale(_ i: Int, isRow: Bool) throws -> Tensor {
        let scale = try call.operand(i)
        return try Products.wide(
          scale.rank == 1 && scale.count > 1 && isRow ? scale.reshaped([scale.count, 1]) : scale)
      }
      let product = try Tensor.matmul(
        a.binary(.multiply, scale(1, isRow: true)), b.binary(.multiply, scale(4, isRow: false)))
      return try Quantization.quantized(product, scale: call.operand(6), zero: call.operand(7))
    },
    GraphOperator("Einsum") { call in
      try Einsum(call.text("equation"), call.operands()).result()
    },
    GraphOperator("Det") { call in
      let x = try call.operand(0).ranked(2...)
      let n = x.dims[x.rank - 1]
      guard x.dims[x.rank - 2] == n else { throw GraphError.invalid("\(x.dims) is not square") }
      let outer = Array(x.dims.dropLast(2))
      let values = try x.reals()
      let count = try places(outer)
      return try Operand(
        reals: (0..<count).map { determinant(values[$0 * n * n..<($0 + 1) * n * n], n) }, outer,
        x.type)
    },
  ]
}
