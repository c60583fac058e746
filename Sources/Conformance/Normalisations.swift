import Autograd
import Tensors

extension Adapters {
  static func addNormalisations(_ table: inout Table) {
    table.add("nn.functional.layer_norm", "native_layer_norm") { c in
      let x = try c.x()
      let count = try (c.ints(1, "normalized_shape") ?? []).count
      let axes = Array(x.rank - count..<x.rank)
      let eps = try c.num(4, "eps", 1e-5)
      var y = try Operations.standardised(x, axes: axes, eps: eps)
      if let w = try c.maybe(2, "weight") { y = try y * w }
      if let b = try c.maybe(3, "bias") { y = try y + b }
      if c.name != "native_layer_norm" { return [y] }
      let mean = try Operations.mean(x, .reduction(axes, true))
      let d = try x - mean
      return [y, mean, try Operations.rsqrt(Operations.mean(d * d, .reduction(axes, true)) + eps)]
    }
    table.add("nn.functional.rms_norm") { c in
      let x = try c.x()
      let count = try (c.ints(1, "normalized_shape") ?? []).count
      let y = try Operations.rmsNorm(
        x, ["axes": .integer(count), "eps": .number(c.num(3, "eps", 1.1920928955078125e-7))])
      return [try c.maybe(2, "weight").map { try y * $0 } ?? y]
    }
    table.add("nn.functional.group_norm", "native_group_norm") { c in
      let x = try c.x()
      let isNative = c.name == "native_group_norm"
      if isNative { for i in 3...5 { _ = c.given(i) } }
      let groups = try c.int(isNative ? 6 : 1, "num_groups", 1)
      let eps = try c.num(isNative ? 7 : 4, "eps", 1e-5)
      let (w, b) = (try c.maybe(isNative ? 1 : 2, "weight"), try c.maybe(isNative ? 2 : 3, "bias"))
      let y = try Operations.affine(
        Operations.groupNorm(x, ["groups": .integer(groups), "eps": .number(eps)]), w, b, from: x)
      if !isNative { return [y] }
      let size = x.dims.dropFirst().reduce(1, *) / max(1, groups)
      let flat = try x.reshaped([x.dims[0], groups, size])
      let mean = try Operations.mean(flat, .reduction([2], true))
      let d = try flat - mean
      let scale = try Operations.rsqrt(Operations.mean(d * d, .reduction([2], true)) + eps)
      return [y, try mean.squeezed(axis: 2), try scale.squeezed(axis: 2)]
    }
    table.add("nn.functional.instance_norm") { c in
      let x = try c.x()
      let eps = try c.num(-1, "eps", 1e-5)
      c.ignore("momentum")
      let (mean, variance) = (try c.maybe(-1, "running_mean"), try c.maybe(-1, "running_var"))
      let y: Variable
      if try c.flag(-1, "use_input_stats", true) {
        y = try Operations.instanceNorm(x, ["eps": .number(eps)])
      } else {
        y =
          try Operations.affine(x, nil, mean?.negated(), from: x)
          * Operations.affine(
            x * 0 + 1, variance.map { try Operations.rsqrt($0 + eps) }, nil, from: x)
      }
      return [try Operations.affine(y, c.maybe(-1, "weight"), c.maybe(-1, "bias"), from: x)]
    }
    table.add(
      "nn.functional.batch_norm", "nn.functional.batch_norm.without_cudnn", "native_batch_norm",
      "_batch_norm_with_update"
    ) { c in
      let isNative = !c.name.hasPrefix("nn.")
      let x = try c.x()
      let (m, v, w, b) =
        isNative
        ? (try c.maybe(3), try c.maybe(4), try c.maybe(1), try c.maybe(2))
        : (
          try c.maybe(1, "running_mean"), try c.maybe(2, "running_var"), try c.maybe(3, "weight"),
          try c.maybe(4, "bias")
        )
      // _batch_norm_with_update always trains and has no setting for it.
      let updates = c.name == "_batch_norm_with_update"
      let training = try updates ? true : c.flag(5, "training", false)
      if updates { _ = c.given(5, "momentum") } else { _ = c.given(6, "momentum") }
      let eps = try c.num(updates ? 6 : 7, "eps", 1e-5)
      let (y, mean, scale) = try batchNorm(x, m, v, w, b, training: training, eps: eps)
      if !isNative { return [y] }
      let empty = Variable(try .zeros(Shape(checking: [0])))
      let kept = training ? [y, mean, scale] : [y, empty, empty]
      return updates ? kept + [try empty.value.cast(.int64).asVariable] : kept
    }
    table.add("nn.functional.local_response_norm") { c in
      let x = try c.x()
      return [
        try Operations.localResponseNorm(
          x,
          [
            "size": .integer(c.int(1, "size", 5)), "alpha": .number(c.num(2, "alpha", 1e-4)),
            "beta": .number(c.num(3, "beta", 0.75)), "k": .number(c.num(4, "k", 1)),
          ])
      ]
    }
  }

  static func batchNorm(
    _ x: Variable, _ m: Variable?, _ v: Variable?, _ w: Variable?, _ b: Variable?, training: Bool,
    eps: Double
  ) throws -> (Variable, Variable, Variable) {
    let axes = [0] + Array(2..<max(2, x.rank))
    if x.shape.count == 0 {
      let none = try zeros([x.rank > 1 ? x.dims[1] : 0], x.dtype)
      return (x, none, none)
    }
    var mean: Variable
    var variance: Variable
    if training || m == nil {
      mean = try Operations.mean(x, .reduction(axes, false))
      let d = try x - mean.reshaped([mean.shape.count] + Array(repeating: 1, count: x.rank - 2))
      variance = try Operations.mean(d * d, .reduction(axes, false))
    } else {
      guard let m, let v else { throw Unsupported("batch norm without statistics") }
      (mean, variance) = (m, v)
    }
    let scale = try Operations.rsqrt(variance + eps)
    let centred = try Operations.affine(x, nil, mean.negated(), from: x)
    return (
      try Operations.affine(Operations.affine(centred, scale, nil, from: x), w, b, from: x), mean,
      scale
    )
  }
}
