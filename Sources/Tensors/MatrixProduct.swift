import CKernels

extension Tensor {
  /// Matrix product with NumPy's rules: vectors count as a row (left) or a column (right), leading
  /// axes broadcast. `transposeA` and `transposeB` swap an operand's last two axes first.
  package static func matmul(
    _ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false
  ) throws -> Tensor {
    if a.rank == 0 || b.rank == 0 {
      throw TensorError.invalid(
        operation: "@", reason: "needs vectors or matrices, this is a number", hint: "use * instead"
      )
    }
    if a.dtype.isPacked || b.dtype.isPacked {
      return try matmul(
        a.unpacked(beside: b), b.unpacked(beside: a), transposeA: transposeA, transposeB: transposeB
      )
    }
    var kind = promoted(a, b)
    if !kind.isFloat { kind = a.isExactlyFloat(b) ? .float64 : .float32 }
    let wasInteger = !promoted(a, b).isFloat
    let x = a.rank == 1 ? a.viewed(as: Shape(trusted: [1, a.count])) : a
    let y = b.rank == 1 ? b.viewed(as: Shape(trusted: [b.count, 1])) : b
    let (r, c) = (x.rank, y.rank)
    let (m, k) = transposeA ? (x.dims[r - 1], x.dims[r - 2]) : (x.dims[r - 2], x.dims[r - 1])
    let (depth, n) = transposeB ? (y.dims[c - 1], y.dims[c - 2]) : (y.dims[c - 2], y.dims[c - 1])
    guard k == depth else {
      throw TensorError.cannotMultiply(
        left: transposeA ? a.swapped : a.dims, right: transposeB ? b.swapped : b.dims)
    }
    let batchA = Shape(trusted: Array(x.dims.dropLast(2)))
    let batchB = Shape(trusted: Array(y.dims.dropLast(2)))
    let batch = try Shape.broadcast(batchA, batchB, operation: "@")
    var target = batch.dims
    if a.rank > 1 { target.append(m) }
    if b.rank > 1 { target.append(n) }
    let result = try Tensor(uninitialised: Shape(checking: target), kind)
    let left = try x.cast(kind)
    let right = try y.cast(kind)
    // One matrix on the right serves all on the left: one tall product.
    if batchB.count == 1, !transposeA, kind == .float32 {
      product(left, right, result, [(0, 0, 0)], m * batch.count, n, k, false, transposeB)
    } else {
      let walkA = offsets(batchA, batch, m * k)
      let walkB = offsets(batchB, batch, k * n)
      let jobs = (0..<batch.count).map { (walkA[$0], walkB[$0], $0 * m * n) }
      product(left, right, result, jobs, m, n, k, transposeA, transposeB)
    }
    return wasInteger ? try result.cast(.int64) : result
  }

  /// x Wᵀ + b of f32 for x [..., in], W [out, in] and b [out].
  package static func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) throws -> Tensor {
    let (n, k) = (weight.dims[0], weight.dims[1])
    let result = try Tensor(
      uninitialised: Shape(checking: Array(x.dims.dropLast()) + [n]), .float32)
    let rows = x.dims.dropLast().reduce(1, *)
    let plan = ProductPlan([(0, 0, 0)], rows, n, k, false, true)
    try apply("linear", [x, weight, bias], [result]) { at in
      plan.run(true, at[0], at[1], at[3], bias: at[2])
    }
    return result
  }

  private var swapped: [Int] {
    var dims = dims
    if rank > 1 { dims.swapAt(rank - 1, rank - 2) }
    return dims
  }

  /// Integer products are formed in double precision, exact up to 2^53.
  private func isExactlyFloat(_ other: Tensor) -> Bool { !dtype.isFloat && !other.dtype.isFloat }

  private static func offsets(_ own: Shape, _ batch: Shape, _ size: Int) -> [Int] {
    let strides = own.strides(broadcastTo: batch)
    let walk = batch.strides
    return (0..<batch.count).map { flat in
      var offset = 0
      for axis in 0..<batch.rank { offset += flat / walk[axis] % batch.dims[axis] * strides[axis] }
      return offset * size
    }
  }

  private static func product(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ jobs: [(a: Int, b: Int, c: Int)], _ m: Int, _ n: Int,
    _ k: Int, _ transposeA: Bool, _ transposeB: Bool
  ) {
    let plan = ProductPlan(jobs, m, n, k, transposeA, transposeB)
    let isSingle = c.dtype == .float32
    withExtendedLifetime((a.storage, b.storage)) {
      plan.run(isSingle, a.address, b.address, c.address)
    }
    Recording.current?.note("@", [a, b], [c]) { at, _ in plan.run(isSingle, at[0], at[1], at[2]) }
  }
}

/// Products of matrices in parts for the workers, of columns if there are enough, else of rows: every
/// element is a chain over k of its own, so the partition leaves no trace.
private struct ProductPlan: Sendable {
  let jobs: [(a: Int, b: Int, c: Int)]
  let m, n, k, lda, ldb, rows, columns, parts: Int
  let transposeA, transposeB, isTall: Bool

  init(
    _ jobs: [(a: Int, b: Int, c: Int)], _ m: Int, _ n: Int, _ k: Int, _ transposeA: Bool,
    _ transposeB: Bool
  ) {
    (self.jobs, self.m, self.n, self.k) = (jobs, m, n, k)
    (self.transposeA, self.transposeB) = (transposeA, transposeB)
    lda = transposeA ? m : k
    ldb = transposeB ? k : n
    // Some parts more than workers, so that a worker that is held up leaves less behind.
    let few = Workers.count == 1 || jobs.count >= 4 * Workers.count ? 1 : 2 * Workers.count
    // A part takes less than a second, so that a product that is not wanted any more ends soon.
    let wanted = max(few, Int(min(4096, Double(m) * Double(n) * Double(k) / 4e9)))
    isTall = n < 64 * wanted && m > n
    rows = isTall ? max(24, ((m + wanted - 1) / wanted + 11) / 12 * 12) : m
    columns = isTall ? n : max(64, ((n + wanted - 1) / wanted + 31) / 32 * 32)
    parts = max(
      1, isTall ? (m + rows - 1) / max(rows, 1) : (n + columns - 1) / max(columns, 1))
  }

  private var total: Int { parts * jobs.count }

  private func part(_ index: Int) -> (Range<Int>, Range<Int>, (a: Int, b: Int, c: Int)) {
    let at = index % parts
    return isTall
      ? (at * rows..<min(m, (at + 1) * rows), 0..<n, jobs[index / parts])
      : (0..<m, at * columns..<min(n, (at + 1) * columns), jobs[index / parts])
  }

  func run(
    _ isSingle: Bool, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer,
    bias: UnsafeMutableRawPointer? = nil
  ) {
    guard isSingle else { return runDoubles(a, b, c) }
    nonisolated(unsafe) let row = bias?.assumingMemoryBound(to: Float.self)
    nonisolated(unsafe) let p = a.assumingMemoryBound(to: Float.self)
    nonisolated(unsafe) let q = b.assumingMemoryBound(to: Float.self)
    nonisolated(unsafe) let r = c.assumingMemoryBound(to: Float.self)
    @Sendable func body(_ index: Int) {
      let (i, j, job) = part(index)
      ck_gemm_bias_f32(
        i.count, j.count, k, p + job.a + i.lowerBound * (transposeA ? 1 : lda), lda,
        transposeA ? 1 : 0, q + job.b + j.lowerBound * (transposeB ? ldb : 1), ldb,
        transposeB ? 1 : 0, r + job.c + i.lowerBound * n + j.lowerBound, n, 0,
        row.map { $0 + j.lowerBound })
    }
    if jobs.count * m * n * k < 1 << 20 {
      for index in 0..<total { body(index) }
    } else {
      Workers.run(parts: total) { body($0) }
    }
  }

  private func runDoubles(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer
  ) {
    let p = a.assumingMemoryBound(to: Double.self)
    let q = b.assumingMemoryBound(to: Double.self)
    let r = c.assumingMemoryBound(to: Double.self)
    for index in 0..<total {
      let (i, j, job) = part(index)
      ck_gemm_f64(
        i.count, j.count, k, p + job.a + i.lowerBound * (transposeA ? 1 : lda), lda,
        transposeA ? 1 : 0, q + job.b + j.lowerBound * (transposeB ? ldb : 1), ldb,
        transposeB ? 1 : 0, r + job.c + i.lowerBound * n + j.lowerBound, n, 0)
    }
  }
}
