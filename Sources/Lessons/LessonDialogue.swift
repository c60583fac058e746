import Language

/// A lesson as a dialogue of lines, for terminals of every kind and for no terminal at all.
package struct LessonDialogue {
  private let place: LessonShelf.Place
  private var lesson: Lesson { place.lesson }
  private let run: LessonRun
  private let voice: Voice
  private let learner: LearnerFolder?
  private let today: Int
  private var progress: Progress
  private var answers: [String: String]
  /// What was handed in last in this sitting.
  private var attempts: [String: String] = [:]

  private enum End: Error { case quit }

  package init(
    _ place: LessonShelf.Place, _ run: LessonRun, learner: LearnerFolder?, today: Int,
    _ voice: Voice
  ) {
    (self.place, self.run, self.learner, self.today) = (place, run, learner, today)
    self.voice = voice
    let known = learner?.progress()
    progress = known?.progress ?? Progress()
    if let problem = known?.problem { voice.say("note: " + problem) }
    answers = learner?.answers(to: place) ?? [:]
  }

  /// Goes through the lesson from where the learner left it; true when its goal is reached.
  package mutating func begin() -> Bool {
    voice.say("\(lesson.number). \(lesson.title)")
    if !lesson.goal.isEmpty { voice.say("Goal: \(lesson.goal).") }
    voice.tell(
      "Enter goes on; anything else is run as a program; :help tells more, :quit leaves.\n")
    do {
      let start = try takeUp()
      for step in lesson.steps[start...] { try tell(step) }
    } catch {
      save()
      voice.say("Until next time: gradus learn \(lesson.id) goes on here.")
      return false
    }
    return finish()
  }

  /// Runs again what was done in an earlier sitting; the step to go on with.
  private mutating func takeUp() throws -> Int {
    let last = lesson.steps.lastIndex { step in
      switch step {
      case .exercise(let exercise): isDone(exercise.id)
      case .prediction(let question), .why(let question): isDone(question.id, of: question)
      default: false
      }
    }
    guard let last, progress.lessons[lesson.id]?.done == nil else { return 0 }
    for step in lesson.steps[...last] {
      switch step {
      case .cell(let cell): _ = run.run(cell)
      case .prediction(let question): _ = run.reveal(question)
      case .exercise(let exercise):
        if let answer = answers[exercise.id], run.judge(exercise, answer).isPassed { continue }
        if isDone(exercise.id) { _ = run.takeSolution(of: exercise) }
      default: break
      }
    }
    voice.say("Going on after what is done already (\(last + 1) of \(lesson.steps.count) steps).\n")
    return last + 1
  }

  private func isDone(_ id: String, of question: Question? = nil) -> Bool {
    progress[lesson.id, question?.key ?? id].map { $0.state != .tried } ?? false
  }

  private mutating func tell(_ step: Lesson.Step) throws {
    switch step {
    case .frame(let text, _): voice.tell(text + "\n")
    case .cell(let cell): try tell(cell)
    case .prediction(let question): try ask(question)
    case .why(let question): try ask(question)
    case .exercise(let exercise): try set(exercise)
    case .goal: break
    }
  }

  private mutating func tell(_ cell: Lesson.Cell) throws {
    if cell.isHidden {
      if let error = run.run(cell).error { voice.say(error.rendered(source: cell.code)) }
      return
    }
    voice.say(Self.indented(cell.code))
    try pause("[run] ")
    let outcome = run.run(cell)
    show(outcome)
    if let error = outcome.error { voice.say(error.rendered(source: cell.code)) }
    voice.say("")
  }

  // MARK: Questions

  private mutating func ask(_ question: Question) throws {
    LessonDialogue.pose(question, voice)
    // It runs before the answer, but nothing of it is shown.
    let outcome = question.place == .prediction ? run.reveal(question) : nil
    if let error = outcome?.error { return voice.say(error.rendered(source: question.body)) }
    while true {
      let line = try listen(question.isForNumber ? "a number: " : "answer: ")
      if line == ":solution" || line == ":skip" {
        note(question.key, line == ":skip" ? .skipped : .revealed)
        voice.say("It is: " + question.solution(value: outcome?.value.asNumber))
        break
      }
      if line == ":hint" {
        voice.say("There are no hints here: guess, a wrong guess is a good start.")
        continue
      }
      let judgement = question.judge(line, value: outcome?.value.asNumber)
      if case .unclear(let what) = judgement {
        voice.say(what)
        continue
      }
      var reply = ""
      if case .right(let text) = judgement {
        reply = text
        progress.answered(lesson.id, question.key, isRight: true, today: today)
        voice.tell(reply.isEmpty ? "✓ Right." : "✓ Right. " + reply)
        break
      }
      if case .wrong(let text) = judgement { reply = text }
      progress.answered(lesson.id, question.key, isRight: false, today: today)
      voice.tell("✗ " + (reply.isEmpty ? "Not that one." : reply))
      // The reply tells the number, so there is nothing more to guess.
      if question.isForNumber {
        note(question.key, .revealed)
        break
      }
    }
    if let outcome, question.kind != .curve { show(outcome) }
    voice.say("")
    save()
  }

  // MARK: Exercises

  private mutating func set(_ exercise: Lesson.Exercise) throws {
    voice.say("Your turn. Type it below; an empty line ends it. (:hint, :solution, :skip, :help)")
    voice.say(Self.indented(exercise.starter))
    var hints = exercise.hints[...]
    while true {
      let typed = try program(exercise)
      switch typed {
      case ":hint":
        guard let hint = hints.popFirst() else {
          voice.say("No more hints; :solution shows one way.")
          continue
        }
        var known = progress[lesson.id, exercise.id] ?? Progress.Block()
        known.hints += 1
        progress[lesson.id, exercise.id] = known
        voice.tell("hint  " + hint)
        continue
      case ":solution", ":skip":
        note(exercise.id, typed == ":skip" ? .skipped : .revealed)
        if typed == ":solution" { voice.say(Self.indented(exercise.solution)) }
        let outcome = run.takeSolution(of: exercise)
        answers[exercise.id] = exercise.solution
        show(outcome)
        save()
        voice.say("")
        return
      case ":reset":
        voice.say(Self.indented(exercise.starter))
        continue
      default: break
      }
      if try judge(typed, exercise) { return }
      if !hints.isEmpty, (progress[lesson.id, exercise.id]?.tries ?? 0) > 1 {
        voice.say("(:hint gives one of \(hints.count))")
      }
    }
  }

  private mutating func judge(_ typed: String, _ exercise: Lesson.Exercise) throws -> Bool {
    let source = LessonDialogue.completed(
      typed, starter: exercise.starter, last: attempts[exercise.id])
    if source != typed, source.contains("\n") { voice.say(Self.indented(source)) }
    (answers[exercise.id], attempts[exercise.id]) = (source, source)
    var known = progress[lesson.id, exercise.id] ?? Progress.Block()
    known.tries += 1
    defer { save() }
    switch run.judge(exercise, source) {
    case .passed(let outcome):
      show(outcome)
      voice.say("✓ Right.\n")
      if known.state == .tried { known.state = .passed }
      progress[lesson.id, exercise.id] = known
      return true
    case .wrong(let message, let outcome):
      show(outcome)
      voice.tell("✗ " + message)
    case .broken(let message): voice.say(message)
    case .empty(let message), .late(let message): voice.tell("✗ " + message)
    }
    progress[lesson.id, exercise.id] = known
    return false
  }

  /// Lines up to an empty one, or a command.
  private func program(_ exercise: Lesson.Exercise) throws -> String {
    var lines: [String] = []
    while true {
      guard let line = voice.ask(lines.isEmpty ? "> " : "· ") else { throw End.quit }
      if lines.isEmpty, line.hasPrefix(":") {
        switch line {
        case ":quit": throw End.quit
        case ":help": voice.say(LessonDialogue.help)
        case ":hint", ":solution", ":skip", ":reset": return line
        case _ where line.hasPrefix(":try "): tryOut(String(line.dropFirst(5)))
        default: voice.say("There is no command \(line). " + LessonDialogue.help)
        }
        continue
      }
      if line.allSatisfy(\.isWhitespace) {
        if lines.isEmpty { continue }
        return lines.joined(separator: "\n")
      }
      lines.append(line)
    }
  }

  // MARK: Listening

  /// Waits for Enter; whatever else is typed is run.
  private func pause(_ prompt: String) throws {
    while true {
      let line = try listen(prompt)
      if line.allSatisfy(\.isWhitespace) || line == ":skip" { return }
      if line.hasPrefix(":") {
        voice.say(LessonDialogue.help)
        continue
      }
      tryOut(line)
    }
  }

  private func tryOut(_ program: String) {
    let outcome = run.tryOut(program)
    show(outcome)
    if let error = outcome.error { voice.say(error.rendered(source: program)) }
  }

  private func listen(_ prompt: String) throws -> String {
    while true {
      guard let line = voice.ask(prompt), line != ":quit" else { throw End.quit }
      guard line == ":help" else { return line }
      voice.say(LessonDialogue.help)
    }
  }

  // MARK: Ends

  private mutating func finish() -> Bool {
    if let missing = run.missingForGoal() {
      voice.say("The goal is not reached yet: \(missing).")
      save()
      return false
    }
    if progress.lessons[lesson.id]?.done == nil {
      progress.lessons[lesson.id, default: Progress.Record()].done = today
    }
    if let measure = lesson.measure, let value = run.goalValue() {
      let known = progress.lessons[lesson.id]?.best
      progress.lessons[lesson.id]?.best = measure.better(known, value)
    }
    let shown = lesson.exercises.count {
      [.revealed, .skipped].contains(progress[lesson.id, $0.id]?.state)
    }
    voice.say(
      "★ Goal reached: \(lesson.goal)"
        + (shown == 0 ? "." : ", with \(shown) of \(lesson.exercises.count) solutions shown."))
    save()
    return true
  }

  private mutating func note(_ id: String, _ state: Progress.State) {
    var known = progress[lesson.id, id] ?? Progress.Block()
    if known.state == .tried { known.state = state }
    progress[lesson.id, id] = known
  }

  /// Keeps progress and answers; says so when that is not possible, and goes on.
  private func save() {
    guard let learner else { return }
    do {
      try learner.keep(progress.lessons[lesson.id] ?? Progress.Record(), of: lesson.id)
      if !answers.isEmpty { try learner.save(answers, to: place) }
    } catch {
      voice.say("note: progress is not kept: \(error.message)")
    }
  }

  private func show(_ outcome: LessonRun.Outcome) {
    if !outcome.output.isEmpty { voice.show(outcome.output) }
  }
}
