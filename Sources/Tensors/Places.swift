extension Tensor {
  /// Elements at flat positions (negative ones read as 0), in the positions' shape.
  package func picked(_ positions: Tensor) throws -> Tensor {
    try checkPlaces(positions, below: count, "pick")
    let result = try Tensor(uninitialised: positions.shape, dtype)
    let at = positions.elements(Int64.self)
    func run<E: TensorElement>(_: E.Type) {
      let (x, y) = (elements(E.self), result.fresh(E.self))
      for i in 0..<positions.count { y[i] = at[i] < 0 ? E(element: Int64(0)) : x[Int(at[i])] }
    }
    withExtendedLifetime((storage, positions.storage)) {
      switch dtype {
      case .bool: run(Bool.self)
      case .int64: run(Int64.self)
      case .float32: run(Float.self)
      case .float64: run(Double.self)
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
    try checkPlaces(positions, below: shape.count, "drop")
    if dtype == .bool { return try cast(.int64).dropped(at: positions, into: shape) }
    let result = try Tensor.zeros(shape, dtype)
    let at = positions.elements(Int64.self)
    func run<E: TensorElement & Numeric>(_: E.Type) {
      let (x, y) = (elements(E.self), result.fresh(E.self))
      for i in 0..<count where at[i] >= 0 { y[Int(at[i])] += x[i] }
    }
    withExtendedLifetime((storage, positions.storage)) {
      switch dtype {
      case .int64, .bool: run(Int64.self)
      case .float32: run(Float.self)
      case .float64: run(Double.self)
      }
    }
    return result
  }

  private func checkPlaces(_ positions: Tensor, below limit: Int, _ operation: String) throws {
    guard positions.dtype == .int64 else {
      throw TensorError.wrongKind(
        operation: operation, found: positions.dtype, expected: "integers")
    }
    let at = positions.elements(Int64.self)
    for i in 0..<positions.count where at[i] >= Int64(limit) {
      throw TensorError.indexOutOfRange(index: Int(at[i]), size: limit, axis: 0)
    }
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
