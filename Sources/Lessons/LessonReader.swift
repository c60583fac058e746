import Notebooks

extension Lesson {
  /// Reads a lesson from the bytes of its notebook; what cannot be understood is among the problems.
  package init(_ bytes: [UInt8]) {
    let notebook = Notebook(bytes)
    var reader = LessonReader()
    for segment in notebook.segments {
      switch segment.kind {
      case .text: reader.readText(segment.body, line: segment.line)
      case .code(let id, let flags):
        reader.endFrame()
        reader.lesson.steps.append(
          .cell(Cell(id: id, code: segment.body, flags: flags, line: segment.line)))
      case .output, .conflict, .ledger: reader.endFrame()
      }
    }
    self = reader.finish()
    title = title.isEmpty ? notebook.title ?? "" : title
    seed = notebook.seed
    problems = notebook.problems + problems
    problems.sort { $0.line < $1.line }
  }
}

/// Takes the texts of a notebook apart into frames and the blocks of a lesson.
private struct LessonReader {
  var lesson = Lesson()
  private var frame: [Substring] = []
  private var frameLine = 0
  private var problems: [(Int, String)] = []
  private var exercises: [String: Int] = [:]
  private var ids: Set<String> = []

  mutating func endFrame() {
    while frame.first?.allSatisfy(\.isWhitespace) == true {
      frame.removeFirst()
      frameLine += 1
    }
    while frame.last?.allSatisfy(\.isWhitespace) == true { frame.removeLast() }
    if !frame.isEmpty {
      lesson.steps.append(.frame(frame.joined(separator: "\n"), line: frameLine))
    }
    frame = []
  }

  mutating func readText(_ text: String, line first: Int) {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    var at = 0
    if first == 1, lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
      for (offset, line) in lines[1..<end].enumerated() { setting(line, offset + 2) }
      at = end + 1
    }
    while at < lines.count {
      let line = lines[at]
      let ticks = line.prefix { $0 == "`" }
      let words = line.dropFirst(ticks.count).split(separator: " ")
      guard ticks.count >= 3, let name = words.first, LessonBlock(rawValue: String(name)) != nil
      else {
        if frame.isEmpty { frameLine = first + at }
        frame.append(line)
        at += 1
        continue
      }
      endFrame()
      let number = first + at
      let end = lines[(at + 1)...].firstIndex {
        $0.hasPrefix(ticks) && $0.allSatisfy { $0 == "`" || $0 == " " }
      }
      guard let end else {
        problems.append((number, "this block does not end"))
        return
      }
      let id = words.dropFirst().first { $0.hasPrefix("#") }.map { String($0.dropFirst()) } ?? ""
      let body = lines[(at + 1)..<end].joined(separator: "\n")
      if let kind = LessonBlock(rawValue: String(name)) { block(kind, id, body, number) }
      at = end + 1
    }
    // A blank line between two texts of a notebook does not part a frame; an empty one ends it.
    endFrame()
  }

  private mutating func setting(_ line: Substring, _ number: Int) {
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = trimmed(line[line.index(after: colon)...])
    let list = value.split { "[], ".contains($0) }.map(String.init)
    switch line[..<colon] {
    case "lesson":
      lesson.number = Int(value) ?? 0
      if Int(value) == nil { problems.append((number, "lesson takes a number, not \(value)")) }
    case "id": lesson.id = value
    case "title": lesson.title = value
    case "needs": lesson.needs = list
    case "data": lesson.data = list
    case "minutes": lesson.minutes = Int(value) ?? 0
    case "goal": lesson.goal = value
    default: break
    }
  }

  private mutating func block(_ kind: LessonBlock, _ id: String, _ body: String, _ line: Int) {
    if kind == .goal { return lesson.steps.append(.goal(body, line: line)) }
    guard !id.isEmpty else {
      return problems.append((line, "this block needs an id: ```\(kind.rawValue) #name"))
    }
    switch kind {
    case .predict, .why:
      if kind == .predict, !ids.insert(id).inserted {
        problems.append((line, "the id #\(id) is used twice"))
      }
      let question = Question(
        kind == .predict ? .prediction : .why, id: id, body, line: line, problems: &problems)
      lesson.steps.append(kind == .predict ? .prediction(question) : .why(question))
    case .exercise:
      if !ids.insert(id).inserted { problems.append((line, "the id #\(id) is used twice")) }
      exercises[id] = lesson.steps.count
      lesson.steps.append(.exercise(Lesson.Exercise(id: id, starter: body, line: line)))
    case .check, .mistake, .hint, .solution:
      guard let at = exercises[id], case .exercise(var exercise) = lesson.steps[at] else {
        return problems.append((line, "there is no exercise #\(id) above"))
      }
      switch kind {
      case .check: (exercise.check, exercise.checkLine) = (body, line)
      case .solution: (exercise.solution, exercise.solutionLine) = (body, line)
      case .hint: exercise.hints.append(body)
      default: exercise.mistakes.append(mistake(body, line))
      }
      lesson.steps[at] = .exercise(exercise)
    case .goal: break
    }
  }

  /// `when CONDITION`, the reply below it, and after a line `wrong:` an answer that must meet it.
  private mutating func mistake(_ body: String, _ line: Int) -> Lesson.Mistake {
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    let first = lines.first ?? ""
    if !first.hasPrefix("when ") {
      problems.append((line, "a mistake begins with `when CONDITION`"))
    }
    let rest = lines.dropFirst()
    let end = rest.firstIndex(of: "wrong:") ?? rest.endIndex
    return Lesson.Mistake(
      condition: trimmed(first.dropFirst(5)), reply: rest[..<end].joined(separator: "\n"),
      example: rest[end...].dropFirst().joined(separator: "\n"), line: line)
  }

  func finish() -> Lesson {
    var done = lesson
    var problems = problems
    for exercise in lesson.exercises {
      if exercise.check.isEmpty { problems.append((exercise.line, "#\(exercise.id) has no check")) }
      if exercise.solution.isEmpty {
        problems.append((exercise.line, "#\(exercise.id) has no solution"))
      }
    }
    done.problems = problems.map { (line: $0.0, message: $0.1) }
    return done
  }
}

/// The blocks that a lesson adds to a notebook.
enum LessonBlock: String {
  case predict, exercise, check, mistake, hint, solution, why, goal
}
