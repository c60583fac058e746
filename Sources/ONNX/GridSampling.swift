import Glibc
import Tensors

/// Reading images at places that a grid names, from -1 to 1 along each axis.
enum GridSampling {
  static func run(_ call: NodeCall) throws -> Operand {
    let (x, grid) = (try call.operand(0).ranked(3...), try call.operand(1))
    let axes = x.rank - 2
    guard grid.rank == x.rank, grid.dims[0] == x.dims[0], grid.dims[axes + 1] == axes,
      x.dims[2...].allSatisfy({ $0 > 0 })
    else { throw GraphError.invalid("a grid of \(grid.dims) for \(x.dims)") }
    let sizes = Array(x.dims[2...])
    let asked = call.text("mode", "linear")
    // Older versions name the modes after two axes.
    let mode = asked.hasPrefix("bi") ? String(asked.dropFirst(2)) : asked
    let padding = call.text("padding_mode", "zeros")
    let isAligned = call.flag("align_corners")
    guard ["linear", "nearest", "cubic"].contains(mode),
      ["zeros", "border", "reflection"].contains(padding)
    else { throw GraphError.unsupported("\(mode) sampling with \(padding) outside") }
    let (images, channels) = (x.dims[0], x.dims[1])
    let size = sizes.reduce(1, *)
    let points = grid.dims[1...axes].reduce(1, *)
    let target = [images, channels] + Array(grid.dims[1...axes])
    var result = [Double](repeating: 0, count: try places(target))
    let (values, places) = (try x.reals(), try grid.reals())
    for n in 0..<images {
      for point in 0..<points {
        let at = (n * points + point) * axes
        // The grid names the last axis first.
        let reads = (0..<axes).map { axis in
          AxisReads(
            places[at + axes - 1 - axis], sizes[axis], mode, padding, isAligned)
        }
        var taps: [(position: Int, weight: Double)] = [(0, 1)]
        for (read, size) in zip(reads, sizes) {
          var next: [(position: Int, weight: Double)] = []
          for tap in taps {
            for (index, weight) in zip(read.indices, read.weights) {
              let isOutside = tap.position < 0 || index < 0
              next.append((isOutside ? -1 : tap.position * size + index, tap.weight * weight))
            }
          }
          taps = next
        }
        for c in 0..<channels {
          let plane = (n * channels + c) * size
          var sum = 0.0
          for tap in taps where tap.position >= 0 {
            sum += tap.weight * values[plane + tap.position]
          }
          result[(n * channels + c) * points + point] = sum
        }
      }
    }
    return try Operand(reals: result, target, x.type)
  }

  /// The pixels along an axis that a place reads, -1 for outside, and their weights.
  private struct AxisReads {
    var indices: [Int] = []
    var weights: [Double] = []

    init(_ place: Double, _ size: Int, _ mode: String, _ padding: String, _ isAligned: Bool) {
      let length = Double(size)
      var x = isAligned ? (place + 1) / 2 * (length - 1) : ((place + 1) * length - 1) / 2
      let (low, high) = isAligned ? (0, length - 1) : (-0.5, length - 0.5)
      guard x.isFinite else { return }
      if mode == "nearest" { x = x.rounded(.toNearestOrEven) }
      if x < low || x > high {
        if padding == "border" { x = min(max(x, 0), length - 1) }
        if padding == "reflection" { x = AxisReads.reflected(x, low, high) }
      }
      guard abs(x) < 1e15 else { return }
      let base = Int(x.rounded(.down))
      let ratio = x - Double(base)
      switch mode {
      case "nearest": (indices, weights) = ([Int(x.rounded(.toNearestOrEven))], [1])
      case "linear": (indices, weights) = ([base, base + 1], [1 - ratio, ratio])
      default:
        indices = [base - 1, base, base + 1, base + 2]
        weights = [-1.0, 0, 1, 2].map { k in
          let (a, d) = (-0.75, abs(k - ratio))
          if d <= 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
          return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
        }
      }
      indices = indices.map { index in
        if index >= 0, index < size { return index }
        switch padding {
        case "border": return min(max(index, 0), size - 1)
        case "reflection":
          let folded = Int(AxisReads.reflected(Double(index), low, high))
          return min(max(folded, 0), size - 1)
        default: return -1
        }
      }
    }

    private static func reflected(_ x: Double, _ low: Double, _ high: Double) -> Double {
      let range = high - low
      if range <= 0 { return low }
      let distance = x < low ? low - x : x > high ? x - high : 0
      if distance == 0 { return x }
      let turns = (distance / range).rounded(.towardZero)
      let rest = distance - turns * range
      let isEven = turns.truncatingRemainder(dividingBy: 2) == 0
      return (x < low) == isEven ? low + rest : high - rest
    }
  }

  /// The grid that an affine map makes of evenly spread places.
  static func affineGrid(_ call: NodeCall) throws -> Operand {
    let (theta, size) = (try call.operand(0).ranked(3...3), try call.operand(1).integers())
    let axes = size.count - 2
    guard axes == 2 || axes == 3, theta.dims == [size[0], axes, axes + 1] else {
      throw GraphError.invalid("maps \(theta.dims) for sizes \(size)")
    }
    let isAligned = call.flag("align_corners")
    let spatial = Array(size[2...])
    let target = [size[0]] + spatial + [axes]
    var result: [Double] = []
    result.reserveCapacity(try places(target))
    let maps = try theta.reals()
    for n in 0..<size[0] {
      try Positions.each(spatial) { index in
        let point = index.indices.reversed().map { axis -> Double in
          let (i, length) = (Double(index[axis]), Double(spatial[axis]))
          if isAligned { return length == 1 ? 0 : -1 + 2 * i / (length - 1) }
          return -1 + (2 * i + 1) / length
        }
        for row in 0..<axes {
          let at = (n * axes + row) * (axes + 1)
          var sum = maps[at + axes]
          for k in 0..<axes { sum += maps[at + k] * point[k] }
          result.append(sum)
        }
      }
    }
    return try Operand(reals: result, target, theta.type)
  }
}
