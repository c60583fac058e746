import Files
import Glibc
import Lessons
import TestSupport
import Testing

/// Lessons gone through in the real program, key by key, with wrong answers, hints and solutions.
@Suite(.serialized, .enabled(if: TerminalSession.isPossible)) struct LessonTourTests {
  private static let isLong = getenv("GRADUS_LONG") != nil

  private static let shipped =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/notebooks/lessons"

  @Test func `a lesson is gone through from its start to its goal`() throws {
    try withTemporaryFolder { folder in
      let lessons = folder + "/lessons"
      FileBytes.makeFolder(lessons)
      try FileBytes.writeAtomically(
        Array(LessonText.small.utf8), to: lessons + "/03-doubles.grd.md")
      try goThrough(3, of: lessons, home: folder, columns: 80, rows: 24)
    }
  }

  @Test(.enabled(if: isLong), arguments: [1, 6, 11, 17, 23])
  func `a shipped lesson is gone through from its start to its goal`(number: Int) throws {
    try withTemporaryFolder { folder in
      try goThrough(number, of: Self.shipped, home: folder, columns: 160, rows: 50)
    }
  }

  private func goThrough(
    _ number: Int, of lessons: String, home: String, columns: Int, rows: Int
  ) throws {
    let lesson = try #require(
      LessonShelf(lessons).lessons.first { $0.lesson.number == number }?.lesson)
    var tour = Tour(
      lesson,
      try TerminalSession(
        ["learn", "\(number)"], columns: columns, rows: rows,
        variables: [
          "HOME=\(home)", "XDG_DATA_HOME=\(home)/data", "XDG_STATE_HOME=\(home)/state",
          "GRADUS_LESSONS=\(lessons)",
        ]), columns: columns, rows: rows, patience: Self.isLong ? 15 : 1)
    try tour.expect("0 of \(tour.all) steps")
    for step in lesson.steps {
      switch step {
      case .frame, .cell, .goal: break
      case .prediction(let question), .why(let question): try tour.answer(question)
      case .exercise(let exercise): try tour.answer(exercise)
      }
    }
    try tour.expect("★ Goal reached")
    tour.session.type("q")
    #expect(tour.session.ending() == 0)
    let kept = LearnerFolder(home + "/data/gradus/lessons").progress().progress
    #expect(kept.lessons[lesson.id]?.done != nil)
    let states = lesson.exercises.map { kept[lesson.id, $0.id]?.state }
    #expect(states.dropLast().allSatisfy { $0 == .passed } && states.last == .revealed)
  }
}

/// A learner who answers wrongly first, asks for hints, and looks at the last solution.
private struct Tour {
  let lesson: Lesson
  let session: TerminalSession
  let all: Int
  /// How many times 20 seconds are waited for each text: trainings may take a while.
  private let patience: Int
  private var past = 0

  struct NeverShown: Error {
    let lesson: String
    let text: String
    let screen: String
  }

  init(
    _ lesson: Lesson, _ session: TerminalSession, columns: Int, rows: Int, patience: Int
  ) {
    (self.lesson, self.session, self.patience) = (lesson, session, patience)
    session.picture = TerminalPicture(columns: columns, rows: rows)
    all = Set(lesson.questions.map(\.key) + lesson.exercises.map(\.id)).count
  }

  /// Waits until the screen shows a text, below another one.
  func expect(_ text: String, below start: String = "") throws {
    try wait(text) { screen in
      guard !start.isEmpty else { return screen.contains(text) }
      return screen.firstRange(of: start).map { screen[$0.upperBound...].contains(text) } ?? false
    }
  }

  /// Waits for a whole frame that shows it: half of the next one may stand on half of the last.
  private func wait(_ what: String, until isShown: (String) -> Bool) throws {
    func holds() -> Bool { isShown(session.picture.text) }
    let end = ContinuousClock.now + .seconds(20 * patience)
    repeat {
      guard session.reads(until: holds) else { continue }
      session.settle(200)
      if holds() { return }
    } while ContinuousClock.now < end
    throw NeverShown(lesson: lesson.id, text: what, screen: session.picture.text)
  }

  private mutating func expectNext() throws {
    past += 1
    try expect("\(past) of \(all) steps")
  }

  mutating func answer(_ question: Question) throws {
    session.type("n")
    switch question.kind {
    case .choice, .curve:
      let right = question.choices.firstIndex(where: \.isRight) ?? 0
      session.type("\(right == 0 ? 2 : 1)")
      try expect("▌ ✗ ")
      session.type("\(right + 1)")
    case .number: session.type("-98765\r")
    case .order: session.type("\r\(question.solution(value: nil))\r")
    }
    try expectNext()
  }

  mutating func answer(_ exercise: Lesson.Exercise) throws {
    let place = "your turn #\(exercise.id) "
    session.type("n\n")
    try expect("▌ ✗ ", below: place)
    session.type("h")
    try expect("hint 1", below: place)
    if let mistake = exercise.mistakes.first(where: { !$0.example.isEmpty }) {
      try handIn(mistake.example)
      let words = mistake.reply.split { $0 == " " || $0.isNewline }.prefix(2).joined(separator: " ")
      try expect("▌ ✗ " + (words.contains("{") ? "" : words), below: place)
    }
    if exercise.id == lesson.exercises.last?.id {
      session.type("s")
      try expect("one way to do it")
      session.type("y")
    } else {
      try handIn(exercise.solution)
    }
    try expectNext()
  }

  /// Replaces the whole cell and runs it.
  private func handIn(_ text: String) throws {
    session.type("\r\u{1b}a")
    try expect("EDIT")
    session.type("\u{1b}[200~\(text)\u{1b}[201~\n")
    // What was said before stays on the screen until then, and may be what is waited for.
    try wait("the end of EDIT") { !$0.contains("EDIT") }
  }
}
