import Dispatch
import Language
import Synchronization
import Tensors

/// How long something may go on: seconds of the processor for its own work, which a busy machine
/// does not use up, and as many seconds in which it does nothing at all.
struct Allowance {
  enum Excess: Sendable {
    /// It worked for too long.
    case work
    /// It waited, for something that does not come.
    case rest
  }

  /// Seconds between two looks at it.
  static let pause = 0.25
  /// Seconds of work between two looks, below which it rests: what waits asks now and then.
  private static let leastWork = 0.002

  private let limit: Double
  private var work = 0.0
  private var rest = 0.0

  init(seconds limit: Double) { self.limit = limit }

  /// `now` is what it has worked so far, at a look about `pause` after the last: a process that was
  /// held may look much later, and that time does not count.
  mutating func excess(workedSoFar now: Double) -> Excess? {
    rest = now - work < Self.leastWork ? rest + Self.pause : 0
    work = max(work, now)
    if work > limit { return .work }
    return rest > limit ? .rest : nil
  }
}

/// Ends an evaluation that uses up its allowance, unless it has ended before.
final class Limit {
  private let timer: (any DispatchSourceTimer)?
  private let watched: Watched

  /// What the timer's thread looks at.
  private final class Watched: Sendable {
    private let state: Mutex<(allowance: Allowance, excess: Allowance.Excess?)>
    init(_ allowance: Allowance) { state = Mutex((allowance, nil)) }

    var excess: Allowance.Excess? { state.withLock { $0.excess } }

    /// Whether the allowance is used up.
    func isOver(workedSoFar seconds: Double) -> Bool {
      state.withLock {
        $0.excess = $0.excess ?? $0.allowance.excess(workedSoFar: seconds)
        return $0.excess != nil
      }
    }
  }

  /// Begins on the thread that evaluates.
  init(seconds: Double, of interruption: Interruption) {
    let watched = Watched(Allowance(seconds: seconds))
    self.watched = watched
    guard seconds.isFinite else {
      timer = nil
      return
    }
    let clock = ThreadClock.current
    let before = clock.seconds ?? 0
    // A queue of its own has a thread even while all that are shared evaluate without an end.
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "allowance"))
    timer.schedule(deadline: .now() + Allowance.pause, repeating: Allowance.pause)
    timer.setEventHandler {
      guard let now = clock.seconds else { return }
      if watched.isOver(workedSoFar: now - before + interruption.workElsewhere) {
        interruption.request()
      }
    }
    timer.resume()
    self.timer = timer
  }

  /// What was used up; nil when nothing was.
  var excess: Allowance.Excess? { watched.excess }

  func end() { timer?.cancel() }
}
