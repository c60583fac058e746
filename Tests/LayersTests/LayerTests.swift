import Autograd
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LayerTests {
  private func made(_ name: String, _ settings: Attributes) throws -> Layer {
    var stream = RandomStream(seed: 5)
    return try #require(LayerKinds.catalog[name]).make(settings, &stream)
  }

  private func applied(_ layer: Layer, _ x: Tensor, training: Bool = false) throws -> Tensor {
    var context = LayerContext(isTraining: training, stream: RandomStream(seed: 1))
    return try layer(Variable(x), &context).value
  }

  @Test func `a linear layer is x times the transposed weight plus the bias`() throws {
    var layer = try made("Linear", ["in": .integer(2), "out": .integer(3)])
    #expect(layer.parameters.map(\.value.dims) == [[3, 2], [3]])
    layer.parameters[0].value = Variable(try tensor([1, 2, 3, 4, 5, 6], [3, 2], .float32))
    layer.parameters[1].value = Variable(try tensor([0.5, 0, -1], [3], .float32))
    let y = try applied(layer, tensor([1, -1], [1, 2], .float32))
    expectClose(y.doubles, [-0.5, -1, -2])
  }

  @Test func `weights start within one over the root of the inputs`() throws {
    let layer = try made("Linear", ["in": .integer(16), "out": .integer(200)])
    let weights = try #require(layer.parameter("weight")).value.doubles
    #expect(weights.allSatisfy { abs($0) <= 0.25 })
    let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
    #expect(abs(variance - 0.25 * 0.25 / 3) < 0.002)
  }

  @Test func `a layer without a bias has one parameter`() throws {
    let layer = try made(
      "Linear", ["in": .integer(2), "out": .integer(3), "bias": .boolean(false)])
    #expect(layer.parameters.map(\.name) == ["weight"])
  }

  @Test func `same padding keeps an image's size for odd and even windows`() throws {
    for k in 1...5 {
      let layer = try made("Conv", ["in": .integer(1), "out": .integer(2), "k": .integer(k)])
      let y = try applied(layer, Tensor.zeros(Shape(checking: [1, 1, 6, 7])))
      #expect(y.dims == [1, 2, 6, 7])
    }
  }

  @Test func `dropout drops only while training and keeps the mean`() throws {
    let layer = try made("Dropout", ["p": .number(0.25)])
    let x = try Tensor.full(Shape(checking: [40_000]), 1)
    #expect(try applied(layer, x).doubles == x.doubles)
    let y = try applied(layer, x, training: true).doubles
    #expect(Set(y) == [0, Double(Float(1) / Float(0.75))])
    #expect(abs(y.reduce(0, +) / 40_000 - 1) < 0.01)
  }

  @Test func `a left-out input size is taken from the sample`() throws {
    let layer = try made("Linear", ["out": .integer(3)])
    #expect(layer.needsInput)
    var stream = RandomStream(seed: 5)
    let complete = try layer.completed(for: [4], &stream)
    #expect(complete.text == "Linear(4, 3)")
    #expect(complete.parameter("weight")?.dims == [3, 4])
  }

  @Test func `layer norm gives mean 0 and variance 1`() throws {
    let layer = try made("LayerNorm", ["d": .integer(4)])
    let y = try applied(layer, tensor([1, 2, 3, 6], [1, 4], .float32)).doubles
    // mean 3, variance 3.5
    expectClose(y, [-2, -1, 0, 3].map { $0 / (3.5 + 1e-5).squareRoot() }, relative: 1e-5)
  }

  @Test func `an embedding takes rows and refuses fractions`() throws {
    let layer = try made("Embedding", ["n": .integer(3), "d": .integer(2)])
    let rows = try #require(layer.parameter("weight")).value.doubles
    #expect(
      try applied(layer, Tensor([Int64(2), 0])).doubles == [rows[4], rows[5], rows[0], rows[1]])
    #expect(throws: TensorError.self) { try applied(layer, tensor([0.5], [1])) }
  }
}
