import Files
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
  private struct Lesson {
    let session: StudioSession
    let clock = Clock()
    let file: String

    init(_ text: String, in folder: String) throws {
      try FileBytes.writeAtomically(Array(text.utf8), to: folder + "/page.grd.md")
      session = try StudioSession(folder + "/page.grd.md", savesAtOnce: true)
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
      for _ in 0..<3000 where holds(session.state) {
        session.runner.mailbox.wait(milliseconds: 20)
        _ = session.receive()
        session.state.refresh()
      }
    }

    func settle() { wait { $0.isLive || $0.isUnsettled } }

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
      let lesson = try Lesson(PlaybackTests.page, in: folder)
      lesson.press(at: 5, "<stay>")
      lesson.settle()
      lesson.press(at: 60, "j<stay>")
      lesson.wait { ($0.job("train")?.step ?? 0) < 20 }
      lesson.press(at: 120, ":set lr=0.02<enter>")
      let changed = lesson.job?.step ?? 0
      lesson.wait { ($0.job("train")?.step ?? 0) < changed + 40 }
      lesson.press(at: 180, "<space>")
      lesson.wait { $0.job("train")?.status != .paused }
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
      for _ in 0..<3000
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

  @Test func `what a viewer saves becomes a file of his own`() throws {
    try withTemporaryFolder { folder in
      let lesson = try Lesson("```gradus #a\n1\n```\n", in: folder)
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
      for _ in 0..<1000 where playback.state.isUnsettled || playback.state.isLive {
        playback.wait(milliseconds: 20)
        try playback.advance(by: 20)
      }
      playback.press(.control("s"))
      for _ in 0..<1000 where playback.state.isModified {
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
      let lesson = try Lesson("```gradus #a\nx = 1\n```\n```gradus #b\nx\n```\n", in: folder)
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
    var recording = Recording(name: "a b.grd.md", keys: "save = W\n", page: [0, 255, 10])
    let events: [Recording.Event] =
      keys.map { .key($0) } + [
        .rest, .size(columns: 80, rows: 24), .answer("evaluated 3"), .reloaded([]),
        .changed([1, 2]),
        .saved(changes: 4, isCopy: true, path: "a b", problem: "no space"),
        .saved(changes: 4, isCopy: false, path: "c", problem: nil),
        .live(number: 1, run: 0, step: 12, isPaused: true),
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
