import Autograd
import Tensors
import Vocabulary

extension Variable {
  /// Rows added up at the places of `rows`: the opposite of taking them.
  func added(at rows: [Int], count: Int) throws -> Variable {
    let shape = try Shape(checking: [count] + dims.dropFirst())
    return try value.scatteredRows(rows, into: shape).recorded(from: [self]) {
      [try $0.upstream.taking(rows)]
    }
  }
}

extension LayerKinds {
  private static let edgeDetails =
    "g(x, edges) for nodes x [N, in] and edges [E, 2] of node numbers; every node has an edge to "
    + "itself. "
  private static func nodeArguments(_ more: [Argument]) -> [Argument] {
    [
      Argument(
        "in", .integer, "Numbers of a node; taken from the chain when left out.", default: "none"),
      Argument("out", .integer, "Numbers of a node after it."),
    ] + more + [
      Argument("directed", .boolean, "Edges count only from first to second.", default: "false")
    ]
  }

  /// Kipf and Welling 2017.
  static let graphConv = LayerKind(
    Entry(
      "GraphConv", family: "Layers", nodeArguments([]),
      summary: "Each node becomes a weighted sum of its neighbours.",
      details: edgeDetails + "D^-1/2 (A + I) D^-1/2 x Wᵀ + b.",
      examples: [Example("GraphConv(2, 3)(ones(4, 2), [[0, 1], [2, 3]]).shape", prints: "(4, 3)")]),
    inputSetting: "in", inputs: 2...2, inputSize: { $0.last },
    parameters: { settings, stream in
      let (rows, columns) = (
        settings.integer("out", default: 1), settings.integer("in", default: 1)
      )
      return [
        ("weight", try Initialisers.xavierUniform([rows, columns], &stream)),
        ("bias", try Tensor.zeros(Shape(checking: [rows]))),
      ]
    },
    apply: { layer, x, context in
      guard let weight = layer.parameter("weight"), let bias = layer.parameter("bias") else {
        return x
      }
      try checkLast(layer, x, weight.dims[1])
      let nodes = x.dims[0]
      let directed = layer.settings.boolean("directed", default: false)
      let edges = try Edges(
        context.others[0].value, nodes: nodes, directed: directed, layer.text)
      let (pattern, places) = SparsePattern.gathered(
        rows: nodes, width: nodes, targets: edges.targets, sources: edges.sources)
      var shares = [Double](repeating: 0, count: places.count)
      for (share, at) in zip(try edges.shares(nodes: nodes, "symmetric"), places) {
        shares[at] = share
      }
      let h = try Variable.matmul(x, weight, transposeB: true)
      return try Variable.sparse(pattern, Variable(Tensor(shares).cast(h.dtype)), h) + bias
    })

  /// Veličković et al. 2018.
  static let graphAttention = LayerKind(
    Entry(
      "GraphAttention", family: "Layers",
      nodeArguments([
        Argument("heads", .integer, "Joined side by side: heads out numbers.", default: "1")
      ]),
      summary: "Each node chooses how much to take from each neighbour.",
      details: edgeDetails + "Shares are softmax over a node's edges of leaky_relu(a x_i + b x_j).",
      examples: [
        Example(
          "GraphAttention(2, 3, heads=2)(ones(4, 2), [[0, 1], [2, 3]]).shape", prints: "(4, 6)")
      ]),
    inputSetting: "in", inputs: 2...2, inputSize: { $0.last },
    parameters: { settings, stream in
      let (out, heads) = (
        settings.integer("out", default: 1), settings.integer("heads", default: 1)
      )
      let columns = settings.integer("in", default: 1)
      let rows = try Shape(checking: [heads, out]).count
      return [
        ("weight", try Initialisers.xavierUniform([rows, columns], &stream)),
        ("source", try Initialisers.xavierUniform([heads, out], &stream)),
        ("target", try Initialisers.xavierUniform([heads, out], &stream)),
        ("bias", try Tensor.zeros(Shape(checking: [rows]))),
      ]
    },
    apply: { layer, x, context in
      guard let weight = layer.parameter("weight"), let bias = layer.parameter("bias"),
        let source = layer.parameter("source"), let target = layer.parameter("target")
      else { return x }
      try checkLast(layer, x, weight.dims[1])
      let (nodes, heads, size) = (x.dims[0], source.dims[0], source.dims[1])
      let directed = layer.settings.boolean("directed", default: false)
      let edges = try Edges(
        context.others[0].value, nodes: nodes, directed: directed, layer.text)
      let h = try Variable.matmul(x, weight, transposeB: true).reshaped([nodes, heads, size])
      let from = try (h * source).sum(axes: [2]).taking(edges.sources)  // [E, heads]
      let to = try (h * target).sum(axes: [2]).taking(edges.targets)
      let score = try Operations.leakyRelu(from + to, ["slope": .number(0.2)])
      // The largest score of all keeps exp finite; it cancels in the shares.
      let top = try score.value.reduce(.max).item ?? 0
      let force = try Operations.exp(score - top)
      let total = try force.added(at: edges.targets, count: nodes).taking(edges.targets)
      let share = try (force / (total + 1e-16)).expanded(axis: 2)
      let sent = try h.taking(edges.sources) * share
      return try sent.added(at: edges.targets, count: nodes).reshaped([nodes, heads * size]) + bias
    })
}
