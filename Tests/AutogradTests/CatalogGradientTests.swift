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

  /// The gradients of the weighted sum at a sample, for the inputs that vary.
  private static func slopes(
    _ operation: TensorOperation, _ sample: TensorOperation.Sample, at inputs: [Variable]
  ) throws -> [Variable] {
    try Gradients.of(sample.varying.map { inputs[$0] }) { varied in
      var all = inputs
      for (i, at) in sample.varying.enumerated() { all[at] = varied[i] }
      return try weighted(operation, all, sample.attributes)
    }.gradients
  }

  private static func energy(_ slopes: [Variable]) throws -> Variable {
    try slopes.reduce(Variable.number(0)) { try $0 + ($1 * $1).sum() }
  }

  /// How far the gradient of |gradient|^2 lies from differences of it, over all inputs that vary,
  /// relative to 1e-4 + 1e-3 of its size.
  private static func secondDistance(
    _ operation: TensorOperation, _ sample: TensorOperation.Sample
  ) throws -> Double {
    let inputs = try zip(sample.inputs, sample.shapes).map { Variable(try tensor($0, $1)) }
    let second = try Gradients.of(sample.varying.map { inputs[$0] }) { varied in
      var all = inputs
      for (i, at) in sample.varying.enumerated() { all[at] = varied[i] }
      return try energy(slopes(operation, sample, at: all))
    }.gradients
    func value(_ inputs: [[Double]]) throws -> Double {
      let variables = try zip(inputs, sample.shapes).map { Variable(try tensor($0, $1)) }
      return try #require(energy(slopes(operation, sample, at: variables)).value.item)
    }
    var worst = 0.0
    let h = 1e-5
    for (got, at) in zip(second, sample.varying) {
      for (i, x) in got.value.doubles.enumerated() {
        var (up, down) = (sample.inputs, sample.inputs)
        up[at][i] += h
        down[at][i] -= h
        let want = try (value(up) - value(down)) / (2 * h)
        let distance = abs(x - want) / (1e-4 + 1e-3 * abs(want))
        worst = max(worst, distance.isNaN ? .infinity : distance)
      }
    }
    return worst
  }

  @Test(arguments: differentiable)
  func `second derivatives agree with differences of the first`(name: String) throws {
    let operation = try #require(Operations.catalog[name])
    for sample in operation.samples {
      #expect(try Self.secondDistance(operation, sample) <= 1, "\(sample.attributes)")
    }
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
