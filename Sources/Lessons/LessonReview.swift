/// Questions that were missed come back on later days, a few at the start of each sitting.
package struct LessonReview {
  /// How many questions one sitting asks.
  package static let most = 3

  private let questions: [(lesson: Lesson, question: Question)]
  private let voice: LessonDialogue.Voice
  private let today: Int

  /// Of those that are due, the ones whose answer needs no code to run.
  package init(
    _ shelf: LessonShelf, _ progress: Progress, today: Int, most: Int = LessonReview.most,
    _ voice: LessonDialogue.Voice
  ) {
    (self.voice, self.today) = (voice, today)
    questions = LessonReview.due(shelf, progress, today: today, most: most)
  }

  /// Questions that are due and whose answer needs no code to run, the longest waiting first.
  package static func due(
    _ shelf: LessonShelf, _ progress: Progress, today: Int, most: Int
  ) -> [(lesson: Lesson, question: Question)] {
    Array(
      progress.due(on: today).compactMap { due -> (Lesson, Question)? in
        guard let lesson = shelf.lessons.first(where: { $0.lesson.id == due.lesson })?.lesson,
          let question = lesson.questions.first(where: { $0.key == due.block })
        else { return nil }
        if case .number = question.kind { return nil }
        return (lesson, question)
      }.prefix(most))
  }

  package var count: Int { questions.count }

  /// Asks each once; false when the learner leaves.
  package func ask(_ progress: inout Progress) -> Bool {
    for (lesson, question) in questions {
      voice.say("Again, from \"\(lesson.title)\":")
      LessonDialogue.pose(question, voice)
      while true {
        guard let line = voice.ask("answer: "), line != ":quit" else { return false }
        if line == ":skip" { break }
        switch question.judge(line, value: nil) {
        case .unclear(let what):
          voice.say(what)
          continue
        case .right(let reply):
          voice.say(reply.isEmpty ? "✓ Right.\n" : "✓ Right. \(reply)\n")
          progress.reviewed(lesson.id, question.key, isRight: true, today: today)
        case .wrong(let reply):
          voice.say("✗ " + reply)
          voice.say("It is: \(question.solution(value: nil))\n")
          progress.reviewed(lesson.id, question.key, isRight: false, today: today)
        }
        break
      }
    }
    return true
  }
}
