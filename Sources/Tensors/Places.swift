extension Tensor {
  /// Elements at flat positions (negative ones read as 0), in the positions' shape.
  package func picked(_ positions: Tensor) throws -> Tensor {
    try positions.checkPlaceKind("pick")
    let result = try Tensor(uninitialised: positions.shape, dtype)
    let (count, limit, kind) = (positions.count, Int64(count), dtype)
    func run<E: TensorElement>(
      _: E.Type, _ address: UnsafePointer<UnsafeMutableRawPointer>
    ) throws {
      let x = address[0].assumingMemoryBound(to: E.self)
      let at = address[1].assumingMemoryBound(to: Int64.self)
      let y = address[2].assumingMemoryBound(to: E.self)
      try WorkStop.stretches(of: count) { part in
        for i in part {
          guard at[i] < limit else { throw Tensor.misplaced(at[i], limit) }
          y[i] = at[i] < 0 ? E(element: Int64(0)) : x[Int(at[i])]
        }
      }
    }
    try Tensor.apply("pick", [self, positions], [result]) { at in
      switch kind {
      case .bool: try run(Bool.self, at)
      case .int8: try run(Int8.self, at)
      case .int64: try run(Int64.self, at)
      case .float16: try run(Half.self, at)
      case .bfloat16: try run(BrainFloat.self, at)
      case .float32: try run(Float.self, at)
      case .float64: try run(Double.self, at)
      }
    }
    return result
  }

  /// The inverse of `picked`: elements added, in order, to zeros of `shape` at flat positions;
  /// negative positions are left out.
  package func dropped(at positions: Tensor, into shape: Shape) throws -> Tensor {
    guard positions.count == count else {
      throw TensorError.shapesDiffer(operation: "drop", left: dims, right: positions.dims)
    }
    try positions.checkPlaceKind("drop")
    if dtype.isPacked { return try unpacked().dropped(at: positions, into: shape) }
    if dtype == .bool { return try cast(.int64).dropped(at: positions, into: shape) }
    let result = try Tensor(uninitialised: shape, dtype)
    let (count, limit, kind) = (count, Int64(shape.count), dtype)
    func run<E: TensorElement & Numeric>(
      _: E.Type, _ address: UnsafePointer<UnsafeMutableRawPointer>
    ) throws {
      let x = address[0].assumingMemoryBound(to: E.self)
      let at = address[1].assumingMemoryBound(to: Int64.self)
      let y = address[2].assumingMemoryBound(to: E.self)
      WorkStop.stretches(of: Int(limit), grain: 1 << 24) { for i in $0 { y[i] = 0 } }
      try WorkStop.stretches(of: count) { part in
        for i in part where at[i] >= 0 {
          guard at[i] < limit else { throw Tensor.misplaced(at[i], limit) }
          y[Int(at[i])] += x[i]
        }
      }
    }
    func runWhole(_ address: UnsafePointer<UnsafeMutableRawPointer>) throws {
      let x = address[0].assumingMemoryBound(to: Int64.self)
      let at = address[1].assumingMemoryBound(to: Int64.self)
      let y = address[2].assumingMemoryBound(to: Int64.self)
      WorkStop.stretches(of: Int(limit), grain: 1 << 24) { for i in $0 { y[i] = 0 } }
      try WorkStop.stretches(of: count) { part in
        for i in part where at[i] >= 0 {
          guard at[i] < limit else { throw Tensor.misplaced(at[i], limit) }
          let (sum, overflow) = y[Int(at[i])].addingReportingOverflow(x[i])
          if overflow { throw TensorError.integerOverflow(operation: "add") }
          y[Int(at[i])] = sum
        }
      }
    }
    try Tensor.apply("drop", [self, positions], [result]) { at in
      switch kind {
      case .bool, .int8, .int64, .float16, .bfloat16: try runWhole(at)
      case .float32: try run(Float.self, at)
      case .float64: try run(Double.self, at)
      }
    }
    return result
  }

  private func checkPlaceKind(_ operation: String) throws {
    guard dtype == .int64 else {
      throw TensorError.wrongKind(operation: operation, found: dtype, expected: "integers")
    }
  }

  private static func misplaced(_ place: Int64, _ limit: Int64) -> TensorError {
    .indexOutOfRange(index: Int(place), size: Int(limit), axis: 0)
  }

  /// Flat positions of a shape computed from the places of another: `position` is given the
  /// coordinates of each place in turn.
  package static func positions(_ dims: [Int], _ position: (_ at: [Int]) throws -> Int) throws
    -> Tensor
  {
    let shape = try Shape(checking: dims)
    let result = try Tensor(uninitialised: shape, .int64)
    let out = result.fresh(Int64.self)
    var at = [Int](repeating: 0, count: dims.count)
    for i in 0..<shape.count {
      if i & 0xFFFFF == 0 { try WorkStop.check() }
      out[i] = Int64(try position(at))
      var axis = dims.count - 1
      while axis >= 0 {
        at[axis] += 1
        if at[axis] < dims[axis] { break }
        at[axis] = 0
        axis -= 1
      }
    }
    return result
  }

  /// Positions in `shape` that an index along one axis chooses: as torch's gather. The index has the
  /// rank of `shape` and is nowhere larger except along the axis.
  package static func positions(of index: Tensor, in shape: Shape, axis: Int, _ operation: String)
    throws -> Tensor
  {
    guard !index.dtype.isFloat else {
      throw TensorError.wrongKind(operation: operation, found: index.dtype, expected: "integers")
    }
    if index.count == 0 { return try Tensor(uninitialised: index.shape, .int64) }
    // A number counts as a vector of one.
    let dims = shape.rank == 0 ? [1] : shape.dims
    let axis = try shape.rank == 0 ? 0 : shape.axis(axis)
    let own = index.rank == 0 ? [1] : index.dims
    guard own.count == dims.count,
      own.indices.allSatisfy({ $0 == axis || own[$0] <= dims[$0] })
    else {
      throw TensorError.invalid(
        operation: operation, reason: "an index of shape \(index.dims) does not fit \(shape)",
        hint: "it has as many axes, and no size above the tensor's except along axis \(axis)")
    }
    let strides = Shape(trusted: dims).strides
    let values = index.array(of: Int64.self)
    var i = 0
    return try positions(own) { at in
      let asked = Int(values[i])
      i += 1
      let place = asked < 0 ? asked + dims[axis] : asked
      guard place >= 0, place < dims[axis] else {
        throw TensorError.indexOutOfRange(index: asked, size: dims[axis], axis: axis)
      }
      var flat = place * strides[axis]
      for k in at.indices where k != axis { flat += at[k] * strides[k] }
      return flat
    }.viewed(as: index.shape)
  }
}
