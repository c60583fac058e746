import Dispatch
import Tensors

/// The run itself, on its queue.
extension TrainingJob {
  private typealias Moment = (state: TrainingState, batch: PlannedBatch, ready: (any Sendable)?)

  private enum Course {
    case go, stop
    case fail(any Error)
  }

  /// Every so many steps the layers are read.
  private static let readingSteps = 20

  /// After these epochs the model's answers are looked at, unless they were a moment ago.
  private static let readingEpochs: Set<Int> = [4, 6, 9, 13, 20, 30, 50, 80]

  func run() {
    var (now, script) = state.withLock { ($0.now, $0.script) }
    let examples = now.learner.exampleCount
    var sequence = BatchSequence(plan, examples: examples)
    let prepare = now.learner.preparation
    var queue: PreparedBatches?
    defer { queue?.stop() }
    // The step at which the model's answers were looked at last.
    var lastDeep = 0
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
      let isDeep =
        step % (10 * TrainingJob.readingSteps) == 0
        || now.place.isAtEpoch && TrainingJob.readingEpochs.contains(now.place.epoch)
          && 4 * step >= 5 * lastDeep + 120
      let isRead = plan.isWatched && (step % TrainingJob.readingSteps == 0 || step < 5 || isDeep)
      if isRead, isDeep { lastDeep = step }
      do {
        let begun = StepTimes.now
        let batch = sequence.batch(at: now.place)
        if queue == nil, plan.ahead > 0, let prepare {
          queue = PreparedBatches(
            plan, examples: examples, from: now.place, to: totalSteps, prepare)
        }
        let ready = try queue.map { try $0.take() } ?? prepare?(batch)
        if isRead {
          now.learner.readNextStep(deeply: isDeep)
        }
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
        note(now, metrics, held, isRead ? now.learner.reading : nil)
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
    var good = now.state
    var place =
      now.state.learner.isFinite ? now.state.learner.origin(now.batch, ready: now.ready) : nil
    if !now.state.learner.isFinite, let earlier {
      good = earlier.state
      let origin = earlier.state.learner.origin(earlier.batch, ready: earlier.ready)
      place = "step \(step) broke the weights" + (origin.map { "; " + $0 } ?? "")
    }
    state.withLock { s in
      s.record(metrics, step: step + 1)
      s.now = good
    }
    return .notFinite(
      step: step + 1, epoch: step / stepsPerEpoch + 1, metric: bad.name,
      value: bad.value.isNaN ? "nan" : "inf", place: place, tried: remedies(against: step))
  }

  /// Applies what the script says for this step, then what was asked for live; waits while paused.
  private func steer(
    _ now: inout TrainingState, _ script: inout [SteeringEvent], isLast: Bool = false
  ) -> Course {
    let step = now.place.step
    while let next = script.first, next.step <= step {
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
        if !isScripted { s.goOn(until: step.addingReportingOverflow(steps).partialValue) }
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
