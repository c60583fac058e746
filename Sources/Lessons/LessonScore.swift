import Language

/// The number that a lesson's goal is about.
package struct GoalMeasure: Sendable, Equatable {
  /// What gives the number.
  let expression: String
  /// Whether more is better.
  let isMoreBetter: Bool

  /// Of the first check of a goal that compares: `check(a >= b, …)` is about `a`. Nil for other goals.
  init?(_ goal: String) {
    guard let start = goal.firstRange(of: "check(")?.upperBound else { return nil }
    var depth = 0
    var at = start
    while at < goal.endIndex {
      let character = goal[at]
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) || character == "\"" || character == "," && depth == 0 {
        if depth == 0 || character == "\"" { return nil }
        depth -= 1
      }
      if depth == 0, character == ">" || character == "<" {
        expression = trimmed(goal[start..<at])
        isMoreBetter = character == ">"
        return
      }
      at = goal.index(after: at)
    }
    return nil
  }

  /// What was reached in these names; nil when that is no number.
  package func value(in names: Names, _ evaluation: LessonEvaluation) -> Double? {
    let outcome = evaluation.evaluate(
      expression, in: names, id: "goal", limit: AnswerCheck.answerLimit)
    return outcome.value.asNumber.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The better of two results.
  package func better(_ old: Double?, _ new: Double) -> Double {
    old.map { isMoreBetter ? max($0, new) : min($0, new) } ?? new
  }
}

extension Lesson {
  package var measure: GoalMeasure? { goalCheck.flatMap { GoalMeasure($0.code) } }
}

extension LessonShelf {
  /// A line for each lesson that was begun: its number, and how it was reached.
  package func scoreboard(_ progress: Progress) -> [String] {
    lessons.compactMap { place in
      let lesson = place.lesson
      guard let record = progress.lessons[lesson.id], !record.blocks.isEmpty else { return nil }
      let row = LessonShelf.row(place, progress)
      let firsts = record.blocks.values.compactMap(\.first)
      let hints = record.blocks.values.reduce(0) { $0 + $1.hints }
      let shown = lesson.exercises.count {
        [.revealed, .skipped].contains(record.blocks[$0.id]?.state)
      }
      let title = "\(row.tick) \(lesson.number)  \(lesson.title)"
      let best = record.best.map { shortText($0) } ?? "\(row.past) of \(row.all) steps"
      return title + String(repeating: " ", count: max(1, 42 - title.count)) + best
        + String(repeating: " ", count: max(1, 16 - best.count))
        + "\(firsts.count { $0 }) of \(firsts.count) guesses right at once, hints \(hints), "
        + "solutions shown \(shown)"
    }
  }
}
