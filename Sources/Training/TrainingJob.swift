import Dispatch
import Synchronization
import Tensors

/// A run in the background: it owns its learner, and answers questions with copies.
package final class TrainingJob: Sendable {
  package enum Status: Sendable, Equatable {
    case waiting, running, paused, finished, stopped
    case failed(message: String)

    package var isOver: Bool {
      switch self {
      case .finished, .stopped, .failed: true
      case .waiting, .running, .paused: false
      }
    }

    package var word: String {
      switch self {
      case .waiting: "waiting"
      case .running: "running"
      case .paused: "paused"
      case .finished: "finished"
      case .stopped: "stopped"
      case .failed: "failed"
      }
    }
  }

  /// The run as of one step.
  package struct Snapshot: Sendable {
    package let state: TrainingState
    package let series: [Series]
    package var step: Int { state.place.step }
    package var epoch: Int { state.place.epoch }
    package var learner: any Learner { state.learner }
  }

  package let plan: TrainingPlan
  /// At the batch size that it began with.
  package let stepsPerEpoch: Int
  let state: Mutex<JobState>
  let travels = Mutex(Travels())
  /// What the thread which takes its steps has spent on it.
  package let work = ThreadWork()
  let changed = DispatchSemaphore(value: 0)
  let isInterrupted: @Sendable () -> Bool
  private let over = DispatchGroup()
  private let queue = DispatchQueue(label: "training")

  /// With `recorded` events the run is steered by them, not by live calls; with a checkpoint it goes
  /// on from there. It stops when `isInterrupted` says so, which is asked before every step.
  package convenience init(
    _ learner: any Learner, _ plan: TrainingPlan, recorded: [SteeringEvent] = [],
    resuming checkpoint: Checkpoint? = nil,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws {
    guard learner.exampleCount > 0 else { throw TrainingError.noExamples }
    let resumed = try checkpoint.map { try plan.resuming($0, examples: learner.exampleCount) }
    let first = try checkpoint.map { try TrainingState(learner, resuming: $0) }
    try self.init(
      first ?? TrainingState(learner, batchSize: plan.batchSize), resumed ?? plan,
      series: checkpoint?.series ?? [], recorded: recorded, isInterrupted: isInterrupted)
  }

  /// Goes on from a state, with the series that led to it.
  package init(
    _ first: TrainingState, _ plan: TrainingPlan, series: [Series],
    recorded: [SteeringEvent] = [], isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws {
    self.isInterrupted = isInterrupted
    self.plan = plan
    let examples = first.learner.exampleCount
    guard examples > 0 else { throw TrainingError.noExamples }
    stepsPerEpoch = plan.stepsPerEpoch(examples)
    state = Mutex(
      JobState(
        first, total: plan.totalSteps(examples, from: first.place),
        watch: TrainingWatch(stepsPerEpoch: stepsPerEpoch, first.learner.doubts), series: series,
        script: recorded))
  }

  /// Starts on a queue of its own, or on one that it shares with others.
  package func start(on shared: RunQueue? = nil) {
    over.enter()
    let body: @Sendable () -> Void = {
      self.work.begin()
      self.state.withLock {
        $0.status = .running
        $0.startedAt = DispatchTime.now().uptimeNanoseconds
      }
      self.run()
      self.work.end()
      self.state.withLock {
        $0.seconds = Double(DispatchTime.now().uptimeNanoseconds - $0.startedAt) / 1e9
      }
      self.over.leave()
    }
    guard let shared else {
      state.withLock {
        $0.status = .running
        $0.startedAt = DispatchTime.now().uptimeNanoseconds
      }
      return queue.async(execute: body)
    }
    shared.add(self, body)
  }

  // MARK: What others ask

  package var status: Status {
    state.withLock { s in
      let isPaused = s.isPaused && (!s.isLed || s.isPauseSeen)
      return isPaused && !s.status.isOver ? .paused : s.status
    }
  }
  package var step: Int { state.withLock { $0.now.place.step } }
  package var epoch: Int { state.withLock { $0.now.place.epoch } }
  package var place: BatchPlace { state.withLock { $0.now.place } }
  package var totalSteps: Int { state.withLock { $0.total } }
  package var series: [Series] { state.withLock { $0.series } }
  /// The series as they are drawn, of bounded size.
  package var outlines: [SeriesOutline] { state.withLock { $0.outlines } }
  /// What was seen of its layers and what went wrong.
  package var watch: TrainingWatch { state.withLock { $0.watch } }
  package var events: [SteeringEvent] { state.withLock { $0.events } }
  package var failure: (any Error)? { state.withLock { $0.failure } }
  package var times: StepTimes { state.withLock { $0.times + $0.now.learner.times } }

  /// The rate of the last step; nil for one that has none.
  package var learningRate: Double? { state.withLock { $0.now.learner.learningRate } }

  /// How long its steps take.
  package var pace: StepPace { state.withLock { $0.pace } }

  /// Seconds since the start, or that the whole run took.
  package var seconds: Double {
    state.withLock {
      if $0.status == .waiting { return 0 }
      return $0.status.isOver
        ? $0.seconds : Double(DispatchTime.now().uptimeNanoseconds - $0.startedAt) / 1e9
    }
  }

  /// Waits for the end; `isInterrupted` is asked every 20 ms.
  package func wait(isInterrupted: () -> Bool) throws {
    while over.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
      if isInterrupted() { throw TrainingError.interrupted }
    }
  }

  /// A run that is led does what its record says, at the steps of the record, and pauses where it did;
  /// what is done to it meanwhile has no effect. Let go, it forgets what the record would do still.
  package var isLed: Bool {
    get { state.withLock { $0.isLed } }
    set {
      state.withLock { s in
        if s.isLed, !newValue { (s.script, s.expected) = ([], []) }
        s.isLed = newValue
      }
    }
  }

  /// The step before which a run that is led waits until it is let further.
  package var leash: Int? {
    get { state.withLock { $0.leash } }
    set {
      state.withLock { $0.leash = newValue }
      changed.signal()
    }
  }

  /// The learner at the end: the best one when patience was asked for.
  package var result: any Learner { state.withLock { $0.now.best?.learner ?? $0.now.learner } }

  /// The run as of now; under a script, as of the step at which it was looked at then.
  package func peek(isInterrupted: () -> Bool) throws -> Snapshot {
    let now = state.withLock { s -> Snapshot? in
      if s.isScripted(.peek) { return nil }
      s.events.append(SteeringEvent(step: s.now.place.step, .peek))
      return s.snapshot
    }
    if let now { return now }
    while true {
      let (found, isOver) = state.withLock { s -> (Snapshot?, Bool) in
        if s.peeked.isEmpty { return (nil, s.status.isOver) }
        return (s.peeked.removeFirst(), false)
      }
      if let found { return found }
      if isOver { return state.withLock { $0.snapshot } }
      if isInterrupted() { throw TrainingError.interrupted }
      _ = changed.wait(timeout: .now() + .milliseconds(20))
    }
  }

  /// The run as of now, ready to be kept in a file.
  package func checkpoint(isInterrupted: () -> Bool = { false }) throws -> Checkpoint {
    try Checkpoint(peek(isInterrupted: isInterrupted), plan)
  }

  // MARK: What others do to it

  /// Makes it wait before its next step. What is done `byHand` is done even where a script does the
  /// same by itself.
  package func pause(byHand: Bool = false) {
    state.withLock { s in
      if s.isLed {
        s.isPauseSeen = true
      } else if byHand || !s.isScripted(.pause) {
        s.isPaused = true
      }
    }
  }

  package func resume() {
    state.withLock { s in
      s.isPauseSeen = false
      if s.isLed, !s.isPaused { s.isLetGoOn += 1 } else { s.goOn() }
    }
  }

  package func stop(byHand: Bool = false) { request(.stop, byHand: byHand) }

  /// Changes a setting before the next step.
  package func set(_ name: String, _ value: Double) throws {
    try steer(.set(name: name, value: value))
  }

  /// Does something before the next step; what cannot be done is told at once.
  package func steer(_ kind: SteeringEvent.Kind, byHand: Bool = false) throws {
    var probe = state.withLock { $0.now }
    try probe.apply(kind)
    request(kind, byHand: byHand)
  }

  private func request(_ kind: SteeringEvent.Kind, byHand: Bool) {
    state.withLock { s in
      if s.isLed, case .advance = kind { s.isPauseSeen = true }
      if s.isLed || !byHand && s.isScripted(kind) { return }
      if !s.status.isOver { s.wanted.append(kind) }
    }
  }
}
