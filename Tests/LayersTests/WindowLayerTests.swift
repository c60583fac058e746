import Autograd
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct WindowLayerTests {
  private func made(_ name: String, _ settings: Attributes) throws -> Layer {
    var stream = RandomStream(seed: 3)
    return try #require(LayerKinds.catalog[name]).make(settings, &stream)
  }

  private func run(_ layer: Layer, _ x: Variable, _ others: [Variable] = []) throws -> Variable {
    var context = LayerContext()
    context.others = others
    return try layer(x, &context)
  }

  private func noise(_ dims: [Int], _ seed: UInt64 = 5) throws -> Variable {
    var stream = RandomStream(seed: seed)
    return Variable(try stream.normal(Shape(checking: dims)))
  }

  @Test(arguments: [(1, 1, 0), (2, 1, 0), (2, 1, 1), (1, 2, 0)])
  func `a transposed convolution is the adjoint of the plain one`(
    stride: Int, groups: Int, pad: Int
  ) throws {
    let layer = try made(
      "ConvTranspose",
      [
        "in": .integer(4), "out": .integer(2), "k": .integer(3), "stride": .integer(stride),
        "pad": .integer(pad), "groups": .integer(groups), "bias": .boolean(false),
      ])
    let weight = try #require(layer.parameter("weight"))
    #expect(weight.dims == [4, 2 / groups, 3, 3])
    let y = try noise([2, 4, 3, 5])
    let spread = try run(layer, y)
    #expect(spread.dims == [2, 2, 2 * stride + 3 - 2 * pad, 4 * stride + 3 - 2 * pad])
    let x = try noise(spread.dims, 6)
    var c = Convolution(axes: 2)
    c.stride = [stride, stride]
    c.pad = [(pad, pad), (pad, pad)]
    c.groups = groups
    let there = try (Variable.convolution(x, weight, c) * y).sum().value.item
    let back = try (x * spread).sum().value.item
    expectClose([try #require(there)], [try #require(back)], relative: 1e-4)
  }

  @Test func `volumes keep their size, sequences grow`() throws {
    let volume = try made("Conv3", ["in": .integer(1), "out": .integer(2), "k": .integer(3)])
    #expect(try run(volume, noise([1, 1, 4, 3, 5])).dims == [1, 2, 4, 3, 5])
    let longer = try made(
      "ConvTranspose1",
      ["in": .integer(3), "out": .integer(2), "k": .integer(4), "stride": .integer(2)])
    #expect(try run(longer, noise([2, 3, 5])).dims == [2, 2, 12])
  }

  @Test func `a spectral weight stretches nothing, a normed weight starts as it is`() throws {
    var settings: Attributes = ["in": .integer(6), "out": .integer(4), "bias": .boolean(false)]
    let plain = try made("Linear", settings)
    settings["norm"] = .text("weight")
    let normed = try made("Linear", settings)
    #expect(normed.parameters.map(\.name) == ["weight_g", "weight_v"])
    let x = try noise([5, 6])
    expectClose(try run(normed, x).value.doubles, try run(plain, x).value.doubles)
    settings["norm"] = .text("spectral")
    let spectral = try made("Linear", settings)
    let image = try run(spectral, Variable(Tensor.eye(6)))
    let largest = try image.value.matrices("test")[0].singularValues().s[0]
    expectClose([largest], [1], relative: 1e-2)
  }

  @Test(arguments: ["RNN", "GRU", "LSTM"])
  func `sequences that end earlier give what they give alone`(name: String) throws {
    let layer = try made(
      name,
      ["in": .integer(2), "h": .integer(3), "layers": .integer(2), "both": .boolean(true)])
    let x = try noise([3, 5, 2])
    let lengths = Variable(try Tensor([Int64(5), 2, 3]))
    let together = try run(layer, x, [lengths])
    for (row, length) in [5, 2, 3].enumerated() {
      let own = try x.indexed([.range(row, row + 1, 1), .range(0, length, 1)])
      let alone = try run(layer, own).value.doubles
      let all = try together.indexed([.index(row)]).value.doubles
      expectClose(Array(all.prefix(alone.count)), alone, absolute: 1e-6)
      #expect(all.dropFirst(alone.count).allSatisfy { $0 == 0 })
    }
    let last = try made(
      name,
      [
        "in": .integer(2), "h": .integer(3), "layers": .integer(2), "both": .boolean(true),
        "all": .boolean(false),
      ])
    let ends = try run(last, x, [lengths])
    let second = try run(last, x.indexed([.range(1, 2, 1), .range(0, 2, 1)]))
    expectClose(try ends.indexed([.index(1)]).value.doubles, second.value.doubles, absolute: 1e-6)
  }

  @Test func `lengths that do not fit are told`() throws {
    let layer = try made("GRU", ["in": .integer(2), "h": .integer(3)])
    let x = try noise([2, 4, 2])
    for lengths in [[Int64(0), 1], [5, 1], [1]] {
      #expect(throws: TensorError.self) { try run(layer, x, [Variable(Tensor(lengths))]) }
    }
  }
}
