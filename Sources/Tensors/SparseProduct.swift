import CKernels

/// Where a sparse matrix has elements, row by row: `starts` [rows + 1] and `columns` [elements].
package struct SparsePattern: Sendable {
  package let starts: [Int]
  package let columns: [Int]
  package let width: Int

  package var rows: Int { starts.count - 1 }
  package var count: Int { columns.count }

  /// Throws when the rows do not follow each other or a column lies outside `width`.
  package init(starts: Tensor, columns: Tensor, width: Int) throws {
    for part in [starts, columns] where part.dtype.isFloat || part.rank != 1 {
      throw TensorError.invalid(
        operation: "sparse_matmul",
        reason:
          "starts and columns are vectors of whole numbers, found \(part.dtype.name) \(part.dims)",
        hint: "csr(x) gives them")
    }
    self.starts = starts.array(of: Int64.self).map { Int($0) }
    self.columns = columns.array(of: Int64.self).map { Int($0) }
    self.width = width
    let isRising = zip(self.starts, self.starts.dropFirst()).allSatisfy { $0 <= $1 }
    guard self.starts.first == 0, self.starts.last == self.columns.count, isRising else {
      throw TensorError.invalid(
        operation: "sparse_matmul",
        reason: "starts should rise from 0 to the number of elements, \(self.columns.count)",
        hint: "csr(x) gives them")
    }
    for column in self.columns where column < 0 || column >= width {
      throw TensorError.indexOutOfRange(index: column, size: width, axis: 0)
    }
  }

  private init(starts: [Int], columns: [Int], width: Int) {
    (self.starts, self.columns, self.width) = (starts, columns, width)
  }

  /// Element k lies in row `targets[k]` and column `sources[k]`; elements of a row keep their order.
  /// `places[k]` is where element k went.
  package static func gathered(rows: Int, width: Int, targets: [Int], sources: [Int]) -> (
    pattern: SparsePattern, places: [Int]
  ) {
    var starts = [Int](repeating: 0, count: rows + 1)
    for row in targets { starts[row + 1] += 1 }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    var next = starts
    var columns = [Int](repeating: 0, count: targets.count)
    let places = targets.indices.map { k in
      let at = next[targets[k]]
      next[targets[k]] += 1
      columns[at] = sources[k]
      return at
    }
    return (SparsePattern(starts: starts, columns: columns, width: width), places)
  }
}

extension Tensor {
  /// A sparse matrix [rows, width] times x [width, d], or its transpose times x [rows, d]. Each sum
  /// runs in the order of the elements.
  package static func sparse(
    _ pattern: SparsePattern, _ values: Tensor, _ x: Tensor, transposed: Bool
  ) throws -> Tensor {
    let (from, to) =
      transposed ? (pattern.rows, pattern.width) : (pattern.width, pattern.rows)
    guard x.rank == 2, x.dims[0] == from, values.dims == [pattern.count],
      values.dtype == x.dtype, x.dtype.isFloat, !x.dtype.isPacked
    else {
      throw TensorError.invalid(
        operation: "sparse_matmul",
        reason:
          "[\(pattern.rows), \(pattern.width)] with \(values.dims) values does not fit \(x.dims)",
        hint: nil)
    }
    let d = x.dims[1]
    let result = try Tensor(uninitialised: Shape(checking: [to, d]), x.dtype)
    let (isSingle, bytes) = (x.dtype == .float32, result.count * x.dtype.size)
    try apply("sparse_matmul", [values, x], [result]) { address in
      address[2].initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      func run<E: BinaryFloatingPoint>(
        _: E.Type, _ add: (E, UnsafePointer<E>, UnsafeMutablePointer<E>, Int) -> Void
      ) {
        let v = address[0].assumingMemoryBound(to: E.self)
        let x = address[1].assumingMemoryBound(to: E.self)
        let y = address[2].assumingMemoryBound(to: E.self)
        for row in 0..<pattern.rows where row & 0xFF > 0 || !WorkStop.isAsked {
          for k in pattern.starts[row]..<pattern.starts[row + 1] {
            let column = pattern.columns[k]
            let (source, target) = transposed ? (row, column) : (column, row)
            add(v[k], x + source * d, y + target * d, d)
          }
        }
      }
      if isSingle { run(Float.self, ck_axpy_f32) } else { run(Double.self, ck_axpy_f64) }
    }
    return result
  }

  /// The elements of a @ b.T at the places of a pattern: a [rows, d], b [width, d].
  package static func sparseProducts(_ pattern: SparsePattern, _ a: Tensor, _ b: Tensor) throws
    -> Tensor
  {
    guard a.rank == 2, b.rank == 2, a.dims == [pattern.rows, b.dims[1]],
      b.dims[0] == pattern.width, a.dtype == b.dtype, a.dtype.isFloat, !a.dtype.isPacked
    else { throw TensorError.shapesDiffer(operation: "sparse_matmul", left: a.dims, right: b.dims) }
    let d = a.dims[1]
    let result = try Tensor(uninitialised: Shape(checking: [pattern.count]), a.dtype)
    let isSingle = a.dtype == .float32
    try apply("sparse_products", [a, b], [result]) { address in
      func run<E: BinaryFloatingPoint>(_: E.Type) {
        let x = address[0].assumingMemoryBound(to: E.self)
        let y = address[1].assumingMemoryBound(to: E.self)
        let out = address[2].assumingMemoryBound(to: E.self)
        for row in 0..<pattern.rows {
          for k in pattern.starts[row]..<pattern.starts[row + 1] {
            let (left, right) = (x + row * d, y + pattern.columns[k] * d)
            var sum = 0.0
            for i in 0..<d { sum.addProduct(Double(left[i]), Double(right[i])) }
            out[k] = E(sum)
          }
        }
      }
      if isSingle { run(Float.self) } else { run(Double.self) }
    }
    return result
  }
}
