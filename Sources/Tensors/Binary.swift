import CKernels

/// Functions of two numbers, applied to each pair under broadcasting.
package enum BinaryOperation: Int32, Sendable {
  case add, subtract, multiply, divide, floorDivide, remainder, power, minimum, maximum
  case atan2 = 100
  case fmod, copysign, nextAfter, hypot, igamma, igammac, polygamma

  fileprivate var isSpecial: Bool { rawValue >= BinaryOperation.atan2.rawValue }

  package var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .remainder: "%"
    case .power: "^"
    case .minimum: "minimum"
    case .maximum: "maximum"
    default: "\(self)"
    }
  }
}

package enum Comparison: Int32, Sendable {
  case equal, notEqual, less, lessEqual, greater, greaterEqual

  package var symbol: String {
    switch self {
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessEqual: "<="
    case .greater: ">"
    case .greaterEqual: ">="
    }
  }

  fileprivate func holds(_ p: Int64, _ q: Int64) -> Bool {
    switch self {
    case .equal: p == q
    case .notEqual: p != q
    case .less: p < q
    case .lessEqual: p <= q
    case .greater: p > q
    case .greaterEqual: p >= q
    }
  }
}

extension Tensor {
  /// The kind that two operands meet in: bool < i8 < i64 < f16, bf16 < f32 < f64 (f32 for f16 beside
  /// bf16), where a single number (rank 0) takes
  /// the other's kind unless it is a float and the other is not (then f32).
  package static func promoted(_ a: Tensor, _ b: Tensor) -> DType {
    if a.rank == 0 && b.rank == 0 { return a.dtype.joined(b.dtype) }
    if a.rank == 0 { return weak(a.dtype, beside: b.dtype) }
    if b.rank == 0 { return weak(b.dtype, beside: a.dtype) }
    return a.dtype.joined(b.dtype)
  }

  private static func weak(_ number: DType, beside other: DType) -> DType {
    if number.isFloat { return other.isFloat ? other : .float32 }
    return max(number, other)
  }

  package func binary(_ operation: BinaryOperation, _ other: Tensor) throws -> Tensor {
    if dtype.isPacked || other.dtype.isPacked {
      return try unpacked(beside: other).binary(operation, other.unpacked(beside: self))
    }
    var kind = Tensor.promoted(self, other)
    if kind == .bool { kind = .int64 }
    if kind == .int64 {
      let isNumbers = rank == 0 && other.rank == 0
      if operation == .divide || (operation == .power && other.hasNegative) {
        kind = isNumbers ? .float64 : .float32
      }
      if operation.isSpecial { kind = isNumbers ? .float64 : .float32 }
    }
    let a = try cast(kind)
    let b = try other.cast(kind)
    let shape = try Shape.broadcast(a.shape, b.shape, operation: operation.symbol)
    let result = try Tensor(uninitialised: shape, kind)
    let code = operation.rawValue
    switch kind {
    case .float32, .float64:
      let walk = PairWalk(a.shape, b.shape, to: shape)
      let isSingle = kind == .float32
      withExtendedLifetime((a.storage, b.storage)) {
        Tensor.binary(code, isSingle, walk, a.address, b.address, result.address)
      }
      var form: LineForm?
      if isSingle, !operation.isSpecial, case .line(let stepA, let stepB, _) = walk {
        let isSum = operation == .add && a.dims == b.dims
        form = isSum ? .sum : .element(.binary(operation, stepA: stepA, stepB: stepB))
      }
      Recording.current?.note(operation.symbol, [a, b], [result], form: form) { at, _ in
        Tensor.binary(code, isSingle, walk, at[0], at[1], at[2])
      }
    case .bool, .int8, .int64, .float16, .bfloat16:
      if operation == .floorDivide || operation == .remainder, b.hasZero {
        throw TensorError.divisionByZero(operation: operation.symbol)
      }
      let walk = PairWalk(a.shape, b.shape, to: shape)
      try withExtendedLifetime((a.storage, b.storage)) {
        try Tensor.whole(operation, walk, a.address, b.address, result.address)
      }
      Recording.current?.note(operation.symbol, [a, b], [result]) { at, _ in
        try Tensor.whole(operation, walk, at[0], at[1], at[2])
      }
    }
    return result
  }

  private static func whole(
    _ operation: BinaryOperation, _ walk: PairWalk, _ p: UnsafeRawPointer, _ q: UnsafeRawPointer,
    _ out: UnsafeMutableRawPointer
  ) throws {
    let y = out.assumingMemoryBound(to: Int64.self)
    var overflows = false
    walk.run(p.assumingMemoryBound(to: Int64.self), q.assumingMemoryBound(to: Int64.self)) {
      p, sp, q, sq, at, n in
      for i in 0..<n {
        y[at + i] = integers(operation, p[i * sp], q[i * sq], overflow: &overflows)
      }
    }
    if overflows { throw TensorError.integerOverflow(operation: operation.symbol) }
  }

  private static func binary(
    _ code: Int32, _ isSingle: Bool, _ walk: PairWalk, _ p: UnsafeRawPointer, _ q: UnsafeRawPointer,
    _ out: UnsafeMutableRawPointer
  ) {
    let isSpecial = code >= BinaryOperation.atan2.rawValue
    if isSingle {
      let y = out.assumingMemoryBound(to: Float.self)
      let kernel = isSpecial ? ck_special2_f32 : ck_binary_f32
      if case .line(let stepA, let stepB, let count) = walk, count > Tensor.grain {
        nonisolated(unsafe) let (a, b, out) = (
          p.assumingMemoryBound(to: Float.self), q.assumingMemoryBound(to: Float.self), y
        )
        return Workers.split(count, grain: Tensor.grain) { part in
          let i = part.lowerBound
          kernel(code, a + i * stepA, stepA, b + i * stepB, stepB, out + i, part.count)
        }
      }
      walk.run(p.assumingMemoryBound(to: Float.self), q.assumingMemoryBound(to: Float.self)) {
        p, sp, q, sq, at, n in kernel(code, p, sp, q, sq, y + at, n)
      }
    } else {
      let y = out.assumingMemoryBound(to: Double.self)
      let kernel = isSpecial ? ck_special2_f64 : ck_binary_f64
      walk.run(p.assumingMemoryBound(to: Double.self), q.assumingMemoryBound(to: Double.self)) {
        p, sp, q, sq, at, n in kernel(code, p, sp, q, sq, y + at, n)
      }
    }
  }

  package func compare(_ comparison: Comparison, _ other: Tensor) throws -> Tensor {
    if dtype.isPacked || other.dtype.isPacked {
      return try unpacked(beside: other).compare(comparison, other.unpacked(beside: self))
    }
    var kind = max(dtype, other.dtype)
    if kind.isFloat { kind = Tensor.promoted(self, other) }
    if kind == .bool { kind = .int64 }
    let a = try cast(kind)
    let b = try other.cast(kind)
    let shape = try Shape.broadcast(a.shape, b.shape, operation: comparison.symbol)
    let result = try Tensor(uninitialised: shape, .bool)
    let y = result.fresh(UInt8.self)
    if kind == .float32 {
      let (walk, code) = (PairWalk(a.shape, b.shape, to: shape), comparison.rawValue)
      withExtendedLifetime((a.storage, b.storage)) {
        walk.run(a.noted(Float.self), b.noted(Float.self)) { p, sp, q, sq, at, n in
          ck_compare_f32(code, p, sp, q, sq, y + at, n)
        }
      }
      Recording.current?.note(comparison.symbol, [a, b], [result]) { places, _ in
        let y = places[2].assumingMemoryBound(to: UInt8.self)
        walk.run(
          UnsafePointer(places[0].assumingMemoryBound(to: Float.self)),
          UnsafePointer(places[1].assumingMemoryBound(to: Float.self))
        ) { p, sp, q, sq, at, n in ck_compare_f32(code, p, sp, q, sq, y + at, n) }
      }
    } else if kind == .int64 {
      // Not in double precision: whole numbers above 2^53 are told apart too.
      pairs(a, b, shape, Int64.self) { p, sp, q, sq, at, n in
        for i in 0..<n { y[at + i] = comparison.holds(p[i * sp], q[i * sq]) ? 1 : 0 }
      }
    } else {
      pairs(a, b, shape, Double.self) { p, sp, q, sq, at, n in
        ck_compare_f64(comparison.rawValue, p, sp, q, sq, y + at, n)
      }
    }
    return result
  }

  package func logical(and isAnd: Bool, _ other: Tensor) throws -> Tensor {
    for operand in [self, other] where operand.dtype != .bool {
      throw TensorError.wrongKind(
        operation: isAnd ? "and" : "or", found: operand.dtype, expected: "bool")
    }
    let shape = try Shape.broadcast(self.shape, other.shape, operation: isAnd ? "and" : "or")
    let result = try Tensor(uninitialised: shape, .bool)
    let y = result.fresh(Bool.self)
    pairs(self, other, shape, Bool.self) { p, sp, q, sq, at, n in
      for i in 0..<n {
        y[at + i] = isAnd ? p[i * sp] && q[i * sq] : p[i * sp] || q[i * sq]
      }
    }
    return result
  }

  /// Where `condition` holds `a`, elsewhere `b`, all broadcast together.
  package static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let kind = promoted(a, b)
    let chosen = try condition.cast(.bool)
    let outer = try Shape.broadcast(
      chosen.shape, Shape.broadcast(a.shape, b.shape, operation: "where"), operation: "where")
    let mask = try chosen.broadcast(to: outer)
    let x = try a.cast(kind).broadcast(to: outer)
    let y = try b.cast(kind).broadcast(to: outer)
    let result = try Tensor(uninitialised: outer, kind)
    let (size, count) = (kind.size, outer.count)
    withExtendedLifetime((mask.storage, x.storage, y.storage)) {
      Tensor.choose(size, count, mask.address, x.address, y.address, result.address)
    }
    Recording.current?.note("where", [mask, x, y], [result]) { at, _ in
      Tensor.choose(size, count, at[0], at[1], at[2], at[3])
    }
    return result
  }

  private static func choose(
    _ size: Int, _ count: Int, _ mask: UnsafeRawPointer, _ a: UnsafeRawPointer,
    _ b: UnsafeRawPointer, _ out: UnsafeMutableRawPointer
  ) {
    func fill<E: BitwiseCopyable>(_: E.Type) {
      let m = mask.assumingMemoryBound(to: Bool.self)
      let (p, q) = (a.assumingMemoryBound(to: E.self), b.assumingMemoryBound(to: E.self))
      let y = out.assumingMemoryBound(to: E.self)
      WorkStop.stretches(of: count) { for i in $0 { y[i] = m[i] ? p[i] : q[i] } }
    }
    switch size {
    case 1: fill(UInt8.self)
    case 2: fill(UInt16.self)
    case 4: fill(UInt32.self)
    default: fill(UInt64.self)
    }
  }

  private var hasNegative: Bool { dtype == .int64 && hasInteger { $0 < 0 } }
  private var hasZero: Bool { hasInteger { $0 == 0 } }

  private func hasInteger(_ isFound: (Int64) -> Bool) -> Bool {
    if dtype != .int64 { return array(of: Int64.self).contains(where: isFound) }
    return withExtendedLifetime(storage) {
      let x = elements(Int64.self)
      var found = false
      WorkStop.stretches(of: count) { part in
        if !found { found = part.contains { isFound(x[$0]) } }
      }
      return found
    }
  }
}

private func integers(
  _ operation: BinaryOperation, _ p: Int64, _ q: Int64, overflow: inout Bool
) -> Int64 {
  func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Int64 {
    if result.overflow { overflow = true }
    return result.partialValue
  }
  switch operation {
  case .add: return checked(p.addingReportingOverflow(q))
  case .subtract: return checked(p.subtractingReportingOverflow(q))
  case .multiply: return checked(p.multipliedReportingOverflow(by: q))
  case .minimum: return min(p, q)
  case .maximum: return max(p, q)
  case .floorDivide:
    if q == -1 { return checked(Int64(0).subtractingReportingOverflow(p)) }
    return p / q - (p % q != 0 && (p < 0) != (q < 0) ? 1 : 0)
  case .remainder:
    if q == -1 { return 0 }
    let rest = p % q
    return rest != 0 && (rest < 0) != (q < 0) ? rest + q : rest
  case .power:
    var (result, base, exponent): (Int64, Int64, Int64) = (1, p, q)
    while exponent > 0 {
      if exponent & 1 == 1 { result = checked(result.multipliedReportingOverflow(by: base)) }
      exponent >>= 1
      if exponent > 0 { base = checked(base.multipliedReportingOverflow(by: base)) }
    }
    return result
  default: return 0
  }
}
