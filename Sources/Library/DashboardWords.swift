import Language
import Plots
import Tensors
import Training
import Vocabulary

extension Run {
  /// The run at one look, as of now; what depends on the clock is left out when it is over.
  package var dashboard: Dashboard { dashboard(steady: nil) }

  /// With ranges that keep still from one look to the next.
  package func dashboard(steady: SteadyRanges?) -> Dashboard {
    let past = moment.flatMap { try? job.snapshot(at: $0) }
    let place = past?.state.place ?? job.place
    let (status, step, watch) = (job.status, place.step, job.watch)
    var facts: [String] = []
    if let rate = past?.learner.learningRate ?? job.learningRate {
      facts.append("lr \(shortNumber(rate, digits: 3))")
      facts.append("batch \(place.batchSize)")
    }
    if past == nil, let last = watch.gradients.last {
      facts.append("|grad| \(shortNumber(last, digits: 3))")
    }
    if past == nil, !status.isOver, let rate = job.pace.rate {
      facts.append("\(shortNumber(rate, digits: 3)) steps/s")
      if let (low, high) = job.pace.estimate(job.totalSteps - step) {
        facts.append(Run.rest(low, high))
      }
    }
    let split = past == nil && !status.isOver && step > 0 ? spending : ""
    let outlines = self.outlines
    if let best = outlines.first(where: { $0.name == "val loss" })?.best {
      let epoch = (Int(best.x) + job.stepsPerEpoch - 1) / max(1, job.stepsPerEpoch)
      facts.append("best val loss \(shortNumber(best.y, digits: 3)) ★ epoch \(epoch)")
    }
    let curves = Run.lossCurves(outlines)
    let crosshair = moment.map { moment in
      LinePlot.Crosshair(
        x: Double(moment), label: "step \(moment)",
        beyond: Run.lossCurves(job.outlines).map { $0.from(Double(moment)) })
    }
    // Losses that span decades, and never touch 0, are told apart on a logarithmic axis.
    let known = (curves + (crosshair?.beyond ?? [])).lazy.flatMap(\.y).filter(\.isFinite)
    let (least, most) = known.reduce((Double.infinity, -Double.infinity)) {
      (min($0.0, $1), max($0.1, $1))
    }
    let isLogarithmic = least > 0 && most > 20 * least
    return Dashboard(
      status: past == nil ? status.word : "at step \(step)", step: step, total: job.totalSteps,
      epoch: (
        place.epoch + (place.isAtEpoch ? 0 : 1),
        (job.totalSteps + job.stepsPerEpoch - 1) / max(1, job.stepsPerEpoch)
      ),
      facts: facts, spending: split,
      curves: LinePlot(
        curves, isLogarithmic: isLogarithmic, events: marks, crosshair: crosshair,
        steady: isGrowing ? steady : nil),
      events: job.events.filter { $0.step <= step }.compactMap { event in
        switch event.kind {
        case .set(let name, let value):
          "step \(event.step): \(name) = \(shortNumber(value, digits: 4))"
        case .freeze(let layer): "step \(event.step): \(layer) is frozen"
        case .unfreeze(let layer): "step \(event.step): \(layer) moves again"
        case .stop: "step \(event.step): stop"
        case .pause, .advance, .checkpoint, .peek: nil
        }
      }, layers: (past == nil ? watch.layers : layers(before: step)).map { Dashboard.Layer($0) },
      alarms: watch.alarms.filter { $0.step <= step }.map {
        .init(step: $0.step, $0.text, advice: $0.advice)
      })
  }
}

extension Run {
  /// The losses among what a run recorded; all of it where nothing is called so.
  static func losses(_ all: [SeriesOutline]) -> [SeriesOutline] {
    let found = all.filter { $0.name.hasSuffix("loss") }
    return found.isEmpty ? all : found
  }

  /// The curves of losses, the best point of a held-out one marked.
  private static func lossCurves(_ all: [SeriesOutline]) -> [LinePlot.Line] {
    losses(all).map { outline in
      let series = outline.envelope
      return LinePlot.Line(
        series.name, x: series.steps.map(Double.init), y: series.values.map(Double.init),
        total: outline.total, best: outline.name.hasPrefix("val ") ? outline.best : nil)
    }
  }

  /// `40–46 s left`, in minutes from two minutes on.
  private static func rest(_ low: Double, _ high: Double) -> String {
    let (unit, name) = high < 120 ? (1.0, "s") : high < 7200 ? (60, "min") : (3600, "h")
    func whole(_ x: Double) -> Int { Int(min(1e15, max(0, x / unit))) }
    let (least, most) = (whole(low + unit / 2), whole(high + unit))
    return least == most ? "\(most) \(name) left" : "\(least)–\(most) \(name) left"
  }

  /// What the step before `step` did to the layers, found by taking it again.
  private func layers(before step: Int) -> [LayerReading] {
    (try? job.reading(before: step))?.layers ?? []
  }

  /// What was done to the run, as marks under its curve.
  var marks: [LinePlot.Event] {
    job.events.filter { $0.step <= moment ?? .max }.compactMap { event in
      let glyph: Character? =
        switch event.kind {
        case .set: "▼"
        case .freeze, .unfreeze: "▽"
        case .checkpoint: "◆"
        case .stop: "■"
        case .pause, .advance, .peek: nil
        }
      return glyph.map { LinePlot.Event(x: Double(event.step), glyph: $0) }
    }
  }
}

extension Dashboard.Layer {
  fileprivate init(_ reading: LayerReading) {
    let dead = reading.dead ?? 0
    let light: Light =
      dead >= 0.6 || (reading.count > 64 && reading.ratio > 0.1)
      ? .alarm : dead >= 0.25 || reading.ratio > 0.03 || reading.ratio < 1e-6 ? .warning : .good
    self.init(
      reading.name, gradient: reading.gradient, ratio: reading.ratio, dead: reading.dead,
      light: light)
  }
}

extension StandardLibrary {
  static let dashboardWords: [Builtin] = [
    Builtin(
      plotEntry(
        "dashboard", [Argument("r", .run, "A run.")],
        "A run at one look, live: progress, curves, layers, and what goes wrong with what to try.",
        "dashboard(train(Linear(2, 2), moons(40), epochs=2))")
    ) { call, _ in
      guard case .object(let object) = call["r"], let run = object as? Run else {
        throw call.wrong("r", expected: "a run, such as train(…) gives")
      }
      let steady = SteadyRanges { StepTimes.now }
      return .object(PlotObject(runs: [run]) { $0[0].dashboard(steady: steady) })
    },
    Builtin(
      Entry(
        "alarms", family: "Runs", [Argument("r", .run, "A run.")],
        summary: "What went wrong in a run, as records of kind, step, text and advice.",
        examples: [
          Example("len(alarms(train(Linear(2, 2), moons(40), epochs=2)))", prints: "0")
        ])
    ) { call, interpreter in
      guard case .object(let object) = call["r"], let run = object as? Run else {
        throw call.wrong("r", expected: "a run, such as train(…) gives")
      }
      try run.job.wait { interpreter.context.interruption.isRequested }
      return .list(
        run.job.watch.alarms.map { alarm in
          .record(
            Record([
              ("kind", .text(alarm.kind.rawValue)), ("step", .integer(alarm.step)),
              ("text", .text(alarm.text)), ("advice", .text(alarm.advice)),
            ]))
        })
    },
  ]
}
