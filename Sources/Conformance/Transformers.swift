import Autograd
import Tensors

extension Adapters {
  /// softmax(q k^T / sqrt(width) + mask) v; the mask is added, -inf where nothing may be seen.
  static func attention(
    _ q: Variable, _ k: Variable, _ v: Variable, _ mask: Variable?, scale: Double? = nil
  ) throws
    -> (Variable, Variable)
  {
    let width = Double(q.dims[q.rank - 1])
    var scores = try Variable.matmul(q * (scale ?? 1 / width.squareRoot()), k, transposeB: true)
    if let mask { scores = try scores + mask }
    let weights = try Operations.softmax(scores)
    return (try Variable.matmul(weights, v), weights)
  }

  /// Booleans become -inf where they hold (`hides`) or where they do not.
  static func additive(_ mask: Variable?, hides: Bool, _ dtype: DType) throws -> Variable? {
    guard let mask, mask.dtype == .bool else { return mask }
    let (a, b) = (try Variable.number(-.infinity, dtype), try Variable.number(0, dtype))
    return try hides ? Variable.where(mask, a, b) : Variable.where(mask, b, a)
  }

  static func causal(_ rows: Int, _ columns: Int, _ dtype: DType) throws -> Variable {
    let seen = try Tensor.full(Shape(checking: [rows, columns]), 1, .bool).triangle(
      lower: true, diagonal: 0)
    return try Variable.where(Variable(seen), .number(0, dtype), .number(-.infinity, dtype))
  }

  /// Attention with several heads, as PyTorch's module: [T, N, E] or [N, T, E] or [T, E].
  static func multiHead(
    _ c: Call, _ prefix: String, _ q: Variable, _ k: Variable, _ v: Variable, heads: Int,
    batchFirst: Bool, mask: Variable?, padding: Variable?, zeroAttention: Bool = false
  ) throws -> (Variable, Variable) {
    func inner(_ x: Variable) throws -> Variable {  // [N, T, E]
      x.rank == 2 ? try x.expanded(axis: 0) : batchFirst ? x : try x.transposed([1, 0, 2])
    }
    guard let w = try c.parameter("\(prefix)in_proj_weight"),
      let out = try c.parameter("\(prefix)out_proj.weight")
    else { throw Unsupported("separate projections") }
    let bias = try c.parameter("\(prefix)in_proj_bias")
    let e = out.dims[0]
    func projected(_ x: Variable, _ i: Int) throws -> Variable {
      try linear(
        inner(x), w.sliced(axis: 0, i * e..<(i + 1) * e),
        bias.map { try $0.sliced(axis: 0, i * e..<(i + 1) * e) })
    }
    let query = try projected(q, 0)
    var key = try projected(k, 1)
    var value = try projected(v, 2)
    let n = query.dims[0]
    var extra = 0
    if let bk = try c.parameter("\(prefix)bias_k"), let bv = try c.parameter("\(prefix)bias_v") {
      let shape = try Shape(checking: [n, 1, e])
      key = try Variable.concat([key, bk.broadcast(to: shape)], axis: 1)
      value = try Variable.concat([value, bv.broadcast(to: shape)], axis: 1)
      extra += 1
    }
    if zeroAttention {
      let zero = Variable(try .zeros(Shape(checking: [n, 1, e]), key.dtype))
      key = try Variable.concat([key, zero], axis: 1)
      value = try Variable.concat([value, zero], axis: 1)
      extra += 1
    }
    func split(_ x: Variable) throws -> Variable {  // [N, heads, T, E / heads]
      try x.reshaped([n, x.dims[1], heads, e / heads]).transposed([0, 2, 1, 3])
    }
    var total = try additive(mask, hides: true, q.dtype)
    if var m = total {
      if m.rank == 3 { m = try m.reshaped([n, heads, m.dims[1], m.dims[2]]) }
      total = try m.padded([0, extra], mode: "constant")
    }
    if let hidden = try additive(padding, hides: true, q.dtype) {
      let rows = try (hidden.rank == 1 ? hidden.expanded(axis: 0) : hidden).padded(
        [0, extra], mode: "constant")
      let wide = try rows.reshaped([rows.dims[0], 1, 1, rows.dims[1]])
      total = try total.map { try $0 + wide } ?? wide
    }
    let (mixed, weights) = try attention(split(query), split(key), split(value), total)
    let joined = try mixed.transposed([0, 2, 1, 3]).reshaped([n, query.dims[1], e])
    let y = try linear(joined, out, c.parameter("\(prefix)out_proj.bias"))
    let mean = try Operations.mean(weights, .reduction([1], false))
    if q.rank == 2 { return (try y.squeezed(axis: 0), try mean.squeezed(axis: 0)) }
    return (batchFirst ? y : try y.transposed([1, 0, 2]), mean)
  }

  private struct Block {
    let heads: Int
    let normFirst: Bool
    let batchFirst: Bool
    let usesGelu: Bool
  }

  private static func norm(_ c: Call, _ name: String, _ x: Variable) throws -> Variable {
    var y = try Operations.layerNorm(x)
    if let w = try c.parameter("\(name).weight") { y = try y * w }
    if let b = try c.parameter("\(name).bias") { y = try y + b }
    return y
  }

  private static func forward(_ c: Call, _ p: String, _ x: Variable, _ block: Block) throws
    -> Variable
  {
    guard let a = try c.parameter("\(p)linear1.weight"),
      let b = try c.parameter("\(p)linear2.weight")
    else { throw Unsupported("weights are missing") }
    let h = try linear(x, a, c.parameter("\(p)linear1.bias"))
    let active = try block.usesGelu ? Operations.gelu(h) : Operations.relu(h)
    return try linear(active, b, c.parameter("\(p)linear2.bias"))
  }

  private static func residual(
    _ c: Call, _ name: String, _ x: Variable, _ block: Block, _ body: (Variable) throws -> Variable
  ) throws -> Variable {
    try block.normFirst ? x + body(norm(c, name, x)) : norm(c, name, x + body(x))
  }

  private static func encode(
    _ c: Call, _ p: String, _ x: Variable, _ block: Block, _ mask: Variable?, _ padding: Variable?
  ) throws -> Variable {
    let seen = try residual(c, "\(p)norm1", x, block) {
      try multiHead(
        c, "\(p)self_attn.", $0, $0, $0, heads: block.heads, batchFirst: block.batchFirst,
        mask: mask, padding: padding
      ).0
    }
    return try residual(c, "\(p)norm2", seen, block) { try forward(c, p, $0, block) }
  }

  private static func decode(
    _ c: Call, _ p: String, _ x: Variable, _ memory: Variable, _ block: Block, _ mask: Variable?,
    _ padding: Variable?, _ memoryMask: Variable?, _ memoryPadding: Variable?
  ) throws -> Variable {
    let own = try residual(c, "\(p)norm1", x, block) {
      try multiHead(
        c, "\(p)self_attn.", $0, $0, $0, heads: block.heads, batchFirst: block.batchFirst,
        mask: mask, padding: padding
      ).0
    }
    let other = try residual(c, "\(p)norm2", own, block) {
      try multiHead(
        c, "\(p)multihead_attn.", $0, memory, memory, heads: block.heads,
        batchFirst: block.batchFirst, mask: memoryMask, padding: memoryPadding
      ).0
    }
    return try residual(c, "\(p)norm3", other, block) { try forward(c, p, $0, block) }
  }

  private static func block(_ c: Call) throws -> Block {
    c.ignore("dim_feedforward", "dropout", "bias", "d_model", "layer_norm_eps")
    let activation: String
    switch c.setting(4, "activation") {
    case .text(let text): activation = text
    case .none: activation = "relu"
    default: throw Unsupported("an activation that is no text")
    }
    guard activation == "relu" || activation == "gelu" else {
      throw Unsupported("the activation \(activation)")
    }
    return Block(
      heads: try c.setting(1, "nhead").integer() ?? 1,
      normFirst: try c.setting(-1, "norm_first").boolean() ?? false,
      batchFirst: try c.setting(-1, "batch_first").boolean() ?? false,
      usesGelu: activation == "gelu")
  }

  static func addTransformers(_ table: inout Table) {
    table.add("MultiheadAttention") { c in
      c.ignore("bias", "embed_dim", "add_bias_kv", "dropout")
      let heads = try c.setting(1, "num_heads").integer() ?? 1
      let (y, weights) = try multiHead(
        c, "", c.x(0, "query"), c.x(1, "key"), c.x(2, "value"), heads: heads,
        batchFirst: c.setting(-1, "batch_first").boolean() ?? false,
        mask: c.maybe(-1, "attn_mask"), padding: c.maybe(-1, "key_padding_mask"),
        zeroAttention: c.setting(-1, "add_zero_attn").boolean() ?? false)
      return try c.flag(-1, "need_weights", true) ? [y, weights] : [y]
    }
    table.add("TransformerEncoderLayer") { c in
      [
        try encode(
          c, "", c.x(), block(c), c.maybe(1, "src_mask"), c.maybe(2, "src_key_padding_mask"))
      ]
    }
    table.add("TransformerDecoderLayer") { c in
      [
        try decode(
          c, "", c.x(), c.x(1), block(c), c.maybe(2, "tgt_mask"),
          c.maybe(-1, "tgt_key_padding_mask"),
          c.maybe(3, "memory_mask"), c.maybe(-1, "memory_key_padding_mask"))
      ]
    }
    table.add("Transformer") { c in
      let b = try block(c)
      var x = try c.x()
      for i in 0..<(try c.setting(2, "num_encoder_layers").integer() ?? 6) {
        x = try encode(
          c, "encoder.layers.\(i).", x, b, c.maybe(2, "src_mask"),
          c.maybe(-1, "src_key_padding_mask"))
      }
      let memory = try norm(c, "encoder.norm", x)
      var y = try c.x(1)
      for i in 0..<(try c.setting(3, "num_decoder_layers").integer() ?? 6) {
        y = try decode(
          c, "decoder.layers.\(i).", y, memory, b, c.maybe(3, "tgt_mask"),
          c.maybe(-1, "tgt_key_padding_mask"), c.maybe(4, "memory_mask"),
          c.maybe(-1, "memory_key_padding_mask"))
      }
      return [try norm(c, "decoder.norm", y)]
    }
  }
}
