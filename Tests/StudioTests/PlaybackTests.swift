import Files
import Lessons
import Notebooks
import Terminal
import TestSupport
import Testing
import Training

@testable import Studio

@Suite struct PlaybackTests {
  private static let page = """
    ```gradus #data
    d = moons(400)
    ```

    ```gradus #train
    net = Linear(2, 64) >> tanh >> Linear(64, 2)
    r = train(net, d, epochs=1000000, batch=400, opt=SGD(0.1))
    ```

    ```gradus #sum
    1 + 1
    ```

    """

  /// A clock that only the test moves.
  private final class Clock {
    var seconds = 0.0
  }

  /// A session under record.
  private struct Recorded {
    let session: StudioSession
    let clock = Clock()
    let file: String

    init(_ text: String, in folder: String) throws {
      try FileBytes.writeAtomically(Array(text.utf8), to: folder + "/page.grd.md")
      try self.init(
        StudioSession(folder + "/page.grd.md", savesAtOnce: true), in: folder)
    }

    init(_ session: StudioSession, in folder: String) throws {
      self.session = session
      session.state.size = (80, 30)
      file = folder + "/page.grd.rec"
      let clock = clock
      try session.record(to: file) { clock.seconds }
    }

    /// At a second of the lesson keys are pressed, one each quarter of a second.
    func press(at second: Double, _ script: String) {
      clock.seconds = max(clock.seconds, second)
      for key in KeyScript.keys(script) {
        _ = session.press(key)
        session.state.refresh()
        clock.seconds += 0.25
      }
    }

    func wait(while holds: (StudioState) -> Bool) {
      for _ in 0..<Stage.patience where holds(session.state) {
        session.runner.mailbox.wait(milliseconds: 20)
        _ = session.receive()
        session.state.refresh()
      }
    }

    func settle() { wait { $0.isLive || $0.isUnsettled } }

    /// Until nothing but the training goes on.
    func settleLesson() {
      wait { state in
        state.lesson?.checking.isEmpty == false
          || state.cells.contains {
            $0.activity != .idle
              || ($0.evaluated != nil && $0.evaluated?.record == nil && $0.id != "train")
          }
      }
    }

    var job: TrainingJob? { session.state.job("train") }

    func end() throws -> Recording {
      session.state.isDiscarded = true
      session.end()
      return try Recording(FileBytes.read(file))
    }
  }

  /// Plays at a speed, in pictures of 30 ms, until a second of the recording.
  private func play(_ playback: Playback, speed: Double, until second: Double) throws {
    for _ in 0..<100_000 where playback.time < second * 1000 {
      try playback.advance(by: min(30 * speed, second * 1000 - playback.time))
      if playback.isHeld { playback.wait(milliseconds: 20) }
    }
  }

  @Test func `a lesson of ten minutes plays at 8x, is taken over in the middle, and goes on`()
    throws
  {
    try withTemporaryFolder { folder in
      let lesson = try Recorded(PlaybackTests.page, in: folder)
      lesson.press(at: 5, "<stay>")
      lesson.settle()
      lesson.press(at: 60, "j<stay>")
      lesson.wait { ($0.job("train")?.step ?? 0) < 20 }
      lesson.press(at: 120, ":set lr=0.02<enter>")
      let changed = lesson.job?.step ?? 0
      lesson.wait { ($0.job("train")?.step ?? 0) < changed + 40 }
      lesson.press(at: 180, "<space>")
      lesson.wait { $0.job("train")?.events.last?.kind != .pause }
      // The training waits while something else is typed and run.
      lesson.press(at: 240, "j<enter><end> + 40<stay><esc>")
      lesson.wait { $0.condition(2) != .done }
      let pausedStep = try #require(lesson.job?.step)
      let losses = try #require(lesson.job?.series.first { $0.name == "loss" }?.values)
      lesson.press(at: 400, "k<space>")
      lesson.wait { ($0.job("train")?.step ?? 0) < pausedStep + 30 }
      lesson.press(at: 590, "<c-c>")
      lesson.settle()
      lesson.clock.seconds = 600
      lesson.session.rest()
      let end = lesson.session.state.document()
      let recording = try lesson.end()
      #expect(recording.duration == 600_000)
      #expect(try Recording(Array(recording.text.utf8)) == recording)

      let playback = Playback(recording, folder: folder)
      try play(playback, speed: 8, until: 300)
      func stands(_ state: StudioState) {
        let job = state.job("train")
        #expect(job?.status == .paused)
        #expect(job?.step == pausedStep)
        #expect(job?.series.first { $0.name == "loss" }?.values == losses)
        #expect(state.cells[2].text == "1 + 1 + 40")
        #expect(state.cells[2].evaluated?.result.text == "42")
        #expect(state.focus == 2)
      }
      stands(playback.state)

      // The keyboard is the viewer's: the training goes on his way, the cell is his.
      playback.takeOver(path: folder + "/mine.grd.md", size: (80, 24))
      for key in KeyScript.keys("<enter><end>0<stay><esc>k:set lr=1<enter><space>") {
        playback.press(key)
      }
      for _ in 0..<Stage.patience
      where playback.state.condition(2) != .done
        || (playback.state.job("train")?.step ?? 0) < pausedStep + 10
      {
        playback.wait(milliseconds: 20)
        try playback.advance(by: 30)
      }
      #expect(playback.state.cells[2].evaluated?.result.text == "402")
      let own = playback.state.job("train")?.events.last?.kind
      #expect(own == .set(name: "lr", value: 1))
      #expect(playback.time == 300_000)

      playback.giveBack()
      #expect(playback.hasBranch)
      try playback.goTo(300_000)
      stands(playback.state)
      try play(playback, speed: 8, until: 600)
      #expect(playback.isAtEnd)
      #expect(playback.state.document() == end)
      #expect(String(decoding: end, as: UTF8.self).contains("set(r, lr=0.02)"))
      #expect(!FileBytes.exists(folder + "/mine.grd.md"))
    }
  }

  /// The small lesson, with a training in front of its first question.
  private static let taught = LessonText.small.replacing(
    "```predict #size",
    with: "```gradus #train\nr = train(Linear(2, 16) >> tanh >> Linear(16, 2), moons(64), "
      + "epochs=1000000, batch=64, opt=SGD(0.1))\n```\n\n```predict #size")

  @Test func `a lesson under way plays as it was, and what it left stays untouched`() throws {
    try withTemporaryFolder { folder in
      FileBytes.makeFolder(folder + "/shelf")
      try FileBytes.writeAtomically(
        Array(PlaybackTests.taught.utf8), to: folder + "/shelf/03-doubles.grd.md")
      let place = try #require(LessonShelf(folder + "/shelf").lessons.first)
      let learner = LearnerFolder(folder + "/learner")
      let path = try learner.makeCopy(of: place)
      let session = try StudioSession(path, savesAtOnce: true)
      session.beginLesson(learner, copyOf: place, today: 50)
      let lesson = try Recorded(session, in: folder)
      func at(_ id: String) -> Int { session.state.index(of: id) ?? 0 }
      lesson.press(at: 10, "<enter><enter><enter><enter>")
      lesson.wait { ($0.job("train")?.step ?? 0) < 20 }
      lesson.press(at: 30, "<space>")
      lesson.wait { $0.job("train")?.events.last?.kind != .pause }
      lesson.press(at: 60, "n2")
      lesson.settleLesson()
      lesson.press(at: 90, "1")
      lesson.settleLesson()
      lesson.press(at: 120, "n7<enter>")
      lesson.settleLesson()
      lesson.press(at: 180, "n<enter><c-u><c-k>twice(v) = v * v<run>")
      lesson.settleLesson()
      lesson.press(at: 240, "<esc>h")
      lesson.press(at: 250, "ppk")
      let pausedStep = try #require(session.state.job("train")?.step)
      let losses = session.state.job("train")?.series.first?.values
      let middle = try #require(session.state.lesson)
      lesson.press(at: 400, "<space><c-c>")
      lesson.wait { $0.job("train")?.status.isOver != true }
      lesson.settleLesson()
      lesson.press(at: 450, "nnn<enter><c-u><c-k>twice(v) = v + v<run>")
      lesson.settleLesson()
      lesson.press(at: 480, "<enter><enter><c-u><c-k>all_of = twice(x)<run>")
      lesson.settleLesson()
      lesson.press(at: 520, "<enter><enter><c-u><c-k>last = all_of[-1]<run>")
      lesson.settleLesson()
      lesson.press(at: 560, "n1")
      lesson.settleLesson()
      lesson.clock.seconds = 600
      session.rest()
      let end = session.state
      #expect(end.lesson?.isDone == true)
      let recording = try lesson.end()
      #expect(recording.duration == 600_000)
      #expect(try Recording(Array(recording.text.utf8)) == recording)
      let (file, known) = (
        try FileBytes.read(path), try FileBytes.read(learner.progressPath)
      )

      let playback = Playback(recording, folder: folder)
      try play(playback, speed: 8, until: 300)
      func stands(_ state: StudioState) {
        let picture = StudioView.draw(state).grid.plainText()
        #expect(picture.contains("hint 1") && picture.contains("That is the square"))
        #expect(state.lesson?.progress == middle.progress)
        #expect(state.lesson?.said == middle.said)
        #expect(state.cells.first { $0.id == "twice" }?.text == "twice(v) = v * v")
        #expect(state.job("train")?.step == pausedStep)
        #expect(state.job("train")?.series.first?.values == losses)
      }
      stands(playback.state)

      playback.takeOver(path: folder + "/mine.grd.md", size: (80, 30))
      for key in KeyScript.keys("nnn<enter><c-u><c-k>twice(v) = 2 * v<run>:lessons<enter>") {
        playback.press(key)
      }
      #expect(playback.state.message.contains("no other pages"))
      for _ in 0..<Stage.patience
      where playback.state.lesson?.progress["doubles", "twice"]?.state != .passed {
        playback.wait(milliseconds: 20)
        try playback.advance(by: 30)
      }
      #expect(playback.state.lesson?.progress["doubles", "twice"]?.state == .passed)
      playback.giveBack()
      try playback.goTo(300_000)
      stands(playback.state)
      try play(playback, speed: 8, until: 600)
      #expect(playback.isAtEnd)
      #expect(playback.state.lesson?.progress == end.lesson?.progress)
      #expect(playback.state.document() == end.document())
      #expect(try FileBytes.read(path) == file)
      #expect(try FileBytes.read(learner.progressPath) == known)
      #expect(!FileBytes.exists(folder + "/mine.grd.md"))
    }
  }

  @Test func `a run goes no further in a picture than it had come`() throws {
    try withTemporaryFolder { folder in
      let lesson = try Recorded(PlaybackTests.page, in: folder)
      lesson.press(at: 5, "<stay>")
      lesson.settle()
      lesson.press(at: 10, "j<stay>")
      for second in stride(from: 20.0, through: 100, by: 10) {
        let before = lesson.job?.step ?? 0
        lesson.wait { ($0.job("train")?.step ?? 0) < before + 5 }
        lesson.clock.seconds = second
        lesson.session.note()
      }
      lesson.press(at: 110, "<c-c>")
      lesson.settle()
      let recording = try lesson.end()
      // Looks at other times are taken when answers come, which is as it may be.
      let reached = recording.moments.compactMap { moment -> (time: Int, step: Int)? in
        guard case .progress(_, _, let step) = moment.event, (20_000...100_000) ~= moment.time
        else { return nil }
        return (moment.time, step)
      }
      // Every instant that was asked for is noted, and no other; where the run ends may be one more note.
      #expect(Set(reached.map(\.time)) == Set(stride(from: 20_000, through: 100_000, by: 10_000)))
      #expect(reached.count <= 10)
      // The clock of the one who plays stands still for longer than the runs would need.
      let playback = Playback(recording, folder: folder)
      for (at, (time, step)) in reached.enumerated() {
        try play(playback, speed: 8, until: Double(time) / 1000 + 0.5)
        playback.wait(milliseconds: 5)
        let seen = try #require(playback.state.job("train")?.step)
        #expect(seen >= step && (at + 1 == reached.count || seen <= reached[at + 1].step))
      }
      let middle = try #require(reached.last { $0.time == 60_000 })
      try playback.goTo(Double(middle.time))
      playback.wait(milliseconds: 30)
      #expect(playback.state.job("train")?.step == middle.step)
    }
  }

  @Test func `what a session found outside of its page is found again`() throws {
    var recording = Recording(
      name: "a.grd.md", keys: "", page: Array("```gradus #a\n1\n```\n".utf8))
    let lines = (1...3).map { LessonLine(name: "\($0)", columns: ["", "\($0)  a", "", ""]) }
    recording.moments =
      [.init(time: 0, event: .size(columns: 80, rows: 24))]
      + KeyScript.keys(":lessons<enter>").map { .init(time: 10, event: .key($0)) }
      + [
        .init(time: 10, event: .found(.lessons(lines, at: 1))),
        .init(time: 20, event: .key(.down)), .init(time: 30, event: .key(.escape)),
        .init(time: 40, event: .found(.nothing("nothing there"))),
      ]
    let playback = Playback(recording, folder: ".")
    try playback.goTo(25)
    guard case .panel(.lessons, choice: 2) = playback.state.mode else {
      Issue.record("\(playback.state.mode)")
      return
    }
    #expect(playback.picture(size: nil).contains("3  a"))
    try playback.goTo(50)
    #expect(playback.state.message == "nothing there")
  }

  @Test func `what a viewer saves becomes a file of his own`() throws {
    try withTemporaryFolder { folder in
      let lesson = try Recorded("```gradus #a\n1\n```\n", in: folder)
      lesson.press(at: 1, "<stay>")
      lesson.settle()
      lesson.press(at: 9, "<c-s>")
      let saved = try FileBytes.read(folder + "/page.grd.md")
      let recording = try lesson.end()
      let playback = Playback(recording, folder: folder)
      try playback.goTo(Double(recording.duration))
      #expect(playback.state.document() == saved)
      #expect(playback.state.isModified == false)
      playback.takeOver(path: folder + "/mine.grd.md", size: (80, 24))
      for key in KeyScript.keys("<enter>2<esc><stay>") { playback.press(key) }
      for _ in 0..<Stage.patience where playback.state.isUnsettled || playback.state.isLive {
        playback.wait(milliseconds: 20)
        try playback.advance(by: 20)
      }
      playback.press(.control("s"))
      for _ in 0..<Stage.patience where playback.state.isModified {
        playback.wait(milliseconds: 20)
        try playback.advance(by: 20)
      }
      #expect(try FileBytes.read(folder + "/page.grd.md") == saved)
      let mine = String(decoding: try FileBytes.read(folder + "/mine.grd.md"), as: UTF8.self)
      #expect(mine.hasPrefix("```gradus #a\n21\n```\n"))
    }
  }

  @Test func `going back computes again what was there`() throws {
    try withTemporaryFolder { folder in
      let lesson = try Recorded("```gradus #a\nx = 1\n```\n```gradus #b\nx\n```\n", in: folder)
      lesson.press(at: 1, "ea")
      lesson.settle()
      lesson.press(at: 20, "<enter><end>0<stay><esc>")
      lesson.settle()
      lesson.press(at: 40, "j<stay>")
      lesson.settle()
      let recording = try lesson.end()
      let playback = Playback(recording, folder: folder)
      try playback.goTo(Double(recording.duration))
      #expect(playback.picture(size: (60, 12)).contains("10"))
      try playback.goTo(15_000)
      #expect(playback.state.cells[1].evaluated?.result.text == "1")
      #expect(playback.state.cells[0].text == "x = 1")
      try playback.goTo(Double(recording.duration))
      #expect(playback.state.cells[1].evaluated?.result.text == "10")
    }
  }

  @Test func `a recording that does not fit its page says so and does not hang`() throws {
    var recording = Recording(
      name: "a.grd.md", keys: "", page: Array("```gradus #a\n1\n```\n".utf8))
    recording.moments = [
      .init(time: 0, event: .size(columns: 80, rows: 24)),
      .init(time: 10, event: .answer("evaluated 7")),
    ]
    let playback = Playback(recording, folder: ".")
    #expect(throws: Playback.Problem.self) { try playback.goTo(100) }
  }

  @Test(arguments: [
    ("", 1), ("gradus recording 2\n", 1), ("gradus recording 1\nname eA==\nkeys \n", 4),
    ("gradus recording 1\nname eA==\nkeys =\npage =\n5 key named up\n3 rest -\n1 rest -\n", 3),
    (
      "gradus recording 1\nname eA==\nkeys eA==\npage eA==\n5 key named up\n3 rest -\n9 rest -\n", 6
    ),
  ]) func `a damaged recording is told by its line`(text: String, line: Int) {
    #expect {
      _ = try Recording(Array(text.utf8))
    } throws: { ($0 as? Recording.Problem)?.line == line }
  }

  @Test func `every event is read as it was written`() throws {
    let keys: [Key] = [
      .character("x"), .character(" "), .character("é"), .character("<"), .control("s"),
      .alt("\u{7F}"),
      .paste("a\n>b|"), .paste(""), .click(column: 3, row: 4), .wheelUp, .other, .enter,
      .selectDown,
    ]
    var beginning = Recording.Beginning()
    (beginning.isStranger, beginning.changes, beginning.message) = (true, 3, "a b\n")
    beginning.lesson = Recording.Taught(
      today: 50, savesItself: true, starters: ["a b": "x = ___\n", "c": ""])
    beginning.lesson?.progress.answered("doubles", "size", isRight: false, today: 50)
    var recording = Recording(
      name: "a b.grd.md", keys: "save = W\n", page: [0, 255, 10], beginning)
    let events: [Recording.Event] =
      keys.map { .key($0) } + [
        .rest, .size(columns: 80, rows: 24), .answer("evaluated 3"), .reloaded([]),
        .changed([1, 2]),
        .saved(changes: 4, isCopy: true, path: "a b", problem: "no space"),
        .saved(changes: 4, isCopy: false, path: "c", problem: nil),
        .live(number: 1, run: 0, step: 12, .paused), .live(number: 1, run: 0, step: 13, .ended),
        .progress(number: 1, run: 0, step: 9), .unkept("no space"),
        .found(.lessons([LessonLine(name: "1", columns: ["✓", "1  a b", ""])], at: 0)),
        .found(.lessons([], at: 0)), .found(.scoreboard(["a", ""])), .found(.nothing("why")),
        .found(.review(lessons: [[0, 255]], progress: "{}\n", today: 9)),
        .found(.leave(.map)), .found(.leave(.lesson(""))), .found(.leave(.file("a b"))),
        .steered(number: 1, run: 2, SteeringEvent(step: 9, .freeze(layer: "a \"b\" c"))),
      ]
    recording.moments = events.enumerated().map { .init(time: $0.offset * 7, event: $0.element) }
    #expect(try Recording(Array(recording.text.utf8)) == recording)
    // A last line that a crash tore is left out.
    let torn = Array(recording.text.utf8.dropLast(30))
    #expect(try Recording(torn).moments == Array(recording.moments.dropLast()))
  }
}

extension StudioState {
  /// The run that a cell started first.
  fileprivate func job(_ id: String) -> TrainingJob? {
    cells.first { $0.id == id }?.evaluated?.result.runs.first?.run.job
  }
}
