import Tensors

/// Flat positions of elements: how data moves between shapes without its numbers being touched.
enum Positions {
  static func strides(_ dims: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: dims.count)
    for i in stride(from: dims.count - 2, through: 0, by: -1) {
      strides[i] = strides[i + 1] * dims[i + 1]
    }
    return strides
  }

  /// For each place of `dims` in order, where a source with these strides has its element.
  static func walk(_ dims: [Int], _ strides: [Int], from start: Int = 0) throws -> [Int] {
    let count = try places(dims)
    if count == 0 { return [] }
    var result = [start]
    for (size, step) in zip(dims, strides) {
      var next: [Int] = []
      next.reserveCapacity(result.count * size)
      for position in result { for k in 0..<size { next.append(position + k * step) } }
      result = next
    }
    return result
  }

  /// NumPy's broadcasting of two shapes.
  static func broadcast(_ a: [Int], _ b: [Int]) throws -> [Int] {
    try Shape.broadcast(Shape(checking: a), Shape(checking: b), operation: "broadcast").dims
  }

  /// Where each place of `target` finds its element in a tensor of `dims`.
  static func stretch(_ dims: [Int], to target: [Int]) throws -> [Int] {
    guard dims.count <= target.count else { throw GraphError.invalid("\(dims) is not \(target)") }
    var steps = [Int](repeating: 0, count: target.count)
    let own = strides(dims)
    for i in dims.indices {
      let at = target.count - dims.count + i
      guard dims[i] == target[at] || dims[i] == 1 else {
        throw GraphError.invalid("\(dims) cannot be stretched to \(target)")
      }
      steps[at] = dims[i] == 1 ? 0 : own[i]
    }
    return try walk(target, steps)
  }

  /// Calls `body` with the index of every place in order.
  static func each(_ dims: [Int], _ body: ([Int]) throws -> Void) throws {
    if try places(dims) == 0 { return }
    var index = [Int](repeating: 0, count: dims.count)
    while true {
      try body(index)
      var axis = dims.count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < dims[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  static func flat(_ index: [Int], _ strides: [Int]) -> Int {
    var position = 0
    for i in index.indices { position += index[i] * strides[i] }
    return position
  }
}

extension Operand {
  /// A possibly negative axis as one that counts from the front.
  func axis(_ axis: Int) throws -> Int { try Operand.axis(axis, rank: rank) }

  static func axis(_ axis: Int, rank: Int) throws -> Int {
    guard axis >= -rank, axis < max(rank, 1) else {
      throw TensorError.axisOutOfRange(axis: axis, rank: rank)
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes made positive, each at most once; all when nil.
  func axes(_ axes: [Int]?) throws -> [Int] {
    guard let axes else { return Array(0..<rank) }
    let found = try axes.map { try axis($0) }
    guard Set(found).count == found.count, rank > 0 || found.isEmpty else {
      throw GraphError.invalid("the axes \(axes) of a tensor of rank \(rank)")
    }
    return found
  }

  /// The sizes before, at and after an axis, each multiplied up.
  func split(at axis: Int) -> (outer: Int, length: Int, inner: Int) {
    (
      dims[..<axis].reduce(1, *), axis < rank ? dims[axis] : 1,
      axis < rank ? dims[(axis + 1)...].reduce(1, *) : 1
    )
  }

  func stretched(to target: [Int]) throws -> Operand {
    target == dims ? self : try picked(Positions.stretch(dims, to: target), target)
  }

  func transposed(_ order: [Int]) throws -> Operand {
    guard order.sorted() == Array(0..<rank) else {
      throw GraphError.invalid("\(order) is not an order of \(rank) axes")
    }
    if isText {
      let strides = Positions.strides(dims)
      let target = order.map { dims[$0] }
      return try picked(Positions.walk(target, order.map { strides[$0] }), target)
    }
    return Operand(carried: try tensor().transposed(order), type)
  }

  /// Demands a rank.
  func ranked(_ range: some RangeExpression<Int>) throws -> Operand {
    guard range.contains(rank) else {
      throw GraphError.invalid("a tensor of shape \(dims) where \(range) axes are needed")
    }
    return self
  }
}
