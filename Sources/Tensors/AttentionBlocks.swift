import CKernels

/// softmax(Q Kᵀ / sqrt(e)) V of f32 for queries [B, T, d] and keys and values [B, S, d] in several
/// heads, block by block of queries: no more than one block of scores is in memory for each worker.
package struct AttentionBlocks: Sendable {
  let batch, queries, keys, width, heads: Int
  let isCausal: Bool

  /// Queries of a block.
  private static let block = 128
  private static let slots = 16

  package init(
    batch: Int, queries: Int, keys: Int, width: Int, heads: Int, isCausal: Bool
  ) {
    (self.batch, self.queries, self.keys) = (batch, queries, keys)
    (self.width, self.heads, self.isCausal) = (width, heads, isCausal)
  }

  private var size: Int { width / heads }
  private var scale: Float { Float(1 / Double(size).squareRoot()) }
  private var blocks: Int { max(1, (queries + Self.block - 1) / Self.block) }
  /// Queries of all blocks but the last.
  private var rows: Int { (queries + blocks - 1) / blocks }
  private var stride: Int { (keys + 15) & ~15 }
  private var slots: Int { max(1, min(batch * heads, Self.slots)) }

  private func scratch(_ parts: Int) throws -> Tensor {
    try Tensor(uninitialised: Shape(checking: [slots, parts, rows, stride]), .float32)
  }

  /// How many keys the queries up to `end` see.
  private func reach(_ end: Int) -> Int {
    isCausal ? min(keys, max(0, end + keys - queries)) : keys
  }

  /// Calls the body for each head of each sequence with its slot, its offset in [B, T, d] and in
  /// [B, S, d], and its place in [B, heads].
  private func each(_ body: @Sendable (Int, Int, Int, Int) -> Void) {
    let all = batch * heads
    // One slot works through every `slots`-th head, in order.
    let slots = slots
    Workers.run(parts: slots) { slot in
      for part in Swift.stride(from: slot, to: all, by: slots) {
        let (b, h) = (part / heads, part % heads)
        body(slot, b * queries * width + h * size, b * keys * width + h * size, part)
      }
    }
  }

  /// The result [B, T, d] and the logarithms of the sums of exponentials [B, heads, T].
  package func forward(_ q: Tensor, _ k: Tensor, _ v: Tensor) throws -> (y: Tensor, logs: Tensor) {
    let y = try Tensor(uninitialised: q.shape, .float32)
    let logs = try Tensor(uninitialised: Shape(checking: [batch, heads, queries]), .float32)
    let scores = try scratch(1)
    try Tensor.apply("attention", [q, k, v], [y, logs, scores]) { at in
      nonisolated(unsafe) let p = Floats(at)
      each { slot, query, key, place in
        let s = p[5] + slot * rows * stride
        for first in Swift.stride(from: 0, to: queries, by: rows) {
          let m = min(rows, queries - first)
          let n = reach(first + m)
          let from = query + first * width
          ck_gemm_f32(
            m, n, size, p[0] + from, width, 0, p[1] + key, width, 1, s, stride, 0)
          ck_attend_f32(
            s, m, n, stride, first + keys - queries, isCausal ? 1 : 0, scale,
            p[4] + place * queries + first)
          ck_gemm_f32(
            m, size, n, s, stride, 0, p[2] + key, width, 0, p[3] + from, width, 0)
        }
      }
    }
    return (y, logs)
  }

  /// Gradients of queries, keys and values; the shares are computed again.
  package func gradients(
    _ upstream: Tensor, _ q: Tensor, _ k: Tensor, _ v: Tensor, logs: Tensor
  ) throws -> (q: Tensor, k: Tensor, v: Tensor) {
    let dq = try Tensor(uninitialised: q.shape, .float32)
    let dk = try Tensor(uninitialised: k.shape, .float32)
    let dv = try Tensor(uninitialised: v.shape, .float32)
    let memory = try scratch(2)
    try Tensor.apply("attention back", [upstream, q, k, v, logs], [dq, dk, dv, memory]) { at in
      nonisolated(unsafe) let p = Floats(at)
      each { slot, query, key, place in
        let shares = p[8] + slot * 2 * rows * stride
        let slopes = shares + rows * stride
        if queries == 0 || isCausal {
          for row in 0..<keys {
            (p[6] + key + row * width).update(repeating: 0, count: size)
            (p[7] + key + row * width).update(repeating: 0, count: size)
          }
        }
        for first in Swift.stride(from: 0, to: queries, by: rows) {
          let m = min(rows, queries - first)
          let n = reach(first + m)
          let from = query + first * width
          let goesOn: Int32 = first > 0 || isCausal ? 1 : 0
          ck_gemm_f32(
            m, n, size, p[1] + from, width, 0, p[2] + key, width, 1, shares, stride, 0)
          ck_attend_again_f32(
            shares, m, n, stride, first + keys - queries, isCausal ? 1 : 0, scale,
            p[4] + place * queries + first)
          ck_gemm_f32(
            m, n, size, p[0] + from, width, 0, p[3] + key, width, 1, slopes, stride, 0)
          ck_gemm_f32(
            n, size, m, shares, stride, 1, p[0] + from, width, 0, p[7] + key, width, goesOn)
          ck_attend_gradient_f32(shares, slopes, m, n, stride, scale)
          ck_gemm_f32(
            m, size, n, slopes, stride, 0, p[2] + key, width, 0, p[5] + from, width, 0)
          ck_gemm_f32(
            n, size, m, slopes, stride, 1, p[1] + from, width, 0, p[6] + key, width, goesOn)
        }
      }
    }
    return (dq, dk, dv)
  }
}
