/// How long a step takes now, and how much that varies; the first step, which is slow, and pauses are
/// no part of it.
package struct StepPace: Sendable {
  private var sum = 0.0
  private var spread = 0.0
  private var weight = 0.0

  package init() {}

  /// Takes note of the seconds of a step.
  package mutating func note(_ seconds: Double) {
    let before = weight > 0 ? sum / weight : seconds
    weight = 0.98 * weight + 0.02
    sum = 0.98 * sum + 0.02 * seconds
    spread = 0.98 * spread + 0.02 * abs(seconds - before)
  }

  /// Seconds that so many steps will take, at least and at most; nil before the second step.
  package func estimate(_ steps: Int) -> (low: Double, high: Double)? {
    guard weight > 0, steps >= 0 else { return nil }
    let (mean, doubt) = (sum / weight, spread / weight)
    let all = Double(steps)
    // Single steps vary more than their mean does.
    let margin = max(0.03 * mean, doubt / max(1, min(all, 25)).squareRoot())
    return (all * max(0, mean - margin), all * (mean + margin))
  }

  /// Steps in a second.
  package var rate: Double? { sum > 0 ? weight / sum : nil }
}
