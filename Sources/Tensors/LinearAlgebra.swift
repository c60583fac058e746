/// A matrix in double precision, row-major: what the decompositions work on.
package struct Matrix: Sendable {
  package let rows: Int
  package let columns: Int
  package var elements: [Double]

  package init(_ rows: Int, _ columns: Int, _ elements: [Double]? = nil) {
    (self.rows, self.columns) = (rows, columns)
    self.elements = elements ?? [Double](repeating: 0, count: rows * columns)
  }

  package static func identity(_ n: Int) -> Matrix {
    var result = Matrix(n, n)
    for i in 0..<n { result[i, i] = 1 }
    return result
  }

  package subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  package var transposed: Matrix {
    var result = Matrix(columns, rows)
    for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
    return result
  }
}

extension Matrix {
  /// P A = L U by partial pivoting: L below the diagonal of `packed`, U on and above it. Row k was
  /// swapped with row `pivots[k]`.
  package func lu() -> (packed: Matrix, pivots: [Int], sign: Double) {
    var a = self
    var sign = 1.0
    let steps = min(rows, columns)
    var pivots: [Int] = []
    for k in 0..<steps where !WorkStop.isAsked {
      var best = k
      for i in k..<rows where abs(a[i, k]) > abs(a[best, k]) { best = i }
      pivots.append(best)
      if best != k {
        for j in 0..<columns {
          (a[k, j], a[best, j]) = (a[best, j], a[k, j])
        }
        sign = -sign
      }
      if a[k, k] == 0 { continue }
      for i in k + 1..<max(k + 1, rows) {
        a[i, k] /= a[k, k]
        let factor = a[i, k]
        if factor == 0 { continue }
        for j in k + 1..<max(k + 1, columns) { a[i, j] -= factor * a[k, j] }
      }
    }
    return (a, pivots, sign)
  }

  /// X with A X = B, nil when A is singular.
  package func solving(_ b: Matrix) -> Matrix? {
    let (a, pivots, _) = lu()
    var x = b
    for (k, other) in pivots.enumerated() where other != k {
      for j in 0..<x.columns { (x[k, j], x[other, j]) = (x[other, j], x[k, j]) }
    }
    if WorkStop.isAsked { return x }
    for k in 0..<rows where a[k, k] == 0 { return nil }
    x = a.substituting(x, upper: false, unit: true)
    return a.substituting(x, upper: true, unit: false)
  }

  /// X with T X = B for the triangle T of this matrix.
  package func substituting(_ b: Matrix, upper: Bool, unit: Bool) -> Matrix {
    var x = b
    let order = upper ? Array((0..<rows).reversed()) : Array(0..<rows)
    for j in 0..<b.columns where !WorkStop.isAsked {
      for i in order {
        var sum = x[i, j]
        for k in upper ? i + 1..<max(i + 1, rows) : 0..<i { sum -= self[i, k] * x[k, j] }
        x[i, j] = unit ? sum : sum / self[i, i]
      }
    }
    return x
  }

  /// The lower triangle L with L L^T = A, nil when A is not positive definite.
  package func cholesky() -> Matrix? {
    var l = Matrix(rows, rows)
    for j in 0..<rows where !WorkStop.isAsked {
      var d = self[j, j]
      for k in 0..<j { d -= l[j, k] * l[j, k] }
      guard d > 0 else { return nil }
      l[j, j] = d.squareRoot()
      for i in j + 1..<max(j + 1, rows) {
        var sum = self[i, j]
        for k in 0..<j { sum -= l[i, k] * l[j, k] }
        l[i, j] = sum / l[j, j]
      }
    }
    return l
  }

  /// A = Q R by Householder reflections, Q [rows, rows].
  package func qr() -> (q: Matrix, r: Matrix) {
    var r = self
    var q = Matrix.identity(rows)
    for k in 0..<min(rows, columns) where !WorkStop.isAsked {
      var rest = 0.0
      for i in k + 1..<max(k + 1, rows) { rest += r[i, k] * r[i, k] }
      if rest == 0 { continue }
      let alpha = r[k, k]
      let beta =
        alpha > 0 ? -(alpha * alpha + rest).squareRoot() : (alpha * alpha + rest).squareRoot()
      let tau = (beta - alpha) / beta
      var v = [Double](repeating: 0, count: rows)
      v[k] = 1
      for i in k + 1..<rows { v[i] = r[i, k] / (alpha - beta) }
      for j in 0..<columns {
        var sum = 0.0
        for i in k..<rows { sum += v[i] * r[i, j] }
        for i in k..<rows { r[i, j] -= tau * v[i] * sum }
      }
      for i in k + 1..<rows { r[i, k] = 0 }
      for i in 0..<rows {
        var sum = 0.0
        for j in k..<rows { sum += q[i, j] * v[j] }
        for j in k..<rows { q[i, j] -= tau * sum * v[j] }
      }
    }
    return (q, r)
  }

  /// Eigenvalues in rising order and eigenvectors as columns, by cyclic Jacobi rotations; only the
  /// lower triangle is read. The largest part of each vector is positive.
  package func symmetricEigen() -> (values: [Double], vectors: Matrix) {
    let n = rows
    var a = self
    for i in 0..<n { for j in 0..<i { a[j, i] = a[i, j] } }
    var v = Matrix.identity(n)
    for _ in 0..<60 where !WorkStop.isAsked {
      var off = 0.0
      var all = 0.0
      for i in 0..<n {
        for j in 0..<n {
          if i != j { off += a[i, j] * a[i, j] }
          all += a[i, j] * a[i, j]
        }
      }
      if off <= 1e-34 * all { break }
      for p in 0..<n where !WorkStop.isAsked {
        for q in p + 1..<max(p + 1, n) where a[p, q] != 0 {
          let theta = (a[q, q] - a[p, p]) / (2 * a[p, q])
          let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<n {
            let (x, y) = (a[k, p], a[k, q])
            (a[k, p], a[k, q]) = (c * x - s * y, s * x + c * y)
          }
          for k in 0..<n {
            let (x, y) = (a[p, k], a[q, k])
            (a[p, k], a[q, k]) = (c * x - s * y, s * x + c * y)
          }
          for k in 0..<n {
            let (x, y) = (v[k, p], v[k, q])
            (v[k, p], v[k, q]) = (c * x - s * y, s * x + c * y)
          }
        }
      }
    }
    let order = (0..<n).sorted { a[$0, $0] == a[$1, $1] ? $0 < $1 : a[$0, $0] < a[$1, $1] }
    var vectors = Matrix(n, n)
    for (j, from) in order.enumerated() {
      var top = 0
      for i in 0..<n where abs(v[i, from]) > abs(v[top, from]) + 1e-12 { top = i }
      let sign = n > 0 && v[top, from] < 0 ? -1.0 : 1.0
      for i in 0..<n { vectors[i, j] = sign * v[i, from] }
    }
    return (order.map { a[$0, $0] }, vectors)
  }

  /// A = U diag(s) V^T with s falling and k = min(rows, columns) columns, by one-sided Jacobi
  /// rotations (Hestenes 1958).
  package func singularValues() -> (u: Matrix, s: [Double], v: Matrix) {
    if rows < columns {
      let (u, s, v) = transposed.singularValues()
      return (v, s, u)
    }
    var u = self
    let n = columns
    var v = Matrix.identity(n)
    for _ in 0..<60 where !WorkStop.isAsked {
      var isDone = true
      for p in 0..<n where !WorkStop.isAsked {
        for q in p + 1..<max(p + 1, n) {
          var (alpha, beta, gamma) = (0.0, 0.0, 0.0)
          for i in 0..<rows {
            alpha += u[i, p] * u[i, p]
            beta += u[i, q] * u[i, q]
            gamma += u[i, p] * u[i, q]
          }
          if abs(gamma) <= 1e-16 * (alpha * beta).squareRoot() || gamma == 0 { continue }
          isDone = false
          let zeta = (beta - alpha) / (2 * gamma)
          let t = (zeta >= 0 ? 1.0 : -1.0) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          let s = c * t
          for i in 0..<rows {
            let (x, y) = (u[i, p], u[i, q])
            (u[i, p], u[i, q]) = (c * x - s * y, s * x + c * y)
          }
          for i in 0..<n {
            let (x, y) = (v[i, p], v[i, q])
            (v[i, p], v[i, q]) = (c * x - s * y, s * x + c * y)
          }
        }
      }
      if isDone { break }
    }
    let lengths = (0..<n).map { j -> Double in
      var sum = 0.0
      for i in 0..<rows { sum += u[i, j] * u[i, j] }
      return sum.squareRoot()
    }
    let order = (0..<n).sorted { lengths[$0] == lengths[$1] ? $0 < $1 : lengths[$0] > lengths[$1] }
    let top = order.first.map { lengths[$0] } ?? 0
    var left = Matrix(rows, n)
    var right = Matrix(n, n)
    for (j, from) in order.enumerated() where !WorkStop.isAsked {
      for i in 0..<n { right[i, j] = v[i, from] }
      if lengths[from] > 1e-15 * top {
        for i in 0..<rows { left[i, j] = u[i, from] / lengths[from] }
      } else {
        left.complete(column: j)
      }
    }
    return (left, order.map { lengths[$0] }, right)
  }

  /// Fills a column with a unit vector at right angles to those before it.
  private mutating func complete(column: Int) {
    for axis in 0..<rows where !WorkStop.isAsked {
      var w = [Double](repeating: 0, count: rows)
      w[axis] = 1
      for _ in 0..<2 {
        for j in 0..<column {
          var sum = 0.0
          for i in 0..<rows { sum += w[i] * self[i, j] }
          for i in 0..<rows { w[i] -= sum * self[i, j] }
        }
      }
      let length = w.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length > 0.1 {
        for i in 0..<rows { self[i, column] = w[i] / length }
        return
      }
    }
  }
}

extension Tensor {
  /// The last two axes of each leading place as matrices.
  package func matrices(_ operation: String) throws -> [Matrix] {
    guard rank >= 2 else {
      throw TensorError.invalid(
        operation: operation, reason: "needs a matrix [..., m, n], this is \(shape)", hint: nil)
    }
    let (m, n) = (dims[rank - 2], dims[rank - 1])
    try MemoryBudget.check(count * 16)
    let all = array(of: Double.self)
    return (0..<dims.dropLast(2).reduce(1, *)).map {
      Matrix(m, n, Array(all[$0 * m * n..<($0 + 1) * m * n]))
    }
  }

  /// The same for square ones.
  package func squares(_ operation: String) throws -> [Matrix] {
    let all = try matrices(operation)
    guard dims[rank - 1] == dims[rank - 2] else {
      throw TensorError.invalid(
        operation: operation, reason: "needs a square matrix, this is \(shape)", hint: nil)
    }
    return all
  }

  /// Matrices of one size as a tensor [batch..., rows, columns].
  package static func stacked(
    _ all: [Matrix], _ batch: [Int], _ rows: Int, _ columns: Int, _ dtype: DType
  ) throws -> Tensor {
    try Tensor(all.flatMap(\.elements), shape: Shape(checking: batch + [rows, columns])).cast(dtype)
  }
}
