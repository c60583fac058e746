import Autograd
import Tensors
import Vocabulary

/// The ways to vary examples while they are learned.
package enum AugmentationKinds {
  package static let all = [flip, crop, shift, cutout, noise, normalize, mixup, cutMix]

  private static func entry(
    _ name: String, _ arguments: [Argument], _ summary: String, _ example: Example,
    details: String = ""
  ) -> Entry {
    Entry(
      name, family: "Augmentation", arguments, summary: summary, details: details,
      examples: [example])
  }

  private static func invalid(_ name: String, _ reason: String) -> TensorError {
    .invalid(operation: name, reason: reason, hint: nil)
  }

  private static func chance(_ a: Attributes, _ name: String, _ standard: Double) throws -> Double {
    let p = a.number("p", default: standard)
    guard p >= 0, p <= 1 else { throw invalid(name, "p is \(p), a chance lies between 0 and 1") }
    return p
  }

  static let flip = AugmentationKind(
    entry: entry(
      "Flip",
      [
        Argument("p", .number, "The chance of each picture.", default: "0.5"),
        Argument("vertical", .boolean, "Upside down instead.", default: "false"),
      ], "Mirrors pictures left to right by chance.",
      Example("Flip(1)([[[1, 2, 3]]])[0, 0]", prints: "[3, 2, 1]")), isRandom: true
  ) { batch, a, part in
    let p = try chance(a, "Flip", 0.5)
    let isVertical = a.boolean("vertical", default: false)
    let (channels, height, width) = try batch.picture(for: "Flip")
    let streams = batch.streams
    try batch.fill(Array(batch.x.dims.dropFirst())) { i, from, to in
      var own = streams[i].child(UInt64(part))
      let isTurned = own.nextUniform() < p
      for row in 0..<channels * height {
        let (plane, line) = (row / height, row % height)
        let source = isTurned && isVertical ? plane * height + height - 1 - line : row
        for column in 0..<width {
          let at = isTurned && !isVertical ? width - 1 - column : column
          to[row * width + column] = from[source * width + at]
        }
      }
    }
  }

  /// A window of each picture from a random place; beyond its borders there are zeros.
  private static func window(
    _ batch: inout VariedBatch, _ name: String, height: Int, width: Int, pad: Int, part: Int
  ) throws {
    let (channels, high, wide) = try batch.picture(for: name)
    guard pad >= 0, pad < 1 << 20, height > 0, width > 0, height <= high + 2 * pad,
      width <= wide + 2 * pad
    else {
      throw invalid(
        name,
        "a window of \(height) x \(width) does not fit into \(high) x \(wide) with \(pad) "
          + "around")
    }
    let streams = batch.streams
    let dims = Array(batch.x.dims.dropFirst().dropLast(2)) + [height, width]
    try batch.fill(dims) { i, from, to in
      var own = streams[i].child(UInt64(part))
      let top = Int(own.next(below: UInt64(high + 2 * pad - height + 1))) - pad
      let left = Int(own.next(below: UInt64(wide + 2 * pad - width + 1))) - pad
      let (first, last) = (max(0, -left), min(width, wide - left))
      guard first < last else { return }
      for channel in 0..<channels {
        for row in 0..<height where row + top >= 0 && row + top < high {
          let source = (channel * high + row + top) * wide + left
          let target = (channel * height + row) * width
          for column in first..<last { to[target + column] = from[source + column] }
        }
      }
    }
  }

  static let crop = AugmentationKind(
    entry: entry(
      "Crop",
      [
        Argument("size", .integer, "Height and width of the window."),
        Argument("pad", .integer, "Zeros that are put around before.", default: "0"),
      ], "Cuts a square window from a random place of each picture.",
      Example("Crop(2)(ones(4, 3, 5, 5)).shape", prints: "(4, 3, 2, 2)")), isRandom: true
  ) { batch, a, part in
    let size = a.integer("size", default: 1)
    try window(
      &batch, "Crop", height: size, width: size, pad: a.integer("pad", default: 0), part: part)
  }

  static let shift = AugmentationKind(
    entry: entry(
      "Shift", [Argument("n", .integer, "The largest distance.")],
      "Moves each picture by up to n places along both axes; zeros come in.",
      Example("Shift(0)([[[1, 2], [3, 4]]])[0, 1]", prints: "[3, 4]")), isRandom: true
  ) { batch, a, part in
    let (_, height, width) = try batch.picture(for: "Shift")
    try window(
      &batch, "Shift", height: height, width: width, pad: a.integer("n", default: 0), part: part)
  }

  static let cutout = AugmentationKind(
    entry: entry(
      "Cutout", [Argument("size", .integer, "Height and width of the hole.")],
      "Puts a square of zeros at a random place of each picture.",
      Example("sum(Cutout(1)(ones(1, 1, 3, 3)))", prints: "8"),
      details: "DeVries and Taylor 2017; the middle of the square lies in the picture."),
    isRandom: true
  ) { batch, a, part in
    let size = a.integer("size", default: 1)
    guard size > 0 else { throw invalid("Cutout", "a hole of \(size) x \(size) is none") }
    let (channels, height, width) = try batch.picture(for: "Cutout")
    let streams = batch.streams
    try batch.fill(Array(batch.x.dims.dropFirst())) { i, from, to in
      var own = streams[i].child(UInt64(part))
      let top = Int(own.next(below: UInt64(max(1, height)))) - size / 2
      let left = Int(own.next(below: UInt64(max(1, width)))) - size / 2
      for at in 0..<channels * height * width {
        let (row, column) = (at / width % height, at % width)
        let isHole = row >= top && row < top + size && column >= left && column < left + size
        to[at] = isHole ? 0 : from[at]
      }
    }
  }

  static let noise = AugmentationKind(
    entry: entry(
      "Noise", [Argument("std", .number, "How strong it is.", default: "0.1")],
      "Adds normal noise to every number.",
      Example("Noise(0)([[1, 2]])[0]", prints: "[1, 2]")), isRandom: true
  ) { batch, a, part in
    let std = a.number("std", default: 0.1)
    let dims = try Shape(checking: Array(batch.x.dims.dropFirst()))
    let rows = try batch.streams.map { example in
      var own = example.child(UInt64(part))
      return try own.normal(dims)
    }
    guard !rows.isEmpty else { return }
    batch.x = try batch.x.binary(
      .add, Tensor.stack(rows, axis: 0).binary(.multiply, .number(std)).cast(.float32))
  }

  static let normalize = AugmentationKind(
    entry: entry(
      "Normalize",
      [
        Argument("mean", .any, "One number, or one for each channel (the axis behind the first)."),
        Argument("std", .any, "As many."),
      ], "Subtracts a mean and divides by a deviation.",
      Example("Normalize(1, 2)([[5, 1]])[0]", prints: "[2, 0]"),
      details: "In train(…, augment=…) it happens to val too."), isRandom: false
  ) { batch, a, _ in
    func numbers(_ name: String) throws -> [Double] {
      if let all = a.numbers(name) { return all }
      return [a.number(name, default: 0)]
    }
    let (mean, std) = (try numbers("mean"), try numbers("std"))
    let channels = batch.x.rank > 1 ? batch.x.dims[1] : 1
    guard [1, channels].contains(mean.count), [1, channels].contains(std.count) else {
      throw invalid(
        "Normalize", "\(mean.count) means and \(std.count) deviations for \(channels) channels")
    }
    guard std.allSatisfy({ $0 > 0 }) else {
      throw invalid("Normalize", "a deviation is greater than 0")
    }
    let own = batch.x.dims.dropFirst().reduce(1, *)
    let inner = max(1, own / max(1, channels))
    try batch.fill(Array(batch.x.dims.dropFirst())) { _, from, to in
      for at in 0..<own {
        let channel = at / inner
        to[at] = Float(
          (Double(from[at]) - mean[mean.count == 1 ? 0 : channel])
            / std[std.count == 1 ? 0 : channel])
      }
    }
  }

  private static let alpha = Argument(
    "alpha", .number, "Shares are drawn from Beta(alpha, alpha).", default: "0.2")

  private static func checkedAlpha(_ a: Attributes, _ name: String) throws -> Double {
    let alpha = a.number("alpha", default: 0.2)
    guard alpha > 0.01, alpha <= 4 else {
      throw invalid(name, "alpha is \(alpha), it should lie between 0.01 and 4")
    }
    return alpha
  }

  /// Labels that are mixed as the examples are.
  private static func mixLabels(
    _ batch: inout VariedBatch, _ name: String, _ partners: [Int], _ shares: [Double]
  ) throws {
    let (chances, classes) = try batch.chances(for: name)
    var mixed = chances
    for (i, partner) in partners.enumerated() {
      for k in 0..<classes {
        mixed[i * classes + k] = Float(
          shares[i] * Double(chances[i * classes + k])
            + (1 - shares[i]) * Double(chances[partner * classes + k]))
      }
    }
    batch.y = try Tensor(mixed, shape: Shape(checking: [partners.count, classes]))
  }

  static let mixup = AugmentationKind(
    entry: entry(
      "Mixup", [alpha], "Mixes each example and its label with another one of the batch.",
      Example("sum(Mixup()((x=ones(2, 3), y=[0, 1])).x)", prints: "6"),
      details: "Zhang et al. 2018; labels become chances of the classes."), isRandom: true
  ) { batch, a, part in
    let shares = try batch.shares(checkedAlpha(a, "Mixup"), part: part)
    let partners = batch.partners(part: part)
    try mixLabels(&batch, "Mixup", partners, shares)
    let (all, own) = (batch.x.array(of: Float.self), batch.x.dims.dropFirst().reduce(1, *))
    try batch.fill(Array(batch.x.dims.dropFirst())) { i, from, to in
      let other = partners[i] * own
      for at in 0..<own {
        to[at] = Float(shares[i] * Double(from[at]) + (1 - shares[i]) * Double(all[other + at]))
      }
    }
  }

  static let cutMix = AugmentationKind(
    entry: entry(
      "CutMix",
      [Argument(alpha.name, alpha.kind, alpha.summary, default: "1")],
      "Puts a window of another picture of the batch into each, and mixes labels by its area.",
      Example("sum(CutMix()((x=ones(2, 1, 4, 4), y=[0, 1])).y)", prints: "2"),
      details: "Yun et al. 2019."), isRandom: true
  ) { batch, a, part in
    var settings = a
    if settings["alpha"] == nil { settings["alpha"] = .number(1) }
    let wanted = try batch.shares(checkedAlpha(settings, "CutMix"), part: part)
    let partners = batch.partners(part: part)
    let (channels, height, width) = try batch.picture(for: "CutMix")
    // A window of the share that is given away, cut at the borders.
    let windows = zip(batch.streams, wanted).map { example, share in
      var own = example.child(UInt64(part)).child(1)
      let side = (1 - share).squareRoot()
      let (high, wide) = (Int(Double(height) * side), Int(Double(width) * side))
      let middle = (
        Int(own.next(below: UInt64(max(1, height)))), Int(own.next(below: UInt64(max(1, width))))
      )
      let top = max(0, middle.0 - high / 2)
      let left = max(0, middle.1 - wide / 2)
      return (
        rows: top..<max(top, min(height, middle.0 - high / 2 + high)),
        columns: left..<max(left, min(width, middle.1 - wide / 2 + wide))
      )
    }
    let area = Double(max(1, height * width))
    let kept = windows.map { 1 - Double($0.rows.count * $0.columns.count) / area }
    try mixLabels(&batch, "CutMix", partners, kept)
    let (all, own) = (batch.x.array(of: Float.self), channels * height * width)
    try batch.fill(Array(batch.x.dims.dropFirst())) { i, from, to in
      let other = partners[i] * own
      for at in 0..<own {
        let isWindow =
          windows[i].rows.contains(at / width % height)
          && windows[i].columns.contains(at % width)
        to[at] = isWindow ? all[other + at] : from[at]
      }
    }
  }
}
