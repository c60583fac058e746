import Autograd
import Tensors

extension Call {
  func each(_ place: Int, _ name: String, _ axes: Int, _ value: Int) throws -> [Int] {
    let found = try ints(place, name) ?? []
    if found.isEmpty { return Array(repeating: value, count: axes) }
    return found.count == 1 ? Array(repeating: found[0], count: axes) : found
  }
}

extension Adapters {
  static func addWindows(_ table: inout Table) {
    for axes in 1...3 {
      table.add("nn.functional.conv\(axes)d") { c in
        let w = try c.x(1, "weight")
        var settings = Convolution(axes: axes)
        settings.stride = try c.each(3, "stride", axes, 1)
        settings.dilation = try c.each(5, "dilation", axes, 1)
        settings.groups = try c.int(6, "groups", 1)
        settings.pad = try pads(c.given(4, "padding"), axes, w, settings.dilation)
        return [try convolve(c.x(), w, c.maybe(2, "bias"), settings)]
      }
      table.add("nn.functional.conv_transpose\(axes)d") { c in
        var settings = Convolution(axes: axes)
        settings.stride = try c.each(3, "stride", axes, 1)
        settings.pad = try c.each(4, "padding", axes, 0).map { ($0, $0) }
        let extra = try c.each(5, "output_padding", axes, 0)
        settings.groups = try c.int(6, "groups", 1)
        settings.dilation = try c.each(7, "dilation", axes, 1)
        return [
          try convolveBack(c.x(), c.x(1, "weight"), c.maybe(2, "bias"), settings, extra)
        ]
      }
      table.add("nn.functional.avg_pool\(axes)d") { c in
        let kernel = try c.each(1, "kernel_size", axes, 1)
        let stride = try c.ints(2, "stride").flatMap { $0.isEmpty ? nil : $0 }
        let divisor = try axes == 1 ? nil : c.given(6, "divisor_override").number()
        return [
          try avgPool(
            c.x(), axes, kernel, stride ?? kernel, c.each(3, "padding", axes, 0),
            ceil: c.flag(4, "ceil_mode", false),
            includingPad: c.flag(5, "count_include_pad", true), divisor: divisor)
        ]
      }
      table.add("nn.functional.max_pool\(axes)d") { c in
        let kernel = try c.each(1, "kernel_size", axes, 1)
        let stride = try c.ints(2, "stride").flatMap { $0.isEmpty ? nil : $0 }
        let (values, places) = try maxPool(
          c.x(), axes, kernel, stride ?? kernel, c.each(3, "padding", axes, 0),
          c.each(4, "dilation", axes, 1), ceil: c.flag(5, "ceil_mode", false))
        return try c.flag(6, "return_indices", false) ? [values, Variable(places)] : [values]
      }
      table.add("nn.functional.adaptive_avg_pool\(axes)d") { c in
        [
          try adaptive(c.x(), axes, c.given(1, "output_size")) {
            try $0.windowMeans($1, includingPad: false)
          }
        ]
      }
      table.add("nn.functional.adaptive_max_pool\(axes)d") { c in
        var places: Tensor?
        let values = try adaptive(c.x(), axes, c.given(1, "output_size")) {
          let (values, found) = try $0.windowMaxima($1)
          places = found
          return values
        }
        guard try c.flag(2, "return_indices", false), let places else { return [values] }
        return [values, Variable(places)]
      }
      table.add("nn.functional.max_unpool\(axes)d", "nn.functional.max_unpool\(axes)d.grad") { c in
        let (x, index) = (try c.x(), try c.x(1, "indices").value)
        let kernel = try c.each(2, "kernel_size", axes, 1)
        let stride =
          try c.ints(3, "stride").map { $0.count == 1 ? Array(repeating: $0[0], count: axes) : $0 }
          ?? kernel
        let pad = try c.each(4, "padding", axes, 0)
        let n = x.rank
        var out = (0..<axes).map {
          (x.dims[n - axes + $0] - 1) * stride[$0] - 2 * pad[$0] + kernel[$0]
        }
        if let asked = try c.ints(5, "output_size"), !asked.isEmpty {
          out = Array(asked.suffix(axes))
        }
        let shape = try Shape(checking: Array(x.dims.dropLast(axes)) + out)
        let area = out.reduce(1, *)
        let own = x.dims.suffix(axes).reduce(1, *)
        let at = try Tensor.positions([index.count]) {
          $0[0] / max(own, 1) * area + index.integer(at: $0[0])
        }
        // Of several elements for one place the last stays, but each has the place's gradient.
        let places = try at.reshaped(x.dims)
        let y = try Variable(.zeros(shape, x.dtype)).putting(x.detached(), at: places)
        return [y.value.recorded(from: [x]) { [try $0.upstream.picked(places)] }]
      }
    }
    // Ones sent back to where each window's largest element lies.
    table.add("max_pool2d_with_indices_backward") { c in
      let x = try c.x()
      c.ignore("return_indices")
      let kernel = try c.each(-1, "kernel_size", 2, 1)
      let stride = try c.ints(-1, "stride").flatMap { $0.isEmpty ? nil : $0 }
      let (values, places) = try maxPool(
        x.detached(), 2, kernel, stride ?? kernel, c.each(-1, "padding", 2, 0),
        c.each(-1, "dilation", 2, 1), ceil: c.flag(-1, "ceil_mode", false))
      let (area, own) = (
        x.dims.suffix(2).reduce(1, *), values.dims.suffix(2).reduce(1, *)
      )
      let at = try Tensor.positions([places.count]) {
        $0[0] / max(own, 1) * area + places.integer(at: $0[0])
      }
      let sent = Variable(try .full(Shape(checking: [places.count]), 1, x.dtype))
      return [try sent.dropped(at: at, into: x.shape)]
    }
    table.add(
      "constant_pad_nd", "nn.functional.pad.constant", "nn.functional.pad.reflect",
      "nn.functional.pad.replicate", "nn.functional.pad.replicate_negative",
      "nn.functional.pad.circular"
    ) { c in
      let isPlain = c.name == "constant_pad_nd"
      let mode = try isPlain ? "constant" : c.text(2, "mode", "constant")
      let value = try c.num(isPlain ? 2 : 3, "value", 0)
      return [try c.x().padded(c.ints(1, "pad") ?? [], mode: mode, value: value)]
    }
    for mode in ["nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"] {
      table.add("nn.functional.interpolate.\(mode)") { c in
        c.ignore("antialias", "mode")
        return [
          try interpolate(
            c.x(), c.given(1, "size"), c.given(2, "scale_factor"), mode,
            c.flag(4, "align_corners", false), c.flag(5, "recompute_scale_factor", false))
        ]
      }
    }
    table.add("nn.functional.upsample_nearest", "nn.functional.upsample_bilinear") { c in
      let isLinear = c.name.hasSuffix("bilinear")
      return [
        try interpolate(
          c.x(), c.given(1, "size"), c.given(2, "scale_factor"), isLinear ? "bilinear" : "nearest",
          isLinear, false)
      ]
    }
    table.add("nn.functional.unfold") { c in
      let windows = try Windows(
        "unfold", over: Array(c.x().dims.suffix(2)), kernel: c.each(1, "kernel_size", 2, 1),
        stride: c.each(4, "stride", 2, 1), pad: c.each(3, "padding", 2, 0).map { ($0, $0) },
        dilation: c.each(2, "dilation", 2, 1))
      let x = try c.x()
      return [
        x.rank == 3
          ? try x.expanded(axis: 0).unfolded(windows).squeezed(axis: 0) : try x.unfolded(windows)
      ]
    }
    table.add("nn.functional.linear") { c in
      [try linear(c.x(), c.x(1, "weight"), c.maybe(2, "bias"))]
    }
    table.add("nn.functional.bilinear") { c in
      [try bilinear(c.x(), c.x(1), c.x(2, "weight"), c.maybe(3, "bias"))]
    }
    addNormalisations(&table)
  }

  static func bilinear(_ a: Variable, _ b: Variable, _ w: Variable, _ bias: Variable?) throws
    -> Variable
  {
    let (o, m, n) = (w.dims[0], w.dims[1], w.dims[2])
    let lead = Array(a.dims.dropLast())
    let rows = lead.reduce(1, *)
    let products = try (a.reshaped([rows, m, 1]) * b.reshaped([rows, 1, n])).reshaped([rows, m * n])
    let y = try Variable.matmul(products, w.reshaped([o, m * n]), transposeB: true).reshaped(
      lead + [o])
    return try bias.map { try y + $0 } ?? y
  }

  static func pads(_ given: Given, _ axes: Int, _ w: Variable, _ dilation: [Int]) throws -> [(
    Int, Int
  )] {
    if case .text(let text) = given {
      if text == "valid" { return Array(repeating: (0, 0), count: axes) }
      return (0..<axes).map { i in
        let total = dilation[i] * (w.dims[i + 2] - 1)
        return (total / 2, total - total / 2)
      }
    }
    let found = try given.integers() ?? [0]
    return (found.count == 1 ? Array(repeating: found[0], count: axes) : found).map { ($0, $0) }
  }

  /// Runs a body on [N, C, ...], adding the batch axis where it is missing.
  static func batched(_ x: Variable, _ axes: Int, _ body: (Variable) throws -> Variable) throws
    -> Variable
  {
    x.rank == axes + 1 ? try body(x.expanded(axis: 0)).squeezed(axis: 0) : try body(x)
  }

  static func convolve(_ x: Variable, _ w: Variable, _ bias: Variable?, _ c: Convolution) throws
    -> Variable
  {
    let axes = c.stride.count
    return try batched(x, axes) { x in
      try shifted(Variable.convolution(x, w, c), bias)
    }
  }

  static func convolveBack(
    _ x: Variable, _ w: Variable, _ bias: Variable?, _ c: Convolution, _ extra: [Int]
  ) throws -> Variable {
    try batched(x, c.stride.count) { x in
      try shifted(Variable.transposedConvolution(x, w, c, extra: extra), bias)
    }
  }

  static func shifted(_ y: Variable, _ bias: Variable?) throws -> Variable {
    guard let bias else { return y }
    return try y + bias.reshaped([bias.shape.count] + Array(repeating: 1, count: y.rank - 2))
  }

  static func avgPool(
    _ x: Variable, _ axes: Int, _ kernel: [Int], _ stride: [Int], _ pad: [Int], ceil: Bool,
    includingPad: Bool, divisor: Double?
  ) throws -> Variable {
    let windows = try Windows(
      "avg_pool", over: Array(x.dims.suffix(axes)), kernel: kernel,
      stride: stride.count == 1 ? Array(repeating: stride[0], count: axes) : stride,
      pad: pad.map { ($0, $0) }, dilation: Array(repeating: 1, count: axes), ceil: ceil)
    return try x.windowMeans(windows, includingPad: includingPad, divisor: divisor)
  }

  static func maxPool(
    _ x: Variable, _ axes: Int, _ kernel: [Int], _ stride: [Int], _ pad: [Int], _ dilation: [Int],
    ceil: Bool
  ) throws -> (Variable, Tensor) {
    let windows = try Windows(
      "max_pool", over: Array(x.dims.suffix(axes)), kernel: kernel,
      stride: stride.count == 1 ? Array(repeating: stride[0], count: axes) : stride,
      pad: pad.map { ($0, $0) }, dilation: dilation, ceil: ceil)
    return try x.windowMaxima(windows)
  }

  static func adaptive(
    _ x: Variable, _ axes: Int, _ size: Given, _ body: (Variable, Windows) throws -> Variable
  ) throws -> Variable {
    let spatial = Array(x.dims.suffix(axes))
    var out = spatial
    switch size {
    case .list(let items):
      for (i, item) in items.enumerated() { out[i] = try item.integer() ?? spatial[i] }
      if items.count == 1 {
        out = try Array(repeating: items[0].integer() ?? spatial[0], count: axes)
      }
    default: out = try Array(repeating: size.integer() ?? 1, count: axes)
    }
    return try body(x, Windows(adaptive: out, over: spatial))
  }

  static func interpolate(
    _ x: Variable, _ size: Given, _ scale: Given, _ mode: String, _ corners: Bool, _ recompute: Bool
  ) throws -> Variable {
    let axes = x.rank - 2
    let spatial = Array(x.dims.dropFirst(2))
    var out: [Int]
    var scales = [Double?](repeating: nil, count: axes)
    if let sizes = try size.integers() {
      out = sizes.count == 1 ? Array(repeating: sizes[0], count: axes) : sizes
    } else {
      let factors = try scale.numbers() ?? [1]
      let all = factors.count == 1 ? Array(repeating: factors[0], count: axes) : factors
      out = zip(spatial, all).map { Int((Double($0) * $1).rounded(.down)) }
      if !recompute { scales = all.map { $0 } }
    }
    let plain = ["bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"][mode] ?? mode
    return try x.resized(out, scales: scales, mode: plain, corners: corners)
  }
}
