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
    if ["edit", "apply"].contains(command.entry.name) {
      return isEditable(focus) ? nil : "this belongs to the lesson; b makes a cell of your own"
    }
    return chosen.contains { cells[$0].role != nil }
      ? "the lesson's own cells stay as they are; b makes one of yours" : nil
  }
}
