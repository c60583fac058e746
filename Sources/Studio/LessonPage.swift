import Drawing
import Language
import Lessons
import Notebooks

/// A lesson at work on a page: what was answered, and what was said to it.
package struct LessonPage: Sendable {
  let lesson: Lesson
  /// How the lesson gives its exercises, by name.
  let starters: [String: String]
  /// What is known of this lesson alone.
  package internal(set) var progress: Progress
  let learner: LearnerFolder?
  /// Days since 1970.
  let today: Int
  /// The page is the learner's own copy, which is saved after every answer.
  var savesItself: Bool
  /// What was said last to an answer, by the name of its question or exercise.
  var said: [String: LessonRemark] = [:]
  /// Guesses of numbers that wait for the code to run.
  var guesses: [String: String] = [:]
  /// Cells that run because the learner hands them in.
  var handedIn: Set<String> = []
  /// Checks that are at work.
  var checking: Set<String> = []

  package init(
    _ lesson: Lesson, shipped: Lesson? = nil, progress: Progress = Progress(),
    learner: LearnerFolder? = nil, today: Int, savesItself: Bool = false
  ) {
    self.lesson = lesson
    starters = Dictionary(
      (shipped ?? lesson).exercises.map { ($0.id, $0.starter) }, uniquingKeysWith: { a, _ in a })
    self.progress = Progress()
    self.progress.lessons[lesson.id] = progress.lessons[lesson.id]
    (self.learner, self.today, self.savesItself) = (learner, today, savesItself)
  }

  /// A lesson as it was when its recording began.
  init(_ lesson: Lesson, _ then: Recording.Taught) {
    (self.lesson, starters, progress) = (lesson, then.starters, then.progress)
    (learner, today, savesItself) = (nil, then.today, then.savesItself)
  }

  package var isDone: Bool { progress.lessons[lesson.id]?.done != nil }

  func state(_ key: String) -> Progress.State? { progress[lesson.id, key]?.state }

  /// Whether a step has been gone through, rightly or not.
  func isPast(_ role: LessonRole) -> Bool {
    if case .goal = role { return isDone }
    guard let key = role.key else { return true }
    return state(key).map { $0 != .tried } ?? false
  }

  mutating func note(_ key: String, _ state: Progress.State) {
    var known = progress[lesson.id, key] ?? Progress.Block()
    if known.state == .tried { known.state = state }
    progress[lesson.id, key] = known
  }

  mutating func noteTry(_ key: String) {
    progress[lesson.id, key, default: Progress.Block()].tries += 1
  }

  /// The steps that ask for something, and those that are behind the learner.
  var score: (past: Int, all: Int) {
    let keys = Set(lesson.questions.map(\.key) + lesson.exercises.map(\.id))
    return (keys.count { key in state(key).map { $0 != .tried } ?? false }, keys.count)
  }
}

extension StudioState {
  /// Makes the page a lesson at work.
  package mutating func begin(_ page: LessonPage) {
    lesson = page
    arrangeLesson()
    focus = cells.indices.first { !cells[$0].isConcealed } ?? 0
    if let last = cells.indices.last(where: {
      !cells[$0].isConcealed && cells[$0].role?.key != nil
    }), !page.isDone, page.score.past > 0 {
      focus = last
    }
    let score = page.score
    message =
      score.past == 0
      ? "Enter goes on step by step, ? shows the keys"
      : "\(score.past) of \(score.all) steps are done; Enter goes on"
  }

  /// What is shown of the page of a lesson: as far as the first step that waits for the learner.
  mutating func arrangeLesson() {
    guard let lesson else { return }
    var isBeyond = false
    for at in cells.indices {
      let role = cells[at].role
      if case .hidden? = role {
        cells[at].isConcealed = true
        continue
      }
      cells[at].isConcealed = isBeyond && !lesson.isDone
      guard let role else { continue }
      let isPast = lesson.isPast(role)
      if case .prediction = role { cells[at].hidesOutput = !isPast }
      if case .goal = role { cells[at].hidesOutput = true }
      cells[at].remarks = remarks(role)
      if !isPast { isBeyond = true }
    }
  }

  /// Brings the focus to a cell that is shown.
  mutating func settleFocus(from before: Int) {
    guard lesson != nil, cells.indices.contains(focus), cells[focus].isConcealed else { return }
    let below = cells.indices.dropFirst(focus).first { !cells[$0].isConcealed }
    let above = cells.indices.prefix(focus).last { !cells[$0].isConcealed }
    focus = (focus >= before ? below ?? above : above ?? below) ?? focus
  }

  /// Whether a cell may be typed into: one of the learner's own, or an exercise.
  func isEditable(_ at: Int) -> Bool {
    guard lesson != nil, let role = cells[at].role else { return true }
    return role.exercise != nil && !cells[at].isConcealed
  }

  /// Why cells of a lesson cannot be changed so; nil when they can.
  func refusal(ofLessonTo command: Command) -> String? {
    guard lesson != nil, command.changesCells else { return nil }
    if command.entry.name == "edit" {
      return isEditable(focus) ? nil : "this belongs to the lesson; b makes a cell of your own"
    }
    return chosen.contains { cells[$0].role != nil }
      ? "the lesson's own cells stay as they are; b makes one of yours" : nil
  }

  // MARK: Answers

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

  private mutating func judgeGuess(_ evaluated: StudioCell.Evaluated, at: Int) -> [Effect] {
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

  // MARK: Exercises

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

extension StudioCell.Evaluated {
  /// The last value shown, else the last value bound.
  var value: Value {
    for case .value(let value) in result.output.reversed() { return value }
    return result.bound.last?.value ?? .none
  }
}
