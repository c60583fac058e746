import Autograd
import Language
import Plots
import Tensors
import Training

/// A training that goes on by itself: the only value that changes.
package final class Run: LanguageObject {
  package let job: TrainingJob
  /// The value as the learner holds it: a model, or the state of a user's step.
  private let model: @Sendable (any Learner) -> Value

  init(_ job: TrainingJob, model: @escaping @Sendable (any Learner) -> Value) {
    self.job = job
    self.model = model
  }

  package var kindName: String { "run" }
  package var fieldNames: [String] {
    ["model", "loss", "history", "metrics", "val", "steps", "opt", "seconds", "status"]
  }

  package func field(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if interpreter.isTrial { return fieldNames.contains(name) ? Outline.anything : nil }
    switch name {
    case "status": return .text(job.status.word)
    case "seconds":
      try wait(interpreter)
      interpreter.context.hasReadClock = true
      return .number(job.seconds)
    case "model", "loss", "history", "metrics", "val", "steps", "opt":
      try wait(interpreter)
      return try Run.result(name, job.result, job.series, job.step, model)
    default: return nil
    }
  }

  /// Waits for the end; a failure is raised here.
  func wait(_ interpreter: Interpreter) throws {
    try job.wait { interpreter.context.interruption.isRequested }
    if let failure = job.failure { throw failure }
  }

  /// Waits for the end, whatever happens meanwhile; a failure is raised here.
  package func wait() throws {
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
    let snapshot = try job.peek { interpreter.context.interruption.isRequested }
    return .record(
      Record(
        try ["model", "loss", "history", "metrics", "val", "steps"].map { name in
          (
            name,
            try Run.result(name, snapshot.learner, snapshot.series, snapshot.step, model) ?? .none
          )
        }))
  }

  package var children: [(name: String, value: Value)] { [] }

  package func text(width: Int) -> String {
    let status = job.status
    let epochs = (Double(job.step) / Double(max(1, job.stepsPerEpoch)))
    var text = "run \(status.word)  \(job.step) of \(job.totalSteps) steps"
    if epochs == epochs.rounded() { text += " (\(Int(epochs)) epochs)" }
    for each in job.outlines {
      if let first = each.first, let last = each.last {
        text +=
          "\n\(each.name)  \(shortNumber(Double(first.value), digits: 4)) → "
          + "\(shortNumber(Double(last.value), digits: 4))  "
          + Sparkline.text(each.means.values.map(Double.init), width: 24)
      }
    }
    if case .failed(let message) = status { text += "\n" + message }
    return text
  }
}

extension Run {
  /// The trained value; waits for the end.
  package var finalModel: Value {
    try? job.wait { false }
    return model(job.result)
  }
}
