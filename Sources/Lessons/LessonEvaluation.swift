import Language
import Library
import Notebooks
import Tensors
import Training

/// Evaluates programs of a lesson in names that it leaves as they are.
package final class LessonEvaluation {
  private let interpreter = StandardLibrary.interpreter()
  private let folder: String
  private let seed: UInt64
  /// What the interrupt key stops.
  var onEvaluation: (Interruption?) -> Void = { _ in }

  package init(folder: String, seed: UInt64) { (self.folder, self.seed) = (folder, seed) }

  /// `limit` is in seconds of its own work; `judged` is the answer that `uses` looks at.
  func evaluate(
    _ source: String, in names: Names, id: String, limit: Double, judged: String? = nil
  ) -> LessonRun.Outcome {
    let interruption = Interruption()
    let context = EvaluationContext(
      stream: CellEvaluation.stream(seed: seed, cell: id), interruption: interruption,
      folder: folder)
    context.judged = judged
    let limit = Limit(seconds: limit, of: interruption)
    onEvaluation(interruption)
    defer {
      onEvaluation(nil)
      limit.end()
    }
    func failed(_ error: LanguageError) -> LessonRun.Outcome {
      for case let run as Run in context.started { run.job.stop() }
      return LessonRun.Outcome(
        output: context.output, value: .none, error: error, notes: context.notes, names: names,
        excess: limit.excess)
    }
    do {
      let evaluation = try interpreter.evaluate(source, in: names, context)
      for case let run as Run in context.started {
        try? run.job.wait { interruption.isRequested }
      }
      if interruption.isRequested {
        return failed(
          LanguageError("interrupted", "stopped before its trainings had ended"))
      }
      var value = Value.none
      if case .value(let last)? = context.output.last(where: { $0.isValue }) {
        value = last
      } else if let name = evaluation.bound.last {
        value = evaluation.names[name] ?? .none
      }
      return LessonRun.Outcome(
        output: context.output, value: value, error: nil, notes: evaluation.notes,
        names: evaluation.names, excess: nil)
    } catch {
      return failed(error)
    }
  }
}
