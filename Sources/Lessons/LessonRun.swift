import Autograd
import Dispatch
import Language
import Library
import Notebooks
import Tensors
import Training

/// A lesson at work: the names that its cells and the learner's answers have left so far.
package final class LessonRun {
  /// What one piece of code gave.
  package struct Outcome: Sendable {
    package let output: [OutputItem]
    /// The last value shown, else the last value bound.
    package let value: Value
    package let error: LanguageError?
    package let notes: [String]
    fileprivate let names: Names
    fileprivate let isLate: Bool
  }

  /// What a check says of an answer.
  package enum Verdict: Sendable {
    case passed(Outcome)
    /// There is a blank to fill in, or nothing at all.
    case empty(String)
    /// The answer itself does not run: the diagnosis.
    case broken(String)
    /// It takes longer than a lesson waits.
    case late(String)
    /// It runs and is not right: what the check saw.
    case wrong(String, Outcome)

    package var isPassed: Bool { if case .passed = self { true } else { false } }
  }

  package let lesson: Lesson
  package private(set) var names = Names()
  private let interpreter = StandardLibrary.interpreter()
  private let folder: String
  private let seed: UInt64
  /// Conditions of mistakes that could not be asked of the last wrong answer.
  package private(set) var brokenConditions: [String] = []
  /// What the interrupt key stops.
  package var onEvaluation: (Interruption?) -> Void = { _ in }

  /// Seconds that an answer, and that a check may take.
  private static let answerLimit = 60.0
  private static let checkLimit = 10.0

  /// `seed` is added to that of the lesson, so that a lesson can be tried on others.
  package init(_ lesson: Lesson, folder: String, seed: UInt64 = 0) {
    self.lesson = lesson
    self.folder = folder
    self.seed = lesson.seed &+ seed
  }

  /// Runs a program in the names so far, without keeping what it binds.
  private func evaluate(
    _ source: String, in names: Names, id: String, limit: Double, judged: String? = nil
  ) -> Outcome {
    let interruption = Interruption()
    let context = EvaluationContext(
      stream: CellEvaluation.stream(seed: seed, cell: id), interruption: interruption,
      folder: folder)
    context.judged = judged
    let deadline = Deadline(interruption, seconds: limit)
    onEvaluation(interruption)
    defer {
      onEvaluation(nil)
      deadline.end()
    }
    do {
      let evaluation = try interpreter.evaluate(source, in: names, context)
      for case let run as Run in context.started {
        try? run.job.wait { interruption.isRequested }
      }
      if interruption.isRequested {
        stop(context)
        return Outcome(
          output: context.output, value: .none,
          error: LanguageError("interrupted", "stopped before its trainings had ended"),
          notes: context.notes, names: names, isLate: deadline.hasPassed)
      }
      var value = Value.none
      if case .value(let last)? = context.output.last(where: { $0.isValue }) {
        value = last
      } else if let name = evaluation.bound.last {
        value = evaluation.names[name] ?? .none
      }
      return Outcome(
        output: context.output, value: value, error: nil, notes: evaluation.notes,
        names: evaluation.names, isLate: false)
    } catch {
      stop(context)
      return Outcome(
        output: context.output, value: .none, error: error, notes: context.notes, names: names,
        isLate: deadline.hasPassed)
    }
  }

  private func stop(_ context: EvaluationContext) {
    for case let run as Run in context.started { run.job.stop() }
  }

  /// Runs a cell of the lesson; what it binds is there for all that follows.
  package func run(_ cell: Lesson.Cell) -> Outcome {
    let outcome = evaluate(cell.code, in: names, id: cell.id, limit: .infinity)
    if outcome.error == nil { names = outcome.names }
    return outcome
  }

  /// Runs the code of a prediction, after it was answered.
  package func reveal(_ question: Question) -> Outcome {
    let outcome = evaluate(question.body, in: names, id: question.id, limit: Self.answerLimit)
    if outcome.error == nil { names = outcome.names }
    return outcome
  }

  /// Runs an answer in a copy of the names and checks it; its names are kept when it passes.
  package func judge(_ exercise: Lesson.Exercise, _ source: String) -> Verdict {
    let code = CellNames(of: source)
    if code.reads.contains("___") { return .empty("fill in the blank: `___` stands for your part") }
    if source.allSatisfy(\.isWhitespace) { return .empty("type your answer first") }
    let answer = evaluate(source, in: names, id: exercise.id, limit: Self.answerLimit)
    if let error = answer.error {
      if answer.isLate {
        return .late("it did not end within \(Int(Self.answerLimit)) seconds, so it was stopped")
      }
      return .broken(error.rendered(source: source))
    }
    var world = answer.names
    world["answer"] = answer.value
    world["source"] = .text(source)
    let check = CellNames(of: exercise.check)
    let conditions = exercise.mistakes.map { CellNames(of: $0.condition) }
    if ([check] + conditions).contains(where: { $0.reads.contains("solution") }) {
      world["solution"] =
        evaluate(exercise.solution, in: names, id: exercise.id, limit: Self.answerLimit).value
    }
    let verdict = evaluate(
      exercise.check, in: world, id: exercise.id, limit: Self.checkLimit, judged: source)
    guard let error = verdict.error else {
      if case .boolean(false) = verdict.value { return .wrong("this is not it yet", answer) }
      names = answer.names
      return .passed(answer)
    }
    brokenConditions = []
    for mistake in exercise.mistakes {
      let found = evaluate(
        mistake.condition, in: world, id: exercise.id, limit: Self.checkLimit, judged: source)
      if found.error == nil, case .boolean(true) = found.value {
        return .wrong(mistake.reply, answer)
      }
      if let error = found.error {
        brokenConditions.append("`\(mistake.condition)`: \(error.message)")
      }
    }
    return .wrong(told(error, verdict, missing: check.reads.filter { world[$0] == nil }), answer)
  }

  /// What a check that failed has to say to a learner, who did not write it.
  private func told(_ error: LanguageError, _ outcome: Outcome, missing: [String]) -> String {
    switch error.code {
    case "user": return error.message
    case "interrupted" where outcome.isLate:
      return
        "the check did not end within \(Int(Self.checkLimit)) seconds: is your answer very slow?"
    case "name":
      if let name = missing.first(where: { error.message.contains("`\($0)`") }) {
        return "nothing is called `\(name)` yet: the exercise asks you to make it"
      }
    default: break
    }
    return "your answer could not be used as the check does: " + error.message
  }

  /// Takes the solution over as if it had been typed.
  package func takeSolution(of exercise: Lesson.Exercise) -> Outcome {
    let outcome = evaluate(
      exercise.solution, in: names, id: exercise.id, limit: Self.answerLimit)
    if outcome.error == nil { names = outcome.names }
    return outcome
  }

  /// Checks the lesson's goal: nil when it is reached, else what is missing.
  package func missingForGoal() -> String? {
    guard let goal = lesson.goalCheck else { return nil }
    let outcome = evaluate(goal.code, in: names, id: "goal", limit: Self.answerLimit)
    guard let error = outcome.error else {
      if case .boolean(false) = outcome.value { return "the goal is not reached yet" }
      return nil
    }
    return told(
      error, outcome, missing: CellNames(of: goal.code).reads.filter { names[$0] == nil })
  }

  /// A program in the names so far, as a learner types it between two steps; its names are kept.
  package func tryOut(_ source: String) -> Outcome {
    let outcome = evaluate(source, in: names, id: "learner", limit: .infinity)
    if outcome.error == nil { names = outcome.names }
    return outcome
  }
}

extension OutputItem {
  var isValue: Bool { if case .value = self { true } else { false } }

  /// As it is written into a notebook.
  package var text: String {
    switch self {
    case .text(let text): text
    case .value(let value): value.text(width: 72)
    }
  }
}

/// Asks an evaluation to stop after a time.
private final class Deadline {
  private let timer: DispatchSourceTimer?
  private let passed: WorkStop

  init(_ interruption: Interruption, seconds: Double) {
    let passed = WorkStop()
    self.passed = passed
    guard seconds.isFinite else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + seconds)
    timer.setEventHandler {
      passed.isRequested = true
      interruption.request()
    }
    timer.resume()
    self.timer = timer
  }

  var hasPassed: Bool { passed.isRequested }

  func end() { timer?.cancel() }
}
