import Autograd
import Tensors
import Vocabulary

extension LayerKinds {
  private static func pool(
    _ name: String, _ summary: String, _ example: Example,
    _ body: @escaping @Sendable (Variable, [Int], WindowGeometry) throws -> Variable
  ) -> LayerKind {
    LayerKind(
      Entry(
        name, family: "Layers",
        [Argument("k", .integer, "The side of the window; also the stride.")],
        summary: summary, examples: [example]),
      apply: { layer, x, _ in
        let k = layer.settings.integer("k", default: 2)
        return try body(x, [k, k], WindowGeometry(["stride": .integer(k)]))
      })
  }
  static let maxPool = pool(
    "MaxPool", "The largest pixel of each k x k block.",
    Example("MaxPool(2)(ones(1, 1, 8, 8)).shape", prints: "(1, 1, 4, 4)"), Variable.maxPool2d)
  static let avgPool = pool(
    "AvgPool", "The mean pixel of each k x k block.",
    Example("AvgPool(2)(ones(1, 1, 8, 8)).shape", prints: "(1, 1, 4, 4)"), Variable.avgPool2d)

  private static func needsImages(_ layer: Layer, _ x: Variable) throws {
    guard x.rank == 4 else {
      throw TensorError.invalid(
        operation: layer.text, reason: "needs images [N, C, H, W], found \(x.dims)", hint: nil)
    }
  }

  /// Rows of shares [k, size]: row i is the mean of the places from i size / k to (i + 1) size / k.
  private static func shares(_ k: Int, of size: Int) throws -> Variable {
    var rows: [Float] = []
    for i in 0..<k {
      let (start, end) = (i * size / k, ((i + 1) * size + k - 1) / k)
      rows += (0..<size).map { (start..<end).contains($0) ? 1 / Float(end - start) : 0 }
    }
    return Variable(try Tensor(rows, shape: Shape(checking: [k, size])))
  }

  static let adaptivePool = LayerKind(
    Entry(
      "AdaptivePool", family: "Layers", [Argument("k", .integer, "The side of the result.")],
      summary: "Means of k x k blocks that cover an image of any size.",
      examples: [Example("AdaptivePool(2)(ones(1, 3, 7, 5)).shape", prints: "(1, 3, 2, 2)")]),
    apply: { layer, x, _ in
      try needsImages(layer, x)
      let k = layer.settings.integer("k", default: 1)
      let rows = try Variable.matmul(shares(k, of: x.dims[2]), x)
      return try Variable.matmul(rows, shares(k, of: x.dims[3]), transposeB: true)
    })

  static let globalPool = LayerKind(
    Entry(
      "GlobalPool", family: "Layers", summary: "The mean of each channel: [N, C, …] to [N, C].",
      examples: [Example("GlobalPool()(ones(2, 3, 4, 4)).shape", prints: "(2, 3)")]),
    apply: { layer, x, _ in
      guard x.rank >= 3 else {
        throw TensorError.invalid(
          operation: layer.text, reason: "needs [N, C, …] of at least 3 axes, found \(x.dims)",
          hint: nil)
      }
      return try Operations.mean(x, Attributes.reduction(Array(2..<x.rank), false))
    })

  static let upsample = LayerKind(
    Entry(
      "Upsample", family: "Layers", [Argument("k", .integer, "How many times larger.")],
      summary: "Each pixel repeated k times in both directions.",
      examples: [Example("Upsample(2)([[[[1, 2]]]])[0, 0, 1]", prints: "[1, 1, 2, 2]")]),
    apply: { layer, x, _ in
      try needsImages(layer, x)
      let k = layer.settings.integer("k", default: 2)
      let d = x.dims
      let wide = try Shape(checking: [d[0], d[1], d[2], k, d[3], k])
      return try x.reshaped([d[0], d[1], d[2], 1, d[3], 1]).broadcast(to: wide).reshaped([
        d[0], d[1], d[2] * k, d[3] * k,
      ])
    })

  static let reshape = LayerKind(
    Entry(
      "Reshape", family: "Layers",
      [Argument("sizes", .integer, "Sizes of one sample; one may be -1.", variadic: true)],
      summary: "Each sample in another shape.",
      examples: [Example("Reshape(2, 3)(ones(5, 6)).shape", prints: "(5, 2, 3)")]),
    apply: { layer, x, _ in
      try x.reshaped([x.dims.first ?? 1] + (layer.settings.integers("sizes") ?? []))
    })
}
