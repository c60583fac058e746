import Tensors
import Vocabulary

// Pixels moved between channels and places.
extension Operations {
  private static func numbers(_ n: Int) -> [Double] {
    (0..<n).map { 0.2 * Double($0 * 7 % 11) - 0.9 }
  }
  private static let images = Argument("x", .tensor, "Images [N, C, H, W].")

  private static func checkImages(_ x: Variable, _ name: String) throws {
    guard x.rank == 4 else {
      throw TensorError.invalid(
        operation: name, reason: "needs images [N, C, H, W], found \(x.dims)", hint: nil)
    }
  }

  package static let pixelShuffle: TensorOperation = .composed(
    "pixel_shuffle", "Windows", [images, Argument("k", .integer, "How many times larger.")],
    "Channels laid out as k x k pixels: [N, C / k^2, H k, W k].", details: "Shi and others 2016.",
    "pixel_shuffle(reshape(range(4), 1, 4, 1, 1), 2)[0, 0, 1]", "[2, 3]",
    samples: [.init([numbers(16)], [[1, 4, 2, 2]], ["k": .integer(2)])]
  ) { inputs, a in
    let (x, k) = (inputs[0], a.integer("k", default: 2))
    try checkImages(x, "pixel_shuffle")
    let d = x.dims
    guard k > 0, k < 1 << 20, d[1] % (k * k) == 0 else {
      throw TensorError.invalid(
        operation: "pixel_shuffle",
        reason: "\(d[1]) channels do not split into blocks of \(k) x \(k)",
        hint: nil)
    }
    return try x.reshaped([d[0], d[1] / (k * k), k, k, d[2], d[3]]).transposed([0, 1, 4, 2, 5, 3])
      .reshaped([d[0], d[1] / (k * k), d[2] * k, d[3] * k])
  }

  package static let pixelUnshuffle: TensorOperation = .composed(
    "pixel_unshuffle", "Windows", [images, Argument("k", .integer, "How many times smaller.")],
    "The inverse of pixel_shuffle: k x k pixels become channels.",
    "pixel_unshuffle(ones(1, 1, 4, 4), 2).shape", "(1, 4, 2, 2)",
    samples: [.init([numbers(16)], [[1, 1, 4, 4]], ["k": .integer(2)])]
  ) { inputs, a in
    let (x, k) = (inputs[0], a.integer("k", default: 2))
    try checkImages(x, "pixel_unshuffle")
    let d = x.dims
    guard k > 0, k < 1 << 20, d[2] % k == 0, d[3] % k == 0 else {
      throw TensorError.invalid(
        operation: "pixel_unshuffle",
        reason: "\(d[2]) x \(d[3]) pixels do not split into blocks of \(k) x \(k)", hint: nil)
    }
    return try x.reshaped([d[0], d[1], d[2] / k, k, d[3] / k, k]).transposed([0, 1, 3, 5, 2, 4])
      .reshaped([d[0], d[1] * k * k, d[2] / k, d[3] / k])
  }

  package static let gridSample: TensorOperation = .composed(
    "grid_sample", "Windows",
    [
      Argument("x", .tensor, "[N, C, H, W], or volumes."),
      Argument(
        "grid", .tensor, "Places [N, ..., 2] from -1 to 1, the place along the last axis first."),
      Argument("mode", .text, "\"bilinear\", \"nearest\" or \"bicubic\".", default: "\"bilinear\""),
      Argument(
        "border", .text, "Outside: \"zeros\", \"border\" or \"reflection\".", default: "\"zeros\""),
      Argument(
        "corners", .boolean, "Whether -1 and 1 are the outer pixels' centres.", default: "false"),
    ], "The image at given places.", details: "Jaderberg and others 2015, as PyTorch.",
    "grid_sample([[[[1.0, 3.0]]]], [[[[0.0, 0.0]]]])[0, 0, 0]", "[2]",
    samples: [
      .init(
        [numbers(12), [-0.31, 0.42, 0.55, -0.83]], [[1, 2, 2, 3], [1, 1, 2, 2]]),
      .init(
        [numbers(12), [-0.31, 0.42, 0.55, -0.83]], [[1, 1, 4, 3], [1, 1, 2, 2]],
        ["mode": .text("bicubic"), "border": .text("border"), "corners": .boolean(true)]),
    ]
  ) { inputs, a in
    try inputs[0].floating().sampled(
      at: inputs[1].floating(), mode: a.text("mode") ?? "bilinear",
      border: a.text("border") ?? "zeros", corners: a.boolean("corners", default: false))
  }

  static let imageOperations: [TensorOperation] = [pixelShuffle, pixelUnshuffle, gridSample]
}
