import Drawing
import Lessons
import Terminal

/// Missed questions that come back, one after the other over the page.
package struct ReviewSitting: Sendable {
  private let questions: [(lesson: Lesson, question: Lessons.Question)]
  private var at = 0
  private var typed = ""
  private var reply: LessonRemark?
  fileprivate var progress: Progress
  /// Nil when nothing is kept.
  fileprivate let learner: LearnerFolder?
  private let today: Int

  /// Nil when nothing is due.
  init?(_ shelf: LessonShelf, _ progress: Progress, _ learner: LearnerFolder?, today: Int) {
    questions = LessonReview.due(shelf, progress, today: today, most: .max)
    if questions.isEmpty { return nil }
    (self.progress, self.learner, self.today) = (progress, learner, today)
  }

  private var current: (lesson: Lesson, question: Lessons.Question) { questions[at] }

  /// Takes a key in; the lesson of which something was answered. Nil ends the sitting.
  fileprivate mutating func press(_ key: Key) -> (stays: Bool, answered: String?) {
    if key == .escape || key == .control("c") || (key == .character("q") && typed.isEmpty) {
      return (false, nil)
    }
    guard reply == nil else {
      guard key == .enter || key == .run || key == .character(" ") else { return (true, nil) }
      (at, typed, reply) = (at + 1, "", nil)
      return (at < questions.count, nil)
    }
    let question = current.question
    switch key {
    case .character(let c):
      typed.append(c)
      guard question.kind != .order else { return (true, nil) }
      let digit = c.isASCII ? c.wholeNumberValue : nil
      defer { typed = "" }
      guard let digit, question.choices.indices.contains(digit - 1) else { return (true, nil) }
      return (true, judge(question.choices[digit - 1].text))
    case .backspace: typed = String(typed.dropLast())
    case .enter, .run: return (true, judge(typed))
    default: break
    }
    return (true, nil)
  }

  private mutating func judge(_ text: String) -> String? {
    let (lesson, question) = current
    switch question.judge(text, value: nil) {
    case .unclear: return nil
    case .right(let said):
      reply = LessonRemark(text: said.isEmpty ? "✓ Right." : "✓ Right. " + said, kind: .right)
      progress.reviewed(lesson.id, question.key, isRight: true, today: today)
    case .wrong(let said):
      reply = LessonRemark(
        text: "✗ \(said) It is: \(question.solution(value: nil))", kind: .wrong)
      progress.reviewed(lesson.id, question.key, isRight: false, today: today)
    }
    return lesson.id
  }

  var footer: [(keys: String, label: String)] {
    let answer = current.question.kind == .order ? "Enter" : "1-\(current.question.choices.count)"
    return [reply == nil ? (answer, "answer") : ("Enter", "go on"), ("Esc", "back")]
  }

  func draw(_ grid: inout Grid) {
    for row in 1..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    let (lesson, question) = current
    let width = max(20, min(grid.width - 4, 100))
    var lines: [(String, Style)] = [
      ("Again \(at + 1) of \(questions.count), from \(lesson.title)", Style(isBold: true)),
      ("", .plain),
    ]
    lines += Prose.wrapped(question.heading, width: width).map { ($0, .plain) }
    if question.place == .prediction {
      lines += question.body.split(separator: "\n", omittingEmptySubsequences: false).map {
        ("  " + $0, Style(foreground: Color(32)))
      }
    }
    for (number, choice) in question.shown.enumerated() {
      lines += Prose.broken(
        "\(number + 1)  \(question.drawn(question.choices[choice]))", width: width, indent: 3
      ).map { ($0, .plain) }
    }
    if question.kind == .order, reply == nil { lines.append(("> " + typed, .plain)) }
    if let reply {
      lines.append(("", .plain))
      lines += Prose.broken(reply.text, width: width, indent: 2).map { ($0, Style(isBold: true)) }
    }
    for (row, line) in lines.prefix(grid.height - 3).enumerated() {
      grid.write(line.0, column: 2, row: 1 + row, style: line.1, limit: grid.width - 3)
    }
  }
}

extension StudioState {
  mutating func press(_ key: Key, in sitting: ReviewSitting) -> [Effect] {
    var sitting = sitting
    let (stays, answered) = sitting.press(key)
    mode = stays ? .review(sitting) : .navigate
    guard let answered, let record = sitting.progress.lessons[answered] else { return [] }
    if lesson?.lesson.id == answered { lesson?.progress.lessons[answered] = record }
    return sitting.learner.map { [.keepProgress($0, lesson: answered, record)] } ?? []
  }
}
