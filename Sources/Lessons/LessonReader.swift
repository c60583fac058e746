import Notebooks

extension Lesson {
  /// Reads a lesson from the bytes of its notebook; what cannot be understood is among the problems.
  package init(_ bytes: [UInt8]) { self.init(Notebook(bytes)) }

  /// Reads a lesson from a notebook that was read already.
  package init(_ notebook: Notebook) {
    var reader = LessonReader()
    for segment in notebook.segments {
      switch segment.kind {
      case .text: reader.readText(segment.raw, line: segment.line)
      case .code(let id, let flags):
        reader.endFrame()
        reader.lesson.steps.append(
          .cell(Cell(id: id, code: segment.body, flags: flags, line: segment.line)))
      case .output, .expect, .conflict, .ledger: reader.endFrame()
      }
    }
    self = reader.finish()
    title = title.isEmpty ? notebook.title ?? "" : title
    seed = notebook.seed
    problems = notebook.problems + problems
    problems.sort { $0.line < $1.line }
  }
}

extension Lesson {
  /// Whether a notebook says that it is a lesson.
  package static func isLesson(_ notebook: Notebook) -> Bool {
    guard let first = notebook.segments.first, first.kind == .text else { return false }
    return frontMatter(of: first.raw)?.lines.contains { $0.hasPrefix("lesson:") } ?? false
  }

  /// The settings at the top of a file, and where they end.
  fileprivate static func frontMatter(of raw: [UInt8]) -> (lines: [Substring], end: Int)? {
    var lines: [Substring] = []
    var start = 0
    while start < raw.count {
      let end = (raw[start...].firstIndex(of: 10) ?? raw.count - 1) + 1
      let text = String(decoding: raw[start..<end], as: UTF8.self).filter { !$0.isNewline }
      if start == 0 {
        guard text == "---" else { return nil }
      } else if text == "---" {
        return (lines, end)
      } else {
        lines.append(Substring(text))
      }
      start = end
    }
    return nil
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

  mutating func readText(_ raw: [UInt8], line first: Int) {
    var (rest, line) = (raw[...], first)
    if first == 1, let front = Lesson.frontMatter(of: raw) {
      for (offset, setting) in front.lines.enumerated() { self.setting(setting, offset + 2) }
      rest = raw[front.end...]
      line = front.lines.count + 3
    }
    let (pieces, unfinished) = LessonPiece.pieces(of: Array(rest), line: line)
    for piece in pieces {
      endFrame()
      if let kind = piece.block {
        block(kind, piece.id, piece.body, piece.line)
      } else {
        (frame, frameLine) = (piece.lines, piece.line)
      }
    }
    endFrame()
    problems += unfinished.map { ($0, "this block does not end") }
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
    for step in lesson.steps {
      if case .cell(let cell) = step, ids.contains(cell.id) {
        problems.append((cell.line, "the id #\(cell.id) is that of a question or an exercise too"))
      }
    }
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
