/// Listens to a run and says what goes wrong, each thing once.
///
/// The rules look at steps alone, never at clocks, so that a run alarms at the same steps every time.
package struct TrainingWatch: Sendable {
  package struct Alarm: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
      case explosion, vanishing, dead, spike, plateau, overfitting
      case nonfinite, inputs, labels
    }
    package let kind: Kind
    package let step: Int
    /// What is seen, and what to try.
    package let text: String
    package let advice: String
  }

  package private(set) var alarms: [Alarm] = []
  /// The last reading of every layer.
  package private(set) var layers: [LayerReading] = []
  /// Norms of all gradients together, at the steps that were read.
  package private(set) var gradients: [Double] = []

  private let stepsPerEpoch: Int
  private var firstLoss: Double?
  private var smoothed = 0.0
  private var weight = 0.0
  private var recent: [Double] = []
  /// The smoothed loss at the ends of stretches, to see whether it still falls.
  private var milestones: [Double] = []
  private var firstHeld: Double?
  private var bestHeld: Double?
  private var lastHeld: Double?
  private var risingHeld = 0
  /// The last losses on held-out data.
  private var recentHeld: [Double] = []
  /// The loss when the answers were looked at last.
  private var lastLooked: Double?
  private var lossAtBest = 0.0
  private var vanishing = 0
  private var exploding = 0

  /// Something wrong that is seen before the first step.
  package struct Doubt: Sendable, Equatable {
    package let kind: Alarm.Kind
    package let text: String
    package let advice: String

    package init(_ kind: Alarm.Kind, _ text: String, advice: String) {
      (self.kind, self.text, self.advice) = (kind, text, advice)
    }
  }

  package init(stepsPerEpoch: Int, _ doubts: [Doubt] = []) {
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    for doubt in doubts { raise(doubt.kind, 0, doubt.text, doubt.advice) }
  }

  private mutating func raise(
    _ kind: Alarm.Kind, _ step: Int, _ text: String, _ advice: String
  ) {
    guard !alarms.contains(where: { $0.kind == kind }) else { return }
    alarms.append(Alarm(kind: kind, step: step, text: text, advice: advice))
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }

  private static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var (mantissa, exponent) = (abs(value), 0)
    if mantissa >= 1e-3, mantissa < 1e4 {
      let text = "\((value * 1000).rounded() / 1000)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let sign = value < 0 ? "-" : ""
    return "\(sign)\((mantissa * 10).rounded() / 10)e\(exponent)"
  }

  // MARK: Losses

  /// The loss of a step, counted from 1.
  package mutating func note(step: Int, loss: Double) {
    guard loss.isFinite else { return }
    let first = firstLoss ?? loss
    firstLoss = first
    // The smoothed loss starts unbiased and forgets over about fifty steps.
    smoothed = 0.98 * smoothed + 0.02 * loss
    weight = 0.98 * weight + 0.02
    let calm = smoothed / weight
    if recent.count >= 50, calm > 3 * abs(first) + 1e-12, loss > 3 * abs(first) {
      raise(
        .explosion, step,
        "the loss grew from \(TrainingWatch.short(first)) to \(TrainingWatch.short(calm))",
        "a tenth of the learning rate")
    }
    // Batches of a healthy run differ too: a jump goes far beyond the third worst of late, and back
    // towards where the run began.
    if recent.count >= 50, loss > 0.75 * abs(first), recent.count(where: { loss <= 2.5 * $0 }) < 3 {
      let middle = TrainingWatch.median(recent)
      let spread = TrainingWatch.median(recent.map { abs($0 - middle) })
      if loss > middle + 8 * spread, loss > 3 * middle {
        raise(
          .spike, step,
          "the loss jumped from \(TrainingWatch.short(middle)) to \(TrainingWatch.short(loss))",
          "clip=1.0 in the optimizer, or a look at that batch")
      }
    }
    recent.append(loss)
    if recent.count > 100 { recent.removeFirst() }
    let stretch = max(100, stepsPerEpoch)
    guard step % stretch == 0 else { return }
    milestones.append(calm)
    guard milestones.count >= 4 else { return }
    let (old, new) = (milestones[milestones.count - 4], calm)
    // A loss that has fallen far already may rest; one that never got anywhere is stuck.
    if abs(old - new) < 0.01 * abs(old), new > 0.7 * abs(first), first > 0 {
      raise(
        .plateau, step,
        "the loss stays at \(TrainingWatch.short(new)) for \(3 * stretch) steps, "
          + "it began at \(TrainingWatch.short(first))",
        "a larger learning rate, normalised inputs, or a model that can do more")
    }
  }

  /// The loss on held-out data.
  package mutating func note(step: Int, held: Double) {
    guard held.isFinite else { return }
    let calm = weight > 0 ? smoothed / weight : held
    risingHeld = held > lastHeld ?? .infinity ? risingHeld + 1 : 0
    lastHeld = held
    recentHeld = recentHeld.suffix(3) + [held]
    let first = firstHeld ?? max(held, 0.5 * (firstLoss ?? held))
    firstHeld = first
    guard let best = bestHeld, held >= best else {
      (bestHeld, lossAtBest) = (held, calm)
      return
    }
    // What was gained since the beginning is lost in good part.
    if risingHeld >= 3, held > 1.1 * best, held - best > 0.2 * (first - best), calm < lossAtBest {
      raise(
        .overfitting, step,
        "the loss on held-out data rises, \(TrainingWatch.short(best)) at its best and now "
          + "\(TrainingWatch.short(held)), while that in training falls",
        "patience=3, Dropout, weight decay, or more data")
    }
  }

  /// Whether the loss on held-out data has stopped falling quickly.
  private var isHeldSettled: Bool {
    recentHeld.count == 4 && (recentHeld.last ?? 0) >= 0.85 * (recentHeld.first ?? 0)
  }

  // MARK: Layers

  package mutating func note(step: Int, _ reading: StepReading) {
    let readings = reading.layers
    layers = readings
    // A model that is past its best is surer than it may be, and one that still gets better quickly
    // is wrong by itself: neither says anything about labels.
    let isSober = (lastHeld ?? 0) <= 1.05 * (bestHeld ?? 0)
    let measure = lastHeld ?? (weight > 0 ? smoothed / weight : 0)
    let isSettled = lastHeld == nil ? measure >= 0.8 * (lastLooked ?? .infinity) : isHeldSettled
    if reading.contradicted != nil { lastLooked = measure }
    if let share = reading.contradicted, share > 0.06, step > 3 * stepsPerEpoch, isSober, isSettled
    {
      raise(
        .labels, step,
        "the model contradicts \(TrainingWatch.short((100 * share).rounded())) % of the labels with "
          + "confidence",
        "a look at the labels of the examples with the largest loss: mistakes(r.model, data)")
    }
    guard !readings.isEmpty else { return }
    let all = readings.reduce(0) { $0 + $1.gradient * $1.gradient }.squareRoot()
    gradients.append(all)
    if gradients.count > 256 { gradients.removeFirst() }
    let sized = readings.filter(\.isSized)
    if let wild = sized.max(by: { $0.ratio < $1.ratio }), wild.ratio > 0.25 {
      exploding += wild.ratio > 0.6 ? 2 : 1
      if exploding >= 4 {
        raise(
          .explosion, step,
          "a step moves \(wild.name) by \(TrainingWatch.short(100 * wild.ratio)) % of its size",
          "a tenth of the learning rate")
      }
    } else {
      exploding = 0
    }
    if let first = readings.first, let last = readings.last, readings.count >= 3,
      first.slope > 0, first.slope < 1e-4 * last.slope
    {
      vanishing += 1
      if vanishing >= 5 {
        raise(
          .vanishing, step,
          "the gradient of \(first.name) is \(TrainingWatch.short(first.slope / last.slope)) of that of "
            + last.name,
          "relu or gelu, residual(…), LayerNorm, or fewer layers")
      }
    } else {
      vanishing = 0
    }
    if let still = readings.first(where: { $0.dead ?? 0 >= 0.6 }), let dead = still.dead {
      raise(
        .dead, step,
        "\(TrainingWatch.short((100 * dead).rounded())) % of the units behind \(still.name) are always 0",
        "a smaller learning rate, or leaky_relu")
    }
  }
}
