/// One entry between the brackets of `x[…]`.
package enum IndexItem: Sendable {
  /// One position; the axis disappears.
  case index(Int)
  /// start, stop (excluded) and step; nil means the end that the step comes from or goes to.
  case range(Int?, Int?, Int)
  /// A new axis of size 1.
  case newAxis
  /// As many whole axes as are needed.
  case ellipsis
  /// A boolean tensor keeps, an integer tensor chooses; the axis is replaced by its axes.
  case gather(Tensor)
}

extension Tensor {
  /// Flat positions (in elements) that the items choose, and the shape of the choice.
  func positions(_ items: [IndexItem]) throws -> (flat: [Int], shape: Shape) {
    // The lengths that masks were written for; they must be those of their axes.
    var lengths: [Int?] = []
    var items = try items.flatMap { item in
      if case .gather(let mask) = item, mask.dtype == .bool {
        lengths += mask.dims.map { $0 }
      } else {
        lengths.append(nil)
      }
      return try masked(item)
    }
    let used = items.reduce(0) { total, item in
      if case .newAxis = item { return total }
      if case .ellipsis = item { return total }
      return total + 1
    }
    guard used <= rank else { throw TensorError.tooManyIndices(given: used, rank: rank) }
    if !items.contains(where: { if case .ellipsis = $0 { true } else { false } }) {
      items.append(.ellipsis)
    }
    var target: [Int] = []
    // Each factor lists offsets that are added in all combinations, in row-major order.
    var factors: [[Int]] = []
    var together: (factor: Int, shape: [Int])?
    let strides = shape.strides
    var axis = 0
    var sawEllipsis = false
    for (position, item) in items.enumerated() {
      switch item {
      case .newAxis: target.append(1)
      case .ellipsis:
        if sawEllipsis {
          throw TensorError.invalid(
            operation: "index", reason: "only one ... can stand in an index", hint: nil)
        }
        sawEllipsis = true
        for _ in 0..<rank - used {
          factors.append((0..<dims[axis]).map { $0 * strides[axis] })
          target.append(dims[axis])
          axis += 1
        }
      case .index(let index):
        let at = index < 0 ? index + dims[axis] : index
        guard at >= 0, at < dims[axis] else {
          throw TensorError.indexOutOfRange(index: index, size: dims[axis], axis: axis)
        }
        factors.append([at * strides[axis]])
        axis += 1
      case .range(let start, let stop, let step):
        let chosen = try Tensor.steps(start, stop, step, size: dims[axis])
        factors.append(chosen.map { $0 * strides[axis] })
        target.append(chosen.count)
        axis += 1
      case .gather(let indices):
        if position < lengths.count, let length = lengths[position], length != dims[axis] {
          throw TensorError.maskShape(mask: [length], shape: dims)
        }
        guard indices.dtype == .int64 || indices.count == 0 else {
          throw TensorError.wrongKind(
            operation: "index", found: indices.dtype, expected: "integers")
        }
        let chosen = indices.array(of: Int64.self)
        let offsets = try chosen.indices.map { i in
          if i & 0xFFFFF == 0 { try WorkStop.check() }
          let index = Int(chosen[i])
          let at = index < 0 ? index + dims[axis] : index
          guard at >= 0, at < dims[axis] else {
            throw TensorError.indexOutOfRange(index: index, size: dims[axis], axis: axis)
          }
          return at * strides[axis]
        }
        if let known = together {
          guard known.shape == indices.dims else {
            throw TensorError.shapesDiffer(
              operation: "index", left: known.shape, right: indices.dims)
          }
          factors[known.factor] = zip(factors[known.factor], offsets).map { $0 + $1 }
        } else {
          together = (factors.count, indices.dims)
          factors.append(offsets)
          target += indices.dims
        }
        axis += 1
      }
    }
    let result = try Shape(checking: target)
    try MemoryBudget.check(result.count * 8)
    var flat = [0]
    for factor in factors {
      try WorkStop.check()
      if factor.count == 1 {
        if factor[0] != 0 { for i in flat.indices { flat[i] += factor[0] } }
        continue
      }
      var next: [Int] = []
      next.reserveCapacity(flat.count * factor.count)
      for base in flat {
        if next.count & 0xFFF == 0 { try WorkStop.check() }
        for offset in factor { next.append(base + offset) }
      }
      flat = next
    }
    return (flat, result)
  }

  /// A mask over several axes becomes as many integer tensors.
  private func masked(_ item: IndexItem) throws -> [IndexItem] {
    guard case .gather(let mask) = item, mask.dtype == .bool else { return [item] }
    guard mask.rank <= rank, mask.rank > 0,
      mask.dims == Array(dims.prefix(mask.rank)) || mask.rank == 1
    else { throw TensorError.maskShape(mask: mask.dims, shape: dims) }
    let marks = mask.elements(Bool.self)
    var kept: [Int] = []
    for i in 0..<mask.count {
      if i & 0xFFFFF == 0 { try WorkStop.check() }
      if marks[i] { kept.append(i) }
    }
    if mask.rank == 1 { return [.gather(try Tensor(kept.map { Int64($0) }))] }
    let walk = mask.shape.strides
    return try (0..<mask.rank).map { axis in
      .gather(try Tensor(kept.map { Int64($0 / walk[axis] % mask.dims[axis]) }))
    }
  }

  /// Coordinates of a slice, clamped as in Python.
  static func steps(_ start: Int?, _ stop: Int?, _ step: Int, size: Int) throws -> [Int] {
    guard step != 0 else {
      throw TensorError.invalid(
        operation: "index", reason: "the step of a slice cannot be 0", hint: nil)
    }
    func place(_ value: Int, low: Int, high: Int) -> Int {
      let at = value < 0 ? value &+ size : value
      return min(max(at, low), high)
    }
    if step > 0 {
      let first = start.map { place($0, low: 0, high: size) } ?? 0
      let last = stop.map { place($0, low: 0, high: size) } ?? size
      return first < last ? Array(stride(from: first, to: last, by: min(step, size))) : []
    }
    let first = start.map { place($0, low: -1, high: size - 1) } ?? size - 1
    let last = stop.map { place($0, low: -1, high: size - 1) } ?? -1
    return first > last ? Array(stride(from: first, to: last, by: max(step, -size))) : []
  }

  /// `x[items]`.
  package func indexed(_ items: [IndexItem]) throws -> Tensor {
    if let simple = try leading(items) { return simple }
    let (flat, target) = try positions(items)
    try WorkStop.check()
    let result = try Tensor(uninitialised: target, dtype)
    let size = dtype.size
    try Tensor.apply("index", [self], [result]) { address in
      func move<E: BitwiseCopyable>(_: E.Type) {
        let x = address[0].assumingMemoryBound(to: E.self)
        let y = address[1].assumingMemoryBound(to: E.self)
        WorkStop.stretches(of: flat.count) { for i in $0 { y[i] = x[flat[i]] } }
      }
      switch size {
      case 1: move(UInt8.self)
      case 2: move(UInt16.self)
      case 4: move(UInt32.self)
      default: move(UInt64.self)
      }
    }
    return result
  }

  /// One index or plain range along the first axis shares memory; one integer tensor copies rows.
  private func leading(_ items: [IndexItem]) throws -> Tensor? {
    guard items.count == 1, rank > 0 else { return nil }
    switch items[0] {
    case .index(let index):
      let at = index < 0 ? index + dims[0] : index
      guard at >= 0, at < dims[0] else {
        throw TensorError.indexOutOfRange(index: index, size: dims[0], axis: 0)
      }
      let rest = Array(dims.dropFirst())
      return try sliced(axis: 0, at..<at + 1).viewed(as: Shape(trusted: rest))
    case .range(let start, let stop, 1):
      let rows = try Tensor.steps(start, stop, 1, size: dims[0])
      return try sliced(axis: 0, (rows.first ?? 0)..<(rows.last.map { $0 + 1 } ?? 0))
    case .gather(let indices) where indices.dtype == .int64 && indices.rank == 1:
      return try taking(indices.array(of: Int64.self).map { Int($0) })
    default: return nil
    }
  }

  /// A copy in which the chosen places hold `value`, broadcast to them.
  package func assigning(_ value: Tensor, at items: [IndexItem]) throws -> Tensor {
    let (flat, target) = try positions(items)
    let kind = dtype.isFloat || !value.dtype.isFloat ? dtype : DType.float32
    let source = try value.cast(kind).broadcast(to: target)
    let base = try cast(kind)
    let result = try base.copied(to: shape, strides: shape.strides)
    func move<E: BitwiseCopyable>(_: E.Type) {
      let x = source.elements(E.self)
      let y = result.fresh(E.self)
      WorkStop.stretches(of: flat.count) { for i in $0 { y[flat[i]] = x[i] } }
    }
    switch kind.size {
    case 1: move(UInt8.self)
    case 2: move(UInt16.self)
    case 4: move(UInt32.self)
    default: move(UInt64.self)
    }
    return result
  }

  /// The gradient of `indexed`: this tensor's elements are added to zeros of `shape` where they came
  /// from.
  package func scattered(_ items: [IndexItem], from source: Tensor) throws -> Tensor {
    if dtype.isPacked { return try unpacked().scattered(items, from: source) }
    let (flat, _) = try source.positions(items)
    let result = try Tensor(uninitialised: source.shape, dtype)
    let (isSingle, bytes) = (dtype == .float32, result.count * dtype.size)
    try Tensor.apply("scatter", [self], [result]) { address in
      address[1].initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      func add<E: BitwiseCopyable & Numeric>(_: E.Type) {
        let x = address[0].assumingMemoryBound(to: E.self)
        let y = address[1].assumingMemoryBound(to: E.self)
        WorkStop.stretches(of: flat.count) { for i in $0 { y[flat[i]] += x[i] } }
      }
      if isSingle { add(Float.self) } else { add(Double.self) }
    }
    return result
  }
}
