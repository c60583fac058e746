import Files
import TestSupport
import Testing

@testable import Lessons

@Suite struct ProgressTests {
  @Test func `progress is the same after it was written and read`() throws {
    var progress = Progress()
    progress.answered("a", "q", isRight: false, today: 100)
    progress.answered("a", "q", isRight: true, today: 100)
    progress["b", "x"] = Progress.Block(state: .revealed, tries: 2, hints: 1)
    progress.lessons["b"]?.done = 101
    progress.lessons["b"]?.best = 0.97
    #expect(try Progress(parsing: Array(progress.written.utf8)) == progress)
    #expect(progress["a", "q"]?.first == false)
    #expect(progress["a", "q"]?.state == .passed)
  }

  @Test(arguments: [
    ("check(a(b >= 1, 2) >= 0.9, \"no\")", "a(b >= 1, 2)", true),
    ("check(loss < 2.1)", "loss", false),
    ("x = 1\ncheck(x[0] > 2, \"{x}\")", "x[0]", true),
  ])
  func `the number of a goal is what its check compares`(
    goal: String, expression: String, isMoreBetter: Bool
  ) {
    let measure = GoalMeasure(goal)
    #expect(measure?.expression == expression && measure?.isMoreBetter == isMoreBetter)
    #expect(measure?.better(nil, 0.5) == 0.5)
    #expect(measure?.better(0.4, 0.5) == (isMoreBetter ? 0.5 : 0.4))
  }

  @Test(arguments: [
    "last == 8", "check(same(a, b))", "check(\"a < b\" == c)", "check(a, \"b > c\")",
  ])
  func `a goal that compares nothing has no number`(goal: String) {
    #expect(GoalMeasure(goal) == nil)
  }

  @Test func `the scoreboard tells what was reached and how`() throws {
    try withTemporaryFolder { folder in
      try FileBytes.writeAtomically(
        Array(LessonText.small.utf8), to: folder + "/03-doubles.grd.md")
      var progress = Progress()
      let shelf = LessonShelf(folder)
      #expect(shelf.scoreboard(progress).isEmpty)
      progress.answered("doubles", "size", isRight: true, today: 1)
      progress.answered("doubles", "first", isRight: false, today: 1)
      progress["doubles", "twice"] = Progress.Block(state: .revealed, tries: 1, hints: 2)
      progress.lessons["doubles"]?.best = 8
      #expect(
        shelf.scoreboard(progress) == [
          "· 3  Doubles                              8               "
            + "1 of 2 guesses right at once, hints 2, solutions shown 1"
        ])
    }
  }

  @Test func `a missed question comes back after 1, 3, 7 and 21 days`() {
    var progress = Progress()
    progress.answered("a", "q", isRight: false, today: 10)
    #expect(progress.due(on: 10).isEmpty)
    var day = 10
    for interval in [1, 3, 7, 21] {
      day += interval
      #expect(progress.due(on: day - 1).isEmpty)
      #expect(progress.due(on: day).map(\.block) == ["q"])
      progress.reviewed("a", "q", isRight: true, today: day)
    }
    #expect(progress.due(on: day + 1000).isEmpty)
    progress.answered("a", "other", isRight: true, today: 10)
    #expect(progress.due(on: 1000).isEmpty)
  }

  @Test func `a file that cannot be read is put aside`() throws {
    try withTemporaryFolder { folder in
      let learner = LearnerFolder(folder + "/new")
      #expect(learner.progress().problem == nil)
      var progress = Progress()
      progress.answered("a", "q", isRight: true, today: 1)
      try learner.save(progress)
      #expect(learner.progress().progress == progress)
      try FileBytes.writeAtomically(Array("{broken".utf8), to: learner.progressPath)
      let read = learner.progress()
      #expect(read.progress == Progress())
      #expect(read.problem?.contains("progress starts anew") == true)
      #expect(try FileBytes.read(learner.progressPath + ".unreadable") == Array("{broken".utf8))
    }
  }
}

@Suite struct LessonDialogueTests {
  /// Goes through the small lesson with these lines; all that was said, and whether the goal was reached.
  private func talk(_ folder: String, _ lines: [String], today: Int = 50) throws -> (String, Bool) {
    let path = folder + "/03-doubles.grd.md"
    FileBytes.makeFolder(folder)
    try FileBytes.writeAtomically(Array(SmallLesson.text.utf8), to: path)
    let place = LessonShelf.Place(path: path, lesson: SmallLesson.lesson)
    var said = ""
    var rest = lines[...]
    let voice = LessonDialogue.Voice(
      say: { said += $0 + "\n" }, show: { said += $0.map(\.text).joined(separator: "\n") + "\n" },
      ask: { prompt in
        guard let line = rest.popFirst() else { return nil }
        said += prompt + line + "\n"
        return line
      })
    var dialogue = LessonDialogue(
      place, LessonRun(SmallLesson.lesson, folder: folder),
      learner: LearnerFolder(folder + "/learner"), today: today, voice)
    let isDone = dialogue.begin()
    return (said, isDone)
  }

  @Test func `a lesson is gone through with wrong answers, hints and solutions on the way`() throws
  {
    try withTemporaryFolder { folder in
      let (said, isDone) = try talk(
        folder,
        [
          "6 * 7", "", "2", "1", "5", ":try x[1]", ":hint", "twice(v) = v * v", "", "2 * v", "",
          ":solution",
          "last = all_of[-1]", "", "2", "1",
        ])
      #expect(isDone, "\(said)")
      for part in [
        "[run] 6 * 7\n42\n", "✗ Nothing is appended.", "✓ Right. Every element",
        "✗ it is 2, your guess is 5",
        "hint  What is v + v?", "✗ That is the square.", "all_of = twice(x)",
        "There is no chance here.", "> :try x[1]\n2\n",
        "★ Goal reached: a double of 8, with 1 of 3 solutions shown.",
      ] { #expect(said.contains(part), "\(part)\n\(said)") }
      let progress = LearnerFolder(folder + "/learner").progress().progress
      #expect(progress.lessons["doubles"]?.done == 50)
      #expect(progress["doubles", "size"]?.first == false)
      #expect(progress["doubles", "twice"] == Progress.Block(state: .passed, tries: 2, hints: 1))
      #expect(progress["doubles", "all"]?.state == .revealed)
      #expect(progress.due(on: 51).map(\.block) == ["first", "size", "why-last"])
    }
  }

  @Test func `leaving and coming back goes on where it was`() throws {
    try withTemporaryFolder { folder in
      let first = try talk(folder, ["", "1", "2", "twice(v) = v + v", "", ":quit"])
      #expect(!first.1 && first.0.contains("gradus learn doubles goes on here"))
      let second = try talk(
        folder, ["all_of = twice(x)", "", "all_of[-1]", "", "last = 8", "", "1"])
      #expect(second.0.contains("Going on after what is done already (5 of 9 steps)"))
      #expect(second.1, "\(second.0)")
    }
  }

  @Test func `an end of the input leaves the lesson at any place`() throws {
    try withTemporaryFolder { folder in
      let all = ["", "1", "2", "twice(v) = v + v", "", "all_of = twice(x)", ""]
      for count in 0...all.count {
        let (_, isDone) = try talk(folder + "/\(count)", Array(all.prefix(count)))
        #expect(!isDone)
      }
    }
  }

  @Test func `what is typed for a single blank stands in its place`() {
    #expect(LessonDialogue.completed("2 * v", starter: "twice(v) = ___") == "twice(v) = 2 * v")
    #expect(LessonDialogue.completed("a = 1", starter: "a = ___") == "a = 1")
    #expect(LessonDialogue.completed("1", starter: "a = 0") == "1")
    #expect(LessonDialogue.completed("2 * h", starter: "d = 1 / ___") == "d = 1 / (2 * h)")
    #expect(LessonDialogue.completed("h", starter: "d = 1 / ___") == "d = 1 / h")
  }

  @Test func `lines that give a name anew stand in place of those of the starter`() {
    let starter = "# two\na = 1\nb = ___"
    #expect(LessonDialogue.completed("b = 2", starter: starter) == "# two\na = 1\nb = 2")
    let last = "# two\na = 1\nb = 2"
    #expect(
      LessonDialogue.completed("a = 5", starter: starter, last: last) == "# two\na = 5\nb = 2")
    #expect(LessonDialogue.completed("c = 2", starter: starter) == "c = 2")
    #expect(LessonDialogue.completed("a = [\n1]", starter: starter) == "a = [\n1]")
  }

  @Test func `prose is broken between words, lists and code are not joined`() {
    let text = "one two\nthree four\n\n- a list\n- goes on"
    #expect(
      Prose.wrapped(text, width: 12) == ["one two", "three four", "", "- a list", "- goes on"])
    #expect(Prose.broken("1  one two three", width: 11, indent: 3) == ["1  one two", "   three"])
    #expect(Prose.broken("abcdefghijklm", width: 8) == ["abcdefgh", "ijklm"])
  }

  @Test func `the copy of a lesson takes answers over when the lesson has changed`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/03-doubles.grd.md"
      func place(_ text: String) throws -> LessonShelf.Place {
        try FileBytes.writeAtomically(Array(text.utf8), to: path)
        return LessonShelf.Place(path: path, lesson: Lesson(Array(text.utf8)))
      }
      let learner = LearnerFolder(folder + "/learner")
      let first = try place(LessonText.small)
      let copy = try learner.makeCopy(of: first)
      #expect(try FileBytes.read(copy) == Array(LessonText.small.utf8))
      let typed = Lesson.filled(LessonText.small, ["twice": "twice(v) = v + v"])
        .replacing("# Doubles", with: "# My doubles")
      try FileBytes.writeAtomically(Array(typed.utf8), to: copy)
      #expect(try learner.makeCopy(of: first) == copy)
      #expect(try FileBytes.read(copy) == Array(typed.utf8))
      let second = try place(LessonText.small.replacing("Two times", with: "Twice"))
      _ = try learner.makeCopy(of: second)
      let now = String(decoding: try FileBytes.read(copy), as: UTF8.self)
      #expect(now.contains("Twice a number.") && now.contains("twice(v) = v + v"))
      #expect(
        try FileBytes.read(copy.replacing(".grd.md", with: ".before.grd.md")) == Array(typed.utf8))
    }
  }

  @Test func `the copy of a lesson does not tell what its cells show`() throws {
    try withTemporaryFolder { folder in
      let shown = LessonText.small.replacing(
        "plot(x)\n```\n", with: "plot(x)\n```\n```out #start src=1 val=2\na picture\n```\n")
      let path = folder + "/03-doubles.grd.md"
      try FileBytes.writeAtomically(Array(shown.utf8), to: path)
      let copy = try LearnerFolder(folder + "/learner").makeCopy(
        of: LessonShelf.Place(path: path, lesson: Lesson(Array(shown.utf8))))
      #expect(try FileBytes.read(copy) == Array(LessonText.small.utf8))
    }
  }

  @Test func `what is kept of one lesson leaves the others`() throws {
    try withTemporaryFolder { folder in
      let learner = LearnerFolder(folder)
      var one = Progress.Record()
      one.done = 3
      try learner.keep(one, of: "a")
      try learner.keep(Progress.Record(), of: "b")
      #expect(learner.progress().progress.lessons["a"]?.done == 3)
      #expect(learner.progress().progress.lessons["b"] == Progress.Record())
    }
  }

  @Test func `missed questions are asked again on the day they are due`() throws {
    try withTemporaryFolder { folder in
      _ = try talk(folder, ["", "2", "1", "5", ":quit"])
      let learner = LearnerFolder(folder + "/learner")
      var progress = learner.progress().progress
      let shelf = LessonShelf(folder)
      #expect(shelf.list(progress) == ["·  3  Doubles                               2/6  5 min"])
      var said = ""
      var rest = ["what", "2"][...]
      let voice = LessonDialogue.Voice(
        say: { said += $0 + "\n" }, show: { _ in }, ask: { _ in rest.popFirst() })
      #expect(LessonReview(shelf, progress, today: 50, voice).count == 0)
      let review = LessonReview(shelf, progress, today: 51, voice)
      #expect(review.count == 1)
      #expect(review.ask(&progress))
      #expect(said.contains("Again, from \"Doubles\"") && said.contains("It is: (3,)"))
      #expect(progress["doubles", "size"]?.due == 52)
      #expect(!review.ask(&progress))
    }
  }
}
