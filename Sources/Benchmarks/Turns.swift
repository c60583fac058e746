import Dispatch
import Synchronization

/// Trainings that take turns of some steps each, so that whatever else goes on meets all of them alike.
final class Turns: Sendable {
  private struct State {
    /// Whose turn it is; nil before the first and after the last.
    var current: Int?
    /// Steps of this turn, and when it began.
    var taken = 0
    var begun = 0.0
    var processor = 0.0
    /// Turns so far, and the steps of each training, its seconds and those of the processor.
    var turns = 0
    var steps: [Int]
    var seconds: [Double]
    var work: [Double]

    init(_ count: Int) {
      steps = [Int](repeating: 0, count: count)
      seconds = [Double](repeating: 0, count: count)
      work = seconds
    }
  }
  private let state: Mutex<State>
  private let gates: [DispatchSemaphore]
  private let steps: Int
  private let length: Int

  /// So many trainings of `steps` steps, `length` of them in a turn.
  init(_ count: Int, steps: Int, length: Int) {
    state = Mutex(State(count))
    gates = (0..<count).map { _ in DispatchSemaphore(value: 0) }
    (self.steps, self.length) = (steps, max(1, length))
  }

  func begin() { state.withLock { pass(&$0) } }

  /// Called by a training before each of its steps, and after the last one; waits for its turn.
  func step(of training: Int) {
    let mayGo = state.withLock { s -> Bool in
      if s.current == training, s.taken < length, s.steps[training] < steps {
        s.taken += 1
        s.steps[training] += 1
        return true
      }
      guard s.current == training else { return false }
      s.seconds[training] += Clock.wall - s.begun
      s.work[training] += Clock.processor - s.processor
      let isOver = s.steps[training] >= steps
      pass(&s)
      return isOver
    }
    guard !mayGo else { return }
    gates[training].wait()
    state.withLock { s in
      s.taken += 1
      s.steps[training] += 1
    }
  }

  /// Gives the turn to the next training that is not over: forth and back, so that none always follows
  /// the same one.
  private func pass(_ s: inout State) {
    s.current = nil
    let count = gates.count
    while s.current == nil, s.steps.contains(where: { $0 < steps }) {
      let place = s.turns % count
      let next = s.turns / count % 2 == 0 ? place : count - 1 - place
      s.turns += 1
      if s.steps[next] < steps { s.current = next }
    }
    (s.taken, s.begun, s.processor) = (0, Clock.wall, Clock.processor)
    if let current = s.current { gates[current].signal() }
  }

  /// Seconds that a training has had.
  func seconds(of training: Int) -> Double {
    state.withLock { s in
      s.seconds[training] + (s.current == training ? Clock.wall - s.begun : 0)
    }
  }

  /// Seconds of the processor, of all threads, that went into the turns of a training.
  func work(of training: Int) -> Double { state.withLock { $0.work[training] } }

  func isTurn(of training: Int) -> Bool { state.withLock { $0.current == training } }
}
