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
    package let step: Int
    package let epoch: Int
    package let learner: any Learner
    package let series: [Series]
    let best: (loss: Double, learner: any Learner)?
    let waited: Int
  }

  private struct State {
    var status = Status.waiting
    var step = 0
    var learner: any Learner
    var best: (loss: Double, learner: any Learner)?
    /// Epochs without a better one.
    var waited = 0
    var series: [Series] = []
    var outlines: [SeriesOutline] = []
    var watch: TrainingWatch
    var events: [SteeringEvent] = []
    /// Events of an earlier run of the same cell, to be repeated at their steps.
    var script: [SteeringEvent]
    /// What live calls will do that the script has done (or will do) by itself.
    var expected: [SteeringEvent]
    var peeked: [Snapshot] = []
    var wanted: [SteeringEvent.Kind] = []
    var isPaused = false
    var failure: (any Error)?
    var startedAt: UInt64 = 0
    var seconds = 0.0

    mutating func resume(_ checkpoint: Checkpoint, stepsPerEpoch: Int) throws {
      step = checkpoint.step
      waited = checkpoint.waited
      try learner.restore(checkpoint.learner)
      best = try checkpoint.best.map { loss, state in
        var copy = learner
        try copy.restore(state)
        return (loss, copy)
      }
      // A validation between epochs was made only because the run ended there.
      series = checkpoint.series.map { each in
        guard each.name.hasPrefix("val "), step % stepsPerEpoch != 0 else { return each }
        let kept = each.steps.count { $0 < step }
        return Series(
          each.name, steps: Array(each.steps.prefix(kept)), values: Array(each.values.prefix(kept)))
      }
      outlines = series.map { SeriesOutline($0) }
    }
  }

  package let plan: TrainingPlan
  package let totalSteps: Int
  package let stepsPerEpoch: Int
  private let state: Mutex<State>
  private let changed = DispatchSemaphore(value: 0)
  private let over = DispatchGroup()
  private let queue = DispatchQueue(label: "training")

  private let isInterrupted: @Sendable () -> Bool

  /// With `recorded` events the run is steered by them, not by live calls; with a checkpoint it goes
  /// on from there. It stops when `isInterrupted` says so, which is asked before every step.
  package init(
    _ learner: any Learner, _ plan: TrainingPlan, recorded: [SteeringEvent] = [],
    resuming checkpoint: Checkpoint? = nil,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws {
    self.isInterrupted = isInterrupted
    guard learner.exampleCount > 0 else { throw TrainingError.noExamples }
    self.plan =
      try checkpoint.map { try plan.resuming($0, examples: learner.exampleCount) } ?? plan
    totalSteps = plan.totalSteps(learner.exampleCount)
    stepsPerEpoch = plan.stepsPerEpoch(learner.exampleCount)
    var first = State(
      learner: learner, watch: TrainingWatch(stepsPerEpoch: stepsPerEpoch, learner.doubts),
      script: recorded,
      expected: recorded)
    if let checkpoint { try first.resume(checkpoint, stepsPerEpoch: stepsPerEpoch) }
    state = Mutex(first)
  }

  package func start() {
    over.enter()
    state.withLock {
      $0.status = .running
      $0.startedAt = DispatchTime.now().uptimeNanoseconds
    }
    queue.async { @Sendable in
      self.run()
      self.state.withLock {
        $0.seconds = Double(DispatchTime.now().uptimeNanoseconds - $0.startedAt) / 1e9
      }
      self.over.leave()
    }
  }

  // MARK: What others ask

  package var status: Status {
    state.withLock { $0.isPaused && !$0.status.isOver ? .paused : $0.status }
  }
  package var step: Int { state.withLock { $0.step } }
  package var series: [Series] { state.withLock { $0.series } }
  /// The series as they are drawn, of bounded size.
  package var outlines: [SeriesOutline] { state.withLock { $0.outlines } }
  /// What was seen of its layers and what went wrong.
  package var watch: TrainingWatch { state.withLock { $0.watch } }
  package var events: [SteeringEvent] { state.withLock { $0.events } }
  package var failure: (any Error)? { state.withLock { $0.failure } }
  package var epoch: Int { step / max(1, stepsPerEpoch) }

  /// Seconds since the start, or that the whole run took.
  package var seconds: Double {
    state.withLock {
      $0.status.isOver
        ? $0.seconds : Double(DispatchTime.now().uptimeNanoseconds - $0.startedAt) / 1e9
    }
  }

  /// Waits for the end; `isInterrupted` is asked every 20 ms.
  package func wait(isInterrupted: () -> Bool) throws {
    while over.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
      if isInterrupted() { throw TrainingError.interrupted }
    }
  }

  /// The learner at the end: the best one when patience was asked for.
  package var result: any Learner { state.withLock { $0.best?.learner ?? $0.learner } }

  /// The run as of now; under a script, as of the step at which it was looked at then.
  package func peek(isInterrupted: () -> Bool) throws -> Snapshot {
    let scripted = state.withLock { s -> Int? in
      guard let at = s.expected.firstIndex(where: { $0.kind == .peek }) else { return nil }
      s.expected.remove(at: at)
      return s.events.count { $0.kind == .peek }
    }
    guard scripted != nil else {
      return state.withLock { s in
        s.events.append(SteeringEvent(step: s.step, .peek))
        return snapshot(s)
      }
    }
    while true {
      let (found, isOver) = state.withLock { s -> (Snapshot?, Bool) in
        if s.peeked.isEmpty { return (nil, s.status.isOver) }
        return (s.peeked.removeFirst(), false)
      }
      if let found { return found }
      if isOver { return state.withLock { snapshot($0) } }
      if isInterrupted() { throw TrainingError.interrupted }
      _ = changed.wait(timeout: .now() + .milliseconds(20))
    }
  }

  private func snapshot(_ s: State) -> Snapshot {
    Snapshot(
      step: s.step, epoch: s.step / max(1, stepsPerEpoch), learner: s.learner, series: s.series,
      best: s.best, waited: s.waited)
  }

  /// The run as of now, ready to be kept in a file.
  package func checkpoint(isInterrupted: () -> Bool = { false }) throws -> Checkpoint {
    let now = try peek(isInterrupted: isInterrupted)
    return Checkpoint(
      step: now.step, learner: try now.learner.saved,
      best: try now.best.map { ($0.loss, try $0.learner.saved) }, waited: now.waited,
      series: now.series, plan: plan, examples: now.learner.exampleCount)
  }

  package func pause() { state.withLock { $0.isPaused = true } }
  package func resume() { state.withLock { $0.isPaused = false } }

  package func stop() { request(.stop) }

  /// Changes a setting before the next step.
  package func set(_ name: String, _ value: Double) throws {
    var probe = state.withLock { $0.learner }
    try probe.set(name, value)
    request(.set(name: name, value: value))
  }

  private func request(_ kind: SteeringEvent.Kind) {
    state.withLock { s in
      if let at = s.expected.firstIndex(where: { $0.kind == kind }) {
        s.expected.remove(at: at)
        return
      }
      if !s.status.isOver { s.wanted.append(kind) }
    }
  }

  // MARK: The run itself

  private func run() {
    var (learner, script, step) = state.withLock { ($0.learner, $0.script, $0.step) }
    var sequence = BatchSequence(plan, examples: learner.exampleCount)
    let prepare = learner.preparation
    let queue =
      plan.ahead > 0
      ? prepare.map {
        PreparedBatches(sequence, from: step, to: totalSteps, ahead: plan.ahead, $0)
      } : nil
    defer { queue?.stop() }
    // The learner before the last step, and its batch: what is left when that step broke it.
    var earlier: (learner: any Learner, batch: PlannedBatch, ready: (any Sendable)?)?
    while step < totalSteps {
      switch steer(before: step, &learner, &script) {
      case .stop: return finish(.stopped)
      case .fail(let error): return fail(error)
      case .go: break
      }
      let batch = sequence.batch(step: step)
      do {
        let before = learner
        let isRead = step % TrainingJob.readingSteps == 0 || step < 5
        if isRead { learner.readNextStep(deeply: step % (10 * TrainingJob.readingSteps) == 0) }
        let ready: (any Sendable)? = try queue.map { try $0.take() } ?? prepare?(batch)
        let metrics: [Metric]
        if let ready {
          metrics = try learner.step(batch, ready: ready)
        } else {
          metrics = try learner.step(batch.indices, number: step, stream: batch.stream)
        }
        if let bad = metrics.first(where: { !$0.value.isFinite }) {
          throw broken(bad, metrics, (before, batch, ready), earlier)
        }
        earlier = (before, batch, ready)
        step += 1
        let isEpoch = step % stepsPerEpoch == 0
        let held = isEpoch || step == totalSteps ? try learner.validate() : []
        if isEpoch, let loss = (held.first ?? metrics.first)?.value { learner.observe(loss) }
        record(metrics + held, step: step, learner: learner, epochLoss: isEpoch ? held.first : nil)
        watch(metrics, held, isRead ? learner.reading : nil, step: step)
        if let patience = plan.patience, state.withLock({ $0.waited >= patience }) {
          return finish(.finished)
        }
      } catch {
        guard isInterrupted() else { return fail(error) }
        state.withLock { $0.events.append(SteeringEvent(step: step, .stop)) }
        return finish(.stopped)
      }
    }
    _ = steer(before: step, &learner, &script)
    finish(.finished)
  }

  private typealias Moment = (learner: any Learner, batch: PlannedBatch, ready: (any Sendable)?)

  /// Goes back to the last learner whose numbers are finite and tells where that ended.
  private func broken(
    _ bad: Metric, _ metrics: [Metric], _ now: Moment, _ earlier: Moment?
  ) -> TrainingError {
    let step = now.batch.step
    var good = now.learner
    var place = now.learner.isFinite ? now.learner.origin(now.batch, ready: now.ready) : nil
    if !now.learner.isFinite, let earlier {
      good = earlier.learner
      let origin = earlier.learner.origin(earlier.batch, ready: earlier.ready)
      place = "step \(step) broke the weights" + (origin.map { "; " + $0 } ?? "")
    }
    state.withLock { $0.learner = good }
    record(metrics, step: step + 1, learner: good)
    return .notFinite(
      step: step + 1, epoch: step / stepsPerEpoch + 1, metric: bad.name,
      value: bad.value.isNaN ? "nan" : "inf", place: place)
  }

  private enum Course {
    case go, stop
    case fail(any Error)
  }

  /// Applies what the script says for this step, then what was asked for live; waits while paused.
  private func steer(
    before step: Int, _ learner: inout any Learner, _ script: inout [SteeringEvent]
  ) -> Course {
    var kinds: [SteeringEvent.Kind] = []
    while let next = script.first, next.step <= step {
      kinds.append(next.kind)
      script.removeFirst()
    }
    while state.withLock({ $0.isPaused && $0.wanted.isEmpty }), !isInterrupted() {
      _ = changed.wait(timeout: .now() + .milliseconds(10))
    }
    kinds += state.withLock { s in
      defer { s.wanted = [] }
      return s.wanted
    }
    if isInterrupted() { kinds.append(.stop) }
    for kind in kinds {
      state.withLock { $0.events.append(SteeringEvent(step: step, kind)) }
      switch kind {
      case .stop: return .stop
      case .peek: state.withLock { $0.peeked.append(snapshot($0)) }
      case .set(let name, let value):
        do { try learner.set(name, value) } catch { return .fail(error) }
      }
    }
    return .go
  }

  /// Every so many steps the layers are read.
  private static let readingSteps = 20

  private func watch(
    _ metrics: [Metric], _ held: [Metric], _ reading: StepReading?, step: Int
  ) {
    state.withLock { s in
      if let loss = metrics.first { s.watch.note(step: step, loss: loss.value) }
      if let loss = held.first { s.watch.note(step: step, held: loss.value) }
      if let reading { s.watch.note(step: step, reading) }
    }
  }

  private func record(
    _ metrics: [Metric], step: Int, learner: any Learner, epochLoss: Metric? = nil
  ) {
    state.withLock { s in
      s.step = step
      s.learner = learner
      if plan.patience != nil, let loss = epochLoss?.value {
        let isBest = loss < s.best?.loss ?? .infinity
        s.waited = isBest ? 0 : s.waited + 1
        if isBest { s.best = (loss, learner) }
      }
      for metric in metrics {
        let at = s.series.firstIndex { $0.name == metric.name } ?? s.series.count
        if at == s.series.count {
          s.series.append(Series(metric.name))
          s.outlines.append(SeriesOutline(metric.name))
        }
        s.outlines[at].append(step, Float(metric.value))
        s.series[at].steps.append(step)
        s.series[at].values.append(Float(metric.value))
      }
    }
  }

  private func finish(_ status: Status) { state.withLock { $0.status = status } }

  private func fail(_ error: any Error) {
    let message = (error as? TrainingError)?.message ?? "\(error)"
    state.withLock {
      $0.failure = error
      $0.status = .failed(message: message)
    }
  }
}
