/// A window that moves over the axes of an image.
struct Window {
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let before: [Int]
  let after: [Int]
  /// The sizes of the image and of what the window's places make.
  let input: [Int]
  let output: [Int]

  /// The pixels from one end of the window to the other.
  var reach: [Int] { zip(kernel, dilations).map { ($0 - 1) * $1 + 1 } }

  /// Reads the settings of a node whose images have the sizes `input`.
  init(_ call: NodeCall, _ input: [Int], kernel given: [Int]? = nil) throws {
    let rank = input.count
    func setting(_ name: String) throws -> [Int] {
      let values = call.integers(name) ?? [Int](repeating: 1, count: rank)
      guard values.count == rank, values.allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
        throw GraphError.invalid("\(name) \(values) for \(rank) axes")
      }
      return values
    }
    let kernel = try given ?? setting("kernel_shape")
    guard kernel.count == rank, kernel.allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
      throw GraphError.invalid("a window of \(kernel) over \(rank) axes")
    }
    let strides = try setting("strides")
    let dilations = try setting("dilations")
    let reach = zip(kernel, dilations).map { ($0 - 1) * $1 + 1 }
    var before = [Int](repeating: 0, count: rank)
    var after = before
    var output = before
    let mode = call.text("auto_pad", "NOTSET")
    switch mode {
    case "SAME_UPPER", "SAME_LOWER":
      for i in 0..<rank {
        output[i] = (input[i] + strides[i] - 1) / strides[i]
        let total = max(0, (output[i] - 1) * strides[i] + reach[i] - input[i])
        before[i] = mode == "SAME_UPPER" ? total / 2 : total - total / 2
        after[i] = total - before[i]
      }
    case "NOTSET", "VALID":
      let pads = mode == "VALID" ? nil : call.integers("pads")
      if let pads {
        guard pads.count == 2 * rank, pads.allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else {
          throw GraphError.invalid("pads \(pads) for \(rank) axes")
        }
        before = Array(pads[..<rank])
        after = Array(pads[rank...])
      }
      for i in 0..<rank {
        let room = input[i] + before[i] + after[i] - reach[i]
        guard room >= 0 else {
          throw GraphError.invalid("a window of \(kernel) does not fit into \(input)")
        }
        output[i] = room / strides[i] + 1
        if call.flag("ceil_mode"), room % strides[i] != 0,
          output[i] * strides[i] < input[i] + before[i]
        {
          // The last window may hang over the end, but must begin inside.
          output[i] += 1
        }
      }
    default: throw GraphError.unsupported("auto_pad \(mode)")
    }
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.before = before
    self.after = after
    self.input = input
    self.output = output
  }

  /// Along one axis, the image coordinates under the window at a place, outside ones too.
  func coordinates(_ axis: Int, _ place: Int) -> [Int] {
    (0..<kernel[axis]).map { place * strides[axis] - before[axis] + $0 * dilations[axis] }
  }

  /// The flat positions of the image under the window at a place, -1 outside, and whether each lies
  /// inside the padded image.
  func positions(_ place: [Int]) -> (flat: [Int], isPadded: [Bool]) {
    var (flat, isPadded) = ([0], [true])
    for axis in kernel.indices {
      let size = input[axis]
      var (next, padded): ([Int], [Bool]) = ([], [])
      let line = coordinates(axis, place[axis])
      for (position, inside) in zip(flat, isPadded) {
        for at in line {
          next.append(position < 0 || at < 0 || at >= size ? -1 : position * size + at)
          padded.append(inside && at < size + after[axis])
        }
      }
      (flat, isPadded) = (next, padded)
    }
    return (flat, isPadded)
  }
}
