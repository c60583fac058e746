import Autograd
import Tensors

extension Call {
  /// The same call as one of a function: settings and parameters become named arguments.
  func functional(_ function: String, _ names: [String], dropping: Set<String> = []) -> Call {
    var all = state.filter { !dropping.contains($0.name) }
    let shown = dropping.union(["_", "bias", "in_features", "out_features"])
    all += zip(names, settings).map { (name: $0, value: $1) }.filter { !shown.contains($0.name) }
    all += (named + namedSettings).filter { !shown.contains($0.name) }
    let input = all.firstIndex { $0.name == "input" }.map { [all.remove(at: $0).value] } ?? []
    let call = Call(
      name: function, positional: input + positional, named: all, state: [], settings: [],
      namedSettings: [], isTraining: isTraining)
    call.leaves = leaves
    ignoreAll()
    return call
  }
}

extension Adapters {
  /// A module that is a function with settings.
  static func add(
    _ table: inout Table, _ module: String, _ function: String, _ names: [String] = [],
    dropping: Set<String> = []
  ) {
    table.add(module) { c in
      guard let body = operators[function] else { throw Unsupported("no function \(function)") }
      let call = c.functional(function, names, dropping: dropping)
      let results = try body(call)
      try call.checkAllUsed()
      return results
    }
  }

  static func addModules(_ table: inout Table) {
    for n in 1...3 {
      add(&table, "AdaptiveAvgPool\(n)d", "nn.functional.adaptive_avg_pool\(n)d", ["output_size"])
      add(
        &table, "AdaptiveMaxPool\(n)d", "nn.functional.adaptive_max_pool\(n)d",
        ["output_size", "return_indices"])
      add(
        &table, "AvgPool\(n)d", "nn.functional.avg_pool\(n)d",
        ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"])
      add(
        &table, "MaxPool\(n)d", "nn.functional.max_pool\(n)d",
        ["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"])
      let shape: Set = ["in_channels", "out_channels", "kernel_size"]
      add(
        &table, "Conv\(n)d", "nn.functional.conv\(n)d",
        ["_", "_", "_", "stride", "padding", "dilation", "groups"], dropping: shape)
      add(
        &table, "ConvTranspose\(n)d", "nn.functional.conv_transpose\(n)d",
        ["_", "_", "_", "stride", "padding", "output_padding", "groups"], dropping: shape)
      addPads(&table, n)
      table.add("LPPool\(n)d") { c in
        let x = try c.x()
        let p = try c.setting(0, "norm_type").number() ?? 2
        func each(_ given: Given) throws -> [Int]? {
          try given.integers().map { $0.count == 1 ? Array(repeating: $0[0], count: n) : $0 }
        }
        let kernel = try each(c.setting(1, "kernel_size")) ?? []
        let stride = try each(c.setting(2, "stride")) ?? kernel
        let windows = try Windows(
          "lp_pool", over: Array(x.dims.suffix(n)), kernel: kernel, stride: stride,
          pad: Array(repeating: (0, 0), count: n), dilation: Array(repeating: 1, count: n))
        let sums = try x.power(.number(p)).windowSums(windows)
        return [try Operations.relu(sums).power(.number(1 / p))]
      }
    }
    for (module, function, names) in [
      ("CELU", "celu", ["alpha"]), ("ELU", "elu", ["alpha"]), ("SELU", "selu", []),
      ("GELU", "gelu", ["approximate"]), ("GLU", "glu", ["dim"]),
      ("Hardshrink", "hardshrink", ["lambd"]), ("Hardswish", "hardswish", []),
      ("Hardtanh", "hardtanh", ["min_val", "max_val"]),
      ("LeakyReLU", "leaky_relu", ["negative_slope"]), ("LogSigmoid", "logsigmoid", []),
      ("Mish", "mish", []), ("ReLU", "relu", []), ("ReLU6", "relu6", []), ("SiLU", "silu", []),
      ("Softplus", "softplus", ["beta", "threshold"]), ("Softshrink", "softshrink", ["lambd"]),
      ("Softsign", "softsign", []), ("Tanhshrink", "tanhshrink", []),
      ("Threshold", "threshold", ["threshold", "value"]), ("Softmin", "softmin", ["dim"]),
      ("PReLU", "prelu", ["_"]), ("L1Loss", "l1_loss", []), ("MSELoss", "mse_loss", []),
      ("SmoothL1Loss", "smooth_l1_loss", []), ("HuberLoss", "huber_loss", []),
      ("SoftMarginLoss", "soft_margin_loss", []), ("NLLLoss", "nll_loss", ["weight"]),
      ("CrossEntropyLoss", "cross_entropy", ["weight"]), ("KLDivLoss", "kl_div", []),
      ("BCELoss", "binary_cross_entropy", ["weight"]),
      ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", ["weight"]),
      ("PoissonNLLLoss", "poisson_nll_loss", ["log_input", "full"]),
      ("GaussianNLLLoss", "gaussian_nll_loss", []),
      ("HingeEmbeddingLoss", "hinge_embedding_loss", ["margin"]),
      ("MarginRankingLoss", "margin_ranking_loss", ["margin"]),
      ("CosineEmbeddingLoss", "cosine_embedding_loss", ["margin"]),
      ("MultiMarginLoss", "multi_margin_loss", ["p", "margin"]),
      ("MultiLabelMarginLoss", "multilabel_margin_loss", []),
      ("MultiLabelSoftMarginLoss", "multilabel_soft_margin_loss", ["weight"]),
      ("CTCLoss", "ctc_loss", ["blank", "reduction", "zero_infinity"]),
      ("LocalResponseNorm", "local_response_norm", ["size", "alpha", "beta", "k"]),
      ("GroupNorm", "group_norm", ["num_groups", "_", "eps", "_"]),
      ("LayerNorm", "layer_norm", ["normalized_shape", "eps", "_", "_"]),
      ("RMSNorm", "rms_norm", ["normalized_shape", "eps", "_"]),
      ("Linear", "linear", ["_", "_", "_"]), ("Bilinear", "bilinear", ["_", "_", "_", "_"]),
      ("Embedding", "embedding", ["_", "_", "padding_idx"]),
    ] as [(String, String, [String])] {
      add(
        &table, module, "nn.functional.\(function)", names,
        dropping: [
          "elementwise_affine", "affine", "num_embeddings", "embedding_dim", "num_parameters",
          "init",
        ])
    }
    add(&table, "Sigmoid", "sigmoid")
    add(&table, "Tanh", "tanh")
    add(&table, "Softmax", "softmax", ["dim"])
    add(&table, "LogSoftmax", "log_softmax", ["dim"])
    table.add("Softmax2d") { c in [try Operations.softmax(c.x(), ["axis": .integer(-3)])] }
    table.add("LinearCrossEntropyLoss") { c in
      c.ignore("dtype", "options", "weight", "in_features", "bias")
      guard let w = try c.parameter("linear.weight") else { throw Unsupported("no weight") }
      var logits = try linear(c.x(), w, c.parameter("linear.bias"))
      if let sizes = try c.setting(-1, "out_features").integers(), !sizes.isEmpty {
        let classes = w.dims[0] / sizes.reduce(1, *)
        logits = try logits.reshaped(Array(logits.dims.dropLast()) + [classes] + sizes)
      }
      return [
        try crossEntropy(
          logits, c.x(1), weight: c.parameter("weight"),
          ignore: c.setting(-1, "ignore_index").integer() ?? -100,
          smooth: c.setting(-1, "label_smoothing").number() ?? 0,
          reduction: c.setting(-1, "reduction").text() ?? "mean")
      ]
    }
    for n in 1...3 {
      table.add("BatchNorm\(n)d", "InstanceNorm\(n)d") { c in
        let x = try c.x()
        c.ignore("momentum", "affine", "track_running_stats", "bias")
        let eps = try c.setting(1, "eps").number() ?? 1e-5
        let (w, b) = (try c.parameter("weight"), try c.parameter("bias"))
        let (m, v) = (try c.parameter("running_mean"), try c.parameter("running_var"))
        if c.name.hasPrefix("Batch") {
          return [try batchNorm(x, m, v, w, b, training: c.isTraining, eps: eps).0]
        }
        return [
          try batched(x, n) { x in
            if m != nil, !c.isTraining {
              return try batchNorm(x, m, v, w, b, training: false, eps: eps).0
            }
            return try Operations.affine(
              Operations.standardised(x, axes: Array(2..<x.rank), eps: eps), w, b, from: x)
          }
        ]
      }
    }
    addRecurrent(&table)
    addTransformers(&table)
  }

  static func addPads(_ table: inout Table, _ n: Int) {
    for (prefix, mode) in [
      ("Circular", "circular"), ("Constant", "constant"), ("Reflection", "reflect"),
      ("Replication", "replicate"), ("Zero", "constant"),
    ] {
      table.add("\(prefix)Pad\(n)d") { c in
        let given = try c.setting(0, "padding").integers() ?? [0]
        let widths = given.count == 1 ? Array(repeating: given[0], count: 2 * n) : given
        let value = try c.setting(1, "value").number() ?? 0
        return [try c.x().padded(widths, mode: mode, value: value)]
      }
    }
  }
}
