import Autograd
import Tensors
import TestSupport
import Testing

/// Every differentiable row of the catalog against central differences in double precision.
@Suite struct CatalogGradientTests {
  static let differentiable = Operations.rows.filter(\.isDifferentiable).map(\.entry.name)

  /// sum(w * f(x)) with fixed uneven weights, so that no two outputs can stand in for each other.
  private static func weighted(_ y: Variable) throws -> Variable {
    let weights = (0..<y.shape.count).map { 0.3 + 0.17 * Double($0 % 7) }
    return try (y * Variable(tensor(weights, y.dims))).sum()
  }

  /// The weighted sum over all results.
  private static func weighted(
    _ operation: TensorOperation, _ inputs: [Variable], _ attributes: Attributes
  ) throws -> Variable {
    var total = try Variable.number(0)
    for result in try operation.all(inputs, attributes) { total = try total + weighted(result) }
    return total
  }

  private static func value(
    _ operation: TensorOperation, _ sample: TensorOperation.Sample, _ inputs: [[Double]]
  ) throws -> Double {
    let variables = try zip(inputs, sample.shapes).map { Variable(try tensor($0, $1)) }
    return try #require(weighted(operation, variables, sample.attributes).value.item)
  }

  @Test(arguments: differentiable)
  func `the gradient agrees with finite differences`(name: String) throws {
    let operation = try #require(Operations.catalog[name])
    #expect(!operation.samples.isEmpty, "\(name) has no sample")
    for sample in operation.samples {
      let constants = try zip(sample.inputs, sample.shapes).map { Variable(try tensor($0, $1)) }
      let (_, gradients) = try Gradients.of(sample.varying.map { constants[$0] }) { varied in
        var inputs = constants
        for (i, at) in sample.varying.enumerated() { inputs[at] = varied[i] }
        return try Self.weighted(operation, inputs, sample.attributes)
      }
      for (gradient, at) in zip(gradients, sample.varying) {
        let h = 1e-6
        let expected = try sample.inputs[at].indices.map { i in
          var up = sample.inputs
          var down = sample.inputs
          up[at][i] += h
          down[at][i] -= h
          let rise = try Self.value(operation, sample, up) - Self.value(operation, sample, down)
          return rise / (2 * h)
        }
        #expect(gradient.dims == sample.shapes[at])
        expectClose(gradient.value.doubles, expected, relative: 1e-3, absolute: 1e-5, "\(name)")
      }
    }
  }

  /// Second derivatives: the gradient of |gradient|^2 against differences of it.
  @Test(arguments: [
    "exp", "log", "sqrt", "tanh", "sigmoid", "gelu", "silu", "softplus", "erf", "sin", "softmax",
    "log_softmax", "logsumexp", "matmul", "conv2d", "mse", "cross_entropy", "norm", "std", "concat",
    "max_pool2d", "avg_pool2d", "prod", "cumsum",
    "solve", "inverse", "det", "cholesky", "qr", "eigh", "svd", "pinv", "atan2", "lgamma",
    "layer_norm", "conv1d", "conv_transpose2d", "sort", "interpolate", "logcumsumexp", "einsum",
  ])
  func `second derivatives agree with differences of the first`(name: String) throws {
    let operation = try #require(Operations.catalog[name])
    let sample = try #require(operation.samples.first)
    func slope(_ inputs: [[Double]]) throws -> [Double] {
      let constants = try zip(inputs, sample.shapes).map { Variable(try tensor($0, $1)) }
      return try Gradients.of([constants[0]]) { x in
        try Self.weighted(operation, [x[0]] + constants.dropFirst(), sample.attributes)
      }.gradients[0].value.doubles
    }
    let constants = try zip(sample.inputs, sample.shapes).map { Variable(try tensor($0, $1)) }
    let (_, second) = try Gradients.of([constants[0]]) { x in
      let (_, first) = try Gradients.of([x[0]]) { z in
        try Self.weighted(operation, [z[0]] + constants.dropFirst(), sample.attributes)
      }
      return try (first[0] * first[0]).sum()
    }
    let h = 1e-5
    let expected = try sample.inputs[0].indices.map { i in
      var up = sample.inputs
      var down = sample.inputs
      up[0][i] += h
      down[0][i] -= h
      let (a, b) = (try slope(up), try slope(down))
      return zip(a, b).map { ($0 * $0 - $1 * $1) / (2 * h) }.reduce(0, +)
    }
    expectClose(second[0].value.doubles, expected, relative: 1e-3, absolute: 1e-4, "\(name)")
  }

  @Test func `every entry is complete`() {
    for operation in Operations.rows {
      let entry = operation.entry
      #expect(entry.summary.hasSuffix("."), "\(entry.name)")
      #expect(!entry.examples.isEmpty, "\(entry.name)")
      for argument in entry.arguments { #expect(argument.summary.hasSuffix("."), "\(entry.name)") }
    }
  }
}
