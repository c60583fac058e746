import Dispatch
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

  /// `judged` is the answer that `uses` looks at.
  func evaluate(
    _ source: String, in names: Names, id: String, limit: Double, judged: String? = nil
  ) -> LessonRun.Outcome {
    let interruption = Interruption()
    let context = EvaluationContext(
      stream: CellEvaluation.stream(seed: seed, cell: id), interruption: interruption,
      folder: folder)
    context.judged = judged
    let deadline = Deadline(seconds: limit) { interruption.request() }
    onEvaluation(interruption)
    defer {
      onEvaluation(nil)
      deadline.end()
    }
    func failed(_ error: LanguageError) -> LessonRun.Outcome {
      for case let run as Run in context.started { run.job.stop() }
      return LessonRun.Outcome(
        output: context.output, value: .none, error: error, notes: context.notes, names: names,
        isLate: deadline.hasPassed)
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
        names: evaluation.names, isLate: false)
    } catch {
      return failed(error)
    }
  }
}

/// Ends something after a time, unless it has ended before.
final class Deadline {
  private let timer: (any DispatchSourceTimer)?
  private let passed = WorkStop()

  /// `act` is called from another thread when the time is over.
  init(seconds: Double, _ act: @escaping @Sendable () -> Void) {
    guard seconds.isFinite else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + seconds)
    timer.setEventHandler { [passed] in
      passed.isRequested = true
      act()
    }
    timer.resume()
    self.timer = timer
  }

  var hasPassed: Bool { passed.isRequested }

  func end() { timer?.cancel() }
}
