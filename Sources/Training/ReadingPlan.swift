/// At which steps of a run its layers are read: it depends on steps alone, so that a run alarms at the
/// same ones every time, and takes ever less of it the longer it lasts.
struct ReadingPlan: Sendable {
  enum Depth: Sendable {
    /// Norms of gradients, weights and moves.
    case norms
    /// What the model answers, too: it costs about as much as a step.
    case answers
  }

  /// The step at which the model's answers were looked at last.
  private var lastLook: Int?
  /// After these epochs they are looked at sooner: here a model may know its data by heart.
  private static let epochs: Set<Int> = [4, 6, 9, 13, 20, 30, 50, 80]

  /// What is read at the step to which `place` leads; nil for nothing.
  mutating func depth(at place: BatchPlace) -> Depth? {
    let step = place.step
    guard let last = lastLook else {
      lastLook = step
      return .answers
    }
    let isEnd = place.isAtEpoch && ReadingPlan.epochs.contains(place.epoch)
    if 2 * step >= 3 * last + 600 || isEnd && 4 * step >= 5 * last + 120 {
      lastLook = step
      return .answers
    }
    return step < 5 || step % (step < 1000 ? 20 : 50) == 0 ? .norms : nil
  }
}
