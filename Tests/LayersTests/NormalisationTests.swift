import Autograd
import Layers
import Tensors
import TestSupport
import Testing

/// Normalising layers, graph layers, pools and initial weights, worked out by hand.
@Suite struct NormalisationTests {
  private func made(_ name: String, _ settings: Attributes) throws -> Layer {
    var stream = RandomStream(seed: 5)
    return try #require(LayerKinds.catalog[name]).make(settings, &stream)
  }

  private func applied(_ layer: Layer, _ x: Tensor, _ others: [Tensor] = []) throws -> [Double] {
    var context = LayerContext()
    context.others = others.map { Variable($0) }
    return try layer(Variable(x), &context).value.doubles
  }

  @Test func `batch norm uses the batch while training and notes running averages`() throws {
    let layer = try made("BatchNorm", ["c": .integer(1), "eps": .number(0)])
    let learning = layer.inTraining(true)
    // Mean 3, variance 5 with n and 20 / 3 with n - 1.
    let x = try tensor([0, 2, 4, 6], [4, 1], .float32)
    expectClose(
      try applied(learning, x), [-3, -1, 1, 3].map { $0 / 5.0.squareRoot() }, relative: 1e-6)
    let after = learning.settled
    #expect(after.isTraining == false)
    let known = after.buffers.map { ($0.name, $0.value.doubles) }
    #expect(known.map(\.0) == ["running_mean", "running_var", "num_batches_tracked"])
    expectClose(known[0].1, [0.3], relative: 1e-6)
    expectClose(known[1].1, [0.9 + 0.1 * 20 / 3], relative: 1e-6)
    #expect(known[2].1 == [1])
    // The layer itself has not changed, and the new one uses what it knows.
    #expect(layer.buffers[0].value.doubles == [0])
    expectClose(
      try applied(after, x), [0, 2, 4, 6].map { ($0 - 0.3) / (0.9 + 2.0 / 3).squareRoot() },
      relative: 1e-5)
  }

  @Test func `batch norm takes each channel of images together`() throws {
    let layer = try made("BatchNorm", ["c": .integer(2), "eps": .number(0)]).inTraining(true)
    let x = try tensor([1, 3, 10, 30, 1, 3, 10, 30], [2, 2, 1, 2], .float32)
    expectClose(try applied(layer, x), [-1, 1, -1, 1, -1, 1, -1, 1], relative: 1e-6)
  }

  @Test func `group norm and instance norm differ in what they take together`() throws {
    let x = try tensor([1, 3, 5, 7], [1, 2, 2], .float32)
    let root = 5.0.squareRoot()
    let group = try made(
      "GroupNorm", ["groups": .integer(1), "c": .integer(2), "eps": .number(0)])
    expectClose(try applied(group, x), [-3 / root, -1 / root, 1 / root, 3 / root], relative: 1e-6)
    let instance = try made("InstanceNorm", ["c": .integer(2), "eps": .number(0)])
    expectClose(try applied(instance, x), [-1, 1, -1, 1], relative: 1e-6)
  }

  @Test func `RMS norm divides by the root mean square`() throws {
    let layer = try made("RMSNorm", ["d": .integer(2), "eps": .number(0)])
    // The mean square of 3 and 4 is 12.5.
    let x = try tensor([3, 4], [1, 2], .float32)
    expectClose(try applied(layer, x), [3, 4].map { $0 / 12.5.squareRoot() }, relative: 1e-6)
  }

  @Test func `a graph convolution weighs neighbours by their degrees`() throws {
    var layer = try made("GraphConv", ["in": .integer(1), "out": .integer(1)])
    layer.parameters[0].value = Variable(try tensor([1], [1, 1], .float32))
    // A path 0 - 1 - 2: degrees with themselves 2, 3, 2.
    let edges = try Tensor([Int64(0), 1, 1, 2], shape: Shape(checking: [2, 2]))
    let got = try applied(layer, tensor([1, 10, 100], [3, 1], .float32), [edges])
    let six = 6.0.squareRoot()
    let want = [0.5 + 10 / six, 1 / six + 10.0 / 3 + 100 / six, 10 / six + 50]
    expectClose(got, want, relative: 1e-5)
  }

  @Test func `graph attention without preference takes the mean of the neighbours`() throws {
    var layer = try made("GraphAttention", ["in": .integer(1), "out": .integer(1)])
    for i in 1...2 { layer.parameters[i].value = Variable(try tensor([0], [1, 1], .float32)) }
    layer.parameters[0].value = Variable(try tensor([1], [1, 1], .float32))
    let edges = try Tensor([Int64(0), 1, 1, 2], shape: Shape(checking: [2, 2]))
    let got = try applied(layer, tensor([1, 10, 100], [3, 1], .float32), [edges])
    expectClose(got, [5.5, 37, 55], relative: 1e-5)
  }

  @Test func `an adaptive pool covers sizes that do not divide`() throws {
    let layer = try made("AdaptivePool", ["k": .integer(2)])
    // Columns 0 to 1 and 1 to 2 of three overlap in the middle.
    let x = try tensor([1, 2, 3, 4, 5, 6], [1, 1, 2, 3], .float32)
    expectClose(try applied(layer, x), [1.5, 2.5, 4.5, 5.5], relative: 1e-6)
  }

  @Test func `a causal convolution of a sequence does not see what comes later`() throws {
    var layer = try made(
      "Conv1",
      ["in": .integer(1), "out": .integer(1), "k": .integer(2), "causal": .boolean(true)])
    layer.parameters[0].value = Variable(try tensor([10, 1], [1, 1, 2], .float32))
    layer.parameters[1].value = Variable(try tensor([0], [1], .float32))
    expectClose(try applied(layer, tensor([1, 2, 3], [1, 1, 3], .float32)), [1, 12, 23])
  }

  @Test func `orthogonal weights have rows of length one at right angles`() throws {
    var stream = RandomStream(seed: 2)
    for dims in [[3, 5], [5, 3], [4, 4]] {
      let w = try Initialisers.orthogonal(dims, &stream)
      let wide = dims[0] <= dims[1]
      let gram = try Tensor.matmul(w, w, transposeA: !wide, transposeB: wide)
      let n = gram.dims[0]
      expectClose(
        gram.doubles, (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 }, relative: 1e-5)
    }
  }

  @Test func `initial weights have the spread of their papers`() throws {
    var stream = RandomStream(seed: 2)
    func spread(_ x: Tensor) -> Double {
      let all = x.doubles
      return (all.reduce(0) { $0 + $1 * $1 } / Double(all.count)).squareRoot()
    }
    let dims = [200, 300]
    expectClose(
      [
        spread(try Initialisers.xavierUniform(dims, &stream)),
        spread(try Initialisers.xavierNormal(dims, &stream)),
        spread(try Initialisers.kaimingUniform(dims, &stream)),
        spread(try Initialisers.kaimingNormal(dims, &stream)),
        // The deviation of a normal variable cut at two deviations is 0.87963 of the whole's.
        spread(try Initialisers.truncatedNormal(dims, std: 0.1, bound: 2, &stream)),
      ],
      [
        (2.0 / 500).squareRoot(), (2.0 / 500).squareRoot(), (2.0 / 300).squareRoot(),
        (2.0 / 300).squareRoot(), 0.087963,
      ], relative: 0.01)
    let thin = try Initialisers.sparse([10, 4], zeros: 0.3, std: 1, &stream).doubles
    #expect(thin.count { $0 == 0 } == 12)
    #expect(try Initialisers.dirac([2, 2, 3]).doubles == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
  }
}
