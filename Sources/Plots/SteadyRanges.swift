import Synchronization

/// The ranges of axes on a screen where what they show grows: they end at round numbers, widen at once,
/// and narrow only when less than 70 % of them was in use for a second, so that a curve keeps still.
package final class SteadyRanges: Sendable {
  enum Axis: Sendable { case across, up, decades }

  private struct Held: Sendable {
    var scale: Scale
    /// Since when it was too wide.
    var looseSince: Double?
  }
  private struct State: Sendable {
    var across: Held?
    var up: Held?
    var decades: Held?
    var gutter = 0
  }
  private let state = Mutex(State())
  private let clock: @Sendable () -> Double

  /// `clock` gives seconds.
  package init(clock: @escaping @Sendable () -> Double) { self.clock = clock }

  /// Seconds for which an axis may be too wide.
  private static let patience = 1.0
  private static let leastUse = 0.7

  /// The range to draw for values that lie in `scale`.
  func fit(_ axis: Axis, _ scale: Scale) -> Scale {
    let now = clock()
    return state.withLock { s in
      switch axis {
      case .across: SteadyRanges.fit(&s.across, scale, now)
      case .up: SteadyRanges.fit(&s.up, scale, now)
      case .decades: SteadyRanges.fit(&s.decades, scale, now)
      }
    }
  }

  /// How many columns the labels of the upright axis have: never fewer than they had.
  func gutter(_ wanted: Int) -> Int {
    state.withLock { s in
      s.gutter = max(s.gutter, wanted)
      return s.gutter
    }
  }

  private static func fit(_ held: inout Held?, _ scale: Scale, _ now: Double) -> Scale {
    let wished = round(scale)
    guard var old = held else {
      held = Held(scale: wished)
      return wished
    }
    if scale.low < old.scale.low || scale.high > old.scale.high {
      old.scale = Scale(
        low: min(old.scale.low, wished.low), high: max(old.scale.high, wished.high))
    }
    let used = scale.high / 2 - scale.low / 2
    if used >= leastUse * (old.scale.high / 2 - old.scale.low / 2)
      || wished == old.scale
    {
      old.looseSince = nil
    } else if let since = old.looseSince, now - since >= patience {
      old = Held(scale: wished)
    } else {
      old.looseSince = old.looseSince ?? now
    }
    held = old
    return old.scale
  }

  /// The nearest round ends outside a range; those of a range that touches 0 do not go beyond it.
  static func round(_ scale: Scale) -> Scale {
    let step = Ticks.roundStep(atLeast: scale.high / 5 - scale.low / 5)
    let low = (scale.low / step + 1e-9).rounded(.down) * step
    let high = (scale.high / step - 1e-9).rounded(.up) * step
    guard step > 0, low.isFinite, high.isFinite, low < high else { return scale }
    return Scale(low: min(low, scale.low), high: max(high, scale.high))
  }
}
