import Studio
import Terminal
import TestSupport
import Testing

private let page = """
  ---
  gradus: 1
  seed: 3
  ---

  # A page

  Some words.

  ```gradus #a
  x = 2
  ```

  ```gradus #b
  x^2
  ```
  ```out #b src=00000000 val=00000000
  4
  ```

  ```gradus #c
  y = 1
  ```

  """

@Suite struct PageTests {
  @Test func `opening and looking changes nothing`() {
    var stage = Stage(page)
    stage.press("jjkk?jj<esc>G:ru<esc>gg<pagedown><pageup>oO")
    #expect(stage.file == page)
    #expect(!stage.state.isModified)
  }

  @Test func `files of every shape are kept byte for byte`() {
    let pieces = [
      "```gradus #a\n1\n```\n", "```gradus #b once x=1\n2\n```\n", "text\n", "# head\n", "\n",
      "\r\n",
      "```out #a src=1 val=2\nshown\n```\n", "```out #zz src=1\nlost\n```\n", "---\nseed: 1\n---\n",
      "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n", "````gradus #d\n```\n````\n", "  indented\n",
      "no end",
    ]
    var seed: UInt64 = 11
    for _ in 0..<500 {
      var text = ""
      for _ in 0..<8 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let piece = pieces[Int(seed >> 33) % pieces.count]
        if piece.contains("#a\n") && text.contains("#a\n") { continue }
        if piece.contains("#b ") && text.contains("#b ") { continue }
        if piece.contains("gradus #d") && text.contains("gradus #d") { continue }
        if !text.isEmpty, text.last != "\n" { text += "\n" }
        text += piece
      }
      let stage = Stage(text)
      let isEmpty = !stage.state.cells.contains { $0.origin != nil }
      if !isEmpty { #expect(stage.file == text || stage.file == text + newCell(stage)) }
    }
  }

  /// A page of fixed bytes alone gets an empty cell to type in.
  private func newCell(_ stage: Stage) -> String {
    stage.state.cells.last?.origin == nil ? "\n```gradus #c1\n```\n" : ""
  }

  @Test func `running a cell runs what it needs from above, and shows its value`() {
    var stage = Stage(page)
    #expect(stage.condition("b") == .stale)
    stage.play("j<stay>")
    #expect(stage.condition("a") == .done)
    #expect(stage.condition("b") == .done)
    #expect(stage.condition("c") == .new)
    #expect(stage.screen.contains("\n▌  4\n"))
    #expect(stage.file.contains("x^2\n```\n```out #b src="))
    #expect(stage.file.hasSuffix("```\n4\n```\n\n```gradus #c\ny = 1\n```\n") == false)
  }

  @Test func `editing a cell makes what reads it stale`() {
    var stage = Stage(page)
    stage.play("ea")
    stage.press("<enter><end>0<esc>")
    #expect(stage.condition("a") == .edited)
    #expect(stage.condition("b") == .stale)
    #expect(stage.condition("c") == .done)
    stage.press("<enter><end><backspace><esc>")
    #expect(stage.condition("a") == .done)
    #expect(stage.condition("b") == .done)
  }

  @Test func `a comment or a blank makes nothing stale`() {
    var stage = Stage(page)
    stage.play("ea")
    stage.press("<enter><end>   # a note<esc>")
    #expect(stage.condition("a") == .done)
    #expect(stage.condition("b") == .done)
  }

  @Test func `a failing cell names its mistake, and what needs it is not run`() {
    var stage = Stage(page)
    stage.press("<enter><end> + nothing_there<esc>")
    stage.play("j<stay>")
    #expect(stage.condition("a") == .failed)
    #expect(stage.screen.contains("nothing is called `nothing_there`"))
    #expect(stage.state.message.contains("#b was not run"))
    stage.play("k<enter><c-z><esc><stay>")
    #expect(stage.condition("a") == .done)
  }

  @Test func `deleted cells come back, whatever was typed since`() {
    var stage = Stage(page)
    stage.press("jddk<enter><end>5<esc>z")
    #expect(stage.file == page.replacing("x = 2", with: "x = 25"))
    stage.press("Z")
    #expect(!stage.file.contains("x^2"))
    stage.press("z")
    #expect(stage.file == page.replacing("x = 2", with: "x = 25"))
  }

  @Test func `cells are inserted, moved, copied and made text`() {
    var stage = Stage(page)
    stage.press("b<enter>z = 3<esc>")
    #expect(stage.file.contains("x = 2\n```\n\n```gradus #c1\nz = 3\n```\n\n```gradus #b"))
    stage.press("<altup>")
    #expect(stage.file.contains("#c1\nz = 3\n```\n\n```gradus #a\nx = 2"))
    stage.press("cv")
    #expect(stage.file.contains("```gradus #c2\nz = 3\n```"))
    stage.press("m")
    #expect(stage.file.contains("```\n\nz = 3\n\n```gradus #a"))
    for _ in 0..<4 { stage.press("z") }
    #expect(!stage.file.contains("c1"))
  }

  @Test func `a command that cannot be done now says why`() {
    var stage = Stage(page)
    stage.press("v")
    #expect(stage.state.message == "not now: nothing was cut or copied yet")
    stage.press("<c-c>")
    #expect(stage.state.message.hasPrefix("not now: nothing goes on in this cell"))
    stage.press("w")
    #expect(stage.state.message.contains("does nothing here"))
  }

  @Test func `every command has a sentence and no two want the same keys`() {
    for command in Commands.all {
      #expect(command.entry.summary.hasSuffix("."), "\(command.entry.name)")
      #expect(command.entry.summary.count <= 60, "\(command.entry.name)")
    }
    #expect(Commands.conflicts.isEmpty)
  }

  @Test func `quitting with changes asks`() {
    var stage = Stage(page)
    stage.press("q")
    #expect(stage.state.exitStatus == 0)
    stage = Stage(page)
    stage.press("bq")
    #expect(stage.state.exitStatus == nil)
    #expect(stage.screen.contains("save and quit"))
    stage.press("x<esc>")
    #expect(stage.state.exitStatus == nil)
    stage.press("qd")
    #expect(stage.state.exitStatus == 0)
    #expect(stage.state.isDiscarded)
  }

  @Test func `a terminal that is too small is told, and nothing typed there has an effect`() {
    var stage = Stage(page, columns: 20, rows: 5)
    stage.press("ddxb<enter>abc")
    #expect(stage.screen.contains("This terminal is"))
    #expect(stage.screen.contains("20x5"))
    stage.state.size = (60, 20)
    stage.state.refresh()
    #expect(stage.file == page)
    #expect(stage.screen.contains("Some words."))
  }

  @Test(arguments: [10, 20, 39, 40, 57, 80, 133, 200], [3, 5, 8, 24, 50])
  func `every size can be drawn`(columns: Int, rows: Int) {
    var stage = Stage(page, columns: columns, rows: rows)
    stage.state.size = (60, 20)
    stage.play("ea<enter>")
    stage.state.size = (columns, rows)
    for keys in ["", "<esc>", "?", "<esc>", ":ru", "<esc>", "bq"] {
      stage.press(keys)
      stage.state.refresh()
      let (grid, cursor) = StudioView.draw(stage.state)
      #expect(grid.width == columns && grid.height == rows)
      if let cursor {
        #expect((0..<columns).contains(cursor.column) && (0..<rows).contains(cursor.row))
      }
    }
  }

  @Test func `raw text keeps its lines and is taken back at once`() {
    let page = "```gradus #a\none\ntwo\n```\n"
    var stage = Stage(page)
    stage.play("ggr")
    #expect(stage.file.contains("```text\none\ntwo\n```\n") && !stage.file.contains("gradus"))
    let rows = stage.screen.split(separator: "\n").map { $0.drop { "▌ ".contains($0) } }
    #expect(rows.contains("one") && rows.contains("two"))
    stage.play("r")
    #expect(!stage.file.contains("````"))
    stage.play("z")
    #expect(stage.file == page)
  }

  @Test func `prose flows to the width of the screen, and keeps its lines where it is edited`() {
    let text =
      "one two\nthree four\n\n- a list\n- of two\n\nsome `code` at the end of a longer line"
    var stage = Stage(text, columns: 43, rows: 20)
    stage.press("gg")
    #expect(
      stage.screen.contains(
        "▌ one two three four\n▌\n▌ - a list\n▌ - of two\n▌\n▌ some `code` at the end of a longer line\n"
      ))
    stage.press("<enter>")
    #expect(stage.screen.contains("┃ one two\n┃ three four\n"))
    stage.state.size = (40, 20)
    stage.press("<esc>")
    #expect(stage.screen.contains("▌ some `code` at the end of a longer\n▌ line"))
    #expect(stage.file.hasPrefix(text))
  }

  @Test func `running from inside a cell goes on typing in an empty next cell`() {
    var stage = Stage("```gradus #a\n1\n```\n```gradus #b\n\n```\n```gradus #c\n3\n```\n")
    stage.play("<enter><run>2<run>")
    #expect(stage.file.contains("#b\n2\n```"))
    #expect(stage.screen.contains("NAV"))
    #expect(stage.state.cell.id == "c")
  }
}
