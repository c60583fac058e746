import Glibc
import Notebooks
@testable import Studio
import Terminal
import TestSupport
import Testing

/// Keys in, text and screen out: one row for each.
@Suite struct KeysTests {
  /// What is typed into a cell with `start`, from its beginning, and what stands there then.
  struct Typed: Sendable {
    let start: String
    let keys: String
    let gives: String
  }

  private static let typed: [Typed] = [
    Typed(start: "", keys: "abc", gives: "abc"),
    Typed(start: "abc", keys: "<end>d", gives: "abcd"),
    Typed(start: "abc", keys: "<right>x", gives: "axbc"),
    Typed(start: "abc", keys: "<c-e><c-b>x", gives: "abxc"),
    Typed(start: "abc", keys: "<c-f><c-f><c-d>", gives: "ab"),
    Typed(start: "one two", keys: "<a-f>x", gives: "onex two"),
    Typed(start: "one two", keys: "<end><a-b>x", gives: "one xtwo"),
    Typed(start: "one two", keys: "<end><c-w>", gives: "one "),
    Typed(start: "one two", keys: "<a-d>", gives: " two"),
    Typed(start: "one two", keys: "<a-f><c-k>", gives: "one"),
    Typed(start: "one two", keys: "<a-f><c-u>", gives: " two"),
    Typed(start: "one two", keys: "<a-f><c-k><home><c-v>", gives: " twoone"),
    Typed(start: "ab", keys: "<end><c-t>", gives: "ba"),
    Typed(start: "abc", keys: "<s-right><s-right>x", gives: "xc"),
    Typed(start: "abc", keys: "<s-right><s-right><c-x><end><c-v>", gives: "cab"),
    Typed(start: "abc", keys: "<s-right><a-w><end><c-v>", gives: "abca"),
    Typed(start: "abc", keys: "<c-@><right><right><backspace>", gives: "c"),
    Typed(start: "abc", keys: "<a-a><delete>", gives: ""),
    Typed(start: "abc", keys: "<s-right><esc>x", gives: "axbc"),
    Typed(start: "a\nb", keys: "<s-down>x", gives: "xb"),
    Typed(start: "a\nb", keys: "<s-down><tab>", gives: "  a\n  b"),
    Typed(start: "a\nb", keys: "<end><delete>", gives: "ab"),
    Typed(start: "a\nb", keys: "<down><home><backspace>", gives: "ab"),
    Typed(start: "f(", keys: "<end><enter>x", gives: "f(\n  x"),
    Typed(start: "  a", keys: "<end><enter>b", gives: "  a\n  b"),
    Typed(start: "", keys: "<paste 1|2|3>", gives: "1\n2\n3"),
    Typed(start: "", keys: "<paste 1|2|3><c-z>", gives: ""),
    Typed(start: "", keys: "<paste 1|2|3><c-z><c-y>", gives: "1\n2\n3"),
    Typed(start: "", keys: "abc<c-z>", gives: ""),
    Typed(start: "", keys: "abc <left>d<c-z>", gives: "abc "),
    Typed(start: "", keys: "ab<backspace><c-z>", gives: "ab"),
    Typed(start: "abc", keys: "<a-a>x<c-z>", gives: "abc"),
    Typed(start: "漢字", keys: "<right>é", gives: "漢é字"),
    Typed(start: "漢字", keys: "<end><backspace>", gives: "漢"),
    Typed(start: "a\u{301}b", keys: "<right>x", gives: "a\u{301}xb"),
    Typed(start: "a\tb", keys: "<end>!", gives: "a  b!"),
    Typed(start: "one", keys: "<a-backspace>", gives: "one"),
    Typed(start: "softm", keys: "<end><tab>", gives: "softmax"),
    Typed(start: "x", keys: "<home><tab>", gives: "  x"),
  ]

  private func page(_ text: String) -> Stage {
    Stage("```gradus #a\n\(text)\n```\n\n```gradus #b\n2\n```\n")
  }

  @Test(arguments: typed) func `keys inside a cell`(row: Typed) {
    var stage = page(row.start)
    stage.press("<enter>" + row.keys)
    #expect(stage.state.cells[0].text == row.gives)
  }

  @Test(arguments: typed)
  func `undoing everything gives the start, and doing it again the end`(row: Typed) {
    var stage = page(row.start)
    let start = stage.state.cells[0].text
    stage.press("<enter>" + row.keys)
    let end = stage.state.cells[0].text
    stage.press(String(repeating: "<c-z>", count: 40))
    #expect(stage.state.cells[0].text == start)
    if !row.keys.contains("<c-z>") {
      stage.press(String(repeating: "<c-y>", count: 40))
      #expect(stage.state.cells[0].text == end)
    }
  }

  @Test func `what joins to one character is one for the cursor and for undo`() {
    for (start, parts) in [("e", ["\u{301}"]), ("\u{1F469}", ["\u{200D}", "\u{1F52C}"])] {
      var stage = page(start)
      stage.press("<enter><end>")
      for part in parts { _ = stage.state.press(.character(Character(part))) }
      #expect(stage.state.cells[0].text == start + parts.joined())
      #expect(stage.state.cells[0].editor.lines == [[Character(start + parts.joined())]])
      stage.press("x")
      stage.press(String(repeating: "<c-z>", count: 9))
      #expect(stage.state.cells[0].text == start)
      stage.press(String(repeating: "<c-y>", count: 9) + "<backspace><backspace>")
      #expect(stage.state.cells[0].text == "")
    }
  }

  private static let vi: [Typed] = [
    Typed(start: "abc", keys: "x", gives: "bc"),
    Typed(start: "abc", keys: "2x", gives: "c"),
    Typed(start: "abc", keys: "lrz", gives: "azc"),
    Typed(start: "abc", keys: "A!<esc>Ix<esc>", gives: "xabc!"),
    Typed(start: "one two three", keys: "dw", gives: "two three"),
    Typed(start: "one two three", keys: "2dw", gives: "three"),
    Typed(start: "one two three", keys: "wcwx <esc>", gives: "one x three"),
    Typed(start: "one two", keys: "wD", gives: "one "),
    Typed(start: "one two", keys: "$db", gives: "one "),
    Typed(start: "a\nb\nc", keys: "jdd", gives: "a\nc"),
    Typed(start: "a\nb\nc", keys: "2dd", gives: "c"),
    Typed(start: "a\nb", keys: "yyjp", gives: "a\nb\na"),
    Typed(start: "a\nb", keys: "ddp", gives: "b\na"),
    Typed(start: "a\nb", keys: "Gdd", gives: "a"),
    Typed(start: "a\n  b", keys: "J", gives: "a b"),
    Typed(start: "abc", keys: "~", gives: "Abc"),
    Typed(start: "abc", keys: "xxuu", gives: "abc"),
    Typed(start: "abc", keys: "xu<c-r>", gives: "bc"),
    Typed(start: "a", keys: "ob<esc>Oc<esc>", gives: "a\nc\nb"),
    Typed(start: "f(x)", keys: "l%x", gives: "f(x"),
    Typed(start: "abcabc", keys: "fcx", gives: "ababc"),
    Typed(start: "abc", keys: "cchi<esc>", gives: "hi"),
    Typed(start: "a\nb\nc", keys: "GggiX<esc>", gives: "Xa\nb\nc"),
  ]

  @Test(arguments: vi) func `keys of vi inside a cell`(row: Typed) {
    var stage = page(row.start)
    stage.press(":vi<enter><enter><esc>")
    #expect(stage.screen.contains(" VI "))
    stage.press(row.keys)
    #expect(stage.state.cells[0].text == row.gives)
    stage.press("<esc><esc>")
    #expect(stage.screen.hasPrefix(" NAV"))
  }

  /// Keys on the page, and the ids of the cells then; the one with the focus in brackets.
  @Test(arguments: [
    ("", "[a] b c"), ("j", "a [b] c"), ("2j", "a b [c]"), ("9j", "a b [c]"), ("G", "a b [c]"),
    ("Ggg", "[a] b c"), ("Gk", "a [b] c"), ("G2k", "[a] b c"), ("dd", "[b] c"), ("Gdd", "a [b]"),
    ("ddz", "[a] b c"), ("ddzZ", "[b] c"), ("b", "a [c1] b c"), ("a", "[c1] a b c"),
    ("xjv", "b c [c1]"), ("cGv", "a b c [c1]"), ("<altdown>", "b [a] c"), ("G<altup>", "a [c] b"),
    ("M", "[a] c"), ("Mz", "[a] b c"), ("d<esc>d", "[a] b c"), ("jxkv", "a [c1] c"),
    ("gs", "a [b] c"), ("<enter><esc>", "[a] b c"), ("/3<enter>", "a b [c]"),
    ("/2<enter>n", "a [b] c"),
    ("t<down><enter>", "a [b] c"), (":last<enter>", "a b [c]"), ("gg?<esc>", "[a] b c"),
    ("<end>", "a b [c]"), ("G<home>", "[a] b c"), ("bbddzz", "a c1 [b] c"),
  ])
  func `keys on the page`(keys: String, ids: String) {
    var stage = Stage(
      "```gradus #a\n1\n```\n\n```gradus #b\n2\n```\n\n```gradus #c\n3\n```\n", rows: 24)
    stage.press(keys)
    let shown = stage.state.cells.indices.map { at in
      at == stage.state.focus ? "[\(stage.state.cells[at].id)]" : stage.state.cells[at].id
    }
    #expect(shown.joined(separator: " ") == ids)
  }

  @Test func `the keys file changes keys, help, footer and palette, and its mistakes are told`() {
    let keys = Keymaps("# mine\nrun-all = W\nsave = <c-s> <c-o>\nnothing = x\nedit\nfold = j\n")
    #expect(
      keys.problems == [
        "line 4: no command is called nothing", "line 5: write a command, =, and keys",
        "j is wanted by down and fold",
      ])
    var stage = page("1 + 1")
    stage.state.keys = Keymaps("run-all = W\n")
    stage.state.refresh()
    #expect(stage.screen.contains("W all"))
    stage.play("W")
    #expect(stage.condition("a") == .done)
    stage.press(":run-all")
    #expect(stage.screen.contains("run-all            W "))
  }

  @Test func `keys that are not whole say what may follow`() {
    var stage = page("1")
    stage.press("e")
    _ = stage.state.rest()
    stage.state.refresh()
    #expect(stage.screen.contains("Runs every cell that is not up to date."))
    stage.press("<esc>")
    #expect(!stage.screen.contains("Runs every cell"))
  }

  @Test func `the shape of a statement is said while it is typed`() {
    var stage = page("x = zeros(3, 4)")
    stage.press("<enter><end>")
    for effect in stage.state.rest() { stage.runner.start(effect, changes: 0) }
    stage.pump(while: { !$0.screen.contains("x: f32 [3, 4]") })
    #expect(stage.screen.contains("x: f32 [3, 4]"))
    stage.press("<a-a><paste zeros(2, 3) @ ones(2, 3)>")
    for effect in stage.state.rest() { stage.runner.start(effect, changes: 0) }
    stage.pump(while: { !$0.screen.contains("✗") })
    #expect(stage.screen.contains("✗"))
  }

  @Test func `a tensor can be looked into, slice by slice`() {
    var stage = page("x = reshape(arange(24), [2, 3, 4])")
    stage.play("ea")
    stage.press("Vv")
    #expect(stage.screen.contains("x[0, 0, 0] = 0 "))
    stage.press("jl")
    #expect(stage.screen.contains("x[0, 1, 1] = 5 "))
    stage.press(".")
    #expect(stage.screen.contains("x[1, 1, 1] = 17 "))
    stage.press("G$")
    #expect(stage.screen.contains("x[1, 2, 3] = 23 "))
    stage.press("<esc><esc>")
    #expect(stage.screen.hasPrefix(" NAV"))
  }

  @Test func `the pager shows all of a long output`() {
    var stage = page("for i in range(101) { print(i) }")
    stage.play("ea")
    stage.press("PG")
    #expect(stage.screen.contains("100"))
    stage.press("<esc>")
    #expect(stage.screen.hasPrefix(" NAV"))
  }

  @Test func `what is not saved is shown as a difference`() {
    var stage = page("1")
    stage.state.refresh()
    stage.press("<enter><end>5<esc>D")
    #expect(stage.screen.contains("+ 15"))
  }

  @Test func `what could be undone in a saved page can be undone in the next session`() {
    var first = page("abc")
    let start = first.file
    first.press("<enter><end>de<left>f<esc>j<enter>9<esc>")
    first.state.fileBytes = first.state.document()
    #expect(UndoHistory.bytes(of: first.state) == nil)
    first.state.savedChanges = first.state.changes
    guard let bytes = UndoHistory.bytes(of: first.state) else { return #expect(Bool(false)) }
    var second = Stage(first.file)
    second.state.fileBytes = second.state.document()
    UndoHistory.adopt(bytes, &second.state)
    second.press("<enter><c-z><c-z><esc>j<enter><c-z><esc>")
    #expect(second.file == start)
    second.press("gg<enter><c-y><c-y><esc>j<enter><c-y><esc>")
    #expect(second.file == first.file)
    for length in 0..<bytes.count {
      var third = Stage(first.file)
      third.state.fileBytes = third.state.document()
      UndoHistory.adopt(Array(bytes.prefix(length)), &third.state)
      third.press("<enter><c-z><c-z><c-z>")
      #expect(third.file == first.file)
    }
  }

  @Test func `random sizes, keys and results end in what a fresh drawing shows`() {
    var stage = page("x = 1\nx + 1")
    var seed: UInt64 = 9
    func random(_ limit: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % limit
    }
    let keys = [
      "j", "k", "b", "z", "Z", "<enter>", "a", "x", "(", "<esc>", "<esc>", "o", "V", "t", "?", ":r",
      "/x", "G", "gg", "m", "y", "<pagedown>", "<c-z>", "<tab>", "<paste a|b>", "D", "<altup>", "M",
      "é",
    ]
    // The long form has a training at work, too.
    let isLong = getenv("GRADUS_LONG") != nil
    if isLong {
      stage.press("gg<enter><a-a>plot(train(Linear(2, 2), moons(64), epochs=100000000))<esc><stay>")
    }
    for turn in 0..<(isLong ? 10_000 : 2000) {
      if isLong, turn % 20 == 0 { stage.pump() }
      stage.state.size = (1 + random(turn % 2 == 0 ? 200 : 60), 1 + random(50))
      stage.state.refresh()
      stage.press(keys[random(keys.count)])
      if stage.state.cells.count > 12 {
        stage.press("<esc><esc>gg" + String(repeating: "dd", count: 9))
      }
      let (grid, cursor) = StudioView.draw(stage.state)
      #expect(grid.width == stage.state.size.columns && grid.height == stage.state.size.rows)
      if let cursor { #expect(cursor.column < grid.width && cursor.row < grid.height) }
    }
    stage.state.size = (80, 24)
    stage.press("<esc><esc><esc>gg")
    if isLong { stage.play("ii") }
    let shown = stage.screen
    var fresh = stage
    for at in fresh.state.cells.indices { fresh.state.cells[at].forgetDrawing() }
    fresh.state.refresh()
    #expect(fresh.screen == shown)
  }
}
