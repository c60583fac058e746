extension Tensor {
  /// The same elements in another shape; one size may be -1 and is then computed.
  package func reshaped(_ sizes: [Int]) throws -> Tensor {
    var sizes = sizes
    let unknown = sizes.indices.filter { sizes[$0] == -1 }
    if unknown.count > 1 {
      throw TensorError.invalid(operation: "reshape", reason: "only one size can be -1", hint: nil)
    }
    if let at = unknown.first {
      let rest = try Shape(checking: sizes.enumerated().map { $0 == at ? 1 : $1 }).count
      guard rest > 0, count % rest == 0 else {
        throw TensorError.cannotReshape(from: dims, to: sizes)
      }
      sizes[at] = count / rest
    }
    let target = try Shape(checking: sizes)
    guard target.count == count else { throw TensorError.cannotReshape(from: dims, to: sizes) }
    return viewed(as: target)
  }

  /// Axis i of the result is axis `order[i]` of this tensor.
  package func transposed(_ order: [Int]) throws -> Tensor {
    let axes = try order.map { try shape.axis($0) }
    guard axes.sorted() == Array(0..<rank) else {
      throw TensorError.invalid(
        operation: "transpose", reason: "\(order) should name each of the \(rank) axes once",
        hint: nil)
    }
    if axes == Array(0..<rank) { return self }
    let strides = shape.strides
    return try copied(
      to: Shape(trusted: axes.map { dims[$0] }), strides: axes.map { strides[$0] })
  }

  /// The last two axes swapped; vectors and numbers stay as they are.
  package func swappedLast() throws -> Tensor {
    if rank < 2 { return self }
    return try transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// Axes of size 1 taken away: the given one, or all.
  package func squeezed(axis: Int? = nil) throws -> Tensor {
    guard let axis else { return viewed(as: Shape(trusted: dims.filter { $0 != 1 })) }
    let at = try shape.axis(axis)
    guard dims[at] == 1 else {
      throw TensorError.invalid(
        operation: "squeeze", reason: "axis \(axis) has size \(dims[at]), not 1", hint: nil)
    }
    var target = dims
    target.remove(at: at)
    return viewed(as: Shape(trusted: target))
  }

  /// A new axis of size 1 at `axis` of the result.
  package func expanded(axis: Int) throws -> Tensor {
    guard axis >= -(rank + 1), axis <= rank else {
      throw TensorError.axisOutOfRange(axis: axis, rank: rank + 1)
    }
    var target = dims
    target.insert(1, at: axis < 0 ? axis + rank + 1 : axis)
    return viewed(as: Shape(trusted: target))
  }

  /// The order along an axis turned round.
  package func flipped(axis: Int) throws -> Tensor {
    let axis = try shape.axis(axis)
    var strides = shape.strides
    let start = dims[axis] == 0 ? 0 : (dims[axis] - 1) * strides[axis]
    strides[axis] = -strides[axis]
    return try copied(to: shape, strides: strides, start: start)
  }

  /// Rotated along an axis: element i moves to (i + places) mod size.
  package func rolled(places: Int, axis: Int) throws -> Tensor {
    let axis = try shape.axis(axis)
    let size = dims[axis]
    if size == 0 { return self }
    let shift = ((places % size) + size) % size
    if shift == 0 { return self }
    let head = try sliced(axis: axis, size - shift..<size)
    return try Tensor.concat([head, sliced(axis: axis, 0..<size - shift)], axis: axis)
  }

  /// A range along one axis.
  package func sliced(axis: Int, _ range: Range<Int>) throws -> Tensor {
    let axis = try shape.axis(axis)
    guard range.lowerBound >= 0, range.upperBound <= dims[axis] else {
      throw TensorError.indexOutOfRange(index: range.upperBound, size: dims[axis], axis: axis)
    }
    var target = dims
    target[axis] = range.count
    let strides = shape.strides
    let start = range.lowerBound * strides[axis]
    if axis == 0 || dims[..<axis].allSatisfy({ $0 == 1 }) {
      return Tensor(
        shape: Shape(trusted: target), dtype: dtype, storage: storage, offset: offset + start)
    }
    return try copied(to: Shape(trusted: target), strides: strides, start: start)
  }

  /// Filled up with `value`: `before[i]` and `after[i]` places along axis i.
  package func padded(before: [Int], after: [Int], value: Double) throws -> Tensor {
    precondition(before.count == rank && after.count == rank)
    var target = dims
    for i in 0..<rank {
      guard before[i] >= 0, after[i] >= 0 else {
        throw TensorError.negativeSize([before[i], after[i]])
      }
      let (sum, overflow) = dims[i].addingReportingOverflow(before[i])
      let (all, again) = sum.addingReportingOverflow(after[i])
      if overflow || again { throw TensorError.sizeOverflow(dims) }
      target[i] = all
    }
    let base = try Tensor.full(Shape(checking: target), value, dtype)
    let ranges = (0..<rank).map { IndexItem.range(before[$0], before[$0] + dims[$0], 1) }
    return try base.assigning(self, at: ranges)
  }

  /// Elements on and below (above) the k-th diagonal of the last two axes; zero elsewhere.
  package func triangle(lower isLower: Bool, diagonal k: Int) throws -> Tensor {
    guard rank >= 2 else {
      throw TensorError.invalid(
        operation: isLower ? "tril" : "triu", reason: "needs a matrix, this is \(shape)", hint: nil)
    }
    let (rows, columns) = (dims[rank - 2], dims[rank - 1])
    let keep = try Tensor(
      try (0..<rows * columns).map { i in
        if i & 0xFFFFF == 0 { try WorkStop.check() }
        let (distance, _) = (i % columns - i / columns).subtractingReportingOverflow(k)
        return isLower ? distance <= 0 : distance >= 0
      }, shape: Shape(trusted: [rows, columns]))
    return try Tensor.where(keep, self, Tensor.full(.number, 0, dtype))
  }
}
