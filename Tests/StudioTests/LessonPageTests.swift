import Files
import Lessons
import Notebooks
import TestSupport
import Terminal
import Testing

@testable import Studio

@Suite struct LessonPageTests {
  /// The small lesson as it is opened first, on the first day.
  private func opened(
    _ text: String = LessonText.small, columns: Int = 80, rows: Int = 40,
    learner: LearnerFolder? = nil
  ) -> Stage {
    var stage = Stage(text, columns: columns, rows: rows)
    stage.begin(learner)
    return stage
  }

  @Test func `the page goes as far as the first step that waits`() {
    let stage = opened()
    #expect(stage.shown == ["text", "start", "size"])
    #expect(stage.screen.contains("Enter goes on step by step"))
    #expect(stage.screen.contains("predict #size"))
    #expect(stage.screen.contains("1  (3,)") && stage.screen.contains("0 of 6 steps"))
    #expect(!stage.screen.contains("That is the square") && !stage.screen.contains("hint"))
    #expect(opened(LessonText.small.replacing("lesson: 3\n", with: "")).state.lesson == nil)
  }

  @Test func `a wrong guess gets its reply, a right one shows what the code gives`() {
    var stage = opened()
    stage.play("n2")
    #expect(stage.screen.contains("✗ Nothing is appended."))
    #expect(stage.shown.last == "size" && stage.output("size") == "")
    stage.play("9")
    #expect(stage.state.message == "answer with a number from 1 to 2")
    stage.play("1")
    #expect(stage.screen.contains("✓ Right. Every element is doubled where it stands."))
    #expect(stage.shown.last == "first")
    #expect(stage.output("size") == "(3,)")
    let block = stage.progress("size")
    #expect(block?.first == false && block?.state == .passed && block?.tries == 2)
  }

  @Test func `a number is typed, and told when it is missed`() {
    var stage = opened()
    stage.play("n1n")
    stage.play("7<enter>")
    #expect(stage.screen.contains("✗ it is 2, your guess is 7"))
    #expect(stage.shown.last == "twice")
    var other = opened()
    other.play("n1n2.<enter>")
    #expect(other.screen.contains("✓ Right."))
    #expect(other.progress("first")?.state == .passed)
    var unclear = opened()
    unclear.play("n1n<enter>two<enter>")
    #expect(unclear.state.message == "answer with a number")
    #expect(unclear.shown.last == "first")
  }

  @Test func `an answer typed where nothing is asked is told so, and Enter goes on`() {
    var stage = opened()
    stage.play("j2")
    #expect(stage.state.cell.id == "start")
    #expect(stage.state.message == "2: no question is asked here, but below: n goes on")
    stage.play("<enter>")
    #expect(stage.state.count == 0 && stage.output("start") != "")
    if case .navigate = stage.state.mode {} else { Issue.record("Enter edits") }
    stage.play("n1")
    #expect(stage.progress("size")?.state == .passed, "the 2 was not kept")
    stage.play("1")
    #expect(stage.state.message == "1: this question is answered already")
    stage.play("<esc>nkk2")
    #expect(stage.state.message == "2: no question is asked here, but below: n goes on")
    stage.play("j")
    #expect(stage.state.cell.id == "first" && stage.state.count == 0, "2j goes down twice")
  }

  /// At the first exercise.
  private func atExercise(_ learner: LearnerFolder? = nil) -> Stage {
    var stage = opened(learner: learner)
    stage.play("n1n2<enter>")
    stage.play("n")
    return stage
  }

  @Test func `an answer is typed and handed in, and the check says what it saw`() {
    var stage = atExercise()
    #expect(stage.state.cell.id == "twice")
    stage.play("<run>")
    #expect(stage.screen.contains("✗ fill in the blank"))
    stage.play("<enter><c-u><c-k>twice(v) = v * v<run>")
    #expect(stage.screen.contains("✗ That is the square."), "\(stage.screen)")
    stage.play("<enter><c-u><c-k>twice(v) = 2 *<run>")
    #expect(stage.screen.contains("✗ it does not run: see below"))
    #expect(stage.screen.contains("I expected a value"))
    stage.play("<enter><c-u><c-k>twice(v) = v + 1<run>")
    #expect(stage.screen.contains("✗ twice(3) gives 4, 6 is wanted"))
    #expect(stage.shown.last == "twice")
    stage.play("<enter><c-u><c-k>twice(v) = v + v<run>")
    #expect(stage.screen.contains("✓ Right."))
    #expect(stage.shown.last == "all" && stage.state.cell.id == "twice")
    #expect(stage.progress("twice") == Progress.Block(state: .passed, tries: 5))
    stage.play("<enter>")
    #expect(stage.state.cell.id == "all")
  }

  @Test func `what is said to a long answer is seen`() {
    var stage = opened(rows: 14)
    stage.play("n1n2<enter>")
    stage.play("n")
    stage.play(
      "<enter><c-u><c-k>" + String(repeating: "# a line<enter>", count: 30) + "twice(v) = v<run>")
    #expect(stage.screen.contains("✗ twice(3) gives 3, 6 is wanted"), "\(stage.screen)")
  }

  @Test func `hidden cells that only a check reads have run when it does`() {
    let text = LessonText.small.replacing(
      "```exercise #twice", with: "```gradus #probe hidden\nwanted = 6\n```\n\n```exercise #twice"
    ).replacing("check(twice(3) == 6,", with: "check(twice(3) == wanted,")
    var stage = opened(text)
    stage.play("n1n2<enter>")
    stage.play("n")
    #expect(stage.state.cell.id == "twice" && !stage.shown.contains("probe"))
    stage.play("<enter><c-u><c-k>twice(v) = v + v<run>")
    #expect(stage.screen.contains("✓ Right."), "\(stage.screen)")
  }

  @Test func `hints come one by one, then the solution after a question`() {
    var stage = atExercise()
    stage.play("h")
    #expect(stage.screen.contains("hint 1  What is v + v?"))
    stage.play("h")
    #expect(stage.state.message == "no more hints; s shows one way")
    stage.play("sn")
    #expect(stage.state.cell.text == "twice(v) = ___")
    stage.play("sy")
    #expect(stage.state.cell.text == "twice(v) = 2 * v" && stage.screen.contains("○ shown"))
    #expect(stage.progress("twice")?.state == .revealed && stage.shown.last == "all")
    stage.play("z")
    #expect(stage.state.cell.text == "twice(v) = ___")
    stage.play("w<end>x<esc>")
    #expect(stage.state.cell.text == "twice(v) = ___x")
    stage.play("r")
    #expect(stage.state.cell.text == "twice(v) = ___")
  }

  @Test func `what is skipped is passed over, and the solution is there for what follows`() {
    var stage = opened()
    stage.play("n:skip<enter>")
    #expect(stage.screen.contains("○ skipped") && stage.output("size") == "(3,)")
    stage.play("n:skip<enter>n:skip<enter>")
    #expect(stage.progress("twice")?.state == .skipped)
    #expect(stage.state.cells.first { $0.id == "twice" }?.text == "twice(v) = 2 * v")
    #expect(stage.shown.last == "all")
  }

  @Test func `the goal is looked at when the last step is done, and all is kept`() throws {
    try withTemporaryFolder { folder in
      let learner = LearnerFolder(folder + "/learner")
      var stage = atExercise(learner)
      stage.play("sy<enter>")
      stage.play("<enter><c-u><c-k>all_of = twice(x)<run>")
      stage.play("<enter>")
      stage.play("<enter><c-u><c-k>last = all_of[-1]<run>")
      #expect(stage.shown.suffix(2) == ["last", "text"], "\(stage.shown)")
      stage.play("n1")
      #expect(stage.screen.contains("★ Goal reached, with 1 of 3 solutions shown."))
      #expect(stage.screen.contains("★ reached") && stage.state.lesson?.isDone == true)
      stage.runner.finishSaving()
      let kept = learner.progress().progress
      #expect(kept.lessons["doubles"]?.done == 50)
      #expect(kept["doubles", "twice"]?.state == .revealed)
      let written = Lesson(Array(stage.file.utf8))
      #expect(written.problems.isEmpty)
      #expect(
        written.exercises.map(\.starter) == [
          "twice(v) = 2 * v", "all_of = twice(x)", "last = all_of[-1]",
        ])
      #expect(
        written.exercises.map(\.check)
          == Lesson(Array(LessonText.small.utf8)).exercises.map(\.check))
      // Whoever opens it again finds the whole page, and runs what is needed from above.
      var again = Stage(stage.file, columns: 80, rows: 40)
      again.begin(learner, today: 51)
      #expect(!again.state.cells.contains { $0.isConcealed })
      again.play("G<enter>")
      #expect(again.state.message == "the lesson ends here; :lessons lists the others")
    }
  }

  @Test func `a lesson left in the middle goes on there`() throws {
    try withTemporaryFolder { folder in
      let learner = LearnerFolder(folder)
      var stage = atExercise(learner)
      stage.play("<enter><c-u><c-k>twice(v) = v + v<run>")
      stage.runner.finishSaving()
      var again = Stage(stage.file, columns: 80, rows: 40)
      again.begin(learner, today: 51)
      #expect(again.state.cell.id == "all" && again.screen.contains("3 of 6 steps are done"))
      again.play("<enter><c-u><c-k>all_of = twice(x)<run>")
      #expect(again.screen.contains("✓ Right."), "\(again.screen)")
    }
  }

  @Test func `the lesson's own cells stay, the learner's come and go`() {
    var stage = opened()
    let file = stage.file
    for keys in ["dd", "x", "<altdown>", "M", "y", "m", "<c-\\>", "g1", "w"] {
      stage.play("gg" + keys)
      #expect(stage.state.message.hasPrefix("not now: "), "\(keys): \(stage.state.message)")
      #expect(stage.file == file, "\(keys)")
    }
    stage.play("ggb<enter>6 * 7<run>")
    #expect(stage.screen.contains("42"))
    stage.play("kdd")
    #expect(!stage.screen.contains("42"))
    #expect(stage.state.cell.id == "start")
    stage.play("w# mine <esc>")
    #expect(stage.state.cell.text.contains("# mine "))
  }

  @Test func `nothing shows what is not open yet`() {
    var stage = opened()
    for keys in [
      "/square<enter>", "t", "G", "}", "gs", "5j", "<pagedown>", "ea", "n1<run><run><run>",
    ] {
      stage.play(keys)
      let screen = stage.screen
      #expect(!screen.contains("all_of") && !screen.contains("last ="), "\(keys)\n\(screen)")
      stage.play("<esc>")
    }
    #expect(stage.state.cells[stage.state.focus].isConcealed == false)
  }

  @Test func `an answer without end is stopped by the key that ends cells`() {
    var stage = atExercise()
    stage.press("<enter><c-u><c-k>while true { 1 }<run>")
    stage.pump { $0.condition("twice") != .running }
    stage.play("<c-c>")
    #expect(stage.screen.contains("✗ it was ended before it was done"), "\(stage.screen)")
  }

  @Test func `every shipped lesson is written back as it was read`() throws {
    let folder =
      #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
      + "/notebooks/lessons"
    for name in FileBytes.names(in: folder).sorted() where name.hasSuffix(".grd.md") {
      let bytes = try FileBytes.read(folder + "/" + name)
      let state = StudioState(path: name, notebook: Notebook(bytes))
      #expect(state.document() == bytes, "\(name)")
      let lesson = try #require(state.taught)
      #expect(lesson.problems.isEmpty, "\(name): \(lesson.problems)")
      let exercises = state.cells.compactMap { $0.role?.exercise?.id }
      #expect(exercises == lesson.exercises.map(\.id), "\(name)")
    }
  }

  @Test(arguments: [(80, 24), (160, 50), (40, 12)])
  func `a lesson looks the same as before`(columns: Int, rows: Int) {
    var stage = opened(columns: columns, rows: rows)
    stage.play("n2")
    expectGolden(stage.screen, "lesson-question-\(columns)x\(rows)")
    for keys in ["1", "n2<enter>", "n", "h", "<enter><c-u><c-k>twice(v) = v * v<run>"] {
      stage.play(keys)
    }
    expectGolden(stage.screen, "lesson-exercise-\(columns)x\(rows)")
  }
}

@Suite struct ReviewSittingTests {
  @Test func `a missed question comes back and waits longer when it is right`() throws {
    try withTemporaryFolder { folder in
      try FileBytes.writeAtomically(
        Array(LessonText.small.utf8), to: folder + "/03-doubles.grd.md")
      let learner = LearnerFolder(folder + "/learner")
      var progress = Progress()
      progress.answered("doubles", "size", isRight: false, today: 50)
      let shelf = LessonShelf(folder)
      #expect(ReviewSitting(shelf, progress, learner, today: 50) == nil)
      var stage = Stage(LessonText.small, columns: 80, rows: 24)
      stage.state.mode = .review(try #require(ReviewSitting(shelf, progress, learner, today: 51)))
      #expect(stage.screen.contains("Again 1 of 1, from Doubles"))
      #expect(stage.screen.contains("(2 * x).shape") && stage.screen.contains("1  (3,)"))
      stage.play("1")
      #expect(stage.screen.contains("✓ Right."))
      stage.runner.finishSaving()
      #expect(learner.progress().progress["doubles", "size"]?.due == 54)
      stage.play("<enter>")
      if case .navigate = stage.state.mode {} else { Issue.record("the sitting goes on") }
    }
  }
}

extension Stage {
  /// Makes the page a lesson at work.
  mutating func begin(_ learner: LearnerFolder?, today: Int = 50) {
    guard let lesson = state.taught else { return }
    state.begin(
      LessonPage(
        lesson, progress: learner?.progress().progress ?? Progress(), learner: learner,
        today: today))
    state.refresh()
  }

  /// The cells that are shown, by name.
  var shown: [String] {
    state.cells.filter { !$0.isConcealed }.map { $0.id.isEmpty ? "text" : $0.id }
  }

  func output(_ id: String) -> String? {
    state.cells.first { $0.id == id }.map { cell in
      cell.hidesOutput ? "" : cell.drawn.lines.joined(separator: "\n")
    }
  }

  func progress(_ key: String) -> Progress.Block? { state.lesson?.progress["doubles", key] }
}
