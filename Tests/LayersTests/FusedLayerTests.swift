import Autograd
import Layers
import Tensors
import TestSupport
import Testing

/// Layers of f32 take kernels of their own; the same layers of f64 are composed of operations whose
/// gradients the catalog's tests compare with finite differences.
@Suite struct FusedLayerTests {
  /// Values and gradients (of input and parameters) of sum(layer(x) * w) in both kinds.
  private func compare(
    _ name: String, _ settings: Attributes, input dims: [Int], training: Bool = false
  ) throws {
    var stream = RandomStream(seed: 5)
    let layer = try #require(LayerKinds.catalog[name]).make(settings, &stream)
    let x = try stream.normal(Shape(checking: dims))
    var probe = LayerContext(isTraining: training)
    let weights = try stream.normal(layer(Variable(x), &probe).shape)
    func results(_ kind: DType) throws -> [Tensor] {
      let leaves = try [Variable(x.cast(kind))] + layer.parameters.map { try $0.value.cast(kind) }
      let (value, gradients) = try Gradients.of(leaves) { traced in
        var copy = layer
        for i in copy.parameters.indices { copy.parameters[i].value = traced[i + 1] }
        var context = LayerContext(isTraining: training)
        return try (copy(traced[0], &context) * Variable(weights.cast(kind))).sum()
      }
      return [value.value] + gradients.map(\.value)
    }
    for (single, double) in try zip(results(.float32), results(.float64)) {
      expectClose(single.doubles, double.doubles, relative: 2e-4, absolute: 2e-4)
    }
  }

  @Test func `layer norm in one pass agrees with its formula`() throws {
    try compare("LayerNorm", ["d": .integer(19)], input: [3, 70, 19])
  }

  @Test func `batch norm in one pass agrees with its formula`() throws {
    try compare("BatchNorm", ["c": .integer(3)], input: [5, 3, 4, 6], training: true)
    try compare("BatchNorm", ["c": .integer(7)], input: [9, 7], training: true)
  }

  @Test(arguments: [false, true])
  func `attention in blocks agrees with its formula`(isCausal: Bool) throws {
    try compare(
      "Attention",
      [
        "d": .integer(12), "heads": .integer(3), "causal": .boolean(isCausal),
        "bias": .boolean(true),
      ], input: [2, 150, 12])
  }

  @Test(arguments: ["LSTM", "GRU"], [true, false])
  func `recurrent sequences agree with their steps`(name: String, all: Bool) throws {
    try compare(
      name, ["in": .integer(5), "h": .integer(21), "layers": .integer(2), "all": .boolean(all)],
      input: [3, 7, 5])
  }

  @Test func `a linear layer adds its bias as it multiplies`() throws {
    try compare("Linear", ["in": .integer(33), "out": .integer(45)], input: [4, 9, 33])
    try compare("Linear", ["in": .integer(300), "out": .integer(5)], input: [40, 300])
  }

  @Test(arguments: [
    (1, 1, 3, 3, 1, 1, 1), (3, 6, 9, 5, 1, 2, 1), (4, 8, 7, 3, 2, 1, 2), (2, 16, 8, 1, 2, 0, 1),
    (16, 3, 17, 3, 1, 1, 1), (2, 20, 11, 4, 3, 2, 1),
  ])
  func `convolutions without columns agree with those with columns`(
    size: (Int, Int, Int, Int, Int, Int, Int)
  ) throws {
    let (channels, outputs, side, k, stride, pad, groups) = size
    try compare(
      "Conv",
      [
        "in": .integer(channels), "out": .integer(outputs), "k": .integer(k),
        "stride": .integer(stride), "pad": .integer(pad), "groups": .integer(groups),
      ], input: [3, channels, side, side + 2])
  }
}
