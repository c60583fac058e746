import Tensors

extension Variable {
  /// softmax(Q Kᵀ / sqrt(e)) V in several heads for queries [B, T, d] and keys and values [B, S, d] of
  /// f32: [B, T, d]. Only gradients of first order.
  package static func attention(
    _ q: Variable, _ k: Variable, _ v: Variable, heads: Int, isCausal: Bool
  ) throws -> Variable {
    let blocks = AttentionBlocks(
      batch: q.dims[0], queries: q.dims[1], keys: k.dims[1], width: q.dims[2], heads: heads,
      isCausal: isCausal)
    let (y, logs) = try blocks.forward(q.value, k.value, v.value)
    return y.recorded(from: [q, k, v], keeping: .inputs) { c in
      let slopes = try blocks.gradients(
        c.upstream.value, c.inputs[0].value, c.inputs[1].value, c.inputs[2].value, logs: logs)
      return [Variable(slopes.q), Variable(slopes.k), Variable(slopes.v)]
    }
  }
}
