/// How often what goes on by itself is drawn: the dearer a frame is, the more seldom.
package struct FramePace: Sendable {
  /// The share of the time that drawing may take.
  package static let share = 0.004
  /// Seconds from one frame to the next, at least and at most.
  package static let bounds = 0.08...0.5

  private var cost = 0.0

  package init() {}

  /// Takes note of the seconds that a frame took.
  package mutating func note(_ seconds: Double) {
    cost = cost == 0 ? seconds : 0.8 * cost + 0.2 * seconds
  }

  /// Seconds to wait for the next frame.
  package var interval: Double {
    min(FramePace.bounds.upperBound, max(FramePace.bounds.lowerBound, cost / FramePace.share))
  }
}
