import CKernels

/// Whole sequences through LSTM and GRU cells of f32, forward and back in time: inputs
/// [T, B, gates h] hold W x + b, `weight` is [gates h, h] and is laid out once for all steps.
package enum RecurrentSequences {
  private struct Sizes: Sendable {
    let steps, rows, size, gates: Int
    var state: Int { rows * size }
    var wide: Int { rows * gates * size }
    /// Elements of the laid out weight, for any path.
    var ready: Int { (gates * size + 31) / 32 * 32 * size }
    var readyBack: Int { (size + 31) / 32 * 32 * gates * size }
  }

  private static func tensor(_ dims: [Int]) throws -> Tensor {
    try Tensor(uninitialised: Shape(checking: dims), .float32)
  }

  /// States [2, T, B, h] (h, then c), activated gates [T, B, 4 h] and tanh(c) [T, B, h].
  package static func lstm(
    _ input: Tensor, weight: Tensor, bias: Tensor, h: Tensor, c: Tensor
  ) throws -> (states: Tensor, gates: Tensor, roots: Tensor) {
    let s = Sizes(steps: input.dims[0], rows: h.dims[0], size: h.dims[1], gates: 4)
    let states = try tensor([2, s.steps, s.rows, s.size])
    let gates = try tensor(input.dims)
    let roots = try tensor([s.steps, s.rows, s.size])
    let ready = try tensor([s.ready])
    try Tensor.apply(
      "lstm", [input, weight, bias, h, c], [states, gates, roots, ready]
    ) { at in
      let p = Floats(at)
      let path = ck_gemm_make_ready_f32(4 * s.size, s.size, p[1], s.size, 1, p[8])
      let memories = p[5] + s.steps * s.state
      for t in 0..<s.steps {
        let before = t == 0 ? p[3] : p[5] + (t - 1) * s.state
        let old = t == 0 ? p[4] : memories + (t - 1) * s.state
        product(s, path, before, p[8], p[6] + t * s.wide)
        each(s) { row, count in
          let (narrow, wide) = (row * s.size, row * 4 * s.size)
          ck_lstm_f32(
            p[6] + t * s.wide + wide, p[0] + t * s.wide + wide, p[2], old + narrow, count, s.size,
            p[5] + t * s.state + narrow, memories + t * s.state + narrow,
            p[7] + t * s.state + narrow)
        }
      }
    }
    return (states, gates, roots)
  }

  /// Gradients of the inputs (which are those of the recurrent sums too), of the first h and c.
  package static func lstmGradient(
    _ upstream: Tensor, weight: Tensor, states: Tensor, gates: Tensor, roots: Tensor, c: Tensor
  ) throws -> (input: Tensor, h: Tensor, c: Tensor) {
    let s = Sizes(steps: gates.dims[0], rows: c.dims[0], size: c.dims[1], gates: 4)
    let input = try tensor(gates.dims)
    let (dh, dc) = (try tensor(c.dims), try tensor(c.dims))
    let ready = try tensor([s.readyBack])
    try Tensor.apply(
      "lstm back", [upstream, weight, states, gates, roots, c], [input, dh, dc, ready]
    ) { at in
      let p = Floats(at)
      let path = ck_gemm_make_ready_f32(s.size, 4 * s.size, p[1], s.size, 0, p[9])
      p[7].update(repeating: 0, count: s.state)
      p[8].update(repeating: 0, count: s.state)
      let memories = p[2] + s.steps * s.state
      for t in stride(from: s.steps - 1, through: 0, by: -1) {
        add(p[0] + t * s.state, to: p[7], s.state)
        add(p[0] + (s.steps + t) * s.state, to: p[8], s.state)
        let old = t == 0 ? p[5] : memories + (t - 1) * s.state
        each(s) { row, count in
          let (narrow, wide) = (row * s.size, row * 4 * s.size)
          ck_lstm_gradient_f32(
            p[3] + t * s.wide + wide, old + narrow, p[4] + t * s.state + narrow, p[7] + narrow,
            p[8] + narrow, count, s.size, p[6] + t * s.wide + wide)
        }
        back(s, path, p[6] + t * s.wide, p[9], p[7])
      }
    }
    return (input, dh, dc)
  }

  /// States [1, T, B, h], activated gates and recurrent sums [T, B, 3 h].
  package static func gru(_ input: Tensor, weight: Tensor, bias: Tensor, h: Tensor) throws -> (
    states: Tensor, gates: Tensor, sums: Tensor
  ) {
    let s = Sizes(steps: input.dims[0], rows: h.dims[0], size: h.dims[1], gates: 3)
    let states = try tensor([1, s.steps, s.rows, s.size])
    let (gates, sums) = (try tensor(input.dims), try tensor(input.dims))
    let ready = try tensor([s.ready])
    try Tensor.apply("gru", [input, weight, bias, h], [states, gates, sums, ready]) { at in
      let p = Floats(at)
      let path = ck_gemm_make_ready_f32(3 * s.size, s.size, p[1], s.size, 1, p[7])
      for t in 0..<s.steps {
        let before = t == 0 ? p[3] : p[4] + (t - 1) * s.state
        product(s, path, before, p[7], p[6] + t * s.wide)
        each(s) { row, count in
          let (narrow, wide) = (row * s.size, row * 3 * s.size)
          ck_gru_f32(
            p[6] + t * s.wide + wide, p[0] + t * s.wide + wide, p[2], before + narrow, count,
            s.size, p[5] + t * s.wide + wide, p[4] + t * s.state + narrow)
        }
      }
    }
    return (states, gates, sums)
  }

  /// Gradients of the inputs, of the recurrent sums, and of the first h.
  package static func gruGradient(
    _ upstream: Tensor, weight: Tensor, states: Tensor, gates: Tensor, sums: Tensor, h: Tensor
  ) throws -> (input: Tensor, hidden: Tensor, h: Tensor) {
    let s = Sizes(steps: gates.dims[0], rows: h.dims[0], size: h.dims[1], gates: 3)
    let (input, hidden) = (try tensor(gates.dims), try tensor(gates.dims))
    let (dh, direct) = (try tensor(h.dims), try tensor(h.dims))
    let ready = try tensor([s.readyBack])
    try Tensor.apply(
      "gru back", [upstream, weight, states, gates, sums, h], [input, hidden, dh, direct, ready]
    ) { at in
      let p = Floats(at)
      let path = ck_gemm_make_ready_f32(s.size, 3 * s.size, p[1], s.size, 0, p[10])
      p[8].update(repeating: 0, count: s.state)
      for t in stride(from: s.steps - 1, through: 0, by: -1) {
        add(p[0] + t * s.state, to: p[8], s.state)
        let old = t == 0 ? p[5] : p[2] + (t - 1) * s.state
        each(s) { row, count in
          let (narrow, wide) = (row * s.size, row * 3 * s.size)
          ck_gru_gradient_f32(
            p[3] + t * s.wide + wide, p[4] + t * s.wide + wide, old + narrow, p[8] + narrow, count,
            s.size, p[6] + t * s.wide + wide, p[7] + t * s.wide + wide, p[9] + narrow)
        }
        back(s, path, p[7] + t * s.wide, p[10], p[8])
        add(p[9], to: p[8], s.state)
      }
    }
    return (input, hidden, dh)
  }

  // MARK: Parts

  /// Recurrent sums [B, gates h] of all rows.
  private static func product(
    _ s: Sizes, _ path: Int32, _ h: UnsafeMutablePointer<Float>,
    _ ready: UnsafeMutablePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let n = s.gates * s.size
    nonisolated(unsafe) let (h, ready, out) = (h, ready, out)
    rows(s) { row, count in
      ck_gemm_with_ready_f32(
        path, count, n, s.size, h + row * s.size, s.size, ready, out + row * n, n, 0)
    }
  }

  private static func back(
    _ s: Sizes, _ path: Int32, _ slopes: UnsafeMutablePointer<Float>,
    _ ready: UnsafeMutablePointer<Float>,
    _ dh: UnsafeMutablePointer<Float>
  ) {
    let n = s.gates * s.size
    nonisolated(unsafe) let (slopes, ready, dh) = (slopes, ready, dh)
    rows(s) { row, count in
      ck_gemm_with_ready_f32(
        path, count, s.size, n, slopes + row * n, n, ready, dh + row * s.size, s.size, 0)
    }
  }

  /// Products go to several workers only when they are large.
  private static func rows(_ s: Sizes, _ body: @Sendable (Int, Int) -> Void) {
    let parts = s.rows * s.size * s.size * s.gates < 1 << 21 ? 1 : min(Workers.count, s.rows)
    let each = (s.rows + parts - 1) / max(1, parts)
    Workers.run(parts: parts) { part in
      let first = part * each
      if first < s.rows { body(first, min(each, s.rows - first)) }
    }
  }

  private static func each(_ s: Sizes, _ body: (Int, Int) -> Void) { body(0, s.rows) }

  private static func add(
    _ x: UnsafeMutablePointer<Float>, to y: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    ck_axpy_f32(1, x, y, count)
  }
}
