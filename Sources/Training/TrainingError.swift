/// What can go wrong with a run.
package enum TrainingError: Error, Sendable, Equatable {
  case notFinite(step: Int, epoch: Int, metric: String, value: String)
  case noSetting(name: String, available: [String])
  case noExamples
  case interrupted

  package var message: String {
    switch self {
    case .notFinite(let step, let epoch, let metric, let value):
      "the \(metric) became \(value) at step \(step) (epoch \(epoch))"
    case .noSetting(let name, let available):
      "a run has no setting called `\(name)`; it has \(available.joined(separator: ", "))"
    case .noExamples: "there is nothing to train on: the data has no rows"
    case .interrupted: "interrupted while waiting; the run goes on"
    }
  }

  package var hint: String? {
    switch self {
    case .notFinite: "a smaller lr, or clip=1.0; peek(r).model is the last good model"
    default: nil
    }
  }
}
