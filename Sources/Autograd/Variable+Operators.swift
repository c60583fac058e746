import Tensors

// Arithmetic under broadcasting; gradients are summed back to each operand's shape and kind.
extension Variable {
  package static func + (a: Variable, b: Variable) throws -> Variable {
    if a.dtype.isHalf || b.dtype.isHalf { return try unpacking(a, b) { try $0[0] + $0[1] } }
    return try a.value.binary(.add, b.value).recorded(from: [a, b], keeping: .nothing) { c in
      [try c.upstream.like(c.inputs[0]), try c.upstream.like(c.inputs[1])]
    }
  }

  package static func - (a: Variable, b: Variable) throws -> Variable {
    if a.dtype.isHalf || b.dtype.isHalf { return try unpacking(a, b) { try $0[0] - $0[1] } }
    return try a.value.binary(.subtract, b.value).recorded(from: [a, b], keeping: .nothing) { c in
      [try c.upstream.like(c.inputs[0]), try c.upstream.negated().like(c.inputs[1])]
    }
  }

  package static func * (a: Variable, b: Variable) throws -> Variable {
    if a.dtype.isHalf || b.dtype.isHalf { return try unpacking(a, b) { try $0[0] * $0[1] } }
    return try a.value.binary(.multiply, b.value).recorded(from: [a, b], keeping: .inputs) { c in
      let (x, y) = (c.inputs[0], c.inputs[1])
      return [
        c.isWanted(0) ? try (c.upstream * y).like(x) : nil,
        c.isWanted(1) ? try (c.upstream * x).like(y) : nil,
      ]
    }
  }

  package static func / (a: Variable, b: Variable) throws -> Variable {
    if a.dtype.isHalf || b.dtype.isHalf { return try unpacking(a, b) { try $0[0] / $0[1] } }
    return try a.value.binary(.divide, b.value).recorded(from: [a, b]) { c in
      let (x, y) = (c.inputs[0], c.inputs[1])
      return [
        c.isWanted(0) ? try (c.upstream / y).like(x) : nil,
        c.isWanted(1) ? try (c.upstream * c.output / y).negated().like(y) : nil,
      ]
    }
  }

  package static func * (a: Variable, b: Double) throws -> Variable { try a * .number(b) }
  package static func + (a: Variable, b: Double) throws -> Variable { try a + .number(b) }
  package static func - (a: Variable, b: Double) throws -> Variable { try a - .number(b) }
  package static func / (a: Variable, b: Double) throws -> Variable { try a / .number(b) }
  package static func - (a: Double, b: Variable) throws -> Variable { try .number(a) - b }

  package func negated() throws -> Variable {
    if dtype.isHalf { return try .unpacking(self) { try $0[0].negated() } }
    return try value.unary(.negate).recorded(from: [self], keeping: .nothing) {
      [try $0.upstream.negated()]
    }
  }

  /// a^b. The derivative for the exponent is 0 at a = 0 and not a number below.
  package func power(_ exponent: Variable) throws -> Variable {
    if dtype.isHalf || exponent.dtype.isHalf {
      return try .unpacking(self, exponent) { try $0[0].power($0[1]) }
    }
    return try value.binary(.power, exponent.value).recorded(from: [self, exponent]) { c in
      let (x, y) = (c.inputs[0], c.inputs[1])
      var parts: [Variable?] = [nil, nil]
      if c.isWanted(0) { parts[0] = try (c.upstream * y * x.power(y - 1)).like(x) }
      if c.isWanted(1) {
        let isZero = Variable(try x.value.compare(.equal, .number(0)))
        let safe = try Variable.where(isZero, .number(1), x)
        parts[1] = try (c.upstream * c.output * Operations.log(safe)).like(y)
      }
      return parts
    }
  }

  /// Floor division and remainder: the quotient is constant almost everywhere.
  package func floorDivided(by other: Variable) throws -> Variable {
    if dtype.isHalf || other.dtype.isHalf {
      return try .unpacking(self, other) { try $0[0].floorDivided(by: $0[1]) }
    }
    return Variable(try value.binary(.floorDivide, other.value))
  }

  package func remainder(_ other: Variable) throws -> Variable {
    if dtype.isHalf || other.dtype.isHalf {
      return try .unpacking(self, other) { try $0[0].remainder($0[1]) }
    }
    return try value.binary(.remainder, other.value).recorded(from: [self, other]) { c in
      let quotient = try c.inputs[0].detached().floorDivided(by: c.inputs[1].detached())
      return [
        try c.upstream.like(c.inputs[0]), try (c.upstream * quotient).negated().like(c.inputs[1]),
      ]
    }
  }

  /// Matrix product with NumPy's rules for vectors and leading axes.
  package static func matmul(
    _ a: Variable, _ b: Variable, transposeA: Bool = false, transposeB: Bool = false
  ) throws -> Variable {
    if a.dtype.isHalf || b.dtype.isHalf {
      return try unpacking(a, b) {
        try matmul($0[0], $0[1], transposeA: transposeA, transposeB: transposeB)
      }
    }
    let product = try Tensor.matmul(
      a.value, b.value, transposeA: transposeA, transposeB: transposeB)
    if transposeA || transposeB {
      return product.recorded(from: [a, b], keeping: .inputs) { c in
        let (x, y) = (c.inputs[0], c.inputs[1])
        if x.rank >= 2, y.rank >= 2 {
          return [
            c.isWanted(0)
              ? try leftGradient(c.upstream, y, transposeA, transposeB).like(x) : nil,
            c.isWanted(1)
              ? try rightGradient(c.upstream, x, y, transposeA, transposeB).like(y) : nil,
          ]
        }
        // Rare: let the plain product differentiate.
        let (dx, dy) = try productGradients(
          c.upstream, transposeA ? x.swappedLast() : x, transposeB ? y.swappedLast() : y)
        return [
          try transposeA ? dx.swappedLast().like(x) : dx.like(x),
          try transposeB ? dy.swappedLast().like(y) : dy.like(y),
        ]
      }
    }
    return product.recorded(from: [a, b], keeping: .inputs) { c in
      let (dx, dy) = try productGradients(
        c.upstream, c.inputs[0], c.inputs[1], left: c.isWanted(0), right: c.isWanted(1))
      return [try dx.like(c.inputs[0]), try dy.like(c.inputs[1])]
    }
  }

  /// x Wᵀ + b for W [out, in] and b [out], in one pass.
  package static func linear(_ x: Variable, _ weight: Variable, _ bias: Variable?) throws
    -> Variable
  {
    guard let bias, x.rank >= 2, weight.rank == 2, x.dims.last == weight.dims[1],
      bias.dims == [weight.dims[0]], x.dtype == .float32, weight.dtype == .float32,
      bias.dtype == .float32
    else {
      let product = try matmul(x, weight, transposeB: true)
      return try bias.map { try product + $0 } ?? product
    }
    return try Tensor.linear(x.value, weight.value, bias.value).recorded(
      from: [x, weight, bias], keeping: .inputs
    ) { c in
      let (x, weight, bias) = (c.inputs[0], c.inputs[1], c.inputs[2])
      return [
        c.isWanted(0) ? try leftGradient(c.upstream, weight, false, true).like(x) : nil,
        c.isWanted(1) ? try rightGradient(c.upstream, x, weight, false, true).like(weight) : nil,
        c.isWanted(2) ? try c.upstream.like(bias) : nil,
      ]
    }
  }

  /// The gradient of a in op(a) op(b), without turning anything round in memory.
  private static func leftGradient(_ g: Variable, _ b: Variable, _ isLeft: Bool, _ isRight: Bool)
    throws -> Variable
  {
    isLeft
      ? try matmul(b, g, transposeA: isRight, transposeB: true)
      : try matmul(g, b, transposeB: !isRight)
  }

  /// The gradient of b in op(a) op(b). One matrix b that served all of a: a single tall product.
  private static func rightGradient(
    _ g: Variable, _ a: Variable, _ b: Variable, _ isLeft: Bool, _ isRight: Bool
  ) throws -> Variable {
    var (x, up) = (a, g)
    if b.rank == 2, a.rank > 2, !isLeft {
      let count = a.dims.dropLast().reduce(1, *)
      x = try a.reshaped([count, a.dims[a.rank - 1]])
      up = try g.reshaped([count, g.dims[g.rank - 1]])
    }
    return isRight
      ? try matmul(up, x, transposeA: true, transposeB: isLeft)
      : try matmul(x, up, transposeA: !isLeft)
  }

  private static func productGradients(
    _ g: Variable, _ a: Variable, _ b: Variable, left: Bool = true, right: Bool = true
  ) throws -> (Variable, Variable) {
    // Vectors become matrices; the upstream gradient gets the axes they lost.
    let x = try a.rank == 1 ? a.expanded(axis: 0) : a
    let y = try b.rank == 1 ? b.expanded(axis: 1) : b
    var up = g
    if b.rank == 1 { up = try up.expanded(axis: up.rank) }
    if a.rank == 1 { up = try up.expanded(axis: up.rank - 1) }
    var dx = a
    if left {
      dx = try matmul(up, y, transposeB: true)
      if a.rank == 1 { dx = try dx.summed(to: x.shape).reshaped(a.dims) }
    }
    var dy = b
    if right {
      if y.rank == 2, x.rank > 2 {
        // One matrix served all of x: a single tall product gives its gradient.
        let (rows, columns) = (x.dims[x.rank - 1], up.dims[up.rank - 1])
        let count = x.dims.dropLast().reduce(1, *)
        dy = try matmul(
          x.reshaped([count, rows]), up.reshaped([count, columns]), transposeA: true)
      } else {
        dy = try matmul(x, up, transposeA: true)
      }
      if b.rank == 1 { dy = try dy.summed(to: y.shape).reshaped(b.dims) }
    }
    return (dx, dy)
  }

  /// Summed and cast to the shape and kind of an operand that was broadcast or promoted.
  func like(_ operand: Variable) throws -> Variable {
    let summed = try dims == operand.dims ? self : self.summed(to: operand.shape)
    return try operand.dtype.isFloat && summed.dtype != operand.dtype
      ? summed.cast(operand.dtype) : summed
  }
}

extension GradientContext {
  /// Whether the gradient of an input is needed at all (constants have none).
  func isWanted(_ index: Int) -> Bool { inputs[index].tape != nil }

  /// Whether nobody will ask for the gradient of this gradient.
  var isFinal: Bool { output.tape.map { !$0.isRecording } ?? true }
}
