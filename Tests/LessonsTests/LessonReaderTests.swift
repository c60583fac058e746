import Testing

@testable import Lessons

@Suite struct LessonReaderTests {
  @Test func `a lesson is read in the order of the page`() {
    let lesson = SmallLesson.lesson
    #expect(lesson.problems.isEmpty, "\(lesson.problems)")
    #expect((lesson.number, lesson.id, lesson.title) == (3, "doubles", "Doubles"))
    #expect(lesson.needs == ["tensors"] && lesson.data.isEmpty && lesson.minutes == 5)
    let kinds = lesson.steps.map { step in
      switch step {
      case .frame: "frame"
      case .cell(let cell): "cell " + cell.id
      case .prediction(let question): "predict " + question.id
      case .exercise(let exercise): "exercise " + exercise.id
      case .why(let question): "why " + question.id
      case .goal: "goal"
      }
    }
    #expect(
      kinds == [
        "frame", "cell start", "predict size", "predict first", "exercise twice", "exercise all",
        "exercise last", "why last", "goal",
      ])
    #expect(lesson.exercises[0].hints == ["What is v + v?"])
    #expect(lesson.exercises[0].mistakes[0].condition == "twice(3) == 9")
    #expect(lesson.exercises[0].mistakes[0].reply == "That is the square.")
    #expect(lesson.exercises[0].mistakes[0].example == "twice(v) = v * v")
    #expect(lesson.exercises[0].line == 30 && lesson.exercises[0].checkLine == 33)
  }

  @Test(arguments: [
    ("- (3,) :: * Every", "- (3,) :: Every", 19, "exactly one choice is right"),
    ("```solution #all\nall_of = twice(x)\n```\n", "", 50, "#all has no solution"),
    ("```hint #all", "```hint #none", 56, "there is no exercise #none above"),
    ("```exercise #all", "```exercise", 50, "this block needs an id"),
    ("when twice(3) == 9", "twice(3) == 9", 37, "begins with `when CONDITION`"),
    ("lesson: 3", "lesson: three", 2, "lesson takes a number, not three"),
    ("```goal\ncheck(last == 8, \"last is {last}\")\n```", "```goal\n", 82, "does not end"),
  ])
  func `a fault of the file is told with its line`(
    old: String, new: String, line: Int, message: String
  ) {
    let problems = SmallLesson.changed(old, new).problems
    #expect(
      problems.contains { $0.line == line && $0.message.contains(message) }, "\(problems)")
  }

  @Test func `answers are put where the starters were`() {
    let filled = Lesson.filled(
      SmallLesson.text, ["twice": "twice(v) = v + v\n# done", "none": "x"])
    let lesson = Lesson(Array(filled.utf8))
    #expect(lesson.exercises[0].starter == "twice(v) = v + v\n# done")
    #expect(lesson.exercises[1].starter == "all_of = 0")
    #expect(Lesson.filled(SmallLesson.text, [:]) == SmallLesson.text)
  }
}

@Suite struct QuestionTests {
  private func question(_ text: String) -> (Question, [(Int, String)]) {
    var problems: [(Int, String)] = []
    let question = Question(.prediction, id: "q", text, line: 1, problems: &problems)
    return (question, problems)
  }

  @Test func `a choice is answered by its number or its text`() {
    let choice = SmallLesson.lesson.questions[0]
    #expect(choice.judge("1", value: nil) == .right("Every element is doubled where it stands."))
    #expect(choice.judge(" (6,) ", value: nil) == .wrong("Nothing is appended."))
    #expect(choice.judge("3", value: nil) == .unclear("answer with a number from 1 to 2"))
    #expect(choice.judge("", value: nil) == .unclear("answer with a number from 1 to 2"))
  }

  @Test func `a choice that is a number is answered by that number`() {
    let (choice, _) = question("x\n- 2 :: No.\n- 1 :: *\n- 160 :: Much less.")
    #expect(choice.judge("1", value: nil) == .right(""))
    #expect(choice.judge("2", value: nil) == .wrong("No."))
    #expect(choice.judge("160", value: nil) == .wrong("Much less."))
    #expect(choice.judge("3", value: nil) == .wrong("Much less."))
  }

  @Test func `a guess is right within the tolerance`() {
    let number = SmallLesson.lesson.questions[1]
    #expect(number.kind == .number(tolerance: 0.1))
    #expect(number.judge("2.1", value: 2) == .right(""))
    #expect(number.judge("2.2", value: 2) == .wrong("it is 2, your guess is 2.2"))
    #expect(number.judge("two", value: 2) == .unclear("answer with a number"))
  }

  @Test func `likely wrong numbers have replies of their own`() {
    let (number, problems) = question(
      "x\nnumber 0.1\n- 2 :: * Twice one.\n- 4 :: That is the square.")
    #expect(problems.isEmpty)
    #expect(number.judge("2.05", value: 2) == .right("Twice one."))
    #expect(
      number.judge("4", value: 2) == .wrong("That is the square. (it is 2, your guess is 4)"))
    #expect(number.judge("7", value: 2) == .wrong("it is 2, your guess is 7"))
  }

  @Test func `lines to be ordered are never shown in the right order`() {
    let (order, problems) = question("order\n- first\n- second\n- third\n- fourth")
    #expect(problems.isEmpty)
    #expect(order.shown.sorted() == [0, 1, 2, 3] && order.shown != [0, 1, 2, 3])
    #expect(order.judge(order.solution(value: nil), value: nil) == .right(""))
    let wrong = order.judge("1 2 3 4", value: nil)
    if case .wrong(let reply) = wrong {
      #expect(reply.contains("of your order"))
    } else {
      Issue.record("\(wrong)")
    }
    if case .unclear = order.judge("1 1 2 3", value: nil) {} else { Issue.record("doubled") }
  }

  @Test func `questions that cannot be answered are told`() {
    #expect(
      question("x\n- a\n- b").1.map(\.1) == ["exactly one choice is right: begin its reply with *"])
    #expect(question("order\n- a\n- b").1.map(\.1) == ["three lines or more can be put in order"])
    #expect(
      question("x\nnumber 1\n- a :: *").1.map(\.1) == [
        "the replies of a question for a number are to numbers: - 0.5 :: reply"
      ])
  }
}
