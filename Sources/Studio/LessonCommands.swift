import Lessons
import Terminal

extension Commands {
  private static func isOpen(_ state: StudioState) -> String? {
    state.lesson == nil ? "this page is no lesson; :lessons lists them" : nil
  }

  private static func isAtExercise(_ state: StudioState) -> String? {
    isOpen(state) ?? (state.cell.role?.exercise == nil ? "go to an exercise first" : nil)
  }

  private static func isAtStep(_ state: StudioState) -> String? {
    isOpen(state)
      ?? (state.cell.role?.key == nil ? "go to a question or an exercise first" : nil)
  }

  static let lessonCommands: [Command] = [
    Command(
      "hint", "Gives the next hint for the exercise.", keys: ["h"], in: .lesson, family: "Lessons",
      unless: isAtExercise
    ) { state, _ in state.giveHint() },
    Command(
      "solution", "Shows one way to do the step, or the answer.", keys: ["s"], in: .lesson,
      family: "Lessons",
      unless: { state in
        isAtStep(state)
          ?? (state.cell.role?.question != nil && state.isPast(state.focus)
            ? "this is answered already" : nil)
      }
    ) { state, _ in
      if state.cell.role?.question != nil { return state.giveAway(.revealed) }
      state.mode = .ask(.solution)
      return []
    },
    Command(
      "reset-answer", "Brings the exercise back as the lesson gives it.", keys: ["r"], in: .lesson,
      family: "Lessons", unless: isAtExercise
    ) { state, _ in state.resetAnswer() },
    .simple(
      "type-here", "Types into the cell, to change it.", keys: ["w"], in: .lesson,
      family: "Lessons",
      unless: { state in
        isOpen(state)
          ?? (state.isEditable(state.focus)
            ? nil : "this belongs to the lesson; b makes a cell of your own")
      }
    ) { state in
      state.mode = .edit
    },
    .simple(
      "next-step", "Goes to the next question or exercise.", keys: ["n"], in: .lesson,
      family: "Lessons",
      unless: { isOpen($0) ?? ($0.searched.isEmpty ? nil : "n goes to the next match now") }
    ) { state in
      state.goToStep(1)
    },
    .simple(
      "previous-step", "Goes to the question or exercise above.", keys: ["p"], in: .lesson,
      family: "Lessons", unless: isOpen
    ) { state in
      state.goToStep(-1)
    },
    .simple(
      "where", "Says how far the lesson is, and what it wants to reach.", keys: ["W"], in: .lesson,
      family: "Lessons", unless: isOpen
    ) { state in
      guard let page = state.lesson else { return }
      let (past, all) = page.score
      state.message =
        "\(page.lesson.title): \(past) of \(all) steps; goal: \(page.lesson.goal)"
        + (page.isDone ? " ★" : "")
    },
    Command(
      "skip", "Goes on without an answer; a solution is taken over.", family: "Lessons",
      unless: { state in
        isAtStep(state) ?? (state.isPast(state.focus) ? "this step is behind you" : nil)
      }
    ) { state, _ in
      state.cell.role?.question != nil ? state.giveAway(.skipped) : state.takeSolution(.skipped)
    },
    Command("lessons", "Lists the lessons; Enter opens one.", family: "Lessons") { _, _ in
      [.showLessons]
    },
    Command(
      "learn", "Opens a lesson: `:learn NUMBER` or a name, else the next.", family: "Lessons"
    ) { _, argument in [.open(.lesson(argument))] },
    Command("lesson", "The same as learn.", family: "Lessons") { _, argument in
      [.open(.lesson(argument))]
    },
    Command("scoreboard", "Shows what was reached in the lessons.", family: "Lessons") { _, _ in
      [.showScoreboard]
    },
    Command("review", "Asks missed questions again that are due today.", family: "Lessons") {
      _, _ in [.showReview]
    },
    Command("map", "Shows the topics of deep learning, and where each is.", family: "Lessons") {
      _, _ in [.open(.map)]
    },
  ]
}

/// A lesson in a list.
package struct LessonLine: Sendable, Equatable {
  /// As `learn` takes it.
  let name: String
  let columns: [String]
}

// What the keys of a lesson do.
extension StudioState {
  func isPast(_ at: Int) -> Bool {
    guard let role = cells[at].role else { return true }
    return lesson?.isPast(role) ?? true
  }

  /// Whether nothing of the page is shown below the focus.
  var isLastShown: Bool { !cells[(focus + 1)...].contains { !$0.isConcealed } }

  /// Takes a key that means something else on the page of a lesson; nil when it means the same.
  mutating func pressInLesson(_ key: Key) -> [Effect]? {
    guard lesson != nil, pending.isEmpty else { return nil }
    if key == .enter {
      count = 0
      return goOn()
    }
    if case .character(let c) = key, let question = cell.role?.question, !isPast(focus) {
      count = 0
      let digit = c.isASCII ? c.wholeNumberValue : nil
      switch question.kind {
      case .choice, .curve:
        guard let digit else { break }
        guard (1...max(1, question.choices.count)).contains(digit) else {
          message = "answer with a number from 1 to \(question.choices.count)"
          return []
        }
        return answer(question.choices[digit - 1].text)
      case .number, .order:
        guard digit != nil || (question.isForNumber && "-.".contains(c)) else { break }
        mode = .answer(text: String(c))
        return []
      }
    }
    guard count == 0, case .command(let command) = keys.lesson.meaning(of: [key]) else {
      return nil
    }
    if let reason = command.refusal(self) {
      guard case .nothing = keys.page.meaning(of: [key]) else { return nil }
      message = "not now: \(reason)"
      return []
    }
    return perform(command)
  }

  /// What is said to a digit that answers nothing where it is typed; nil outside of lessons.
  var digitRemark: String? {
    guard lesson != nil else { return nil }
    if cell.role?.question != nil, isPast(focus) { return "this question is answered already" }
    let open = cells.indices.first {
      !cells[$0].isConcealed && cells[$0].role?.question != nil && !isPast($0)
    }
    guard let open else { return "no question is asked here" }
    return open > focus
      ? "no question is asked here, but below: n goes on"
      : "no question is asked here, but above: p goes back"
  }

  /// What Enter does: runs, asks for an answer, or goes to what is next.
  private mutating func goOn() -> [Effect] {
    switch cell.role {
    case .prediction?, .why?:
      if isPast(focus) { return goToNext() }
      mode = .answer(text: "")
    case .exercise?:
      if isPast(focus) { return goToNext() }
      mode = .edit
    case .goal?:
      if lesson?.isDone == true { return goToNext() }
      run([focus])
      return startReady()
    case .frame?, .hidden?: return goToNext()
    case nil:
      guard cell.isCode else { return goToNext() }
      if cell.editor.isEmpty {
        mode = .edit
        return []
      }
      refreshSources()
      let isSeen = cell.evaluated?.result.src == sources[focus]
      if cell.isBusy || isSeen { return goToNext() }
      run([focus])
      return startReady()
    }
    return []
  }

  private mutating func goToNext() -> [Effect] {
    if let next = cells.indices.dropFirst(focus + 1).first(where: { !cells[$0].isConcealed }) {
      focus = next
    } else {
      message =
        lesson?.isDone == true ? "the lesson ends here; :lessons lists the others" : "nothing below"
    }
    return []
  }

  mutating func goToStep(_ direction: Int) {
    let steps = cells.indices.filter {
      !cells[$0].isConcealed && (cells[$0].role.map { $0.isOfBlock || $0.question != nil } ?? false)
    }
    let next = direction > 0 ? steps.first { $0 > focus } : steps.last { $0 < focus }
    guard let next else {
      message = direction > 0 ? "the steps below wait for this one" : "this is the first step"
      return
    }
    focus = next
  }

  mutating func pressInAnswer(_ key: Key, _ text: String) -> [Effect] {
    switch key {
    case .character(let c): mode = .answer(text: text + String(c))
    case .paste(let pasted):
      mode = .answer(text: text + (pasted.split(whereSeparator: \.isNewline).first ?? ""))
    case .backspace, .control("h"):
      mode = text.isEmpty ? .navigate : .answer(text: String(text.dropLast()))
    case .control("u"): mode = .answer(text: "")
    case .enter, .run: return answer(text)
    case .escape, .control("c"): mode = .navigate
    default: break
    }
    return []
  }

  mutating func giveHint() -> [Effect] {
    guard let exercise = cell.role?.exercise, let page = lesson else { return [] }
    var known = page.progress[page.lesson.id, exercise.id] ?? Progress.Block()
    guard known.hints < exercise.hints.count else {
      message = "no more hints; s shows one way"
      return []
    }
    known.hints += 1
    lesson?.progress[page.lesson.id, exercise.id] = known
    return stepped()
  }

  /// Puts the lesson's own way in place of the learner's text, and hands it in.
  mutating func takeSolution(_ state: Progress.State) -> [Effect] {
    guard let exercise = cell.role?.exercise else { return [] }
    remember(.replaced(cells))
    lesson?.note(exercise.id, state)
    cell.editor.replace(with: exercise.solution)
    arrangeLesson()
    run([focus])
    return startReady() + stepped()
  }

  mutating func resetAnswer() -> [Effect] {
    guard let exercise = cell.role?.exercise, let starter = lesson?.starters[exercise.id] else {
      return []
    }
    remember(.replaced(cells))
    cell.editor.replace(with: starter)
    lesson?.said[exercise.id] = nil
    message = "as the lesson gives it; z brings your text back"
    return []
  }
}
