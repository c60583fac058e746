import Language
import Notebooks

/// A lesson at work: the names that its cells and the learner's answers have left so far.
package final class LessonRun {
  /// What one piece of code gave.
  package struct Outcome: Sendable {
    package let output: [OutputItem]
    /// The last value shown, else the last value bound.
    package let value: Value
    package let error: LanguageError?
    package let notes: [String]
    let names: Names
    /// What it had used up when it was stopped; nil when it ended by itself.
    let excess: Allowance.Excess?
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
  private let evaluation: LessonEvaluation
  /// Conditions and replies of mistakes that could not be worked out for the last wrong answer.
  package private(set) var brokenParts: [String] = []
  private(set) var isReplyBroken = false
  /// What the interrupt key stops.
  package var onEvaluation: (Interruption?) -> Void {
    get { evaluation.onEvaluation }
    set { evaluation.onEvaluation = newValue }
  }

  /// `seed` is added to that of the lesson, so that a lesson can be tried on others.
  package init(_ lesson: Lesson, folder: String, seed: UInt64 = 0) {
    self.lesson = lesson
    evaluation = LessonEvaluation(folder: folder, seed: lesson.seed &+ seed)
  }

  private func evaluate(_ source: String, id: String, limit: Double) -> Outcome {
    evaluation.evaluate(source, in: names, id: id, limit: limit)
  }

  /// Runs a cell of the lesson; what it binds is there for all that follows.
  package func run(_ cell: Lesson.Cell) -> Outcome {
    let outcome = evaluate(cell.code, id: cell.id, limit: .infinity)
    if outcome.error == nil { names = outcome.names }
    return outcome
  }

  /// Runs the code of a prediction, after it was answered.
  package func reveal(_ question: Question) -> Outcome {
    let outcome = evaluate(question.body, id: question.id, limit: AnswerCheck.answerLimit)
    if outcome.error == nil { names = outcome.names }
    return outcome
  }

  /// Runs an answer in a copy of the names and checks it; its names are kept when it passes.
  package func judge(_ exercise: Lesson.Exercise, _ source: String) -> Verdict {
    if let missing = AnswerCheck.isMissing(in: source) { return .empty(missing) }
    let answer = evaluate(source, id: exercise.id, limit: AnswerCheck.answerLimit)
    if let error = answer.error {
      return answer.excess.map { .late(AnswerCheck.tooLate($0)) }
        ?? .broken(error.rendered(source: source))
    }
    let check = AnswerCheck(
      exercise, source: source, before: names, after: answer.names, value: answer.value)
    let finding = check.finding(evaluation)
    (brokenParts, isReplyBroken) = (finding.brokenParts, finding.isReplyBroken)
    guard let fault = finding.fault else {
      names = answer.names
      return .passed(answer)
    }
    return .wrong(fault, answer)
  }

  /// Takes the solution over as if it had been typed.
  package func takeSolution(of exercise: Lesson.Exercise) -> Outcome {
    let outcome = evaluate(exercise.solution, id: exercise.id, limit: AnswerCheck.answerLimit)
    if outcome.error == nil { names = outcome.names }
    return outcome
  }

  /// Checks the lesson's goal: nil when it is reached, else what is missing.
  package func missingForGoal() -> String? {
    guard let goal = lesson.goalCheck else { return nil }
    return AnswerCheck.missingForGoal(goal.code, names, evaluation)
  }

  /// The number that was reached for the goal; nil when it is about none.
  package func goalValue() -> Double? { lesson.measure?.value(in: names, evaluation) }

  /// A program in the names so far, as a learner types it between two steps; its names are kept.
  package func tryOut(_ source: String) -> Outcome {
    let outcome = evaluate(source, id: "learner", limit: .infinity)
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
