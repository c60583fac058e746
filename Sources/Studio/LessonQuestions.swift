import Language
import Lessons

// Questions of a lesson on its page.
extension StudioState {
  /// Takes an answer to the question with the focus.
  mutating func answer(_ text: String) -> [Effect] {
    guard let question = cell.role?.question, lesson?.isPast(.why(question)) == false else {
      return []
    }
    mode = .navigate
    guard question.isForNumber else { return judge(question, at: focus, text, value: nil) }
    if case .unclear(let what) = question.judge(text, value: 0) {
      message = what
      return []
    }
    lesson?.guesses[question.key] = text
    if let evaluated = cell.evaluated, isCurrent(focus) { return judgeGuess(evaluated, at: focus) }
    let id = cell.id
    lesson?.handedIn.insert(id)
    queue(focus)
    return startReady()
  }

  private mutating func judge(
    _ question: Lessons.Question, at: Int, _ text: String, value: Double?
  ) -> [Effect] {
    guard var page = lesson else { return [] }
    let id = page.lesson.id
    switch question.judge(text, value: value) {
    case .unclear(let what):
      message = what
      return []
    case .right(let reply):
      page.progress.answered(id, question.key, isRight: true, today: page.today)
      page.said[question.key] = LessonRemark(
        text: reply.isEmpty ? "✓ Right." : "✓ Right. " + reply, kind: .right)
    case .wrong(let reply):
      page.progress.answered(id, question.key, isRight: false, today: page.today)
      page.said[question.key] = LessonRemark(
        text: "✗ " + (reply.isEmpty ? "Not that one." : reply), kind: .wrong)
      // The reply tells the number, so there is nothing more to guess.
      if question.isForNumber { page.note(question.key, .revealed) }
    }
    lesson = page
    return revealed(at) + stepped()
  }

  /// Runs the code of a question that is past, so that what it gives is seen.
  private mutating func revealed(_ at: Int) -> [Effect] {
    guard let role = cells[at].role, case .prediction = role, lesson?.isPast(role) == true,
      !isCurrent(at), cells[at].activity == .idle
    else { return [] }
    queue(at)
    return startReady()
  }

  mutating func judgeGuess(_ evaluated: StudioCell.Evaluated, at: Int) -> [Effect] {
    guard let question = cells[at].role?.question,
      let guess = lesson?.guesses.removeValue(forKey: question.key)
    else { return [] }
    guard let value = evaluated.value.asNumber else {
      lesson?.said[question.key] = LessonRemark(
        text: "This question cannot be answered: its code gives no number.", kind: .plain)
      lesson?.note(question.key, .skipped)
      return stepped()
    }
    return judge(question, at: at, guess, value: value)
  }

  /// Shows the answer of the question with the focus.
  mutating func giveAway(_ state: Progress.State) -> [Effect] {
    guard let question = cell.role?.question else { return [] }
    lesson?.note(question.key, state)
    if !question.isForNumber {
      lesson?.said[question.key] = LessonRemark(
        text: "It is: \(question.solution(value: nil))", kind: .plain)
    }
    return revealed(focus) + stepped()
  }
}

extension StudioCell.Evaluated {
  /// The last value shown, else the last value bound.
  var value: Value {
    for case .value(let value) in result.output.reversed() { return value }
    return result.bound.last?.value ?? .none
  }
}
