import Glibc

/// A convolution whose window may reach anywhere: each of its places is moved by an offset.
enum DeformableConvolution {
  static func run(_ call: NodeCall) throws -> Operand {
    let (x, w) = (try call.operand(0).ranked(4...4), try call.operand(1).ranked(4...4))
    let offsets = try call.operand(2)
    let window = try Convolutions.window(call, x, w)
    let groups = call.integer("group", 1)
    let parts = call.integer("offset_group", 1)
    let (images, channels) = (x.dims[0], x.dims[1])
    let (outputs, depth) = (w.dims[0], w.dims[1])
    let (height, width) = (window.input[0], window.input[1])
    let (rows, columns) = (window.output[0], window.output[1])
    let patch = window.kernel.reduce(1, *)
    guard groups > 0, parts > 0, channels == depth * groups, outputs % groups == 0,
      channels % parts == 0, offsets.dims == [images, parts * patch * 2, rows, columns]
    else { throw GraphError.invalid("offsets \(offsets.dims) for images \(x.dims)") }
    let (values, weights, moves) = (try x.reals(), try w.reals(), try offsets.reals())
    let mask = try call.optional(4)
    guard mask.map({ $0.dims == [images, parts * patch, rows, columns] }) ?? true else {
      throw GraphError.invalid("a mask of \(mask?.dims ?? [])")
    }
    let masks = try mask?.reals()
    let bias = try call.optional(3)?.reals() ?? [Double](repeating: 0, count: outputs)
    guard bias.count == outputs else { throw GraphError.invalid("\(bias.count) biases") }
    let place = rows * columns
    var result = [Double](repeating: 0, count: try places([images, outputs, rows, columns]))
    func sample(_ plane: Int, _ y: Double, _ x: Double) -> Double {
      guard y > -1, x > -1, y < Double(height), x < Double(width) else { return 0 }
      let (top, left) = (Int(y.rounded(.down)), Int(x.rounded(.down)))
      var sum = 0.0
      for (row, weightY) in [(top, 1 - (y - Double(top))), (top + 1, y - Double(top))] {
        for (column, weightX) in [(left, 1 - (x - Double(left))), (left + 1, x - Double(left))]
        where row >= 0 && row < height && column >= 0 && column < width {
          sum += weightY * weightX * values[(plane * height + row) * width + column]
        }
      }
      return sum
    }
    for n in 0..<images {
      for o in 0..<outputs {
        let first = o / (outputs / groups) * depth
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = bias[o]
            let at = row * columns + column
            for c in 0..<depth {
              let part = (first + c) / (channels / parts)
              for k in 0..<patch {
                let (ky, kx) = (k / window.kernel[1], k % window.kernel[1])
                let move = ((n * parts + part) * patch + k) * 2
                let y = Double(
                  row * window.strides[0] - window.before[0] + ky * window.dilations[0])
                let x = Double(
                  column * window.strides[1] - window.before[1] + kx * window.dilations[1])
                let found = sample(
                  n * channels + first + c, y + moves[move * place + at],
                  x + moves[(move + 1) * place + at])
                let share = masks.map { $0[((n * parts + part) * patch + k) * place + at] } ?? 1
                sum += found * share * weights[(o * depth + c) * patch + k]
              }
            }
            result[(n * outputs + o) * place + at] = sum
          }
        }
      }
    }
    return try Operand(reals: result, [images, outputs, rows, columns], x.type)
  }
}
