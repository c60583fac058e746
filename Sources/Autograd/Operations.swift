import Tensors
import Vocabulary

/// Every operation that can be differentiated or named on tensors, by family.
package enum Operations {
  package static let rows: [TensorOperation] =
    exponentials + activations + rounding + reductions + positions + selection + rearrangement
    + products + convolutions + losses

  package static let catalog = Catalog(rows, entry: \.entry)
}

// Shorthands in which the families are written.
extension TensorOperation {
  typealias Derivative = @Sendable (_ x: Variable, _ y: Variable) throws -> Variable

  /// A function of each element with its derivative in terms of input and output.
  static func elementwise(
    _ name: String, _ operation: UnaryOperation, _ family: String, _ summary: String,
    example: Example, at points: [Double] = [-1.3, -0.4, 0.3, 0.9, 2.1],
    derivative: @escaping Derivative
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: family, [Argument("x", .tensor, "Any shape.")], summary: summary,
        examples: [example]),
      samples: [Sample([points], [[points.count]]), Sample([Array(points.prefix(4))], [[2, 2]])],
      forward: { inputs, _ in try inputs[0].unary(operation) },
      gradient: { c in [try c.upstream * derivative(c.inputs[0], c.output)] })
  }
}
