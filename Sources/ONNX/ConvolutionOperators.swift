import Tensors

/// Convolutions over any number of axes.
enum Convolutions {
  /// Cross-correlation of images [N, C, ...] with weights [out, C / groups, ...].
  static func convolved(_ x: Tensor, _ w: Tensor, _ window: Window, groups: Int) throws -> Tensor {
    let axes = window.kernel.count
    guard groups > 0, x.dims[1] == w.dims[1] * groups, w.dims[0] % groups == 0 else {
      throw GraphError.invalid("images \(x.dims) and weights \(w.dims) in \(groups) groups")
    }
    guard axes <= 2 else { return try general(x, w, window, groups) }
    // One axis is an image of one row.
    let lift: (Tensor) throws -> Tensor = {
      axes == 2 ? $0 : try $0.reshaped([$0.dims[0], $0.dims[1], 1, $0.dims[2]])
    }
    var geometry = WindowGeometry()
    let (row, column) = (axes - 2, axes - 1)
    if axes == 2 {
      geometry.stride.height = window.strides[row]
      geometry.dilation.height = window.dilations[row]
      geometry.padTop = window.before[row]
      geometry.padBottom = window.after[row]
    }
    geometry.stride.width = window.strides[column]
    geometry.dilation.width = window.dilations[column]
    geometry.padLeft = window.before[column]
    geometry.padRight = window.after[column]
    geometry.groups = groups
    let result = try Tensor.conv2d(lift(x), lift(w), geometry)
    return try result.reshaped(Array(result.dims[..<2]) + window.output)
  }

  private static func general(_ x: Tensor, _ w: Tensor, _ window: Window, _ groups: Int) throws
    -> Tensor
  {
    let (images, channels) = (x.dims[0], x.dims[1])
    let (outputs, depth) = (w.dims[0], w.dims[1])
    let size = window.input.reduce(1, *)
    let patch = window.kernel.reduce(1, *)
    let count = try places(window.output)
    _ = try places([images, outputs, count])
    let (values, weights) = (x.array(of: Double.self), w.array(of: Double.self))
    var result = [Double](repeating: 0, count: images * outputs * count)
    var place = 0
    try Positions.each(window.output) { index in
      let flat = window.positions(index).flat
      for n in 0..<images {
        for o in 0..<outputs {
          let first = o / (outputs / groups) * depth
          var sum = 0.0
          for c in 0..<depth {
            let image = (n * channels + first + c) * size
            let kernel = (o * depth + c) * patch
            for k in 0..<patch where flat[k] >= 0 {
              sum += values[image + flat[k]] * weights[kernel + k]
            }
          }
          result[(n * outputs + o) * count + place] = sum
        }
      }
      place += 1
    }
    let shape = try Shape(checking: [images, outputs] + window.output)
    return try Tensor(result, shape: shape).cast(max(x.dtype, .float32))
  }

  /// Adds one number to each channel.
  static func biased(_ x: Tensor, _ bias: Operand?) throws -> Tensor {
    guard let bias else { return x }
    guard bias.count == x.dims[1] else {
      throw GraphError.invalid("\(bias.count) biases for \(x.dims[1]) channels")
    }
    let ones = [Int](repeating: 1, count: x.rank - 2)
    return try x.binary(.add, bias.tensor().reshaped([1, bias.count] + ones))
  }

  /// The images, the weights and the window of a node.
  static func window(_ call: NodeCall, _ x: Operand, _ w: Operand) throws -> Window {
    guard x.rank >= 3, w.rank == x.rank else {
      throw GraphError.invalid("images \(x.dims) and weights \(w.dims)")
    }
    let kernel = Array(w.dims[2...])
    guard call.integers("kernel_shape").map({ $0 == kernel }) ?? true else {
      throw GraphError.invalid("weights of \(kernel) where others are declared")
    }
    return try Window(call, Array(x.dims[2...]), kernel: kernel)
  }

  /// The sum of weights spread from each pixel: the gradient of a convolution for its images.
  static func transposed(_ call: NodeCall) throws -> Operand {
    let (x, w) = (try call.operand(0).ranked(3...), try call.operand(1))
    let axes = x.rank - 2
    guard w.rank == x.rank, w.dims[0] == x.dims[1] else {
      throw GraphError.invalid("images \(x.dims) and weights \(w.dims)")
    }
    let groups = call.integer("group", 1)
    let kernel = Array(w.dims[2...])
    func setting(_ name: String, _ standard: Int, _ count: Int, least: Int) throws -> [Int] {
      let values = call.integers(name) ?? [Int](repeating: standard, count: count)
      guard values.count == count, values.allSatisfy({ $0 >= least && $0 < 1 << 31 }) else {
        throw GraphError.invalid("\(name) \(values) for \(axes) axes")
      }
      return values
    }
    let strides = try setting("strides", 1, axes, least: 1)
    let dilations = try setting("dilations", 1, axes, least: 1)
    let extra = try setting("output_padding", 0, axes, least: 0)
    var pads = try setting("pads", 0, 2 * axes, least: 0)
    let input = Array(x.dims[2...])
    var output = [Int](repeating: 0, count: axes)
    let mode = call.text("auto_pad", "NOTSET")
    let asked = call.integers("output_shape")?.suffix(axes)
    guard groups > 0, w.dims[0] % groups == 0, asked?.count ?? axes == axes,
      asked?.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) ?? true
    else {
      throw GraphError.invalid("\(groups) groups of weights \(w.dims)")
    }
    for i in 0..<axes {
      let full = strides[i] * (input[i] - 1) + extra[i] + (kernel[i] - 1) * dilations[i] + 1
      if asked != nil || mode.hasPrefix("SAME") {
        output[i] = asked.map { Array($0)[i] } ?? input[i] * strides[i]
        let total = max(0, full - output[i])
        pads[i] = mode == "SAME_UPPER" ? total / 2 : total - total / 2
        pads[axes + i] = total - pads[i]
      } else {
        output[i] = full - pads[i] - pads[axes + i]
      }
    }
    let (images, depth, width) = (x.dims[0], w.dims[0] / groups, w.dims[1])
    let target = [images, groups * width] + output
    var result = [Double](repeating: 0, count: try places(target))
    let (values, weights) = (try x.reals(), try w.reals())
    let (size, patch, count) = (input.reduce(1, *), kernel.reduce(1, *), output.reduce(1, *))
    let steps = Positions.strides(output)
    var pixel = 0
    try Positions.each(input) { place in
      var k = 0
      try Positions.each(kernel) { offset in
        defer { k += 1 }
        var at = 0
        for i in 0..<axes {
          let coordinate = place[i] * strides[i] - pads[i] + offset[i] * dilations[i]
          guard coordinate >= 0, coordinate < output[i] else { return }
          at += coordinate * steps[i]
        }
        for n in 0..<images {
          for g in 0..<groups {
            for c in 0..<depth {
              let channel = g * depth + c
              let value = values[(n * groups * depth + channel) * size + pixel]
              for o in 0..<width {
                result[(n * groups * width + g * width + o) * count + at] +=
                  value * weights[(channel * width + o) * patch + k]
              }
            }
          }
        }
      }
      pixel += 1
    }
    let tensor = try Tensor(result, shape: Shape(checking: target))
    return try Operand(biased(tensor, call.optional(2)), x.type)
  }
}

extension GraphOperators {
  /// Columns of patches put back where they came from, sums where they overlap.
  private static func col2im(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0).ranked(3...3)
    let (image, block) = (try call.operand(1).integers(), try call.operand(2).integers())
    _ = try places(image)
    let window = try Window(call, image, kernel: block)
    let (patch, count) = (block.reduce(1, *), window.output.reduce(1, *))
    guard patch > 0, x.dims[1] % patch == 0, x.dims[2] == count else {
      throw GraphError.invalid("\(x.dims) does not hold \(count) patches of \(block)")
    }
    let (images, channels) = (x.dims[0], x.dims[1] / patch)
    let size = image.reduce(1, *)
    let values = try x.reals()
    var result = [Double](repeating: 0, count: try places([images, channels] + image))
    var place = 0
    try Positions.each(window.output) { index in
      let flat = window.positions(index).flat
      for plane in 0..<images * channels {
        for k in 0..<patch where flat[k] >= 0 {
          result[plane * size + flat[k]] += values[(plane * patch + k) * count + place]
        }
      }
      place += 1
    }
    return try Operand(reals: result, [images, channels] + image, x.type)
  }

  static let convolutions: [GraphOperator] = [
    GraphOperator("Conv") { call in
      let (x, w) = (try call.operand(0), try call.operand(1))
      let window = try Convolutions.window(call, x, w)
      let result = try Convolutions.convolved(
        x.tensor(), w.tensor(), window, groups: call.integer("group", 1))
      return try Operand(Convolutions.biased(result, call.optional(2)), x.type)
    },
    GraphOperator("ConvInteger") { call in
      let (x, w) = (try call.operand(0), try call.operand(1))
      let window = try Convolutions.window(call, x, w)
      let images = try Quantization.centred(x, call.optional(2), axis: 1)
      let weights = try Quantization.centred(w, call.optional(3), axis: 0)
      return try Operand(
        Convolutions.convolved(images, weights, window, groups: call.integer("group", 1)), .int32)
    },
    GraphOperator("QLinearConv") { call in
      let (x, w) = (try call.operand(0), try call.operand(3))
      let window = try Convolutions.window(call, x, w)
      let images = try Quantization.centred(x, call.operand(2), axis: 1)
      let weights = try Quantization.centred(w, call.operand(5), axis: 0)
      var result = try Convolutions.convolved(
        images, weights, window, groups: call.integer("group", 1))
      if let bias = try call.optional(8) {
        result = try Convolutions.biased(
          result, Operand(reals: bias.reals(), bias.dims, .float64))
      }
      let ones = [Int](repeating: 1, count: x.rank - 2)
      let scales = try call.operand(4)
      let scale = try Products.wide(scales).reshaped([1, scales.count] + ones)
      result = try result.binary(.multiply, scale)
        .binary(.multiply, .full(.number, call.operand(1).real(), .float64))
      return try Quantization.quantized(result, scale: call.operand(6), zero: call.operand(7))
    },
    GraphOperator("ConvTranspose", Convolutions.transposed),
    GraphOperator("Col2Im", col2im),
    GraphOperator("DeformConv", DeformableConvolution.run),
    GraphOperator(many: "CausalConvWithState", CausalConvolution.run),
  ]
}
