import Language
import Testing

@testable import Lessons

@Suite struct LessonRunTests {
  private let exercises = SmallLesson.lesson.exercises

  /// The lesson after its first cell.
  private func begun() throws -> LessonRun {
    let run = LessonRun(SmallLesson.lesson, folder: ".")
    for case .cell(let cell) in SmallLesson.lesson.steps { #expect(run.run(cell).error == nil) }
    return run
  }

  private func told(_ verdict: LessonRun.Verdict) -> String {
    switch verdict {
    case .passed: "passed"
    case .empty(let text), .broken(let text), .late(let text), .wrong(let text, _): text
    }
  }

  @Test(arguments: [
    ("twice(v) = 2 * v", "passed"), ("twice(v) = v + v", "passed"),
    ("twice(v) = v * v", "That is the square."),
    ("twice(v) = v + 1", "twice(3) gives 4, 6 is wanted"),
    ("twice(v) = sum([v for i in range(2)])", "no loop is needed"),
    ("twice(v) = ___", "fill in the blank"), ("  \n", "type your answer first"),
    ("twise(v) = 2 * v", "nothing is called `twice` yet: the exercise asks you to make it"),
    ("twice = 6", "your answer could not be used as the check does"),
    ("twice(v) = 2 *", "I expected a value, found the end"),
    ("twice(v) = undefined_name\ntwice(1)", "undefined_name"),
    ("f(v) = f(v)\nf(1)", "functions call each other too deeply"),
  ])
  func `every answer gets a reply that helps`(answer: String, reply: String) throws {
    let verdict = try begun().judge(exercises[0], answer)
    #expect(told(verdict).contains(reply), "\(told(verdict))")
  }

  @Test func `the check sees the answer and the solution`() throws {
    let run = try begun()
    #expect(run.judge(exercises[0], "twice(v) = 2 * v").isPassed)
    #expect(
      told(run.judge(exercises[1], "all_of = x")) == "yours is [1, 2, 4], [2, 4, 8] is wanted")
    #expect(run.judge(exercises[1], "[2, 4, 8]").isPassed)
  }

  @Test func `a wrong answer leaves nothing behind`() throws {
    let run = try begun()
    _ = run.judge(exercises[0], "x = 5\ntwice(v) = 0\nmore = 1")
    #expect(run.names["more"] == nil && run.names["twice"] == nil)
    #expect(run.names["x"]?.text(width: 40) == "[1, 2, 4]")
    _ = run.judge(exercises[0], "twice(v) = v + v")
    #expect(run.names["twice"] != nil)
    #expect(run.names["solution"] == nil && run.names["source"] == nil)
  }

  @Test func `a reply to a mistake holds values, and names of the check`() throws {
    let text = SmallLesson.text.replacing(
      "check(twice(3) == 6, \"twice(3) gives {twice(3)}, 6 is wanted\")",
      with: "seen = twice(5)\ncheck(seen == 10)"
    ).replacing(
      "when twice(3) == 9\nThat is the square.", with: "when seen == 25\nThe \"square\": {seen}.")
    let changed = Lesson(Array(text.utf8))
    let run = LessonRun(changed, folder: ".")
    for case .cell(let cell) in changed.steps { _ = run.run(cell) }
    #expect(told(run.judge(changed.exercises[0], "twice(v) = v * v")) == "The \"square\": 25.")
    #expect(LessonLint(changed, folder: ".", seeds: 0..<1).findings.isEmpty)
    let broken = Lesson(Array(text.replacing("{seen}", with: "{nothing}").utf8))
    let found = LessonLint(broken, folder: ".", seeds: 0..<1).findings.map(\.message)
    #expect(found.contains { $0.contains("the reply `The \"square\": {nothing}.`") }, "\(found)")
  }

  @Test func `a check that is false says so without a reason`() throws {
    let run = try begun()
    for exercise in exercises.prefix(2) { _ = run.takeSolution(of: exercise) }
    #expect(told(run.judge(exercises[2], "last = 2")) == "this is not it yet")
    #expect(
      run.missingForGoal() == "nothing is called `last` yet: the exercise asks you to make it")
    #expect(run.judge(exercises[2], "last = all_of[2]").isPassed)
    #expect(run.missingForGoal() == nil)
  }
}

@Suite struct LessonLintTests {
  private func findings(_ lesson: Lesson) -> [String] {
    LessonLint(lesson, folder: ".", seeds: 0..<1).findings.map(\.message)
  }

  @Test func `a lesson in order has no findings`() {
    #expect(findings(SmallLesson.lesson) == [])
  }

  @Test(arguments: [
    ("twice(v) = ___", "twice(v) = 2 * v", "the starter of #twice passes"),
    ("= 2 * v", "= 3 * v", "the solution of #twice does not pass on seed 0: That is the square."),
    ("- (3,) ::", "- (4,) ::", "#size gives (3,) on seed 0, not (4,)"),
    (
      "wrong:\ntwice(v) = v * v", "",
      "this mistake gives no wrong answer below `wrong:` that meets it"
    ),
    (
      "wrong:\ntwice(v) = v * v", "wrong:\ntwice(v) = v",
      "its wrong answer is not met by its reply, but: "
    ),
    ("plot(x)", "x", "a lesson has at least one plot"),
    ("Two times a number.", "Two times 4.5 is nine.", "no hidden cell checks the number 4.5"),
    (
      "Two times a number.", String(repeating: "word ", count: 81),
      "83 words without a pause, 80 at most"
    ),
    ("plot(x)", "plot(y)", "#start does not run by itself: nothing is called `y`"),
    ("last == 8, \"last", "last == 9, \"last", "not reached on seed 0: last is 8"),
    ("- (6,) :: Nothing is appended.", "- (6,)", "the choice `(6,)` has no reply"),
    ("2 * x[0]\n", "\"two\"\n", "#first gives no number on seed 0"),
    (
      "goal: a double of 8\n", "",
      "a lesson has a goal, in the front matter and as a block of checks"
    ),
  ])
  func `what is wrong with a lesson is found`(old: String, new: String, finding: String) {
    let found = findings(SmallLesson.changed(old, new))
    #expect(found.contains { $0.hasPrefix(finding) }, "\(found)")
  }

  @Test func `a hidden cell that shows something is told`() {
    let old = "```exercise #twice"
    let quiet = SmallLesson.changed(old, "```gradus #h hidden\ncheck(1 < 2);\n```\n\n" + old)
    #expect(findings(quiet) == [])
    let loud = SmallLesson.changed(old, "```gradus #h hidden\ncheck(1 < 2)\n```\n\n" + old)
    #expect(findings(loud) == ["the hidden cell #h shows true: end its lines with ;"])
  }

  @Test func `a name that only a prediction binds is told with it`() {
    let lesson = SmallLesson.changed(
      "```exercise #twice", "```gradus #after\nlater + 1\n```\n\n```exercise #twice")
    let text = SmallLesson.text.replacing(
      "```exercise #twice", with: "```gradus #after\nlater + 1\n```\n\n```exercise #twice"
    ).replacing("2 * x[0]\n", with: "later = 2 * x[0]\n")
    #expect(findings(lesson).contains { $0.hasSuffix("nothing is called `later`") })
    #expect(
      findings(Lesson(Array(text.utf8))).contains {
        $0.contains("it is bound in the prediction #first: bind it in a cell")
      })
  }

  @Test func `a curve is compared with what the code gives`() {
    let curve = """
      10 * exp(-0.5 * range(20))
      curve
      - [10, 4, 2, 1, 0.5, 0.2] :: *
      - [1, 2, 3, 4, 5, 6] :: It does not rise.
      """
    let old = "2 * x[0]\nnumber 0.1"
    #expect(findings(SmallLesson.changed(old, curve)) == [])
    let other = curve.replacing("exp(-0.5 * range(20))", with: "range(20)")
    #expect(
      findings(SmallLesson.changed(old, other)) == ["the curve of #first looks like choice 2"])
  }
}
