/// The sizes of a tensor's axes, outermost first.
package struct Shape: Sendable, Hashable, CustomStringConvertible {
  package let dims: [Int]
  /// The number of elements: the product of the sizes, 1 for a number.
  package let count: Int

  /// Throws when a size is negative or the product of the sizes (or of its bytes) overflows.
  package init(checking dims: [Int]) throws {
    var count = 1
    for size in dims {
      if size < 0 { throw TensorError.negativeSize(dims) }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow { throw TensorError.sizeOverflow(dims) }
      count = product
    }
    // 16 bytes an element is more than any kind needs.
    if count > Int.max / 16 { throw TensorError.sizeOverflow(dims) }
    self.dims = dims
    self.count = count
  }

  /// For sizes that are known to be those of existing tensors.
  init(trusted dims: [Int]) {
    self.dims = dims
    var count = 1
    for size in dims { count *= size }
    self.count = count
  }

  /// The shape of one number.
  package static let number = Shape(trusted: [])

  package var rank: Int { dims.count }
  package subscript(axis: Int) -> Int { dims[axis] }
  package var description: String { "\(dims)" }

  /// Turns a possibly negative axis into one that counts from the front.
  package func axis(_ axis: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw TensorError.axisOutOfRange(axis: axis, rank: rank)
    }
    return axis < 0 ? axis + rank : axis
  }

  /// All axes, or the given ones made positive, sorted and unique.
  func axes(_ axes: [Int]?) throws -> [Int] {
    guard let axes else { return Array(0..<rank) }
    let sorted = try axes.map { try axis($0) }.sorted()
    for (a, b) in zip(sorted, sorted.dropFirst()) where a == b {
      throw TensorError.invalid(operation: "axis", reason: "axis \(a) is given twice", hint: nil)
    }
    return sorted
  }

  /// NumPy's rule: align at the last axis; sizes agree or one of them is 1.
  package static func broadcast(_ a: Shape, _ b: Shape, operation: String) throws -> Shape {
    if a.dims == b.dims { return a }
    let rank = max(a.rank, b.rank)
    var dims = [Int](repeating: 1, count: rank)
    for i in 0..<rank {
      let x = i < a.rank ? a.dims[a.rank - 1 - i] : 1
      let y = i < b.rank ? b.dims[b.rank - 1 - i] : 1
      guard x == y || x == 1 || y == 1 else {
        throw TensorError.cannotBroadcast(operation: operation, left: a.dims, right: b.dims)
      }
      dims[rank - 1 - i] = x == 1 ? y : x
    }
    return try Shape(checking: dims)
  }

  /// Distances between neighbours along each axis, in elements, row-major.
  var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var step = 1
    for i in stride(from: rank - 1, through: 0, by: -1) {
      strides[i] = step
      step *= dims[i]
    }
    return strides
  }

  /// Strides that walk this shape as if it were `target`: 0 along stretched axes.
  func strides(broadcastTo target: Shape) -> [Int] {
    let own = strides
    var result = [Int](repeating: 0, count: target.rank)
    for i in 0..<rank where dims[rank - 1 - i] != 1 {
      result[target.rank - 1 - i] = own[rank - 1 - i]
    }
    return result
  }
}
