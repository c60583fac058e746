import Tensors
import Vocabulary

extension Operations {
  private static let family = "Linear algebra"
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]

  private static func product(
    _ name: String, _ arguments: [Argument], _ summary: String, _ example: Example,
    samples: [TensorOperation.Sample],
    _ body: @escaping @Sendable (Variable, Variable) throws -> Variable
  ) -> TensorOperation {
    TensorOperation(
      Entry(name, family: family, arguments, summary: summary, examples: [example]),
      samples: samples,
      composed: { inputs, _ in try body(inputs[0], inputs[1]) })
  }

  package static let matmul: TensorOperation = product(
    "matmul", [Argument("a", .tensor, "[..., m, k]."), Argument("b", .tensor, "[..., k, n].")],
    "The matrix product, also written a @ b.",
    Example("matmul([[1, 2]], [[3], [4]])[0]", prints: "[11]"),
    samples: [
      .init([six, six.reversed()], [[2, 3], [3, 2]]), .init([six, [1, 2, 3]], [[2, 3], [3]]),
      .init([[0.3, -0.8], six], [[2], [2, 3]]), .init([six, six], [[6], [6]]),
      .init([six + six, six], [[2, 2, 3], [3, 2]]),
      .init([six + six, six + six], [[2, 2, 3], [2, 3, 2]]),
    ]
  ) { try Variable.matmul($0, $1) }

  package static let dot: TensorOperation = product(
    "dot", [Argument("a", .tensor, "[n]."), Argument("b", .tensor, "[n].")],
    "The sum of the products of two vectors.", Example("dot([1, 2], [3, 4])", prints: "11"),
    samples: [.init([six, six.reversed()], [[6], [6]])]
  ) { a, b in
    guard a.rank == 1, a.dims == b.dims else {
      throw TensorError.shapesDiffer(operation: "dot", left: a.dims, right: b.dims)
    }
    return try Variable.matmul(a, b)
  }

  package static let outer: TensorOperation = product(
    "outer", [Argument("a", .tensor, "[m]."), Argument("b", .tensor, "[n].")],
    "All products of two vectors: [m, n].", Example("outer([1, 2], [3, 4])[1]", prints: "[6, 8]"),
    samples: [.init([[0.5, -1], six], [[2], [6]])]
  ) { a, b in try a.reshaped([-1, 1]) * b.reshaped([1, -1]) }

  static let products: [TensorOperation] = [matmul, dot, outer]
}
