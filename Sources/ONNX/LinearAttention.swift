import Glibc

/// Attention with a state of fixed size that every position changes and reads.
enum LinearAttention {
  static func run(_ call: NodeCall) throws -> [GraphValue] {
    let query = try call.operand(0).ranked(3...3)
    let (key, value) = (try call.operand(1).ranked(3...3), try call.operand(2).ranked(3...3))
    let heads = try call.required("q_num_heads")
    let shared = try call.required("kv_num_heads")
    let (batch, length) = (query.dims[0], query.dims[1])
    guard shared > 0, heads > 0, heads % shared == 0, query.dims[2] % heads == 0,
      value.dims[2] % shared == 0, key.dims[2] == query.dims[2] / heads * shared,
      [key, value].allSatisfy({ $0.dims[0] == batch && $0.dims[1] == length })
    else { throw GraphError.invalid("queries \(query.dims), keys \(key.dims)") }
    let (width, depth) = (query.dims[2] / heads, value.dims[2] / shared)
    let rule = call.text("update_rule", "gated_delta")
    guard ["linear", "gated", "delta", "gated_delta"].contains(rule) else {
      throw GraphError.unsupported("update rule \(rule)")
    }
    let asked = call.real("scale", 0)
    let scale = asked == 0 ? 1 / Double(max(1, width)).squareRoot() : asked
    let stateDims = [batch, shared, width, depth]
    var state = [Double](repeating: 0, count: try places(stateDims))
    if let past = try call.optional(3) {
      guard past.dims == stateDims else { throw GraphError.invalid("a state of \(past.dims)") }
      state = try past.reals()
    }
    let gates = try call.optional(4).map { try Gate($0, batch, length, shared) }
    let rates = try call.optional(5).map { try Gate($0, batch, length, shared) }
    let isGated = rule == "gated" || rule == "gated_delta"
    let isDelta = rule == "delta" || rule == "gated_delta"
    guard !isGated || gates != nil, !isDelta || rates != nil else {
      throw GraphError.invalid("the rule \(rule) needs more inputs")
    }
    let (q, k, v) = (try query.reals(), try key.reals(), try value.reals())
    var output = [Double](repeating: 0, count: try places([batch, length, heads * depth]))
    for b in 0..<batch {
      for t in 0..<length {
        for g in 0..<shared {
          let base = (b * shared + g) * width * depth
          let (kAt, vAt) = (
            ((b * length + t) * shared + g) * width, ((b * length + t) * shared + g) * depth
          )
          if isGated, let gates {
            for i in 0..<width {
              let decay = exp(gates.value(b, t, g, i))
              for j in 0..<depth { state[base + i * depth + j] *= decay }
            }
          }
          for j in 0..<depth {
            var change = v[vAt + j]
            if isDelta, let rates {
              var found = 0.0
              for i in 0..<width { found += state[base + i * depth + j] * k[kAt + i] }
              change = rates.value(b, t, g, 0) * (change - found)
            }
            for i in 0..<width { state[base + i * depth + j] += k[kAt + i] * change }
          }
          for h in g * (heads / shared)..<(g + 1) * (heads / shared) {
            let (qAt, out) = (
              ((b * length + t) * heads + h) * width, ((b * length + t) * heads + h) * depth
            )
            for j in 0..<depth {
              var sum = 0.0
              for i in 0..<width { sum += q[qAt + i] * state[base + i * depth + j] }
              output[out + j] = scale * sum
            }
          }
        }
      }
    }
    return [
      .tensor(try Operand(reals: output, [batch, length, heads * depth], query.type)),
      .tensor(try Operand(reals: state, stateDims, try call.optional(3)?.type ?? query.type)),
    ]
  }

  /// Numbers for each position: one for all heads, one a head, or one for each part of a head.
  private struct Gate {
    private let values: [Double]
    private let size: Int
    private let length: Int
    private let heads: Int

    init(_ x: Operand, _ batch: Int, _ length: Int, _ heads: Int) throws {
      guard x.rank >= 2, x.dims[0] == batch, x.dims[1] == length else {
        throw GraphError.invalid("gates of \(x.dims)")
      }
      size = x.dims[2...].reduce(1, *)
      guard size == 1 || size % heads == 0 else { throw GraphError.invalid("gates of \(x.dims)") }
      values = try x.reals()
      self.length = length
      self.heads = heads
    }

    func value(_ b: Int, _ t: Int, _ head: Int, _ i: Int) -> Double {
      let start = (b * length + t) * size
      if size == 1 { return values[start] }
      let width = size / heads
      return values[start + head * width + min(i, width - 1)]
    }
  }
}
