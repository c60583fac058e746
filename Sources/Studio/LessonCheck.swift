import Language
import Lessons

/// A check that runs beside the page.
package struct LessonCheck: Sendable {
  enum Subject: Sendable {
    case answer(AnswerCheck)
    case goal(code: String, GoalMeasure?, names: Names)
  }
  let key: String
  /// The name of the cell.
  let id: String
  let subject: Subject
  let folder: String
  let seed: UInt64

  /// What is missing, nil when nothing is; and the number that was reached.
  func result() -> (fault: String?, score: Double?) {
    let evaluation = LessonEvaluation(folder: folder, seed: seed)
    switch subject {
    case .answer(let answer): return (answer.finding(evaluation).fault, nil)
    case .goal(let code, let measure, let names):
      if let fault = AnswerCheck.missingForGoal(code, names, evaluation) { return (fault, nil) }
      return (nil, measure?.value(in: names, evaluation))
    }
  }
}
