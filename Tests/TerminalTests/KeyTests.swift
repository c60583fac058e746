import CTerminal
import Terminal
import Testing

@Suite struct KeyTests {
  /// Keys that codes decode to, as the terminal sends them.
  private func keys(_ codes: [(Int32, Bool)]) -> [Key] {
    var decoder = KeyDecoder()
    var rest = codes[...]
    var keys: [Key] = []
    while let (code, isCode) = rest.popFirst() {
      if let key = decoder.key(code, isCode: isCode, next: { rest.popFirst() }) { keys.append(key) }
    }
    return keys
  }

  private func typed(_ text: String) -> [(Int32, Bool)] {
    text.unicodeScalars.map { (Int32(bitPattern: $0.value), false) }
  }

  @Test func `control characters are named`() {
    #expect(keys(typed("\r\n\t\u{7F}\u{8}")) == [.enter, .run, .tab, .backspace, .backspace])
    #expect(keys(typed("\u{1}\u{1A}")) == [.control("a"), .control("z")])
    #expect(keys(typed("\u{1C}\u{1F}")) == [.control("\\"), .control("_")])
  }

  @Test func `a letter right after Escape is Alt, alone it is Escape`() {
    #expect(keys(typed("\u{1B}x")) == [.alt("x")])
    #expect(keys(typed("\u{1B}")) == [.escape])
    #expect(keys([(27, false), (Int32(CT_UP), true)]).first == .escape)
  }

  @Test func `what is pasted is one key, whatever it holds`() {
    let codes =
      [(Int32(CT_PASTE_BEGIN), true)] + typed("a\r\u{1B}x\u{3}é")
      + [(Int32(CT_PASTE_END), true)] + typed("q")
    #expect(keys(codes) == [.paste("a\n\u{1B}x\u{3}é"), .character("q")])
  }

  @Test func `scripts of keys read as they are written`() {
    #expect(
      KeyScript.keys("jd<enter><lt><c-s><a-x><paste a|b>")
        == [
          .character("j"), .character("d"), .enter, .character("<"), .control("s"), .alt("x"),
          .paste("a\nb"),
        ])
    #expect(KeyScript.shown("dd") == "d d")
    #expect(KeyScript.shown("<c-s>") == "Ctrl-S")
  }
}
