/// A change that was tried on a run whose numbers stopped being finite.
package struct Remedy: Sendable, Equatable {
  /// As an argument of set or fork.
  package let change: String
  /// The step from which the run was repeated with it, and how many steps it then took.
  package let start: Int
  package let steps: Int
  /// Whether all its numbers stayed finite.
  package let helps: Bool

  /// What was tried, in a sentence.
  static func report(_ tried: [Remedy]) -> String {
    guard let first = tried.first else { return "" }
    let good = tried.filter(\.helps).map { "\($0.change) goes on for \($0.steps) steps" }
    let bad = tried.filter { !$0.helps }.map(\.change)
    let parts = good + (bad.isEmpty ? [] : ["no help from " + bad.joined(separator: "; ")])
    return "Tried again from step \(first.start): " + parts.joined(separator: ", ")
  }
}

extension TrainingJob {
  /// What is tried: a tenth of the rate, small gradients, to leave out the batch of a step, and the
  /// first two together.
  private static func changes(_ rate: Double?, _ step: Int) -> [[(name: String, value: Double)]] {
    let (clip, skip) = ((name: "clip", value: 1.0), (name: "skip", value: Double(step)))
    guard let rate, rate > 0 else { return [[clip], [skip]] }
    let less = (name: "lr", value: rate / 10)
    return [[less], [clip], [skip], [less, clip], [(name: "lr", value: rate / 1000)]]
  }

  /// How many steps a trial may take: fewer the larger the model is, whatever the clock says.
  private static func steps(_ state: TrainingState) -> Int {
    let cost = max(1, state.learner.byteCount) * max(1, state.place.batchSize)
    return max(4, min(60, 2_000_000_000 / cost))
  }

  /// Repeats what led to a step that broke with changes, from a state some steps before; one is to
  /// leave out the batch of the step `culprit`, counted from 1.
  func remedies(against step: Int, leavingOut culprit: Int) -> [Remedy] {
    let (kept, events) = state.withLock { s in
      (s.snapshots.nearest(to: max(s.snapshots.firstStep, step - 8)), s.events)
    }
    guard var start = kept, start.place.step <= step else { return [] }
    start.detach()
    var found: [Remedy] = []
    let count = min(
      step - start.place.step + TrainingJob.steps(start), totalSteps - start.place.step)
    for change in TrainingJob.changes(start.learner.learningRate, culprit) {
      // Two changes together are worth a trial only where none of them helped alone.
      if found.contains(where: \.helps), change.count > 1 || found.count > 3 { break }
      if isInterrupted() { break }
      // Nothing else that is set changes the numbers of the first step.
      if start.place.step == step, change[0].name != "skip" { continue }
      var state = start
      var kinds: [SteeringEvent.Kind] = []
      for (name, value) in change { kinds.append(.set(name: name, value: value)) }
      guard kinds.allSatisfy({ (try? state.apply($0)) != nil }) else { continue }
      let text = change.map { name, value in
        name == "skip" ? "skip=\(Int(value))" : "\(name)=\(value)"
      }.joined(separator: ", ")
      let taken = trial(&state, count, events)
      found.append(
        Remedy(
          change: text, start: start.place.step, steps: taken, helps: taken == count))
    }
    return found
  }

  /// How many steps go well.
  private func trial(_ now: inout TrainingState, _ count: Int, _ events: [SteeringEvent]) -> Int {
    let first = now.place.step
    var sequence = BatchSequence(plan, examples: now.learner.exampleCount)
    let prepare = now.learner.preparation
    for taken in 0..<count {
      if isInterrupted() { return taken }
      for event in events where event.step == now.place.step && event.step > first {
        if case .set = event.kind { continue }
        try? now.apply(event.kind)
      }
      let batch = sequence.batch(at: now.place)
      guard let metrics = try? now.learn(batch, ready: prepare?(batch)),
        metrics.allSatisfy(\.value.isFinite), (try? now.settle(metrics, plan)) != nil
      else { return taken }
    }
    return now.learner.isFinite ? count : 0
  }
}
