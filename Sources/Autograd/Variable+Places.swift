import Tensors

// Moving elements by flat position; the two are each other's gradients.
extension Variable {
  /// Elements at flat positions (negative ones read as 0), in the positions' shape.
  package func picked(_ positions: Tensor) throws -> Variable {
    try value.picked(positions).recorded(from: [self]) { c in
      [try c.upstream.dropped(at: positions, into: c.inputs[0].shape)]
    }
  }

  /// Elements added to zeros of `shape` at flat positions; negative positions are left out.
  package func dropped(at positions: Tensor, into shape: Shape) throws -> Variable {
    try value.dropped(at: positions, into: shape).recorded(from: [self]) { c in
      [try c.upstream.picked(positions)]
    }
  }

  /// Slices along an axis in the given order; -1 stands for a slice of zeros.
  package func chosen(_ rows: [Int], axis: Int) throws -> Variable {
    let axis = try shape.axis(axis)
    let (size, inner) = (dims[axis], dims[(axis + 1)...].reduce(1, *))
    for row in rows where row >= size {
      throw TensorError.indexOutOfRange(index: row, size: size, axis: axis)
    }
    var target = dims
    target[axis] = rows.count
    let outer = dims[..<axis].reduce(1, *)
    let flat = try Tensor.positions([outer, rows.count, inner]) { at in
      rows[at[1]] < 0 ? -1 : (at[0] * size + rows[at[1]]) * inner + at[2]
    }
    return try picked(flat.reshaped(target))
  }

  /// A range along an axis.
  package func sliced(axis: Int, _ range: Range<Int>) throws -> Variable {
    let axis = try shape.axis(axis)
    guard range.lowerBound >= 0, range.upperBound <= dims[axis] else {
      throw TensorError.indexOutOfRange(index: range.upperBound, size: dims[axis], axis: axis)
    }
    let whole = Array(repeating: IndexItem.range(nil, nil, 1), count: axis)
    return try indexed(whole + [.range(range.lowerBound, range.upperBound, 1)])
  }

  /// The axes in the order that brings `axes` to the end.
  package func movedToEnd(_ axes: [Int]) throws -> Variable {
    let chosen = try axes.map { try shape.axis($0) }
    return try transposed((0..<rank).filter { !chosen.contains($0) } + chosen)
  }

  /// This tensor as a float: integers and booleans become f32.
  package func floating() throws -> Variable { try dtype.isFloat ? self : cast(.float32) }

  package func sum(_ axis: Int, keepDims: Bool = false) throws -> Variable {
    try sum(axes: [axis], keepDims: keepDims)
  }

  /// Zeros of this tensor's shape and kind.
  package func zeros() throws -> Variable { Variable(try .zeros(shape, dtype)) }
}
