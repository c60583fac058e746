import Files
import Glibc
import Notebooks
import TestSupport
import Testing

@testable import Studio

@Suite struct RecoveryTests {
  private let page = "# A\n\n```gradus #a\nx = 1\n```\n\n```gradus #b\nx + 1\n```\n"

  /// A session on a file that ends without any farewell; the keys after which it ended.
  private func crash(_ path: String, _ script: String, runs: Bool = false) throws -> String {
    let bytes = (try? FileBytes.read(path)) ?? []
    var stage = Stage(String(decoding: bytes, as: UTF8.self), path: path)
    let recovery = try Recovery(path)
    stage.state.recover(file: bytes)
    recovery.begin(bytes, stage.state)
    for key in script.split(separator: " ", omittingEmptySubsequences: false) {
      stage.press(String(key) == "" ? " " : String(key))
      recovery.note(stage.state)
    }
    if runs {
      stage.settle()
      recovery.note(stage.state)
    }
    return stage.file
  }

  private func reopened(_ path: String) throws -> Stage {
    let bytes = (try? FileBytes.read(path)) ?? []
    var stage = Stage(String(decoding: bytes, as: UTF8.self), path: path)
    stage.state.recover(file: bytes)
    return stage
  }

  @Test(arguments: [
    "<enter> y = 漢 é <c-z> <c-y>", "dd", "b <enter> new <esc> <altup>", "j m", "x v v",
    "<enter> <paste one|two|three> <esc> j <enter> <c-k>", "<enter> 1 <esc> dd z",
  ])
  func `what was typed is there again after a crash, and can be taken back`(script: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      let typed = try crash(path, script)
      var stage = try reopened(path)
      #expect(stage.file == typed)
      if typed != page {
        #expect(stage.state.message.hasPrefix("recovered"))
        #expect(stage.state.isModified)
        stage.press("z")
        #expect(stage.file == page)
      }
    }
  }

  @Test func `an answer to an exercise is there after a crash, with what checks it`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/lesson.grd.md"
      try FileBytes.writeAtomically(Array(LessonText.small.utf8), to: path)
      let place = StudioState(path: path, notebook: Notebook(Array(LessonText.small.utf8))).cells
        .firstIndex { $0.id == "twice" }
      let down = String(repeating: "j ", count: try #require(place))
      let typed = try crash(path, "gg " + down + "<enter> <c-k> twice(v) <right> = 5")
      #expect(typed.contains("twice(v)=5\n```\n```check #twice"))
      let stage = try reopened(path)
      #expect(stage.file == typed)
      #expect(stage.state.cells.first { $0.id == "twice" }?.role?.exercise?.hints.count == 1)
    }
  }

  @Test func `a second crash loses nothing either`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      _ = try crash(path, "<enter> 1 <esc>")
      let typed = try crash(path, "<enter> 2 <esc>")
      #expect(try reopened(path).file == typed)
      #expect(typed.contains("21") || typed.contains("12"))
    }
  }

  @Test func `results are recovered with what was typed`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      let typed = try crash(path, "<enter> <end> 0 <esc> ea", runs: true)
      #expect(typed.contains("```out #b src="))
      #expect(try reopened(path).file == typed)
    }
  }

  @Test func `a file that was never saved is recovered`() throws {
    try withTemporaryFolder { folder in
      let typed = try crash(folder + "/new.grd.md", "<enter> first <esc>")
      #expect(typed.contains("first"))
      #expect(try reopened(folder + "/new.grd.md").file == typed)
    }
  }

  @Test func `when the file has changed since, the user chooses`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      let typed = try crash(path, "<enter> 7 <esc>")
      let other = page.replacing("# A", with: "# B")
      try FileBytes.writeAtomically(Array(other.utf8), to: path)
      var stage = try reopened(path)
      #expect(stage.screen.contains("take the recovered text"))
      #expect(stage.file == other)
      stage.press("r")
      #expect(stage.file == typed)
      stage = try reopened(path)
      stage.press("f")
      #expect(stage.file == other)
      stage.press("z")
      #expect(stage.file == typed)
    }
  }

  @Test func `after a save nothing is left to recover`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      var stage = Stage(page, path: path)
      let recovery = try Recovery(path)
      recovery.begin(Array(page.utf8), stage.state)
      stage.press("<enter>9<esc>")
      recovery.note(stage.state)
      stage.press("<c-s>")
      stage.pump { $0.state.isModified }
      #expect(!stage.state.isModified)
      let saved = try FileBytes.read(path)
      #expect(String(decoding: saved, as: UTF8.self) == stage.file)
      recovery.begin(saved, stage.state)
      #expect(Recovery.recovered(path) == nil)
      recovery.end()
      #expect(!FileBytes.exists(Recovery.path(for: path)))
    }
  }

  @Test func `a journal cut anywhere gives a page that was there at some time`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      _ = try crash(path, "<enter> abc <enter> d <esc> b <enter> e <esc> k dd z")
      let journal = try FileBytes.read(Recovery.path(for: path))
      for length in 0..<journal.count {
        try FileBytes.writeAtomically(Array(journal.prefix(length)), to: Recovery.path(for: path))
        let stage = try reopened(path)
        #expect(stage.file.contains("# A"))
        #expect(stage.file.contains("x + 1"))
      }
    }
  }

  @Test func `records come back from their bytes`() {
    let records: [RecoveryRecord] = [
      .base([1, 2]), .lines(key: 3, at: 70000, removed: 2, inserted: ["é", ""]),
      .lines(key: 3, at: 1, removed: 1, inserted: []), .saving("ab.c"),
      .together([.base([1, 2, 3]), .saving(""), .text(key: 1, [])]), .together([]),
      .cells([
        .init(key: 0, id: "", kind: .text, text: "é"),
        .init(key: 9, id: "a", kind: .code(flags: ["once", "params"]), text: ""),
        .init(key: 2, id: "", kind: .fixed, text: nil),
      ]),
      .output(key: 1, info: "src=1 val=2", body: nil, series: ""),
      .output(key: 1, info: "", body: "a\nb", series: "s"),
    ]
    for record in records { #expect(RecoveryRecord(record.bytes) == record) }
    #expect(RecoveryRecord([]) == nil)
    #expect(RecoveryRecord([UInt8(ascii: "C"), 1, 0]) == nil)
  }
}
