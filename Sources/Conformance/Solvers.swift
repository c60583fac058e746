import Autograd
import Tensors

extension Adapters {
  static func addSolvers(_ table: inout Table) {
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
      let x = try Variable.solve(factored(l, upper: upper), b.cast(.float64))
      return [try x.cast(b.dtype)]
    }
    table.add("cholesky_inverse") { c in
      let l = try c.x()
      return [try factored(l, upper: c.flag(1, "upper", false)).inverse().cast(l.dtype)]
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
      let isSymmetric = try c.flag(-1, "hermitian", false)
      let absolute = try limit(c, 2, "atol")
      let relative = try limit(c, 1, c.name == "pinverse" ? "rcond" : "rtol")
      if isSymmetric {
        let x = try c.x()
        let p = try fromLower(x).pseudoInverse(relative: relative, absolute: absolute ?? 0)
        return [
          p.value.recorded(from: [x]) {
            [try Variable.pseudoInverseGradient($0.inputs[0], $0.output, $0.upstream)]
          }
        ]
      }
      return [try c.x().pseudoInverse(relative: relative, absolute: absolute ?? 0)]
    }
  }

  /// L Lᵀ of a triangle. What lies beyond the triangle has no value, but a gradient.
  static func factored(_ l: Variable, upper: Bool) throws -> Variable {
    let wide = try (upper ? l.swappedLast() : l).cast(.float64)
    let beyond = Variable(try wide.detached().triangle(lower: false, 1).value)
    let lower = try wide - beyond
    return try Variable.matmul(lower, lower, transposeB: true)
  }

  /// The symmetric matrix that a lower triangle stands for; gradients are those of the whole.
  static func fromLower(_ x: Variable) throws -> Variable {
    let lower = try x.detached().triangle(lower: true, 0)
    let whole = try lower + x.detached().triangle(lower: true, -1).swappedLast()
    return try x + (whole - x.detached())
  }

  /// A tolerance that may be a number or a tensor of one.
  static func limit(_ c: Call, _ place: Int, _ name: String) throws -> Double? {
    guard let found = try c.maybe(place, name) else { return nil }
    guard found.shape.count == 1 else { throw Unsupported("a tolerance for each matrix") }
    return found.value.double(at: 0)
  }
}
