import Tensors

// Rearrangements: the gradient is the opposite rearrangement.
extension Variable {
  package func cast(_ dtype: DType) throws -> Variable {
    if dtype == self.dtype { return self }
    let result = try value.cast(dtype)
    guard dtype.isFloat, self.dtype.isFloat else { return Variable(result) }
    let kind = self.dtype
    return result.recorded(from: [self], keeping: .nothing) {
      [try $0.upstream.cast(kind.computing)]
    }
  }

  package func reshaped(_ sizes: [Int]) throws -> Variable {
    try value.reshaped(sizes).recorded(from: [self], keeping: .nothing) {
      [try $0.upstream.reshaped($0.inputs[0].dims)]
    }
  }

  package func transposed(_ order: [Int]) throws -> Variable {
    let axes = try order.map { try shape.axis($0) }
    return try value.transposed(axes).recorded(from: [self], keeping: .nothing) { c in
      var inverse = axes
      for (i, axis) in axes.enumerated() { inverse[axis] = i }
      return [try c.upstream.transposed(inverse)]
    }
  }

  package func swappedLast() throws -> Variable {
    rank < 2 ? self : try transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  package func expanded(axis: Int) throws -> Variable {
    try reshaped(value.expanded(axis: axis).dims)
  }

  package func squeezed(axis: Int? = nil) throws -> Variable {
    try reshaped(value.squeezed(axis: axis).dims)
  }

  package func broadcast(to target: Shape) throws -> Variable {
    if target.dims == dims { return self }
    return try value.broadcast(to: target).recorded(from: [self], keeping: .nothing) {
      [try $0.upstream.summed(to: $0.inputs[0].shape)]
    }
  }

  package func summed(to target: Shape) throws -> Variable {
    if target.dims == dims { return self }
    return try value.summed(to: target).recorded(from: [self], keeping: .nothing) {
      [try $0.upstream.broadcast(to: $0.inputs[0].shape)]
    }
  }

  package func sum(axes: [Int]? = nil, keepDims: Bool = false) throws -> Variable {
    try Operations.sum(self, Attributes.reduction(axes, keepDims))
  }

  /// `x[items]`.
  package func indexed(_ items: [IndexItem]) throws -> Variable {
    if items.count == 1, case .gather(let rows) = items[0], rows.dtype == .int64, rank > 0,
      dtype.isFloat
    {
      return try taking(at: rows)
    }
    return try value.indexed(items).recorded(from: [self]) { c in
      [try c.upstream.scattered(items, like: c.inputs[0])]
    }
  }

  private func scattered(_ items: [IndexItem], like source: Variable) throws -> Variable {
    try value.scattered(items, from: source.value).recorded(from: [self]) {
      [try $0.upstream.indexed(items)]
    }
  }

  /// A copy in which the chosen places hold `replacement`.
  package func assigning(_ replacement: Variable, at items: [IndexItem]) throws -> Variable {
    try value.assigning(replacement.value, at: items).recorded(from: [self, replacement]) { c in
      let zero = try Variable.number(0, c.upstream.dtype)
      return [
        try c.upstream.assigning(zero, at: items).like(c.inputs[0]),
        try c.upstream.indexed(items).like(c.inputs[1]),
      ]
    }
  }

  /// The chosen rows along the first axis.
  package func taking(_ rows: [Int], axis: Int = 0) throws -> Variable {
    let at = try shape.axis(axis)
    if at != 0 { return try moved(from: at, to: 0).taking(rows).moved(from: 0, to: at) }
    return try value.taking(rows).recorded(from: [self], keeping: .nothing) { c in
      let source = c.inputs[0].shape
      return [
        try c.upstream.value.scatteredRows(rows, into: source).recorded(from: [c.upstream]) {
          [try $0.upstream.taking(rows)]
        }
      ]
    }
  }

  /// Rows along the first axis at whole numbers of any shape, which may change from step to step.
  package func taking(at rows: Tensor) throws -> Variable {
    try value.rows(at: rows).recorded(from: [self], keeping: .nothing) { c in
      let source = c.inputs[0].shape
      return [
        try c.upstream.value.scatteredRows(at: rows, into: source).recorded(from: [c.upstream]) {
          [try $0.upstream.taking(at: rows)]
        }
      ]
    }
  }

  package func moved(from source: Int, to target: Int) throws -> Variable {
    var order = Array(0..<rank)
    order.insert(order.remove(at: source), at: target)
    return try transposed(order)
  }

  package static func concat(_ parts: [Variable], axis: Int) throws -> Variable {
    try Tensor.concat(parts.map(\.value), axis: axis).recorded(from: parts, keeping: .nothing) {
      c in
      let at = try c.output.shape.axis(axis)
      var start = 0
      return try c.inputs.map { part in
        defer { start += part.dims[at] }
        let items = Array(repeating: IndexItem.range(nil, nil, 1), count: at)
        return try c.upstream.indexed(items + [.range(start, start + part.dims[at], 1)]).like(part)
      }
    }
  }

  package static func stack(_ parts: [Variable], axis: Int) throws -> Variable {
    for part in parts where part.dims != parts[0].dims {
      throw TensorError.shapesDiffer(operation: "stack", left: parts[0].dims, right: part.dims)
    }
    return try concat(parts.map { try $0.expanded(axis: axis) }, axis: axis)
  }

  package static func `where`(_ condition: Variable, _ a: Variable, _ b: Variable) throws
    -> Variable
  {
    try Operations.where([condition, a, b])
  }
}

extension Attributes {
  package static func reduction(_ axes: [Int]?, _ keepDims: Bool) -> Attributes {
    var attributes: Attributes = ["keepdims": .boolean(keepDims)]
    if let axes { attributes["axis"] = .integers(axes) }
    return attributes
  }
}
