import CKernels

/// All ways to read labels off a sequence of chances, with blanks between them (Graves and others
/// 2006), summed in logarithms.
package struct Alignment {
  /// -log of the chance of each example's labels; infinite when they do not fit.
  package private(set) var losses: [Double] = []
  /// The chance that each class stands at each place, given the labels: [T, N, classes].
  package private(set) var shares: Tensor

  /// `logs` are logarithms of chances [T, N, classes]; labels and places count for each example.
  package init(_ logs: Tensor, labels: [[Int]], lengths: [Int], blank: Int) throws {
    let (steps, batch, classes) = (logs.dims[0], logs.dims[1], logs.dims[2])
    let widest = 2 * (labels.map(\.count).max() ?? 0) + 1
    let (scratch, overflow) = (steps + 1).multipliedReportingOverflow(by: widest * 16)
    try MemoryBudget.check(overflow ? .max : scratch)
    let x = logs.array(of: Double.self)
    var all = [Double](repeating: 0, count: logs.count)
    for n in 0..<batch {
      let states = (0...2 * labels[n].count).map { $0 % 2 == 0 ? blank : labels[n][$0 / 2] }
      let lattice = Lattice(states: states, blank: blank) { t in
        states.map { x[(t * batch + n) * classes + $0] }
      }
      let (loss, shares) = lattice.run(lengths[n])
      losses.append(loss)
      for t in 0..<lengths[n] {
        for (s, state) in states.enumerated() {
          all[(t * batch + n) * classes + state] += shares[t * states.count + s]
        }
      }
    }
    shares = try Tensor(all, shape: logs.shape).cast(logs.dtype)
  }
}

/// The states of one example: blanks and labels in turn.
private struct Lattice {
  let states: [Int]
  let blank: Int
  /// Logarithms of the states' chances at a place.
  let chances: (Int) -> [Double]

  /// Whether a state may follow the one two before it.
  private func maySkip(_ s: Int) -> Bool {
    s >= 2 && states[s] != blank && states[s] != states[s - 2]
  }

  /// -log of the whole, and the share of each state at each place.
  func run(_ steps: Int) -> (loss: Double, shares: [Double]) {
    let n = states.count
    if steps == 0 { return (n == 1 ? 0 : .infinity, []) }
    let emitted = (0..<steps).map(chances)
    var forward = [(0..<n).map { $0 < 2 ? emitted[0][$0] : -.infinity }]
    for t in 1..<max(steps, 1) {
      let old = forward[t - 1]
      let sums = added(
        (0..<n).map { s in
          (old[s], s > 0 ? old[s - 1] : -.infinity, maySkip(s) ? old[s - 2] : -.infinity)
        })
      forward.append(zip(sums, emitted[t]).map { $0 + $1 })
    }
    var backward = [Double](repeating: -.infinity, count: n)
    for s in max(0, n - 2)..<n { backward[s] = 0 }
    let last = (0..<n).map { forward[steps - 1][$0] + backward[$0] }
    let total = added([(last[n - 1], n > 1 ? last[n - 2] : -.infinity, -.infinity)])[0]
    var shares = [Double](repeating: 0, count: steps * n)
    for t in (0..<steps).reversed() {
      for s in 0..<n { shares[t * n + s] = forward[t][s] + backward[s] - total }
      if t == 0 { break }
      let next = (0..<n).map { backward[$0] + emitted[t][$0] }
      backward = added(
        (0..<n).map { s in
          (
            next[s], s + 1 < n ? next[s + 1] : -.infinity,
            s + 2 < n && maySkip(s + 2) ? next[s + 2] : -.infinity
          )
        })
    }
    let logs = shares
    ck_unary_f64(Int32(CK_EXP.rawValue), logs, &shares, shares.count)
    return (-total, shares)
  }

  /// log(exp(a) + exp(b) + exp(c)) of each.
  private func added(_ parts: [(Double, Double, Double)]) -> [Double] {
    let tops = parts.map { max($0.0, max($0.1, $0.2)) }
    var lows: [Double] = []
    for (part, top) in zip(parts, tops) {
      let shift = top == -.infinity ? 0 : top
      lows += [part.0 - shift, part.1 - shift, part.2 - shift]
    }
    var powers = lows
    ck_unary_f64(Int32(CK_EXP.rawValue), lows, &powers, lows.count)
    let sums = parts.indices.map { powers[3 * $0] + powers[3 * $0 + 1] + powers[3 * $0 + 2] }
    var logs = sums
    ck_unary_f64(Int32(CK_LOG.rawValue), sums, &logs, sums.count)
    return zip(logs, tops).map { $1 == -.infinity ? $1 : $0 + $1 }
  }
}
