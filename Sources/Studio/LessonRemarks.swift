import Lessons

// What a lesson says on its page.
extension StudioState {
  /// The lines below the text of a cell.
  func remarks(_ role: LessonRole) -> [LessonRemark] {
    guard let page = lesson else { return [] }
    let width = PageLayout.width(self) - 1
    var lines: [LessonRemark] = []
    func say(_ text: String, _ kind: LessonRemark.Kind, indent: Int = 2) {
      for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
        lines += Prose.broken(String(part), width: width, indent: indent).map {
          LessonRemark(text: $0, kind: kind)
        }
      }
    }
    let said = role.key.flatMap { page.said[$0] }
    switch role {
    case .frame, .hidden: break
    case .prediction(let question), .why(let question):
      if !page.isPast(role) {
        if question.place == .prediction { say(question.heading, .asking) }
        for (at, choice) in question.shown.enumerated() where !question.isForNumber {
          say("\(at + 1)  \(question.drawn(question.choices[choice]))", .plain, indent: 3)
        }
      } else if said == nil, !question.isForNumber {
        say("○ \(question.solution(value: nil))", .plain)
      }
    case .exercise(let exercise):
      let hints = page.progress[page.lesson.id, exercise.id]?.hints ?? 0
      for (at, hint) in exercise.hints.prefix(hints).enumerated() {
        say("hint \(at + 1)  \(hint)", .hint, indent: 8)
      }
      if said == nil, !page.isPast(role), hints == 0 {
        say("Your turn: Enter types, Ctrl-J hands it in, h gives a hint.", .asking)
      }
    case .goal:
      say(page.lesson.goal, .asking)
      if let said = page.said["goal"] {
        say(said.text, said.kind)
      } else if page.isDone {
        say("★ Goal reached.", .right)
      }
    }
    if let said { say(said.text, said.kind) }
    return lines
  }

  /// How a step stands, in a word; nil where the cell's own condition says more.
  func lessonWord(_ at: Int, _ condition: Condition) -> (text: String, kind: LessonRemark.Kind)? {
    guard let page = lesson, let role = cells[at].role else { return nil }
    switch condition {
    case .queued, .running, .training, .paused: return nil
    case .new, .edited, .stale, .done, .failed, .unverified: break
    }
    if case .goal = role { return page.isDone ? ("★ reached", .right) : ("to reach", .plain) }
    guard let key = role.key else { return role.runs ? nil : ("", .plain) }
    switch page.state(key) {
    case .passed: return ("✓ right", .right)
    case .revealed: return ("○ shown", .plain)
    case .skipped: return ("○ skipped", .plain)
    case .tried: return ("✗ not yet", .wrong)
    case nil: return (role.exercise == nil ? "your guess?" : "to do", .asking)
    }
  }

  /// The likeliest keys on the page of a lesson.
  var lessonFooter: [(keys: String, label: String)]? {
    guard lesson != nil, chosen.count == 1 else { return nil }
    func key(_ name: String, _ label: String) -> (keys: String, label: String)? {
      Commands.catalog[name].flatMap { keys.keys(of: $0).first }.map { (Commands.shown($0), label) }
    }
    let others = [key("help", "help"), key("quit", "leave")]
    var first: [(keys: String, label: String)?] = []
    if !cell.activeRuns.isEmpty || cell.isEvaluating { first = [key("interrupt", "end")] }
    switch cell.role {
    case .prediction(let question)?, .why(let question)?:
      guard !isPast(focus) else {
        return (first + [("Enter", "go on")] + others).compactMap(\.self)
      }
      let isChoice = question.kind == .choice || question.kind == .curve
      first += [
        isChoice ? ("1-\(question.choices.count)", "answer") : ("Enter", "answer"),
        key("solution", "show it"),
      ]
    case .exercise(let exercise)?:
      let hints = lesson?.progress[lesson?.lesson.id ?? "", exercise.id]?.hints ?? 0
      first += [
        isPast(focus) ? ("Enter", "go on") : ("Enter", "type"), key("run-next", "hand in"),
        hints < exercise.hints.count
          ? key("hint", "hint \(hints + 1) of \(exercise.hints.count)") : nil,
        key("solution", "solution"), key("reset-answer", "reset"),
        isPast(focus) ? key("type-here", "type") : nil,
      ]
    case .goal?: first += [("Enter", lesson?.isDone == true ? "go on" : "check it")]
    case .frame?, .hidden?: first += [("Enter", "go on"), key("next-step", "next step")]
    case nil:
      let isOld = cell.isCode && !isCurrent(focus) && !cell.isBusy
      first += [
        ("Enter", isOld ? "run" : "go on"), key("type-here", "change it"),
        key("insert-below", "own cell"),
      ]
    }
    return (first + others).compactMap(\.self)
  }
}
