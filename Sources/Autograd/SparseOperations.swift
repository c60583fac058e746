import Tensors
import Vocabulary

// Sparse matrices in compressed rows. Product, transposed product and single elements of a product
// are each other's gradients, to every order.
extension Variable {
  /// The sparse matrix (its transpose) times the rows of x.
  package static func sparse(
    _ pattern: SparsePattern, _ values: Variable, _ x: Variable, transposed: Bool = false
  ) throws -> Variable {
    try Tensor.sparse(pattern, values.value, x.value, transposed: transposed).recorded(
      from: [values, x]
    ) { c in
      let (v, x, g) = (c.inputs[0], c.inputs[1], c.upstream)
      return [
        c.isWanted(0)
          ? try transposed ? sparseProducts(pattern, x, g) : sparseProducts(pattern, g, x) : nil,
        c.isWanted(1) ? try sparse(pattern, v, g, transposed: !transposed) : nil,
      ]
    }
  }

  /// The elements of a @ b.T at the places of a pattern.
  package static func sparseProducts(_ pattern: SparsePattern, _ a: Variable, _ b: Variable) throws
    -> Variable
  {
    try Tensor.sparseProducts(pattern, a.value, b.value).recorded(from: [a, b]) { c in
      [
        try sparse(pattern, c.upstream, c.inputs[1]),
        try sparse(pattern, c.upstream, c.inputs[0], transposed: true),
      ]
    }
  }
}

extension Operations {
  private static let family = "Linear algebra"
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]

  package static let sparseMatmul: TensorOperation = .composed(
    "sparse_matmul", family,
    [
      Argument("starts", .tensor, "Where each row begins among the elements: [rows + 1]."),
      Argument("columns", .tensor, "The column of each element."),
      Argument("values", .tensor, "The elements."),
      Argument("x", .tensor, "[columns, d], or a vector."),
    ], "The product of a sparse matrix in compressed rows and x.",
    details:
      "csr and adjacency give the three parts. Time and memory grow with the elements alone.",
    "{ a = csr([[0, 2], [3, 0]]); sparse_matmul(a.starts, a.columns, a.values, [1, 10]) }",
    "[20, 3]",
    samples: [
      .init(
        [[0, 2, 2, 4], [0, 2, 1, 2], [0.5, -1, 2, 0.3], six], [[4], [4], [4], [3, 2]],
        varying: [2, 3]),
      .init(
        [[0, 1, 2], [1, 1], [0.5, -1], [3, 4]], [[3], [2], [2], [2]], varying: [2, 3]),
    ]
  ) { inputs, _ in
    var (values, x) = (try inputs[2].floating(), try inputs[3].floating())
    guard x.rank == 1 || x.rank == 2 else {
      throw TensorError.invalid(
        operation: "sparse_matmul", reason: "needs a vector or a matrix, found \(x.dims)", hint: nil
      )
    }
    if values.dtype != x.dtype {
      (values, x) = (try values.cast(.float64), try x.cast(.float64))
    }
    // Whole numbers may arrive as floats from a differentiated function.
    let pattern = try SparsePattern(
      starts: whole(inputs[0].value), columns: whole(inputs[1].value), width: x.dims[0])
    if x.rank == 2 { return try .sparse(pattern, values, x) }
    return try Variable.sparse(pattern, values, x.expanded(axis: 1)).squeezed(axis: 1)
  }

  private static func whole(_ x: Tensor) throws -> Tensor {
    guard x.dtype.isFloat else { return x }
    for i in 0..<x.count where Int(exactly: x.double(at: i)) == nil {
      throw TensorError.wrongKind(
        operation: "sparse_matmul", found: x.dtype, expected: "whole numbers")
    }
    return try x.cast(.int64)
  }

  package static let compressed: TensorOperation = TensorOperation(
    Entry(
      "csr", family: family, [Argument("x", .tensor, "A matrix.")],
      summary: "The elements of a matrix that are not 0, row by row.",
      details: "starts [rows + 1], columns and values as sparse_matmul takes them.",
      examples: [Example("csr([[0, 2], [3, 0]]).columns", prints: "[1, 0]")]),
    results: ["starts", "columns", "values"], samples: [.init([six], [[2, 3]])]
  ) { inputs, _ in
    let x = inputs[0]
    guard x.rank == 2 else {
      throw TensorError.invalid(
        operation: "csr", reason: "needs a matrix, found \(x.dims)", hint: nil)
    }
    let flat = x.value.array(of: Double.self)
    let (rows, width) = (x.dims[0], x.dims[1])
    var (starts, columns, places): ([Int64], [Int64], [Int64]) = ([0], [], [])
    for row in 0..<rows {
      for column in 0..<width where flat[row * width + column] != 0 {
        columns.append(Int64(column))
        places.append(Int64(row * width + column))
      }
      starts.append(Int64(columns.count))
    }
    return [
      Variable(try Tensor(starts)), Variable(try Tensor(columns)), try x.picked(Tensor(places)),
    ]
  }

  package static let sparseOperations: [TensorOperation] = [sparseMatmul, compressed, adjacency]
}
