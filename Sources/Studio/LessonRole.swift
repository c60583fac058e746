import Lessons

/// What a cell is in a lesson.
enum LessonRole: Sendable {
  /// The lesson's own words.
  case frame
  /// Code that runs without being shown.
  case hidden
  case prediction(Lessons.Question)
  case exercise(Lesson.Exercise)
  case why(Lessons.Question)
  case goal

  /// What a block of a lesson is on the page; nil for one that is not shown there.
  init?(_ piece: LessonPiece, _ lesson: Lesson) {
    func question(_ place: Lessons.Question.Place) -> Lessons.Question? {
      lesson.questions.first { $0.place == place && $0.id == piece.id }
    }
    switch piece.block {
    case .predict:
      guard let question = question(.prediction) else { return nil }
      self = .prediction(question)
    case .why:
      guard let question = question(.why) else { return nil }
      self = .why(question)
    case .exercise:
      guard let exercise = lesson.exercises.first(where: { $0.id == piece.id }) else { return nil }
      self = .exercise(exercise)
    case .goal: self = .goal
    case .check, .mistake, .hint, .solution, nil: return nil
    }
  }

  var question: Lessons.Question? {
    switch self {
    case .prediction(let question), .why(let question): question
    case .frame, .hidden, .exercise, .goal: nil
    }
  }

  var exercise: Lesson.Exercise? {
    if case .exercise(let exercise) = self { exercise } else { nil }
  }

  /// Under which name progress notes it; nil for what is not asked of the learner.
  var key: String? { question?.key ?? exercise?.id }

  /// Whether it has code to run.
  var runs: Bool {
    switch self {
    case .prediction, .exercise, .goal, .hidden: true
    case .frame, .why: false
    }
  }

  /// Whether it is written as it was read, whatever becomes of its text.
  var isFixed: Bool {
    switch self {
    case .prediction, .why, .goal: true
    case .frame, .hidden, .exercise: false
    }
  }

  /// Whether it is a block of a lesson, which has no place for an output.
  var isOfBlock: Bool { isFixed || exercise != nil }

  /// The word in the line above it.
  var word: String {
    switch self {
    case .frame, .hidden: ""
    case .prediction: "predict"
    case .exercise: "your turn"
    case .why: "why"
    case .goal: "goal"
    }
  }
}

/// A line that a lesson says below the text of a cell.
struct LessonRemark: Sendable, Equatable {
  enum Kind: Sendable { case plain, right, wrong, hint, asking }
  let text: String
  let kind: Kind
}
