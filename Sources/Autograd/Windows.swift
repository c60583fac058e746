import Tensors

/// Which places of the trailing axes each window covers: for every axis, for every window along it,
/// the coordinates (-1: outside).
package struct Windows: Sendable {
  package let sizes: [Int]
  package let axes: [[[Int]]]
  /// Per axis and window: how many coordinates count for a mean over padding too.
  private let padded: [[Int]]

  package var out: [Int] { axes.map(\.count) }
  /// Coordinates of one window: the product over the axes.
  package var width: Int { axes.reduce(1) { $0 * ($1.first?.count ?? 1) } }

  /// Windows of a fixed size. `ceil` keeps a last window that begins inside but ends outside.
  package init(
    _ operation: String, over sizes: [Int], kernel: [Int], stride: [Int], pad: [(Int, Int)],
    dilation: [Int], ceil: Bool = false
  ) throws {
    var axes: [[[Int]]] = []
    var padded: [[Int]] = []
    for (i, size) in sizes.enumerated() {
      let (k, s, d) = (kernel[i], stride[i], dilation[i])
      guard k > 0, s > 0, d > 0, pad[i].0 >= 0, pad[i].1 >= 0 else {
        throw TensorError.invalid(
          operation: operation, reason: "window, stride and dilation start at 1, padding at 0",
          hint: nil)
      }
      let (reach, overflow) = (k - 1).multipliedReportingOverflow(by: d)
      let (total, again) = size.addingReportingOverflow(pad[i].0 &+ pad[i].1)
      guard !overflow, !again, total > reach, k <= 1 << 24 else {
        throw TensorError.windowTooLarge(operation: operation, window: kernel, input: sizes)
      }
      let room = total - reach - 1
      var count = room / s + 1
      if ceil, room % s != 0, count * s < size + pad[i].0 { count += 1 }
      axes.append(
        (0..<count).map { o in
          (0..<k).map { j in
            let at = o * s - pad[i].0 + j * d
            return at >= 0 && at < size ? at : -1
          }
        })
      padded.append(
        (0..<count).map { o in
          let start = o * s - pad[i].0
          return Swift.min(start + k, size + pad[i].1) - start
        })
    }
    (self.sizes, self.axes, self.padded) = (sizes, axes, padded)
  }

  /// Windows that divide each axis into a given number of parts, overlapping where they must.
  package init(adaptive out: [Int], over sizes: [Int]) throws {
    guard out.allSatisfy({ $0 >= 0 && $0 <= 1 << 24 }) else { throw TensorError.negativeSize(out) }
    self.sizes = sizes
    axes = zip(out, sizes).map { parts, size in
      let ranges = (0..<parts).map { i in
        i * size / parts..<(((i + 1) * size + parts - 1) / parts)
      }
      let widest = ranges.map(\.count).max() ?? 1
      return ranges.map { Array($0) + Array(repeating: -1, count: widest - $0.count) }
    }
    padded = axes.map { $0.map { window in window.count { $0 >= 0 } } }
  }

  /// Flat positions within one plane: [windows, width].
  package func positions() throws -> Tensor {
    let widths = axes.map { $0.first?.count ?? 1 }
    let n = axes.count
    return try Tensor.positions(out + widths) { at in
      var flat = 0
      for i in 0..<n {
        let coordinate = axes[i][at[i]][at[n + i]]
        if coordinate < 0 { return -1 }
        flat = flat * sizes[i] + coordinate
      }
      return flat
    }.reshaped([out.reduce(1, *), width])
  }

  /// The same positions for each of several planes: [planes, windows, width].
  package func positions(planes: Int) throws -> Tensor {
    let one = try positions()
    let area = sizes.reduce(1, *)
    let flat = one.array(of: Int64.self)
    return try Tensor.positions([planes, flat.count]) { at in
      let place = Int(flat[at[1]])
      return place < 0 ? -1 : at[0] * area + place
    }.reshaped([planes] + one.dims)
  }

  /// What each window's sum is divided by for a mean, in the shape of the result's trailing axes.
  package func divisors(includingPad: Bool) throws -> Tensor {
    let counts = includingPad ? padded : axes.map { $0.map { window in window.count { $0 >= 0 } } }
    let shape = try Shape(checking: out)
    var values = [1.0]
    for axis in counts { values = values.flatMap { left in axis.map { left * Double($0) } } }
    return try Tensor(values, shape: shape)
  }

  /// Which coordinates each window adds up along an axis: [size, windows] of zeros and ones.
  func matrix(_ axis: Int, _ dtype: DType) throws -> Tensor {
    let windows = axes[axis]
    var values = [Double](repeating: 0, count: sizes[axis] * windows.count)
    for (o, window) in windows.enumerated() {
      for at in window where at >= 0 { values[at * windows.count + o] += 1 }
    }
    return try Tensor(values, shape: Shape(checking: [sizes[axis], windows.count])).cast(dtype)
  }
}

extension Variable {
  /// Each vector along an axis times a matrix [old size, new size].
  package func mixed(_ matrix: Tensor, axis: Int) throws -> Variable {
    let axis = try shape.axis(axis)
    let product = try Variable.matmul(moved(from: axis, to: rank - 1), Variable(matrix))
    return try product.moved(from: rank - 1, to: axis)
  }

  private func trailing(_ windows: Windows, _ operation: String) throws -> Int {
    let n = windows.sizes.count
    guard rank > n else {
      throw TensorError.invalid(
        operation: operation, reason: "needs [..., C] and \(n) more axes, this is \(shape)",
        hint: nil)
    }
    return rank - n
  }

  /// The sum under each window of the last axes.
  package func windowSums(_ windows: Windows) throws -> Variable {
    let first = try trailing(windows, "pool")
    var x = try floating()
    for i in windows.sizes.indices {
      x = try x.mixed(windows.matrix(i, x.dtype), axis: first + i)
    }
    return x
  }

  /// The mean under each window.
  package func windowMeans(_ windows: Windows, includingPad: Bool, divisor: Double? = nil) throws
    -> Variable
  {
    let sums = try windowSums(windows)
    if let divisor { return try sums / divisor }
    return try sums / Variable(windows.divisors(includingPad: includingPad).cast(sums.dtype))
  }

  /// The largest element under each window, and where it lies within its plane: i64.
  package func windowMaxima(_ windows: Windows) throws -> (values: Variable, places: Tensor) {
    let first = try trailing(windows, "pool")
    let x = try floating()
    let within = try windows.positions().array(of: Int64.self)
    let (area, width) = (windows.sizes.reduce(1, *), windows.width)
    let target = Array(dims[..<first]) + windows.out
    let values = x.value.array(of: Double.self)
    var places: [Int64] = []
    let places2 = try Tensor.positions(target.isEmpty ? [1] : target) { _ in 0 }
    places.reserveCapacity(places2.count)
    let perPlane = width == 0 ? 0 : within.count / width
    for i in 0..<places2.count {
      let (plane, window) = (i / Swift.max(perPlane, 1), i % Swift.max(perPlane, 1))
      var best = Int64(-1)
      var top = 0.0
      for k in window * width..<(window + 1) * width where within[k] >= 0 {
        let next = values[plane * area + Int(within[k])]
        if best < 0 || next > top || next.isNaN { (best, top) = (within[k], next) }
        if next.isNaN { break }
      }
      places.append(best)
    }
    let inside = try Tensor(places, shape: Shape(checking: target))
    return (try x.inPlanes(at: inside, axes: windows.sizes.count), inside)
  }

  /// Elements at positions that count within each plane of the last axes.
  package func inPlanes(at places: Tensor, axes: Int) throws -> Variable {
    let area = dims.suffix(axes).reduce(1, *)
    let size = places.dims.suffix(axes).reduce(1, *)
    let flat = places.array(of: Int64.self)
    var i = 0
    let all = try Tensor.positions([flat.count]) { at in
      i = at[0]
      return flat[i] < 0 ? -1 : i / size * area + Int(flat[i])
    }
    return try picked(all.reshaped(places.dims))
  }
}
