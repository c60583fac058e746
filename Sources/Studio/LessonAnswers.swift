import Lessons
import Notebooks

// Exercises and the goal of a lesson on its page.
extension StudioState {
  /// Why a cell of a lesson is not run now; nil when it is. What is handed in is checked when it ran.
  mutating func holdsBack(_ at: Int, isAlone: Bool) -> Bool {
    guard let page = lesson, let role = cells[at].role else { return false }
    switch role {
    case .frame, .why, .hidden: return false
    case .prediction:
      if page.isPast(role) { return false }
      if isAlone { message = "answer first: what will it give?" }
      return true
    case .goal:
      guard !cells[at].isConcealed else { return true }
      lesson?.handedIn.insert(cells[at].id)
      return false
    case .exercise(let exercise):
      if cells[at].isConcealed { return true }
      if let missing = AnswerCheck.isMissing(in: cells[at].text) {
        guard isAlone else { return true }
        lesson?.noteTry(exercise.id)
        lesson?.said[exercise.id] = LessonRemark(text: "✗ " + missing, kind: .wrong)
        return true
      }
      lesson?.handedIn.insert(exercise.id)
      // What was said of the last answer is not about this one.
      lesson?.said[exercise.id] = nil
      return false
    }
  }

  /// Looks at what a cell of a lesson gave, once all that it started has ended.
  mutating func lookAtAnswer(_ at: Int) -> [Effect] {
    guard let page = lesson, let role = cells[at].role, let evaluated = cells[at].evaluated,
      page.handedIn.contains(cells[at].id)
    else { return [] }
    lesson?.handedIn.remove(cells[at].id)
    let result = evaluated.result
    switch role {
    case .frame, .why, .hidden: return []
    case .prediction: return judgeGuess(evaluated, at: at)
    case .goal:
      let code = cells[at].text
      return check(at, .goal(code: code, page.lesson.measure, names: names(before: at)), "goal")
    case .exercise(let exercise):
      lesson?.noteTry(exercise.id)
      guard result.error == nil else {
        // A long training is waited for; whoever sees no end to an answer ends it.
        let isEnded = result.error?.hasPrefix("interrupted") == true
        let what =
          isEnded
          ? "it was ended before it was done: is there a loop without an end?"
          : "it does not run: see below"
        lesson?.said[exercise.id] = LessonRemark(text: "✗ " + what, kind: .wrong)
        return stepped()
      }
      let before = names(before: at)
      var after = before
      for (name, value) in result.bound { after[name] = value }
      return check(
        at,
        .answer(
          AnswerCheck(
            exercise, source: evaluated.text, before: before, after: after, value: evaluated.value)),
        exercise.id)
    }
  }

  private mutating func check(_ at: Int, _ what: LessonCheck.Subject, _ key: String) -> [Effect] {
    lesson?.checking.insert(key)
    lesson?.said[key] = LessonRemark(text: "… checking", kind: .plain)
    return [
      .check(LessonCheck(key: key, id: cells[at].id, subject: what, folder: folder, seed: seed))
    ]
  }

  /// Takes in what a check has found.
  mutating func take(_ fault: String?, score: Double?, of check: LessonCheck) -> [Effect] {
    guard var page = lesson else { return [] }
    page.checking.remove(check.key)
    let id = page.lesson.id
    switch (check.subject, fault) {
    case (.goal, nil):
      if !page.isDone { page.progress.lessons[id, default: .init()].done = page.today }
      if let score, let measure = page.lesson.measure {
        let known = page.progress.lessons[id]?.best
        page.progress.lessons[id]?.best = measure.better(known, score)
      }
      let shown = page.lesson.exercises.count {
        [.revealed, .skipped].contains(page.state($0.id))
      }
      let how =
        shown == 0 ? "" : ", with \(shown) of \(page.lesson.exercises.count) solutions shown"
      page.said["goal"] = LessonRemark(text: "★ Goal reached\(how).", kind: .right)
      message = "★ Goal reached; :lessons shows what is next"
      lookAtGoal()
    case (.goal, let fault?):
      page.said["goal"] = LessonRemark(text: "✗ Not reached yet: \(fault)", kind: .wrong)
      lookAtGoal()
    case (.answer, nil):
      page.note(check.key, .passed)
      page.said["goal"] = nil
      page.said[check.key] = LessonRemark(text: "✓ Right.", kind: .right)
    case (.answer, let fault?):
      page.said[check.key] = LessonRemark(text: "✗ " + fault, kind: .wrong)
    }
    lesson = page
    return stepped()
  }

  /// Goes to the goal, unless the learner is doing something else.
  private mutating func lookAtGoal() {
    guard case .navigate = mode,
      let goal = cells.firstIndex(where: { if case .goal? = $0.role { true } else { false } })
    else { return }
    focus = goal
  }

  /// After an answer: shows what is open now, keeps the progress, and asks for the goal when all else is
  /// done.
  mutating func stepped() -> [Effect] {
    arrangeLesson()
    guard let page = lesson else { return [] }
    var effects: [Effect] = []
    if let learner = page.learner, let record = page.progress.lessons[page.lesson.id] {
      effects.append(.keepProgress(learner, lesson: page.lesson.id, record))
    }
    effects += askForGoal()
    if page.savesItself { effects += save() }
    return effects
  }

  /// Looks whether the goal is reached once everything else is done and nothing is at work.
  mutating func askForGoal() -> [Effect] {
    guard let page = lesson, !page.isDone, page.said["goal"] == nil, page.checking.isEmpty,
      !cells.contains(where: { $0.activity != .idle }),
      let goal = cells.firstIndex(where: { if case .goal? = $0.role { true } else { false } }),
      !cells[goal].isConcealed
    else { return [] }
    lesson?.handedIn.insert(cells[goal].id)
    queue(goal)
    return startReady()
  }
}
