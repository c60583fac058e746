/// What can go wrong with a run.
package enum TrainingError: Error, Sendable, Equatable {
  /// `place`: where the first such number came up, when that was found; `tried`: what was tried
  /// against it.
  case notFinite(
    step: Int, epoch: Int, metric: String, value: String, place: String? = nil,
    tried: [Remedy] = [])
  case noSetting(name: String, available: [String])
  case badSetting(name: String, value: Double, expected: String)
  case noLayer(name: String, available: [String])
  /// A step that the run has not taken.
  case noStep(step: Int, first: Int, last: Int)
  case noExamples
  /// A file that was to continue a run lacks a part of one.
  case noCheckpoint(missing: String)
  /// A run was to go on from one with other data or batches.
  case otherPlan(was: String, now: String)
  /// A tensor of a checkpoint does not fit what learns now.
  case otherState(name: String, was: String, now: String)
  case interrupted

  package var message: String {
    switch self {
    case .notFinite(let step, let epoch, let metric, let value, let place, let tried):
      "the \(metric) became \(value) at step \(step) (epoch \(epoch))"
        + (place.map { ": " + $0 } ?? "")
        + (tried.isEmpty ? "" : ". " + Remedy.report(tried))
    case .noSetting(let name, let available):
      "a run has no setting called `\(name)`; it has \(available.joined(separator: ", "))"
    case .badSetting(let name, let value, let expected):
      "`\(name)` is \(expected), this is \(value)"
    case .noLayer(let name, let available):
      available.isEmpty
        ? "only train(model, …) has layers to freeze"
        : "there is no layer `\(name)`; there are \(available.joined(separator: ", "))"
    case .noStep(let step, let first, let last):
      "the run has states from step \(first) to step \(last), none at step \(step)"
    case .noExamples: "there is nothing to train on: the data has no rows"
    case .noCheckpoint(let missing): "this is not the checkpoint of a run: \(missing) is missing"
    case .otherPlan(let was, let now): "the saved run had \(was), this one has \(now)"
    case .otherState(let name, let was, let now):
      "the saved run does not fit: `\(name)` is \(was) there and \(now) here"
    case .interrupted: "interrupted while waiting; the run goes on"
    }
  }

  package var hint: String? {
    switch self {
    case .notFinite(_, _, _, _, _, let tried):
      if let good = tried.first(where: \.helps) {
        "fork(r, \(good.start), \(good.change)) goes on from there; peek(r).model is the last good model"
      } else {
        "a look at the data and the loss; peek(r).model is the last good model"
      }
    default: nil
    }
  }
}
