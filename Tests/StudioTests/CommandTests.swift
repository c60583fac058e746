import Files
import Studio
import Terminal
import TestSupport
import Testing

@testable import Studio

/// Ranges of cells, what is deleted, words, the mouse, tables and what waits.
@Suite struct CommandTests {
  private let three =
    "```gradus #a\n1\n```\n\n```gradus #b\n2\n```\n\n```gradus #c\n3\n```\n\n```gradus #d\n4\n```\n"

  /// Keys on a page of four cells, and the ids of the cells then; the one with the focus in brackets.
  @Test(arguments: [
    ("Sjdd", "[c] d"), ("JJdd", "[d]"), ("<s-down>x", "[c] d"), ("JddZ", "[c] d"),
    ("Jddz", "[a] b c d"), ("JddzZ", "[c] d"), ("GKKdd", "[a]"), ("G<s-up>dd", "a [b]"),
    ("JcGv", "a b c d c1 [c2]"), ("JcGvz", "a b c [d]"), ("JxGv", "c d c1 [c2]"),
    ("J<altdown>", "c a [b] d"), ("J<altdown>z", "a b [c] d"), ("GK<altup>", "a [c] d b"),
    ("JJ<esc>dd", "a b [d]"), ("Jjdd", "a b [d]"), ("SSdd", "[b] c d"), ("S2jdd", "[d]"),
    ("J<altup>", "a [b] c d"), ("GJdd", "a b [c]"), ("dd:bin<enter><enter>", "b [a] c d"),
    ("dddd:bin<enter>j<enter>", "c [a] d"), ("dd:bin<enter><enter>z", "b [c] d"),
    ("jg1", "a [] c d"), ("jg1z", "a [b] c d"),
  ])
  func `ranges of cells are deleted, moved and copied as one`(keys: String, ids: String) {
    var stage = Stage(three, rows: 30)
    stage.press(keys)
    let shown = stage.state.cells.indices.map { at in
      at == stage.state.focus ? "[\(stage.state.cells[at].id)]" : stage.state.cells[at].id
    }
    #expect(shown.joined(separator: " ") == ids)
  }

  @Test func `a range is marked, counted and run`() {
    var stage = Stage(three, rows: 30)
    stage.press("JJ")
    #expect(stage.screen.contains("3 chosen"))
    #expect(stage.screen.split(separator: "\n").count { $0.hasPrefix("▌") } == 6)
    stage.play("ee")
    #expect(stage.condition("a") == .done && stage.condition("c") == .done)
    #expect(stage.condition("d") == .new)
    #expect(!stage.screen.contains("chosen"))
  }

  @Test func `the change that a mistake offers is made, run and taken back`() {
    var stage = Stage(
      "```gradus #a\nx = ones(2, 3)\nx @ x\n```\n\n```gradus #b\n1\n```\n", rows: 30)
    stage.press("A")
    #expect(stage.screen.contains("no change is offered here"))
    stage.play("<stay>")
    #expect(stage.condition("a") == .failed)
    #expect(stage.screen.contains("try  x @ x.T") && stage.screen.contains("A apply the change"))
    stage.press("A")
    #expect(stage.state.cell.text == "x = ones(2, 3)\nx @ x.T")
    #expect(stage.condition("a") == .edited && !stage.screen.contains("A apply"))
    stage.play("<stay>")
    #expect(stage.condition("a") == .done)
    stage.press("z")
    #expect(stage.state.cell.text == "x = ones(2, 3)\nx @ x")
    // What is typed since is not written over.
    stage.play("<stay>")
    stage.press("<enter>y<esc>A")
    #expect(stage.screen.contains("no change is offered here"))
  }

  @Test func `cells become text together, and headings of every level`() {
    var stage = Stage(three, rows: 30)
    stage.press("JmGg3")
    #expect(stage.file.hasPrefix("1\n\n2\n\n```gradus #c"))
    #expect(stage.file.hasSuffix("### 4\n"))
    stage.press("g1")
    #expect(stage.file.hasSuffix("\n# 4\n"))
    stage.press("zz<esc>")
    #expect(stage.file.hasPrefix("```gradus #a"))
  }

  @Test func `a word is renamed where it stands alone`() {
    var stage = Stage("```gradus #a\nx = 1\nxx = x + x2 # x\n```\n")
    stage.press("<enter><a-r>rate<enter>")
    #expect(stage.state.cell.text == "rate = 1\nxx = rate + x2 # rate")
    #expect(stage.screen.hasPrefix(" EDIT"))
    stage.press("<c-z>")
    #expect(stage.state.cell.text == "x = 1\nxx = x + x2 # x")
    stage.press("<a-r>no good<enter>")
    #expect(stage.state.message.contains(":rename new"))
  }

  @Test func `code is formatted, and what is whole stays`() {
    var stage = Stage("```gradus #a\nx=1+2\n```\n")
    stage.press("F")
    #expect(stage.state.cell.text == "x = 1 + 2")
    stage.press("F")
    #expect(stage.state.message == "it is formatted already")
    stage.press("<enter><c-z>")
    #expect(stage.state.cell.text == "x=1+2")
    stage.press("<a-a>f(<esc><esc>F")
    #expect(stage.state.message.hasPrefix("#a: "))
  }

  @Test func `a long output is scrolled in its place`() {
    var stage = Stage("```gradus #a\nfor i in range(101) { print(i + 1000) }\n```\n", rows: 50)
    stage.play("ea")
    #expect(stage.screen.contains("1000\n") && !stage.screen.contains("1030"))
    stage.press("]")
    #expect(!stage.screen.contains("1007\n") && stage.screen.contains("1030"))
    #expect(stage.screen.contains("1100"))
    stage.press("[")
    #expect(stage.screen.contains("1000\n"))
    stage.press("[")
    #expect(stage.state.message == "not now: the output is at its beginning")
    stage.press("O]")
    #expect(stage.state.message == "not now: the output of this cell is shown whole")
  }

  @Test func `the reference of a word is shown beside the cell`() {
    var stage = Stage("```gradus #a\nsoftmax([1, 2])\n```\n", columns: 80, rows: 24)
    stage.press("<enter><backtab>")
    #expect(stage.screen.contains("softmax(x, axis=-1)"))
    stage.press("<esc>")
    #expect(stage.screen.hasPrefix(" EDIT"))
    stage.press("<esc>:words crossentropy<enter>")
    #expect(stage.state.message.contains("did you mean cross_entropy?"))
    stage.press(":words relu<enter>")
    #expect(stage.screen.contains(" PAGER"))
    stage.press("<esc>:vi<enter><enter><esc>K")
    #expect(stage.screen.contains("softmax(x, axis=-1)"))
  }

  @Test func `texts that were run come back by their letters`() {
    var stage = Stage("```gradus #a\nalpha = 1\n```\n\n```gradus #b\nbeta = 2\n```\n")
    stage.play("ea")
    stage.press("Gb<c-r>")
    #expect(stage.screen.contains("beta = 2"))
    stage.press("lph<enter>")
    #expect(stage.state.cell.text == "alpha = 1")
    #expect(stage.screen.hasPrefix(" EDIT"))
    stage.press("<c-r>zzz")
    #expect(stage.screen.contains("nothing like that was run"))
    stage.press("<esc>")
    #expect(stage.screen.hasPrefix(" NAV"))
  }

  @Test func `the palette finds commands by letters in their order`() {
    #expect(Commands.found("rab").map(\.entry.name).contains("run-above"))
    #expect(Commands.found("qit").first?.entry.name == "quit")
    #expect(Commands.found("deletes").map(\.entry.name).contains("bin") == false)
  }

  @Test func `search looks where it is told, and replacing follows`() {
    var stage = Stage("a word\n\n```gradus #a\nword = \"w\" + \"ord\"\nword\n```\n", rows: 24)
    stage.play("ea")
    stage.press("gg/word<tab>")
    #expect(stage.screen.contains("in code"))
    stage.press("<enter>")
    #expect(stage.state.focus == 1)
    stage.press("/word<tab><enter>")
    #expect(stage.state.focus == 0)
    stage.press(":replace word \"two words\"<enter>")
    #expect(stage.file.hasPrefix("a two words\n\n```gradus #a\nword ="))
    stage.press("/word<tab><enter>")
    #expect(stage.state.focus == 1)
    stage.press(":replace word x<enter>")
    #expect(stage.state.message.contains("outputs are made by code"))
  }

  @Test func `the wheel scrolls and a click goes to a cell, when it is asked for`() {
    var stage = Stage(three, columns: 60, rows: 12)
    stage.press("<wheeldown>")
    #expect(!stage.screen.contains("#a"))
    #expect(stage.state.focus == 0)
    stage.press("<wheelup><click 10 5>")
    #expect(stage.state.cell.id == "b")
    stage.press("<enter><click 3 5>x")
    #expect(stage.state.cell.text == "2x" || stage.state.cell.text == "x2")
    stage.press("<esc>t<click 3 5>")
    stage.press("<enter>")
    #expect(stage.state.cell.id == "c")
    #expect(!stage.state.isMouseOn)
    stage.press(":mouse<enter>")
    #expect(stage.state.isMouseOn)
  }

  @Test func `a table is looked into by rows and columns, and gone to by place and name`() {
    var stage = Stage(
      "```gradus #a\nd = dataset(\"iris\")\nt = [(n=\"x\", v=1), (n=\"y\", v=2)]\n```\n",
      columns: 80,
      rows: 24)
    stage.play("ea")
    stage.press("Vv")
    #expect(stage.screen.contains("d[0, 0] = 5.1"))
    #expect(stage.screen.contains("x[1]"))
    stage.press("s3, y<enter>")
    #expect(stage.screen.contains("d[3, 4] = 0"))
    stage.press("s200, 1<enter>")
    #expect(stage.screen.contains("200 is not in 0..149"))
    stage.press("<esc>jv")
    #expect(stage.screen.contains("t[0, 0] = x"))
    stage.press("jl")
    #expect(stage.screen.contains("t[1, 1] = 2"))
  }

  @Test func `a tensor is cut as two colons say`() {
    var stage = Stage(
      "```gradus #a\nx = reshape(arange(24), [2, 3, 4])\n```\n", columns: 80, rows: 24)
    stage.play("ea")
    stage.press("Vvs:, 1, :<enter>")
    #expect(stage.screen.contains("x[0, 1, 0] = 4 "))
    stage.press("j")
    #expect(stage.screen.contains("x[1, 1, 0] = 16 "))
    stage.press("s-1, -1, -1<enter>")
    #expect(stage.screen.contains("x[1, 2, 3] = 23 "))
    stage.press("s:<enter>")
    #expect(stage.screen.contains("two dimensions are shown"))
    stage.press("s0,0,0,0<enter>")
    #expect(stage.screen.contains("it has 3 dimensions"))
  }

  @Test func `what waits is held, reordered and cancelled one by one`() {
    let loops = (1...6).map { "```gradus #l\($0)\nwhile true {}\n```\n" }.joined()
    var stage = Stage(loops, columns: 80, rows: 30)
    stage.press("ggSGee")
    #expect(stage.state.cells.count { $0.activity == .queued } == 2)
    stage.press("QG")
    #expect(stage.screen.contains("#l6") && stage.screen.contains("queued"))
    stage.press("K ")
    #expect(stage.state.lines(of: .queue).map(\.columns[0]).suffix(2) == ["#l6", "#l5"])
    #expect(stage.screen.contains("held"))
    stage.press("<esc>gg<c-c>")
    stage.pump(while: { $0.condition("l5") != .running })
    // The held one is passed over.
    #expect(stage.condition("l6") == .queued)
    stage.press("QGd")
    #expect(stage.condition("l6") == .new)
    stage.play("<esc>ii")
  }

  private func texts(_ stage: Stage) -> [String] {
    stage.state.cells.map { "\($0.id) \($0.isCode) \($0.text)" }
  }

  @Test func `changes of the page can be undone in the next session`() {
    var first = Stage(three, rows: 30)
    let start = texts(first)
    first.press("ddJm<altdown>Gbv")
    first.state.fileBytes = first.state.document()
    first.state.savedChanges = first.state.changes
    guard let bytes = UndoHistory.bytes(of: first.state) else { return #expect(Bool(false)) }
    var second = Stage(first.file, rows: 30)
    second.state.fileBytes = second.state.document()
    UndoHistory.adopt(bytes, &second.state)
    second.press("zzzzz")
    #expect(texts(second) == start)
    second.press("ZZZZZ")
    #expect(texts(second) == texts(first))
    for length in stride(from: 0, to: bytes.count, by: 7) {
      var third = Stage(first.file, rows: 30)
      third.state.fileBytes = third.state.document()
      UndoHistory.adopt(Array(bytes.prefix(length)), &third.state)
      third.press("zzzzz")
      #expect(texts(third) == texts(first))
    }
  }
}

@Suite struct CompletionMenuTests {
  private func page(_ text: String, folder: String = ".") -> Stage {
    Stage(
      "```gradus #top\nrec = (alpha=1, beta=[1, 2])\nnet = Linear(2, 3)\n```\n\n```gradus #here\n\(text)\n```\n",
      path: folder + "/page.grd.md", columns: 80, rows: 24)
  }

  @Test(arguments: [
    ("rec.al", "rec.alpha"), ("rec.", "rec.alpha"), ("net.we", "net.weight"),
    ("softmax(x, ax", "softmax(x, axis="), ("dataset(\"ir", "dataset(\"iris"),
    ("Lin", "Linear"), ("crossen", "cross_entropy"),
    ("train(net, rec, epo", "train(net, rec, epochs="),
  ])
  func `fields, arguments, data sets and words are completed`(typed: String, gives: String) {
    var stage = page(typed)
    stage.play("gg<stay>")
    stage.press("j<enter><c-e><tab>")
    #expect(stage.state.cell.text == gives)
  }

  @Test func `files beside the page are completed`() throws {
    try withTemporaryFolder { folder in
      try FileBytes.writeAtomically([], to: folder + "/numbers.csv")
      var stage = page("load(\"num", folder: folder)
      stage.press("j<enter><c-e><tab>")
      #expect(stage.state.cell.text == "load(\"numbers.csv")
    }
  }

  @Test func `the menu tells signature and summary, and is chosen from with arrows too`() {
    var stage = page("sof")
    stage.press("j<enter><c-e><tab>")
    #expect(stage.state.cell.text.hasPrefix("soft"))
    stage.press("<tab>")
    let first = stage.state.cell.text
    #expect(stage.screen.contains("("))
    stage.press("<down>")
    #expect(stage.state.cell.text != first)
    stage.press("<up>")
    #expect(stage.state.cell.text == first)
    stage.press("<esc>")
    #expect(stage.screen.hasPrefix(" EDIT"))
  }

  @Test func `an answer that comes too late changes nothing`() {
    var stage = page("rec.al")
    stage.play("gg<stay>j<enter><c-e>")
    var effects = stage.state.press(.tab)
    effects += stage.state.press(.character("x"))
    for effect in effects { stage.runner.start(effect, changes: 0) }
    stage.runner.mailbox.wait(milliseconds: 20_000)
    stage.pump()
    #expect(stage.state.cell.text == "rec.alx")
  }

  @Test func `nothing known is said`() {
    var stage = page("qqqq")
    stage.press("j<enter><c-e><tab>")
    #expect(stage.state.message == "nothing begins with qqqq")
  }
}
