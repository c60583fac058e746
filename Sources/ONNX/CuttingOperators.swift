import Tensors

extension GraphOperators {
  /// Sizes of the parts of an axis: given, or as even as possible.
  private static func partSizes(_ call: NodeCall, _ length: Int) throws -> [Int] {
    if let given = try call.axes(input: 1, setting: "split") {
      guard given.allSatisfy({ $0 >= 0 }), given.reduce(0, &+) == length else {
        throw GraphError.invalid("parts \(given) of an axis of \(length)")
      }
      return given
    }
    let count = call.integer("num_outputs", call.outputCount)
    guard count > 0, count <= max(1, call.outputCount) else {
      throw GraphError.invalid("\(count) parts for \(call.outputCount) outputs")
    }
    let size = (length + count - 1) / count
    return (0..<count).map { max(0, min(size, length - $0 * size)) }
  }

  /// The part of an axis from a start on.
  static func part(_ x: Operand, axis: Int, from start: Int, size: Int) throws -> Operand {
    guard start >= 0, size >= 0, size <= x.dims[axis] - start else {
      throw GraphError.invalid("\(size) elements from \(start) on of \(x.dims)")
    }
    var dims = x.dims
    dims[axis] = size
    let strides = Positions.strides(x.dims)
    return try x.picked(Positions.walk(dims, strides, from: start * strides[axis]), dims)
  }

  /// One axis of a slice as the first index, the step and the number of elements.
  private static func range(_ start: Int, _ end: Int, _ step: Int, _ size: Int) throws -> (
    first: Int, count: Int
  ) {
    guard step != 0, step != .min else {
      throw GraphError.invalid("a slice with a step of \(step)")
    }
    func inside(_ at: Int, _ low: Int, _ high: Int) -> Int {
      min(max(at < 0 ? at + size : at, low), high)
    }
    if step > 0 {
      let (first, last) = (inside(start, 0, size), inside(end, 0, size))
      return (first, max(0, last - first) / step + (max(0, last - first) % step == 0 ? 0 : 1))
    }
    let (first, last) = (inside(start, -1, size - 1), inside(end, -1, size - 1))
    let distance = max(0, first - last)
    return (first, distance / -step + (distance % -step == 0 ? 0 : 1))
  }

  private static func sliced(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0)
    let starts = try call.optional(1)?.integers() ?? call.integers("starts") ?? []
    let ends = try call.optional(2)?.integers() ?? call.integers("ends") ?? []
    let axes = try x.axes(call.axes(input: 3) ?? Array(0..<starts.count))
    let steps =
      try call.optional(4)?.integers() ?? [Int](repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count
    else { throw GraphError.invalid("a slice with \(starts.count) starts and \(ends.count) ends") }
    var (dims, strides, from) = (x.dims, Positions.strides(x.dims), 0)
    let own = strides
    for (i, axis) in axes.enumerated() {
      let (first, count) = try range(starts[i], ends[i], steps[i], x.dims[axis])
      dims[axis] = count
      if count == 0 { continue }
      strides[axis] = own[axis] &* steps[i]
      from += first * own[axis]
    }
    return try x.picked(Positions.walk(dims, strides, from: from), dims)
  }

  /// Where each place along a padded axis finds its element; -1 is a constant.
  private static func padded(_ mode: String, _ size: Int, _ before: Int, _ after: Int) throws
    -> [Int]
  {
    let target = size + before + after
    guard target >= 0, try places([target]) >= 0 else {
      throw GraphError.invalid("pads that take away more than there is")
    }
    return try (0..<target).map { place in
      let at = place - before
      if at >= 0, at < size { return at }
      switch mode {
      case "constant": return -1
      case "edge", "wrap", "reflect":
        guard size > 0 else {
          throw GraphError.invalid("an empty axis cannot be padded from itself")
        }
        if mode == "edge" { return min(max(at, 0), size - 1) }
        if mode == "wrap" { return ((at % size) + size) % size }
        if size == 1 { return 0 }
        let period = 2 * (size - 1)
        let folded = ((at % period) + period) % period
        return folded < size ? folded : period - folded
      default: throw GraphError.unsupported("pad mode \(mode)")
      }
    }
  }

  private static func pad(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0)
    let pads = try call.optional(1)?.integers() ?? call.integers("pads") ?? []
    let axes = try x.axes(call.axes(input: 3))
    guard pads.count == 2 * axes.count, pads.allSatisfy({ abs($0) < 1 << 40 }) else {
      throw GraphError.invalid("pads \(pads) for \(axes.count) axes")
    }
    let mode = call.text("mode", "constant")
    var fill = try call.optional(2)
    if fill == nil, let value = call.node.attributes["value"]?.float {
      fill = try Operand(reals: [Double(value)], [], x.type)
    }
    var maps = x.dims.map { Array(0..<$0) }
    for (i, axis) in axes.enumerated() {
      maps[axis] = try padded(mode, x.dims[axis], pads[i], pads[axes.count + i])
    }
    return try mapped(x, maps, fill: fill)
  }

  /// Takes, along each axis, the listed elements; -1 stands for a fill value.
  static func mapped(_ x: Operand, _ maps: [[Int]], fill: Operand? = nil) throws -> Operand {
    let target = maps.map(\.count)
    let strides = Positions.strides(x.dims)
    var picks = try places(target) == 0 ? [] : [0]
    for (axis, map) in maps.enumerated() where !picks.isEmpty {
      var next: [Int] = []
      next.reserveCapacity(picks.count * map.count)
      for pick in picks {
        for at in map { next.append(pick < 0 || at < 0 ? -1 : pick + at * strides[axis]) }
      }
      picks = next
    }
    return try x.picked(picks, target, fill: fill)
  }

  static let cutting: [GraphOperator] = [
    GraphOperator(many: "Split") { call in
      let x = try call.operand(0).ranked(1...)
      let axis = try x.axis(call.integer("axis", 0))
      var start = 0
      return try partSizes(call, x.dims[axis]).map { size in
        defer { start += size }
        return .tensor(try part(x, axis: axis, from: start, size: size))
      }
    },
    GraphOperator("Slice", sliced),
    GraphOperator("Pad", pad),
    GraphOperator("CenterCropPad") { call in
      let x = try call.operand(0)
      let sizes = try call.operand(1).integers()
      let axes = try x.axes(call.integers("axes"))
      guard sizes.count == axes.count, sizes.allSatisfy({ $0 >= 0 }) else {
        throw GraphError.invalid("sizes \(sizes) for \(axes.count) axes")
      }
      for size in sizes { _ = try places([size]) }
      var maps = x.dims.map { Array(0..<$0) }
      for (i, axis) in axes.enumerated() {
        let (size, wanted) = (x.dims[axis], sizes[i])
        // Cutting rounds the start down, padding too.
        let shift = size > wanted ? (size - wanted) / 2 : -((wanted - size) / 2)
        maps[axis] = (0..<wanted).map { at in
          at + shift >= 0 && at + shift < size ? at + shift : -1
        }
      }
      return try mapped(x, maps)
    },
    GraphOperator("Compress") { call in
      let x = try call.operand(0)
      let mask = try call.operand(1).flags()
      guard let given = call.integer("axis") else {
        let picks = mask.indices.filter { mask[$0] }
        guard picks.allSatisfy({ $0 < x.count }) else {
          throw GraphError.invalid("a mask of \(mask.count) for \(x.count) elements")
        }
        return try x.picked(picks, [picks.count])
      }
      let axis = try x.axis(given)
      var maps = x.dims.map { Array(0..<$0) }
      maps[axis] = mask.indices.filter { mask[$0] }
      guard maps[axis].allSatisfy({ $0 < x.dims[axis] }) else {
        throw GraphError.invalid("a mask of \(mask.count) for an axis of \(x.dims[axis])")
      }
      return try mapped(x, maps)
    },
  ]
}
