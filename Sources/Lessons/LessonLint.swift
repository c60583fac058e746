import Glibc
import Language
import Library

/// What is wrong with a lesson, found by doing it: starters must fail, solutions pass, predicted answers
/// be what the code gives, quoted numbers be checked, and the goal be reached.
package struct LessonLint {
  package struct Finding: Sendable, Equatable {
    package let line: Int
    package let message: String
  }

  package private(set) var findings: [Finding] = []
  /// Seconds of processor time of each whole run.
  package private(set) var seconds: [Double] = []

  private let lesson: Lesson
  private let folder: String
  private var hasPlot = false

  /// What a lesson may take: words of a frame, seconds of processor time of the whole.
  private static let words = 80
  private static let time = 120.0

  package init(_ lesson: Lesson, folder: String, seeds: Range<UInt64> = 0..<3) {
    self.lesson = lesson
    self.folder = folder
    findings = lesson.problems.map { Finding(line: $0.line, message: $0.message) }
    checkForm()
    checkNumbers()
    checkCellsAlone()
    for seed in seeds { work(through: seed, isFirst: seed == seeds.lowerBound) }
    if !hasPlot, !seeds.isEmpty { find(1, "a lesson has at least one plot") }
    findings.sort { ($0.line, $0.message) < ($1.line, $1.message) }
  }

  private mutating func find(_ line: Int, _ message: String) {
    let finding = Finding(line: line, message: message)
    if !findings.contains(finding) { findings.append(finding) }
  }

  // MARK: The text

  private mutating func checkForm() {
    if lesson.number < 1 { find(1, "the front matter needs lesson: NUMBER") }
    if lesson.id.isEmpty { find(1, "the front matter needs id: NAME") }
    if lesson.title.isEmpty { find(1, "the front matter needs title: TEXT") }
    if lesson.goal.isEmpty || lesson.goalCheck == nil {
      find(1, "a lesson has a goal, in the front matter and as a block of checks")
    }
    let predictions = lesson.questions.count { $0.place == .prediction }
    if predictions < 2 { find(1, "\(predictions) predictions, a lesson has at least 2") }
    if lesson.exercises.count < 3 {
      find(1, "\(lesson.exercises.count) exercises, a lesson has at least 3")
    }
    if !lesson.questions.contains(where: { $0.place == .why }) {
      find(1, "a lesson asks why at least once")
    }
    for step in lesson.steps {
      if case .frame(let text, let line) = step {
        let count = text.split { $0 == " " || $0.isNewline }.count
        if count > Self.words {
          find(line, "\(count) words without a pause, \(Self.words) at most")
        }
      }
    }
    for exercise in lesson.exercises {
      if exercise.hints.isEmpty { find(exercise.line, "#\(exercise.id) has no hint") }
      for mistake in exercise.mistakes where mistake.example.isEmpty {
        find(mistake.line, "this mistake gives no wrong answer below `wrong:` that meets it")
      }
    }
    for question in lesson.questions where question.kind == .choice {
      for choice in question.choices where !choice.isRight && choice.reply.isEmpty {
        find(question.line, "the choice `\(choice.text)` has no reply")
      }
    }
  }

  /// Numbers with a fraction and percentages of the text stand in a hidden cell that checks them.
  private mutating func checkNumbers() {
    let checks = lesson.steps.compactMap { step -> String? in
      if case .cell(let cell) = step, cell.isHidden { cell.code } else { nil }
    }
    let known = Set(checks.flatMap(LessonLint.numbers))
    for step in lesson.steps {
      guard case .frame(let text, let line) = step else { continue }
      for (offset, row) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        // Code between backticks is not a claim.
        let prose = row.split(separator: "`", omittingEmptySubsequences: false).enumerated()
          .compactMap { $0.offset % 2 == 0 ? $0.element : nil }.joined(separator: " ")
        for number in LessonLint.numbers(in: prose) where number.contains(".") {
          let isKnown =
            known.contains(number)
            || Double(number).map { known.contains(shortText($0 / 100)) } == true
          if !isKnown { find(line + offset, "no hidden cell checks the number \(number)") }
        }
      }
    }
  }

  private static func numbers(in text: String) -> [String] {
    text.split { !($0.isASCII && ($0.isNumber || $0 == ".")) }
      .map { $0.last == "." ? String($0.dropLast()) : String($0) }
      .filter { $0.contains(where: \.isNumber) }
  }

  // MARK: The work

  /// The cells run without any answer: whoever skips an exercise can go on.
  private mutating func checkCellsAlone() {
    let run = LessonRun(lesson, folder: folder)
    for step in lesson.steps {
      guard case .cell(let cell) = step else { continue }
      let outcome = run.run(cell)
      if cell.isHidden, let shown = outcome.output.first {
        find(
          cell.line, "the hidden cell #\(cell.id) shows \(shown.text): end its lines with ;")
      }
      if let error = outcome.error {
        find(
          cell.line,
          "#\(cell.id) does not run by itself: \(error.message)" + whereBound(error, cell))
      }
    }
  }

  /// Where a name that is missing is bound: only in what a learner may skip.
  private func whereBound(_ error: LanguageError, _ cell: Lesson.Cell) -> String {
    guard error.code == "name" else { return "" }
    let missing = CellNames(of: cell.code).reads.filter { error.message.contains("`\($0)`") }
    func binds(_ code: String) -> Bool {
      CellNames(of: code).binds.contains(where: missing.contains)
    }
    for step in lesson.steps {
      switch step {
      case .prediction(let question) where binds(question.body):
        return "; it is bound in the prediction #\(question.id): bind it in a cell"
      case .exercise(let exercise) where binds(exercise.solution):
        return "; it is bound in the exercise #\(exercise.id): bind it in a cell too"
      default: break
      }
    }
    return ""
  }

  private mutating func work(through seed: UInt64, isFirst: Bool) {
    let run = LessonRun(lesson, folder: folder, seed: seed)
    let start = clock()
    for step in lesson.steps {
      switch step {
      case .frame, .why: break
      case .cell(let cell):
        let outcome = run.run(cell)
        note(outcome)
        if let error = outcome.error {
          find(cell.line, "#\(cell.id) fails on seed \(seed): \(error.message)")
        }
      case .prediction(let question): check(question, run, seed)
      case .exercise(let exercise):
        if isFirst { checkWrongAnswers(exercise, run) }
        let verdict = run.judge(exercise, exercise.solution)
        if case .passed(let outcome) = verdict {
          note(outcome)
        } else {
          find(
            exercise.solutionLine,
            "the solution of #\(exercise.id) does not pass on seed \(seed): "
              + LessonLint.told(verdict))
        }
      case .goal(_, let line):
        if let missing = run.missingForGoal() {
          find(line, "not reached on seed \(seed): \(missing)")
        }
      }
    }
    let used = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    seconds.append(used)
    if used > Self.time { find(1, "\(Int(used)) s of processor time, \(Int(Self.time)) at most") }
  }

  private mutating func note(_ outcome: LessonRun.Outcome) {
    for case .value(.object(let object)) in outcome.output where object is PlotObject {
      hasPlot = true
    }
  }

  private mutating func checkWrongAnswers(_ exercise: Lesson.Exercise, _ run: LessonRun) {
    if run.judge(exercise, exercise.starter).isPassed {
      find(exercise.line, "the starter of #\(exercise.id) passes")
    }
    for mistake in exercise.mistakes where !mistake.example.isEmpty {
      let verdict = run.judge(exercise, mistake.example)
      if case .wrong(let said, _) = verdict, mistake.isReply(said), !run.isReplyBroken {
        continue
      }
      find(
        mistake.line,
        "its wrong answer is not met by its reply, but: " + LessonLint.told(verdict)
          + run.brokenParts.map { "; \($0)" }.joined())
    }
  }

  private mutating func check(_ question: Question, _ run: LessonRun, _ seed: UInt64) {
    let outcome = run.reveal(question)
    note(outcome)
    if let error = outcome.error {
      return find(question.line, "#\(question.id) fails on seed \(seed): \(error.message)")
    }
    let right = question.choices.first(where: \.isRight)?.text ?? ""
    switch question.kind {
    case .choice:
      let said = outcome.value.text(width: 72)
      if said != right {
        find(question.line, "#\(question.id) gives \(said) on seed \(seed), not \(right)")
      }
    case .number:
      guard let number = outcome.value.asNumber else {
        find(question.line, "#\(question.id) gives no number on seed \(seed)")
        break
      }
      if !right.isEmpty, case .wrong = question.judge(right, value: number) {
        find(
          question.line, "#\(question.id) gives \(shortText(number)) on seed \(seed), not \(right)")
      }
    case .order: break
    case .curve:
      let seen = LessonLint.curve(outcome.value)
      let likeness = question.choices.map {
        LessonLint.correlation(LessonLint.points($0.text), seen)
      }
      let best = likeness.indices.max { likeness[$0] < likeness[$1] } ?? 0
      if !question.choices[best].isRight {
        find(question.line, "the curve of #\(question.id) looks like choice \(best + 1)")
      }
    }
  }

  private static func curve(_ value: Value) -> [Double] {
    guard case .tensor(let x) = value else { return [] }
    return (0..<x.value.count).map { x.value.double(at: $0) }
  }

  private static func points(_ text: String) -> [Double] {
    text.split { "[], ".contains($0) }.compactMap { Double($0) }
  }

  /// How alike two curves are, from -1 to 1; of different lengths the nearest points are compared.
  private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count > 1, b.count > 1 else { return -1 }
    let c = a.indices.map { b[$0 * (b.count - 1) / (a.count - 1)] }
    let (ma, mc) = (a.reduce(0, +) / Double(a.count), c.reduce(0, +) / Double(c.count))
    var (top, da, dc) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, c) {
      top += (x - ma) * (y - mc)
      da += (x - ma) * (x - ma)
      dc += (y - mc) * (y - mc)
    }
    return da * dc > 0 ? top / (da * dc).squareRoot() : -1
  }

  private static func told(_ verdict: LessonRun.Verdict) -> String {
    switch verdict {
    case .passed: "passed"
    case .empty(let text), .broken(let text), .late(let text), .wrong(let text, _): text
    }
  }
}
