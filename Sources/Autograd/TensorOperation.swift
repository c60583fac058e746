import Tensors
import Vocabulary

/// One row of the catalog: how an operation describes itself, computes, and differentiates.
///
/// In the entry, arguments of kind `tensor` are the inputs in order (a `list` argument stands for any
/// number of them); all others are attributes.
package struct TensorOperation: Sendable {
  package let entry: Entry
  /// Whether the result changes smoothly with some input.
  package let isDifferentiable: Bool
  /// Inputs in double precision at which the gradient is compared with finite differences.
  package let samples: [Sample]
  /// Names of the results when there are several; otherwise empty.
  package let results: [String]
  private let run: @Sendable ([Variable], Attributes) throws -> [Variable]

  /// Whether elements are only moved, whatever their kind.
  private var keepsKinds: Bool { entry.family == "Shape" || entry.name == "where" }

  package struct Sample: Sendable {
    package let inputs: [[Double]]
    package let shapes: [[Int]]
    package let attributes: Attributes
    /// Which inputs are differentiated; the others are constants such as labels.
    package let varying: [Int]

    package init(
      _ inputs: [[Double]], _ shapes: [[Int]], _ attributes: Attributes = [:], varying: [Int]? = nil
    ) {
      self.inputs = inputs
      self.shapes = shapes
      self.attributes = attributes
      self.varying = varying ?? Array(inputs.indices)
    }
  }

  /// An operation with a gradient rule of its own, or none.
  package init(
    _ entry: Entry, samples: [Sample] = [],
    forward: @escaping @Sendable ([Tensor], Attributes) throws -> Tensor,
    keeping kept: Kept = .all, gradient: GradientRule? = nil
  ) {
    self.entry = entry
    self.samples = samples
    results = []
    isDifferentiable = gradient != nil
    run = { inputs, attributes in
      let result = try forward(inputs.map(\.value), attributes)
      guard let gradient else { return [Variable(result)] }
      return [result.recorded(from: inputs, attributes, keeping: kept, gradient)]
    }
  }

  /// An operation made of others, whose gradient follows from theirs.
  package init(
    _ entry: Entry, samples: [Sample],
    composed: @escaping @Sendable ([Variable], Attributes) throws -> Variable
  ) {
    self.entry = entry
    self.samples = samples
    results = []
    isDifferentiable = true
    run = { [try composed($0, $1)] }
  }

  /// An operation with several results, each with its gradient if there is one.
  package init(
    _ entry: Entry, results: [String], samples: [Sample], isDifferentiable: Bool = true,
    composed: @escaping @Sendable ([Variable], Attributes) throws -> [Variable]
  ) {
    self.entry = entry
    self.samples = samples
    self.results = results
    self.isDifferentiable = isDifferentiable
    run = composed
  }

  /// All results.
  package func all(_ inputs: [Variable], _ attributes: Attributes = [:]) throws -> [Variable] {
    guard inputs.contains(where: \.dtype.isPacked), !keepsKinds else {
      return try run(inputs, attributes)
    }
    return try Variable.unpacking(inputs) { try run($0, attributes) }
  }

  package func callAsFunction(_ inputs: [Variable], _ attributes: Attributes = [:]) throws
    -> Variable
  {
    try all(inputs, attributes)[0]
  }

  package func callAsFunction(_ input: Variable, _ attributes: Attributes = [:]) throws -> Variable
  {
    try all([input], attributes)[0]
  }
}
