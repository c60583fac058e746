import Tensors

/// What a run and those who ask it share.
struct JobState {
  var status = TrainingJob.Status.waiting
  var now: TrainingState
  /// The step at which it will end.
  var total: Int
  var series: [Series] = []
  var outlines: [SeriesOutline] = []
  var watch: TrainingWatch
  var snapshots = Snapshots()
  var events: [SteeringEvent] = []
  /// Events of an earlier run of the same cell, to be repeated at their steps.
  var script: [SteeringEvent]
  /// What live calls will do that the script has done (or will do) by itself.
  var expected: [SteeringEvent]
  var peeked: [TrainingJob.Snapshot] = []
  var wanted: [SteeringEvent.Kind] = []
  var isPaused = false
  /// Whether the record tells of the pause already.
  var isPauseNoted = false
  /// Whether it does what its record says and nothing else.
  var isLed = false
  /// Whether the hand has done what the record's pause did, which may come first.
  var isPauseSeen = false
  /// How often it was let go on before it had come to the pause that the record tells of.
  var isLetGoOn = 0
  /// The step before which it waits while it is led.
  var leash: Int?
  /// The step before which it waits again.
  var pauseStep: Int?
  var failure: (any Error)?
  var times = StepTimes()
  var pace = StepPace()
  var startedAt: UInt64 = 0
  var seconds = 0.0

  init(
    _ now: TrainingState, total: Int, watch: TrainingWatch, series: [Series],
    script: [SteeringEvent]
  ) {
    (self.now, self.total, self.watch) = (now, total, watch)
    (self.script, expected) = (script, script)
    // A validation between epochs was made only because the run ended there.
    self.series = series.map { each in
      guard each.name.hasPrefix("val "), !now.place.isAtEpoch else { return each }
      return each.upTo(now.place.step - 1)
    }
    outlines = self.series.map { SeriesOutline($0) }
    snapshots.offer(now)
  }

  var snapshot: TrainingJob.Snapshot { TrainingJob.Snapshot(state: now, series: series) }

  /// Whether it waits before `step`; notes that it does.
  mutating func waits(before step: Int) -> Bool {
    if let wanted = pauseStep, wanted <= step {
      (isPaused, isPauseNoted, pauseStep) = (true, true, nil)
    }
    guard isPaused else { return isLed && leash.map { $0 <= step } ?? false }
    if !isPauseNoted {
      isPauseNoted = true
      events.append(SteeringEvent(step: step, .pause))
    }
    return wanted.isEmpty
  }

  mutating func goOn(until step: Int? = nil) {
    (isPaused, isPauseNoted, pauseStep) = (false, false, step)
  }

  /// Takes what a call does off the list of what the script does by itself.
  mutating func isScripted(_ kind: SteeringEvent.Kind) -> Bool {
    guard let at = expected.firstIndex(where: { kind.isCall(of: $0.kind) }) else { return false }
    expected.remove(at: at)
    return true
  }

  mutating func record(_ metrics: [Metric], step: Int) {
    for metric in metrics {
      let at = series.firstIndex { $0.name == metric.name } ?? series.count
      if at == series.count {
        series.append(Series(metric.name))
        outlines.append(SeriesOutline(metric.name))
      }
      outlines[at].append(step, Float(metric.value))
      series[at].steps.append(step)
      series[at].values.append(Float(metric.value))
    }
  }
}
