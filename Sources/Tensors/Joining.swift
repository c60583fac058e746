extension Tensor {
  /// Tensors one after the other along an axis; all other sizes agree.
  package static func concat(_ parts: [Tensor], axis: Int) throws -> Tensor {
    guard let first = parts.first else {
      throw TensorError.invalid(operation: "concat", reason: "there is nothing to join", hint: nil)
    }
    if first.rank == 0 {
      throw TensorError.invalid(
        operation: "concat", reason: "numbers have no axis to join along", hint: "stack")
    }
    let axis = try first.shape.axis(axis)
    var kind = first.dtype
    var size = 0
    for part in parts {
      var (a, b) = (first.dims, part.dims)
      if a.count == b.count { (a[axis], b[axis]) = (0, 0) }
      guard a == b else {
        throw TensorError.shapesDiffer(operation: "concat", left: first.dims, right: part.dims)
      }
      kind = max(kind, part.dtype)
      size += part.dims[axis]
    }
    if parts.count == 1 { return first }
    var target = first.dims
    target[axis] = size
    let result = try Tensor(uninitialised: Shape(checking: target), kind)
    let outer = first.dims[..<axis].reduce(1, *)
    let inner = first.dims[(axis + 1)...].reduce(1, *) * kind.size
    var at = 0
    for part in parts {
      let source = try part.cast(kind)
      let run = part.dims[axis] * inner
      source.withBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        for o in 0..<outer {
          (result.storage.start + o * size * inner + at).copyMemory(
            from: base + o * run, byteCount: run)
        }
      }
      at += run
    }
    return result
  }

  /// Tensors of one shape along a new axis.
  package static func stack(_ parts: [Tensor], axis: Int) throws -> Tensor {
    for part in parts where part.dims != parts[0].dims {
      throw TensorError.shapesDiffer(operation: "stack", left: parts[0].dims, right: part.dims)
    }
    return try concat(parts.map { try $0.expanded(axis: axis) }, axis: axis)
  }

  /// Each element (slice) along an axis `times` times in a row.
  package func repeated(_ times: Int, axis: Int) throws -> Tensor {
    guard times >= 0 else { throw TensorError.negativeSize([times]) }
    let axis = try shape.axis(axis)
    _ = try Shape(checking: dims + [times])
    let rows = (0..<dims[axis]).flatMap { row in Array(repeating: row, count: times) }
    return try taking(rows, axis: axis)
  }

  /// The chosen rows along an axis, in the given order.
  package func taking(_ rows: [Int], axis: Int = 0) throws -> Tensor {
    let axis = try shape.axis(axis)
    let size = dims[axis]
    var target = dims
    target[axis] = rows.count
    let result = try Tensor(uninitialised: Shape(checking: target), dtype)
    let outer = dims[..<axis].reduce(1, *)
    let run = dims[(axis + 1)...].reduce(1, *) * dtype.size
    for row in rows where row < -size || row >= size {
      throw TensorError.indexOutOfRange(index: row, size: size, axis: axis)
    }
    withBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      var out = result.storage.start
      for o in 0..<outer {
        for row in rows {
          out.copyMemory(
            from: base + (o * size + (row < 0 ? row + size : row)) * run, byteCount: run)
          out += run
        }
      }
    }
    return result
  }

  /// The inverse of `taking` along the first axis: rows are added to zeros of `shape`, in order.
  package func scatteredRows(_ rows: [Int], into shape: Shape) throws -> Tensor {
    let result = try Tensor.zeros(shape, dtype)
    let run = shape.dims.dropFirst().reduce(1, *)
    func add<E: BitwiseCopyable & Numeric>(_: E.Type) {
      let x = elements(E.self)
      let y = result.fresh(E.self)
      for (i, row) in rows.enumerated() {
        let at = (row < 0 ? row + shape.dims[0] : row) * run
        for j in 0..<run { y[at + j] += x[i * run + j] }
      }
    }
    withExtendedLifetime(storage) {
      if dtype == .float32 { add(Float.self) } else if dtype == .float64 { add(Double.self) }
    }
    return result
  }
}
