import Glibc

/// What a run spent its time on, in seconds.
package struct StepTimes: Sendable, Equatable {
  /// Making batches ready, or waiting for them.
  package var data = 0.0
  package var forward = 0.0
  package var backward = 0.0
  package var optimizer = 0.0
  /// Measuring on held-out data.
  package var held = 0.0
  /// Looking on: records, states that are kept, readings of layers.
  package var watching = 0.0
  /// Steps of whose parts nothing is known.
  package var step = 0.0

  package init() {}

  /// The parts in order, as shares of them all.
  package var shares: [(name: String, share: Double)] {
    let all = [
      ("data", data), ("forward", forward), ("backward", backward), ("optimizer", optimizer),
      ("step", step), ("validation", held), ("watching", watching),
    ]
    let sum = all.reduce(0) { $0 + $1.1 }
    guard sum > 0 else { return [] }
    return all.filter { $0.1 > 0 || $0.0 == "watching" }.map { ($0.0, $0.1 / sum) }
  }

  static func + (a: StepTimes, b: StepTimes) -> StepTimes {
    var sum = a
    sum.data += b.data
    sum.forward += b.forward
    sum.backward += b.backward
    sum.optimizer += b.optimizer
    sum.held += b.held
    sum.watching += b.watching
    sum.step += b.step
    return sum
  }

  /// A moment of the clock that never goes back, in seconds.
  package static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
