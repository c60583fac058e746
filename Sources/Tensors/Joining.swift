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
    for (index, part) in parts.enumerated() {
      if index & 0xFFF == 0xFFF { try WorkStop.check() }
      var (a, b) = (first.dims, part.dims)
      if a.count == b.count { (a[axis], b[axis]) = (0, 0) }
      guard a == b else {
        throw TensorError.shapesDiffer(operation: "concat", left: first.dims, right: part.dims)
      }
      kind = kind.joined(part.dtype)
      size += part.dims[axis]
    }
    if parts.count == 1 { return first }
    var target = first.dims
    target[axis] = size
    let result = try Tensor(uninitialised: Shape(checking: target), kind)
    let outer = first.dims[..<axis].reduce(1, *)
    let inner = first.dims[(axis + 1)...].reduce(1, *) * kind.size
    var at = 0
    var sources: [Tensor] = []
    var runs: [(start: Int, length: Int)] = []
    for (index, part) in parts.enumerated() {
      if index & 0xFFF == 0xFFF { try WorkStop.check() }
      let source = try part.cast(kind)
      let run = part.dims[axis] * inner
      sources.append(source)
      runs.append((at, run))
      at += run
    }
    let (places, stride) = (runs, size * inner)
    func join(_ index: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
      let (start, run) = places[index]
      for o in 0..<outer where o & 0xFFF > 0 || !WorkStop.isAsked {
        WorkStop.stretches(of: run, grain: 1 << 26) { part in
          (to + o * stride + start + part.lowerBound).copyMemory(
            from: from + o * run + part.lowerBound, byteCount: part.count)
        }
      }
    }
    withExtendedLifetime(sources) {
      for (index, source) in sources.enumerated() { join(index, source.address, result.address) }
    }
    Recording.current?.note("concat", sources, [result]) { at, _ in
      for index in places.indices { join(index, at[index], at[places.count]) }
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
    try MemoryBudget.check([dims[axis], times])
    var rows: [Int] = []
    for row in 0..<dims[axis] {
      if row & 0xFFFFF == 0 { try WorkStop.check() }
      rows += repeatElement(row, count: times)
    }
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
    func take(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
      var out = to
      for o in 0..<outer where !WorkStop.isAsked {
        WorkStop.stretches(of: rows.count, grain: Swift.max(1, (1 << 24) / Swift.max(16, run))) {
          for row in rows[$0] {
            out.copyMemory(
              from: from + (o * size + (row < 0 ? row + size : row)) * run, byteCount: run)
            out += run
          }
        }
      }
    }
    withExtendedLifetime(storage) { take(address, result.address) }
    Recording.current?.note("rows", [self], [result]) { at, _ in take(at[0], at[1]) }
    return result
  }

  /// Rows along the first axis at whole numbers of any shape; negative ones count from the end.
  package func rows(at indices: Tensor) throws -> Tensor {
    let size = dims[0]
    let result = try Tensor(
      uninitialised: Shape(checking: indices.dims + dims.dropFirst()), dtype)
    let (count, run) = (indices.count, dims.dropFirst().reduce(1, *) * dtype.size)
    func take(_ at: UnsafePointer<UnsafeMutableRawPointer>) throws {
      let rows = at[1].assumingMemoryBound(to: Int64.self)
      for i in 0..<count {
        if i & 0xFFFF == 0 { try WorkStop.check() }
        let row = try Tensor.row(rows[i], of: size)
        (at[2] + i * run).copyMemory(from: at[0] + row * run, byteCount: run)
      }
    }
    try Tensor.apply("rows", [self, indices], [result], take)
    return result
  }

  /// The inverse of `rows(at:)`: rows are added to zeros of `shape`, in order.
  package func scatteredRows(at indices: Tensor, into shape: Shape) throws -> Tensor {
    if dtype.isPacked { return try unpacked().scatteredRows(at: indices, into: shape) }
    let result = try Tensor(uninitialised: shape, dtype)
    let (count, bytes, size) = (indices.count, shape.count * dtype.size, shape.dims[0])
    let (run, isSingle) = (shape.dims.dropFirst().reduce(1, *), dtype == .float32)
    func add<E: BitwiseCopyable & Numeric>(
      _: E.Type, _ at: UnsafePointer<UnsafeMutableRawPointer>
    ) throws {
      let x = at[0].assumingMemoryBound(to: E.self)
      let rows = at[1].assumingMemoryBound(to: Int64.self)
      let y = at[2].assumingMemoryBound(to: E.self)
      for i in 0..<count {
        if i & 0xFFF == 0 { try WorkStop.check() }
        let row = try Tensor.row(rows[i], of: size) * run
        for j in 0..<run { y[row + j] += x[i * run + j] }
      }
    }
    try Tensor.apply("scatter", [self, indices], [result]) { at in
      at[2].initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      if isSingle { try add(Float.self, at) } else { try add(Double.self, at) }
    }
    return result
  }

  private static func row(_ index: Int64, of size: Int) throws -> Int {
    guard index >= -Int64(size), index < Int64(size) else {
      throw TensorError.indexOutOfRange(index: Int(index), size: size, axis: 0)
    }
    return Int(index) + (index < 0 ? size : 0)
  }

  /// The inverse of `taking` along the first axis: rows are added to zeros of `shape`, in order.
  package func scatteredRows(_ rows: [Int], into shape: Shape) throws -> Tensor {
    if dtype.isPacked { return try unpacked().scatteredRows(rows, into: shape) }
    let result = try Tensor(uninitialised: shape, dtype)
    let (run, size, isSingle, isDouble) = (
      shape.dims.dropFirst().reduce(1, *), shape.dims[0], dtype == .float32, dtype == .float64
    )
    let bytes = shape.count * dtype.size
    func add<E: BitwiseCopyable & Numeric>(
      _: E.Type, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer
    ) {
      let (x, y) = (from.assumingMemoryBound(to: E.self), to.assumingMemoryBound(to: E.self))
      WorkStop.stretches(of: rows.count, grain: Swift.max(1, (1 << 20) / Swift.max(1, run))) {
        for i in $0 {
          let at = (rows[i] < 0 ? rows[i] + size : rows[i]) * run
          for j in 0..<run { y[at + j] += x[i * run + j] }
        }
      }
    }
    func scatter(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
      to.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      if isSingle { add(Float.self, from, to) } else if isDouble { add(Double.self, from, to) }
    }
    withExtendedLifetime(storage) { scatter(address, result.address) }
    Recording.current?.note("scatter", [self], [result]) { at, _ in scatter(at[0], at[1]) }
    return result
  }
}
