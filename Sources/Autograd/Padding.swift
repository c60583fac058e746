import Tensors
import Vocabulary

extension Operations {
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]

  package static let pad: TensorOperation = .composed(
    "pad", "Shape",
    [
      Argument("x", .tensor, "Any shape."),
      Argument("widths", .any, "Before and after, for the last axis first; below 0 cuts."),
      Argument(
        "mode", .text, "\"constant\", \"reflect\", \"replicate\" or \"circular\".",
        default: "\"constant\""),
      Argument("value", .number, "What a constant pad holds.", default: "0"),
    ], "x continued beyond its ends.", "pad([1, 2, 3], [1, 2], \"reflect\")", "[2, 1, 2, 3, 2, 1]",
    samples: [
      .init([six], [[2, 3]], ["widths": .integers([1, 2]), "value": .number(3)]),
      .init([six], [[2, 3]], ["widths": .integers([2, 1, 1, 0]), "mode": .text("reflect")]),
      .init([six], [[2, 3]], ["widths": .integers([-1, 2]), "mode": .text("replicate")]),
      .init([six], [[2, 3]], ["widths": .integers([3, 1]), "mode": .text("circular")]),
    ]
  ) { inputs, a in
    try inputs[0].padded(
      a.integers("widths") ?? [], mode: a.text("mode") ?? "constant",
      value: a.number("value", default: 0))
  }

  package static let interpolate: TensorOperation = .composed(
    "interpolate", "Windows",
    [
      Argument("x", .tensor, "[N, C, ...]."),
      Argument("sizes", .any, "The new sizes of the axes after the second."),
      Argument(
        "mode", .text, "\"nearest\", \"linear\", \"cubic\" or \"area\".", default: "\"nearest\""),
      Argument("corners", .boolean, "Whether the outer pixels' centres stay.", default: "false"),
    ], "Images (or signals) in another size.", "interpolate([[[0, 10]]], [4], \"linear\")[0, 0]",
    "[0, 2.5, 7.5, 10]",
    samples: [
      .init([six], [[1, 2, 3]], ["sizes": .integers([5])]),
      .init([six], [[1, 1, 2, 3]], ["sizes": .integers([3, 5]), "mode": .text("linear")]),
      .init(
        [six], [[1, 1, 2, 3]],
        ["sizes": .integers([3, 5]), "mode": .text("cubic"), "corners": .boolean(true)]),
      .init([six], [[1, 2, 3]], ["sizes": .integers([2]), "mode": .text("area")]),
    ]
  ) { inputs, a in
    let sizes = a.integers("sizes") ?? []
    return try inputs[0].resized(
      sizes, scales: Array(repeating: nil, count: sizes.count), mode: a.text("mode") ?? "nearest",
      corners: a.boolean("corners", default: false))
  }

  static let padding: [TensorOperation] = [pad, interpolate]
}

extension Variable {
  /// `widths` before and after each axis, for the last axis first; negative ones cut.
  package func padded(_ widths: [Int], mode: String, value: Double = 0) throws -> Variable {
    // One width is that of all sides.
    let widths = widths.count == 1 ? Array(repeating: widths[0], count: 2 * rank) : widths
    guard widths.count % 2 == 0, widths.count / 2 <= rank else {
      throw TensorError.invalid(
        operation: "pad",
        reason: "\(widths) should hold two widths for each of at most \(rank) axes",
        hint: nil)
    }
    var result = self
    var mask: Variable? =
      mode == "constant" && value != 0
      ? Variable(try .full(shape, 1, .bool)) : nil
    for i in 0..<widths.count / 2 {
      let axis = rank - 1 - i
      let (before, after) = (widths[2 * i], widths[2 * i + 1])
      if before == 0, after == 0 { continue }
      // What is cut off is not there to go round.
      let cut = mode == "circular" ? (Swift.max(0, 0 &- before), Swift.max(0, 0 &- after)) : (0, 0)
      let rest = dims[axis] - Swift.min(cut.0, dims[axis]) - cut.1
      let rows =
        try cut == (0, 0) || rest < 0
        ? Variable.rows(dims[axis], before, after, mode)
        : Variable.rows(rest, Swift.max(0, before), Swift.max(0, after), mode).map { $0 + cut.0 }
      result = try result.chosen(rows, axis: axis)
      mask = try mask?.chosen(rows, axis: axis)
    }
    guard let mask else { return result }
    return try Variable.where(mask, result, .number(value, dtype))
  }

  /// The coordinate that each place of a padded axis takes its element from; -1 for none.
  private static func rows(_ size: Int, _ before: Int, _ after: Int, _ mode: String) throws -> [Int]
  {
    let (sum, overflow) = size.addingReportingOverflow(before)
    let (total, again) = sum.addingReportingOverflow(after)
    guard !overflow, !again, total >= 0 else {
      throw TensorError.negativeSize([before, size, after])
    }
    _ = try Shape(checking: [total, 16])
    try MemoryBudget.check(total * 16)
    func place(_ at: Int) throws -> Int {
      if at >= 0, at < size { return at }
      switch mode {
      case "constant": return -1
      case "replicate": return at < 0 ? 0 : size - 1
      case "circular": return ((at % size) + size) % size
      case "reflect": return at < 0 ? -at : 2 * (size - 1) - at
      default:
        throw TensorError.invalid(
          operation: "pad", reason: "\(mode) is not a way to pad",
          hint: "\"constant\", \"reflect\", \"replicate\" or \"circular\"")
      }
    }
    if mode != "constant", size == 0, total > 0 {
      throw TensorError.emptyReduction(operation: "pad")
    }
    let widest = Swift.max(before, after)
    if (mode == "reflect" && widest >= size && widest > 0) || (mode == "circular" && widest > size)
    {
      throw TensorError.invalid(
        operation: "pad", reason: "\(mode) can add at most the axis' own size, \(size)", hint: nil)
    }
    return try (0..<total).map { try place($0 - before) }
  }

  /// The axes after the second in other sizes. A scale, where given, stands for the ratio of sizes.
  package func resized(_ sizes: [Int], scales: [Double?], mode: String, corners: Bool) throws
    -> Variable
  {
    guard rank == sizes.count + 2 else {
      throw TensorError.invalid(
        operation: "interpolate",
        reason: "\(shape) needs \(rank - 2) sizes, these are \(sizes.count)",
        hint: nil)
    }
    if mode == "area" {
      return try windowMeans(
        Windows(adaptive: sizes, over: Array(dims.dropFirst(2))), includingPad: false)
    }
    var x = try floating()
    for (i, size) in sizes.enumerated() {
      let matrix = try Variable.resampling(
        from: dims[i + 2], to: size, scale: scales[i], mode: mode, corners: corners)
      x = try x.mixed(matrix.cast(x.dtype), axis: i + 2)
    }
    return x
  }

  /// The weights of old places in new ones: [from, to]. Coordinates are taken in single precision.
  private static func resampling(
    from old: Int, to new: Int, scale: Double?, mode: String, corners: Bool
  ) throws -> Tensor {
    guard old > 0, new > 0 else { throw TensorError.negativeSize([old, new]) }
    let shape = try Shape(checking: [old, new])
    try MemoryBudget.check(shape.count * 16)
    var weights = [Double](repeating: 0, count: shape.count)
    func add(_ row: Int, _ column: Int, _ weight: Double) {
      weights[Swift.min(Swift.max(row, 0), old - 1) * new + column] += weight
    }
    let plain = scale.map { Float(1 / $0) } ?? Float(old) / Float(new)
    let ratio = corners ? (new > 1 ? Float(old - 1) / Float(new - 1) : 0) : plain
    for o in 0..<new {
      switch mode {
      case "nearest": add(Int(Float(o) * plain), o, 1)
      case "nearest-exact": add(Int((Float(o) + 0.5) * plain), o, 1)
      case "linear":
        let at = corners ? ratio * Float(o) : Swift.max(ratio * (Float(o) + 0.5) - 0.5, 0)
        let low = Swift.min(Int(at), old - 1)
        let t = Double(at - Float(low))
        add(low, o, 1 - t)
        add(low + 1, o, t)
      case "cubic":
        let at = corners ? ratio * Float(o) : ratio * (Float(o) + 0.5) - 0.5
        let low = at.rounded(.down)
        let t = Double(at - low)
        for (k, weight) in cubic(t).enumerated() { add(Int(low) - 1 + k, o, weight) }
      default:
        throw TensorError.invalid(
          operation: "interpolate", reason: "\(mode) is not a way to interpolate",
          hint: "\"nearest\", \"linear\", \"cubic\" or \"area\"")
      }
    }
    return try Tensor(weights, shape: shape)
  }

  /// Keys' kernel with a = -3/4 at distances 1 + t, t, 1 - t, 2 - t.
  package static func cubic(_ t: Double) -> [Double] {
    let a = -0.75
    func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return [far(1 + t), near(t), near(1 - t), far(2 - t)]
  }
}
