import Autograd
import Drawing
import Language
import Plots
import Tensors
import Training

/// A training that goes on by itself: the only value that changes.
package final class Run: LanguageObject {
  package let job: TrainingJob
  /// The value as the learner holds it: a model, or the state of a user's step.
  private let model: @Sendable (any Learner) -> Value
  /// The run that it branched off, and the step where it did.
  package let trunk: (run: Run, step: Int)?
  /// The step at which it is looked at; nil for now, or the end.
  package let moment: Int?
  /// Whether it is in no list and no record.
  let isQuiet: Bool
  /// What drawing had taken when it was made.
  private let drawnBefore = ScreenTime.seconds

  package init(
    _ job: TrainingJob, trunk: (run: Run, step: Int)? = nil, moment: Int? = nil,
    isQuiet: Bool = false, model: @escaping @Sendable (any Learner) -> Value
  ) {
    self.job = job
    self.trunk = trunk
    self.moment = moment
    self.isQuiet = isQuiet
    self.model = model
  }

  /// The same run as it was after a step.
  package func at(_ step: Int) -> Run {
    Run(job, trunk: trunk, moment: step, isQuiet: isQuiet, model: model)
  }

  /// The same run as it is now.
  package var whole: Run {
    moment == nil ? self : Run(job, trunk: trunk, isQuiet: isQuiet, model: model)
  }

  /// Whether a picture of it will be another one in a moment.
  var isGrowing: Bool { moment == nil && !job.status.isOver }

  /// A run that goes on from a step of this one.
  package func branch(_ job: TrainingJob, step: Int) -> Run {
    Run(job, trunk: (self, step), model: model)
  }

  package var kindName: String { "run" }
  package var fieldNames: [String] {
    ["model", "loss", "history", "metrics", "val", "steps", "opt", "seconds", "status"]
  }

  package func field(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if interpreter.isTrial { return fieldNames.contains(name) ? Outline.anything : nil }
    switch name {
    case "status": return .text(moment.map { "at step \($0)" } ?? job.status.word)
    case "seconds":
      try wait(interpreter)
      interpreter.context.hasReadClock = true
      return .number(job.seconds)
    case "model", "loss", "history", "metrics", "val", "steps", "opt":
      if let moment {
        let past = try job.snapshot(at: moment) { interpreter.context.interruption.isRequested }
        return try Run.result(name, past.learner, past.series, past.step, model)
      }
      try wait(interpreter)
      return try Run.result(name, job.result, job.series, job.step, model)
    default: return nil
    }
  }

  /// Waits for the end; a failure is raised here.
  func wait(_ interpreter: Interpreter) throws {
    if moment != nil { return }
    try job.wait { interpreter.context.interruption.isRequested }
    if let failure = job.failure { throw failure }
  }

  /// Waits for the end, whatever happens meanwhile; a failure is raised here.
  package func wait() throws {
    if moment != nil { return }
    try job.wait { false }
    if let failure = job.failure { throw failure }
  }

  static func result(
    _ name: String, _ learner: any Learner, _ series: [Series], _ step: Int,
    _ model: (any Learner) -> Value
  ) throws -> Value? {
    func tensor(_ series: Series?) throws -> Value {
      .tensor(Variable(try Tensor(series?.values ?? [])))
    }
    func named(_ chosen: [Series]) throws -> Value {
      .record(Record(try chosen.map { ($0.name, try tensor($0)) }))
    }
    switch name {
    case "model": return model(learner)
    case "loss": return .number(Double(series.first?.values.last ?? .nan))
    case "history": return try tensor(series.first)
    case "metrics": return try named(series.filter { !$0.name.hasPrefix("val ") })
    case "val":
      return .record(
        Record(
          try series.filter { $0.name.hasPrefix("val ") }
            .map { (String($0.name.dropFirst(4)), try tensor($0)) }))
    case "steps": return .integer(step)
    case "opt": return (learner as? ModelLearner).map { .object($0.optimizer) } ?? Value.none
    default: return nil
    }
  }

  /// The run as of now, as a record of the same fields.
  func peek(_ interpreter: Interpreter) throws -> Value {
    try record(job.peek { interpreter.context.interruption.isRequested })
  }

  /// The run as of a moment, as a record.
  func record(_ snapshot: TrainingJob.Snapshot) throws -> Value {
    .record(
      Record(
        try ["model", "loss", "history", "metrics", "val", "steps", "opt"].map { name in
          (
            name,
            try Run.result(name, snapshot.learner, snapshot.series, snapshot.step, model) ?? .none
          )
        }))
  }

  /// What its time went into, and what the screen took of it meanwhile, in words.
  var spending: String {
    var shares = job.times.shares.map { (name: $0.name, share: $0.share) }
    let seconds = job.seconds
    if seconds > 0 { shares.append(("screen", (ScreenTime.seconds - drawnBefore) / seconds)) }
    return shares.map { name, share in
      let text =
        share >= 0.0995 ? "\(Int((100 * share).rounded()))" : fixedNumber(100 * share, decimals: 1)
      return "\(name) \(text)%"
    }.joined(separator: "  ")
  }

  package var children: [(name: String, value: Value)] { [] }

  package func text(width: Int) -> String {
    let (status, place) = (job.status, job.place)
    var text = "run \(moment == nil ? status.word : "looked at")  "
    text += "\(moment ?? place.step) of \(job.totalSteps) steps"
    if moment == nil, place.isAtEpoch { text += " (\(place.epoch) epochs)" }
    if let trunk { text += ", from step \(trunk.step) of another run" }
    for each in outlines {
      if let first = each.first, let last = each.last {
        text +=
          "\n\(each.name)  \(shortNumber(Double(first.value), digits: 4)) → "
          + "\(shortNumber(Double(last.value), digits: 4))  "
          + Sparkline.text(each.means.values.map(Double.init), width: 24)
      }
    }
    if moment == nil, case .failed(let message) = status { text += "\n" + message }
    return text
  }

  /// The series as they are drawn, up to the moment at which it is looked at.
  package var outlines: [SeriesOutline] {
    guard let moment else { return job.outlines }
    return job.series.map { SeriesOutline($0.upTo(moment)) }.filter { $0.total > 0 }
  }
}

extension Run {
  /// The trained value; waits for the end.
  package var finalModel: Value {
    if let moment, let past = try? job.snapshot(at: moment) { return model(past.learner) }
    try? job.wait { false }
    return model(job.result)
  }

  /// The learning rate of its last step.
  package var learningRate: Double? {
    job.result.learningRate
  }
}
