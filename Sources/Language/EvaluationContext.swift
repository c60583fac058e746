import Synchronization
import Tensors

/// A request to stop, from another thread.
package final class Interruption: Sendable {
  /// Long operations stop too.
  let work = WorkStop()
  private let others = Mutex<[@Sendable () -> Double]>([])
  package init() {}
  package func request() { work.isRequested = true }
  package func clear() { work.isRequested = false }
  package var isRequested: Bool { work.isRequested }

  /// Counts what is started on another thread as a part of this work: `seconds` of the processor
  /// that it has taken so far. It is kept as long as this, so it should not hold the work itself.
  package func include(_ seconds: @escaping @Sendable () -> Double) {
    others.withLock { $0.append(seconds) }
  }

  /// Seconds of the processor that other threads have taken for it.
  package var workElsewhere: Double { others.withLock { $0 }.reduce(0) { $0 + $1() } }
}

/// A piece of what a cell shows.
package enum OutputItem: Sendable {
  case text(String)
  case value(Value)
}

/// What one evaluation may use and leaves behind, besides its names.
package final class EvaluationContext {
  /// Randomness belongs to the cell.
  package var stream: RandomStream
  package let interruption: Interruption
  /// Where relative file names begin.
  package let folder: String
  package var output: [OutputItem] = []
  /// Runs that were started, in order.
  package var started: [any LanguageObject] = []
  /// Steering recorded by an earlier evaluation, one entry for each run in order; opaque here.
  package var recorded: [any Sendable] = []
  /// Whether runs do what was recorded and nothing else.
  package var isLed = false
  /// The steps before which led runs wait, in their order; those without one do not.
  package var leashes: [Int?] = []
  /// Where runs wait for each other; opaque here.
  package var runQueue: (any Sendable)?
  /// Whether the clock was read, so that the values cannot be the same again.
  package var hasReadClock = false
  /// Whether something was trained that is not among `started`.
  package var hasTrainedQuietly = false
  package var notes: [String] = []
  /// States of sequences by the order in which layers are called, while somebody keeps them.
  package var states: (given: [Value], left: [Value])?
  /// Who looks on at every operation and layer; nil nearly always.
  package var watch: (any EvaluationWatch)?
  /// Files that are being imported, outermost first.
  package var importing: [String] = []
  /// The source that `uses` looks at, where it is another than that which runs: a learner's answer.
  package var judged: String?
  /// Evaluations that are left, where there is an end to them.
  package var steps = Int.max

  /// Whether another evaluation may differ in more than its numbers: a step cannot be repeated by a plan.
  package var isBeyondPlans: Bool { hasReadClock || hasTrainedQuietly || !started.isEmpty }

  package init(
    stream: RandomStream = RandomStream(seed: 0), interruption: Interruption = Interruption(),
    folder: String = "."
  ) {
    self.stream = stream
    self.interruption = interruption
    self.folder = folder
  }
}

/// What an evaluation gave.
package struct Evaluation {
  package let output: [OutputItem]
  package let names: Names
  package let bound: [String]
  package let notes: [String]
  package let started: [any LanguageObject]
  package let hasReadClock: Bool
}

extension Interpreter {
  /// Tells of something legal but suspicious, once.
  package func note(_ text: String) {
    if !isTrial, !context.notes.contains(text) { context.notes.append(text) }
  }
}
