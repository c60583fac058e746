import Tensors
import Vocabulary

/// Every operation that can be differentiated or named on tensors, by family.
package enum Operations {
  package static let rows: [TensorOperation] =
    exponentials + specialFunctions + activations + shapedActivations + rounding + reductions
    + positions + selection + rearrangement
    + places + orders + scans + products + matrixOperations + convolutions + volumes + pooling
    + padding
    + normalisations
    + losses + elementLosses + marginLosses + contrastiveLosses + sequenceLosses
    + spectra + sparseOperations + weightNorms + differences + counting + imageOperations

  package static let catalog = Catalog(rows, entry: \.entry)
}

// Shorthands in which the families are written.
extension TensorOperation {
  typealias Derivative = @Sendable (_ x: Variable, _ y: Variable) throws -> Variable

  /// An operation made of others; each argument that is no tensor is a setting.
  static func composed(
    _ name: String, _ family: String, _ arguments: [Argument], _ summary: String,
    details: String = "", _ source: String, _ prints: String?, samples: [Sample],
    _ body: @escaping @Sendable ([Variable], Attributes) throws -> Variable
  ) -> TensorOperation {
    TensorOperation(
      Entry(
        name, family: family, arguments, summary: summary, details: details,
        examples: [Example(source, prints: prints)]), samples: samples, composed: body)
  }

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
      forward: { inputs, _ in try inputs[0].unary(operation) }, keeping: operation.slopeReads,
      gradient: { c in
        if c.isFinal,
          let slope = try c.inputs[0].value.gradient(
            of: operation, value: c.output.value, upstream: c.upstream.value)
        {
          return [Variable(slope)]
        }
        return [try c.upstream * derivative(c.inputs[0], c.output)]
      })
  }
}

extension UnaryOperation {
  /// What the slope of a function is computed from.
  fileprivate var slopeReads: Kept {
    switch self {
    case .relu, .tanh, .sigmoid, .exp: .output
    case .gelu, .softplus, .square: .inputs
    default: .all
    }
  }
}
