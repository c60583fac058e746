import Glibc
import Tensors

/// How one axis of a tensor is resized: for each new place, where it reads and with what weights.
private struct AxisResize {
  var places: [(indices: [Int], weights: [Double])] = []
  /// Places that lie outside the image.
  var outside: [Bool] = []

  struct Rule {
    let mode: String
    let coordinates: String
    let nearest: String
    let cubic: Double
    let isAntialiased: Bool
    let excludesOutside: Bool
  }

  init(_ size: Int, to target: Int, scale: Double, roi: (Double, Double), _ rule: Rule) throws {
    guard size > 0 || target == 0 else { throw GraphError.invalid("an empty axis to resize") }
    for place in 0..<target {
      let x = try AxisResize.source(Double(place), size, target, scale, roi, rule)
      guard abs(x) < 1e15 else { throw GraphError.invalid("a place at \(x)") }
      let crops = rule.coordinates == "tf_crop_and_resize"
      outside.append(crops && (x < 0 || x > Double(size - 1)))
      let isWhole = x == x.rounded(.down)
      // The ratio lies in (0, 1]: a whole place belongs to the interval on its left.
      let ratio = isWhole ? 1 : x - x.rounded(.down)
      let base = Int(isWhole ? x - 1 : x.rounded(.down))
      var (first, weights) = try AxisResize.weights(ratio, scale, rule)
      first += base
      if rule.excludesOutside {
        for k in weights.indices where first + k < 0 || first + k >= size { weights[k] = 0 }
        let sum = weights.reduce(0, +)
        weights = weights.map { $0 / sum }
      }
      places.append((weights.indices.map { min(max(first + $0, 0), size - 1) }, weights))
    }
  }

  private static func source(
    _ x: Double, _ size: Int, _ target: Int, _ scale: Double, _ roi: (Double, Double), _ rule: Rule
  ) throws -> Double {
    let length = Double(size)
    let width = scale * length
    switch rule.coordinates {
    case "align_corners": return width == 1 ? 0 : x * (length - 1) / (width - 1)
    case "asymmetric": return x / scale
    case "half_pixel": return (x + 0.5) / scale - 0.5
    case "tf_half_pixel_for_nn": return (x + 0.5) / scale
    case "pytorch_half_pixel": return width == 1 ? -0.5 : (x + 0.5) / scale - 0.5
    case "half_pixel_symmetric":
      let adjustment = Double(target) / width
      return length / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
    case "tf_crop_and_resize":
      let start = roi.0 * (length - 1)
      return width == 1
        ? start + (roi.1 - roi.0) * (length - 1) / 2
        : start + x * (roi.1 - roi.0) * (length - 1) / (width - 1)
    default: throw GraphError.unsupported("coordinates \(rule.coordinates)")
    }
  }

  /// Weights, and where the first lies from the place on the left.
  private static func weights(_ ratio: Double, _ scale: Double, _ rule: Rule) throws -> (
    Int, [Double]
  ) {
    let shrink = rule.isAntialiased ? min(scale, 1) : 1
    switch rule.mode {
    case "nearest":
      let takesLeft: Bool
      switch rule.nearest {
      case _ where ratio == 1: takesLeft = false
      case "round_prefer_floor": takesLeft = ratio <= 0.5
      case "round_prefer_ceil": takesLeft = ratio < 0.5
      case "floor": takesLeft = true
      case "ceil": takesLeft = false
      default: throw GraphError.unsupported("nearest mode \(rule.nearest)")
      }
      return (takesLeft ? 0 : 1, [1])
    case "linear":
      let start = Int((-1 / shrink).rounded(.down)) + 1
      let raw = (start..<2 - start).map { max(0, 1 - abs((Double($0) - ratio) * shrink)) }
      let sum = raw.reduce(0, +)
      return (start, raw.map { $0 / sum })
    case "cubic":
      let a = rule.cubic
      let start = Int((-2 / shrink).rounded(.down)) + 1
      let raw = (start..<2 - start).map { k -> Double in
        let x = abs(shrink * (Double(k) - ratio))
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
      }
      let sum = raw.reduce(0, +)
      return (start, rule.isAntialiased ? raw.map { $0 / sum } : raw)
    default: throw GraphError.unsupported("resize mode \(rule.mode)")
    }
  }
}

extension GraphOperators {
  private static func resize(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0)
    let isOld = call.version < 11
    let axes = try x.axes(call.integers("axes"))
    let given = try call.optional(isOld ? 1 : 2).flatMap { $0.count == 0 ? nil : $0 }
    let asked = try isOld ? nil : call.optional(3).flatMap { $0.count == 0 ? nil : $0 }
    var scales = [Double](repeating: 1, count: x.rank)
    var target = x.dims
    if let asked {
      let sizes = try asked.integers()
      guard sizes.count == axes.count, sizes.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else {
        throw GraphError.invalid("sizes \(sizes) for \(axes.count) axes")
      }
      let ratios = zip(axes, sizes).map { Double($1) / Double(max(1, x.dims[$0])) }
      let policy = call.text("keep_aspect_ratio_policy", "stretch")
      let common = policy == "not_larger" ? ratios.min() : ratios.max()
      for (i, axis) in axes.enumerated() {
        scales[axis] = policy == "stretch" ? ratios[i] : common ?? 1
        target[axis] =
          policy == "stretch"
          ? sizes[i] : Int((scales[axis] * Double(x.dims[axis]) + 0.5).rounded(.down))
      }
    } else if let given {
      let factors = try given.reals()
      guard factors.count == axes.count, factors.allSatisfy({ $0 > 0 && $0 < 1e9 }) else {
        throw GraphError.invalid("scales \(factors) for \(axes.count) axes")
      }
      for (axis, factor) in zip(axes, factors) {
        scales[axis] = factor
        target[axis] = Int((Double(x.dims[axis]) * factor).rounded(.down))
      }
    } else {
      throw GraphError.invalid("neither scales nor sizes are given")
    }
    var rois = [(Double, Double)](repeating: (0, 1), count: x.rank)
    if !isOld, let roi = try call.optional(1)?.reals(), roi.count == 2 * axes.count {
      for (i, axis) in axes.enumerated() { rois[axis] = (roi[i], roi[axes.count + i]) }
    }
    let rule = AxisResize.Rule(
      mode: call.text("mode", "nearest"),
      coordinates: call.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel"),
      nearest: call.text("nearest_mode", isOld ? "floor" : "round_prefer_floor"),
      cubic: call.real("cubic_coeff_a", -0.75), isAntialiased: call.flag("antialias"),
      excludesOutside: call.flag("exclude_outside"))
    return try resized(
      x, to: target, scales: scales, rois: rois, rule,
      extrapolation: call.real("extrapolation_value", 0))
  }

  private static func resized(
    _ x: Operand, to target: [Int], scales: [Double], rois: [(Double, Double)],
    _ rule: AxisResize.Rule, extrapolation: Double
  ) throws -> Operand {
    _ = try places(target)
    var (values, dims) = (try x.reals(), x.dims)
    var outside: [[Bool]] = []
    for axis in 0..<x.rank {
      if scales[axis] == 1, target[axis] == dims[axis], rule.coordinates != "tf_crop_and_resize" {
        outside.append([Bool](repeating: false, count: target[axis]))
        continue
      }
      let plan = try AxisResize(
        dims[axis], to: target[axis], scale: scales[axis], roi: rois[axis], rule)
      outside.append(plan.outside)
      let (outer, inner) = (dims[..<axis].reduce(1, *), dims[(axis + 1)...].reduce(1, *))
      var result = [Double](repeating: 0, count: try places([outer, target[axis], inner]))
      for o in 0..<outer {
        for (place, reads) in plan.places.enumerated() {
          for i in 0..<inner {
            var sum = 0.0
            for (index, weight) in zip(reads.indices, reads.weights) {
              sum += weight * values[(o * dims[axis] + index) * inner + i]
            }
            result[(o * target[axis] + place) * inner + i] = sum
          }
        }
      }
      dims[axis] = target[axis]
      values = result
    }
    if rule.coordinates == "tf_crop_and_resize" {
      var at = 0
      try Positions.each(target) { index in
        if index.indices.contains(where: { outside[$0][index[$0]] }) { values[at] = extrapolation }
        at += 1
      }
    }
    if !x.type.isFloat { values = values.map { Quantization.rounded($0, x.type) } }
    return try Operand(reals: values, target, x.type)
  }

  static let resizings: [GraphOperator] = [
    GraphOperator("Resize", resize),
    GraphOperator("Upsample") { call in
      let x = try call.operand(0)
      let scales =
        try call.optional(1)?.reals() ?? call.node.attributes["scales"]?.floats.map { Double($0) }
        ?? []
      guard scales.count == x.rank, scales.allSatisfy({ $0 > 0 && $0 < 1e9 }) else {
        throw GraphError.invalid("scales \(scales) for \(x.dims)")
      }
      let rule = AxisResize.Rule(
        mode: call.text("mode", "nearest"), coordinates: "asymmetric", nearest: "floor",
        cubic: -0.75, isAntialiased: false, excludesOutside: false)
      return try resized(
        x, to: zip(x.dims, scales).map { Int((Double($0) * $1).rounded(.down)) }, scales: scales,
        rois: scales.map { _ in (0, 1) }, rule, extrapolation: 0)
    },
    GraphOperator("GridSample", GridSampling.run),
    GraphOperator("AffineGrid", GridSampling.affineGrid),
    GraphOperator("RoiAlign", RegionPooling.align),
    GraphOperator("MaxRoiPool", RegionPooling.maxPool),
  ]
}
