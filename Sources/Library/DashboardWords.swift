import Language
import Plots
import Tensors
import Training
import Vocabulary

extension Run {
  /// The run at one look, as of now; what depends on the clock is left out when it is over.
  var dashboard: Dashboard {
    let (status, step, watch) = (job.status, job.step, job.watch)
    var facts: [String] = []
    if let learner = job.result as? ModelLearner {
      facts.append("lr \(shortNumber(learner.optimizer.optimizer.learningRate, digits: 3))")
      facts.append("batch \(job.plan.batchSize)")
    }
    if let last = watch.gradients.last { facts.append("|grad| \(shortNumber(last, digits: 3))") }
    if !status.isOver, step > 0 {
      let rate = Double(step) / max(1e-9, job.seconds)
      let left = Double(job.totalSteps - step) / rate
      facts.append("\(shortNumber(rate, digits: 3)) steps/s")
      facts.append(
        left < 90 ? "\(Int(left.rounded(.up))) s left" : "\(Int(left / 60) + 1) min left")
    }
    let outlines = job.outlines.filter { $0.name.hasSuffix("loss") || job.outlines.count == 1 }
    let curves = outlines.map { outline -> LinePlot.Line in
      let series = outline.envelope
      return LinePlot.Line(
        series.name, x: series.steps.map(Double.init), y: series.values.map(Double.init),
        total: outline.total)
    }
    // Losses that span decades, and never touch 0, are told apart on a logarithmic axis.
    let known = curves.flatMap(\.y).filter(\.isFinite)
    let isLogarithmic = known.min() ?? 0 > 0 && known.max() ?? 0 > 20 * (known.min() ?? 1)
    return Dashboard(
      status: status.word, step: step, total: job.totalSteps,
      epoch: (
        (step + job.stepsPerEpoch - 1) / max(1, job.stepsPerEpoch),
        (job.totalSteps + job.stepsPerEpoch - 1) / max(1, job.stepsPerEpoch)
      ),
      facts: facts, curves: LinePlot(curves, isLogarithmic: isLogarithmic),
      events: job.events.compactMap { event in
        if case .set(let name, let value) = event.kind {
          return "step \(event.step): \(name) = \(shortNumber(value, digits: 4))"
        }
        return event.kind == .stop ? "step \(event.step): stop" : nil
      }, layers: watch.layers.map { Dashboard.Layer($0) },
      alarms: watch.alarms.map { .init(step: $0.step, $0.text, advice: $0.advice) })
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
      return .object(PlotObject(runs: [run]) { run.dashboard })
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
