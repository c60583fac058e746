import Studio
import Terminal
import Testing

@Suite struct EditorTests {
  /// The text after typing into a cell, with `|` for the cursor.
  private func typed(_ script: String, into text: String = "") -> String {
    var stage = Stage("```gradus #a\n\(text)\n```\n")
    stage.press("<enter>" + script)
    let editor = stage.state.cell.editor
    var lines = editor.lines
    lines[editor.row].insert("|", at: editor.column)
    return lines.map { String($0) }.joined(separator: "/")
  }

  @Test(arguments: [
    ("abc<left><left>X", "aX|bc"),
    ("a<enter>b<up>c", "ac|/b"),
    ("f(x) = {<enter>x^2", "f(x) = {/  x^2|"),
    ("  a<enter>b", "  a/  b|"),
    ("a<enter>b<home><backspace>", "a|b"),
    ("ab<enter>cd<up><end><delete>", "ab|cd"),
    ("one two<c-w>", "one |"), ("one two<wordleft><c-k>", "one |"), ("abc<c-u>", "|"),
    ("<paste a|b\tc>", "a/b  c|"),
    ("é漢e\u{301}<left><backspace>", "é|e\u{301}"),
    ("x =<tab>", "x = |"), ("xo<tab>", "xor|"),
  ])
  func `keys edit as readline hands expect`(script: String, text: String) {
    #expect(typed(script) == text)
  }

  @Test func `typing is undone word by word of keys, and done again`() {
    #expect(typed("abc<c-z>") == "|")
    #expect(typed("abc<enter>de<c-z>") == "abc/|")
    #expect(typed("abc<enter>de<c-z><c-z><c-y><c-y>") == "abc/de|")
    #expect(typed("<paste a|b|c><c-z>") == "|")
  }

  @Test func `any keys undone one by one give the text of the beginning`() {
    let scripts = [
      "a", "(", "<enter>", "<backspace>", "<c-k>", "<c-w>", "<paste x|y>", "<left>", "é",
    ]
    var seed: UInt64 = 7
    for _ in 0..<40 {
      var stage = Stage("```gradus #a\nfirst = 1\nsecond = 2\n```\n")
      stage.press("<enter>")
      for _ in 0..<60 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        stage.press(scripts[Int(seed >> 33) % scripts.count])
      }
      for _ in 0..<70 { stage.press("<c-z>") }
      #expect(stage.state.cell.text == "first = 1\nsecond = 2")
    }
  }

  @Test func `completion offers words of the language and names of the page above`() {
    var stage = Stage("```gradus #a\nsoftness = 1\n```\n```gradus #b\n\n```\n")
    stage.press("j<enter>softm<tab>")
    #expect(stage.state.cell.text == "softmax")
    stage.press("<c-u>soft<tab>")
    #expect(stage.state.cell.text == "softness")
    stage.press("<tab>")
    #expect(stage.state.cell.text == "softplus")
    stage.press("<esc>")
    #expect(stage.screen.contains("EDIT"))
  }
}
