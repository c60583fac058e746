import Dispatch
import Tensors

/// The run itself, on its queue.
extension TrainingJob {
  private typealias Moment = (state: TrainingState, batch: PlannedBatch, ready: (any Sendable)?)

  private enum Course {
    case go, stop
    case fail(any Error)
  }

  func run() {
    var (now, script) = state.withLock { ($0.now, $0.script) }
    let examples = now.learner.exampleCount
    var sequence = BatchSequence(plan, examples: examples)
    let prepare = now.learner.preparation
    var queue: PreparedBatches?
    defer { queue?.stop() }
    var readings = ReadingPlan()
    // The state before the last step, and its batch: what is left when that step broke it.
    var earlier: Moment?
    while now.place.step < totalSteps {
      let size = now.place.batchSize
      switch steer(&now, &script) {
      case .stop: return finish(.stopped)
      case .fail(let error): return fail(error)
      case .go: break
      }
      if now.place.batchSize != size {
        queue?.stop()
        queue = nil
      }
      let step = now.place.step
      let depth = plan.isWatched ? readings.depth(at: now.place) : nil
      do {
        let begun = StepTimes.now
        let batch = sequence.batch(at: now.place)
        if queue == nil, plan.ahead > 0, let prepare {
          queue = PreparedBatches(
            plan, examples: examples, from: now.place, to: totalSteps, prepare)
        }
        let ready = try queue.map { try $0.take() } ?? prepare?(batch)
        if let depth { now.learner.readNextStep(deeply: depth == .answers) }
        let before = now
        let learning = StepTimes.now
        let metrics = try now.learn(batch, ready: ready)
        if let bad = metrics.first(where: { !$0.value.isFinite }) {
          throw broken(bad, metrics, (before, batch, ready), earlier)
        }
        let learned = StepTimes.now
        let isWarm = earlier != nil
        earlier = (before, batch, ready)
        let held = try now.settle(metrics, plan, isMeasured: step + 1 == totalSteps)
        let settled = StepTimes.now
        note(now, metrics, held, depth == nil || metrics.isEmpty ? nil : now.learner.reading)
        state.withLock { s in
          if isWarm { s.pace.note(settled - begun) }
          s.times.data += learning - begun
          if now.learner.times == StepTimes() { s.times.step += learned - learning }
          s.times.held += settled - learned
          s.times.watching += StepTimes.now - settled
        }
        if let patience = plan.patience, now.waited >= patience { return finish(.finished) }
      } catch {
        guard isInterrupted() else { return fail(error) }
        state.withLock { $0.events.append(SteeringEvent(step: step, .stop)) }
        return finish(.stopped)
      }
    }
    _ = steer(&now, &script, isLast: true)
    finish(.finished)
  }

  /// Goes back to the last state whose numbers are finite and tells where that ended.
  private func broken(
    _ bad: Metric, _ metrics: [Metric], _ now: Moment, _ earlier: Moment?
  ) -> TrainingError {
    let step = now.batch.step
    var (good, culprit) = (now.state, step)
    var place =
      now.state.learner.isFinite ? now.state.learner.origin(now.batch, ready: now.ready) : nil
    if !now.state.learner.isFinite, let earlier {
      (good, culprit) = (earlier.state, earlier.batch.step)
      let origin = earlier.state.learner.origin(earlier.batch, ready: earlier.ready)
      place = "step \(step) broke the weights" + (origin.map { "; " + $0 } ?? "")
    }
    state.withLock { s in
      s.record(metrics, step: step + 1)
      s.now = good
    }
    return .notFinite(
      step: step + 1, epoch: step / stepsPerEpoch + 1, metric: bad.name,
      value: bad.value.isNaN ? "nan" : "inf", place: place,
      tried: remedies(against: step, leavingOut: culprit + 1))
  }

  /// Applies what the script says for this step, then what was asked for live; waits while paused.
  private func steer(
    _ now: inout TrainingState, _ script: inout [SteeringEvent], isLast: Bool = false
  ) -> Course {
    let step = now.place.step
    while let next = script.first, next.step <= step {
      if state.withLock({ $0.script.isEmpty }) {
        script = []
        break
      }
      script.removeFirst()
      let course = apply(next.kind, &now, isScripted: true)
      guard case .go = course else { return course }
    }
    while true {
      while !isLast, state.withLock({ $0.waits(before: step) }), !isInterrupted() {
        _ = changed.wait(timeout: .now() + .milliseconds(10))
      }
      if isInterrupted() { return apply(.stop, &now) }
      let kinds = state.withLock { s in
        defer { s.wanted = [] }
        return s.wanted
      }
      for kind in kinds {
        let course = apply(kind, &now)
        guard case .go = course else { return course }
      }
      // What is changed while it waits does not end the wait.
      if isLast || !state.withLock({ $0.isPaused }) { return .go }
    }
  }

  private func apply(
    _ kind: SteeringEvent.Kind, _ now: inout TrainingState, isScripted: Bool = false
  ) -> Course {
    let step = now.place.step
    var done = kind
    if case .advance(0) = kind {
      done = .advance(steps: now.place.stepsLeft(now.learner.exampleCount))
    }
    do { try now.apply(done) } catch { return .fail(error) }
    state.withLock { s in
      s.events.append(SteeringEvent(step: step, done))
      s.now = now
      s.total = plan.totalSteps(now.learner.exampleCount, from: now.place)
      switch done {
      case .peek: s.peeked.append(s.snapshot)
      case .checkpoint: s.snapshots.pin(now)
      case .advance(let steps):
        if !isScripted || s.isLed {
          s.goOn(until: step.addingReportingOverflow(steps).partialValue)
        }
      case .pause where isScripted && s.isLed:
        if s.isLetGoOn > 0 { s.isLetGoOn -= 1 } else { (s.isPaused, s.isPauseNoted) = (true, true) }
      case .set, .freeze, .unfreeze, .pause, .stop: break
      }
    }
    if case .stop = done { return .stop }
    return .go
  }

  private func note(
    _ now: TrainingState, _ metrics: [Metric], _ held: [Metric], _ reading: StepReading?
  ) {
    let step = now.place.step
    state.withLock { s in
      s.now = now
      s.record(metrics + held, step: step)
      guard plan.isWatched else { return }
      s.snapshots.offer(now)
      if let loss = metrics.first { s.watch.note(step: step, loss: loss.value) }
      if let loss = held.first { s.watch.note(step: step, held: loss.value) }
      if let reading { s.watch.note(step: step, reading) }
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
