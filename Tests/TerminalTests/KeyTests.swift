import Terminal
import Testing

@Suite struct KeyTests {
  /// Keys that bytes decode to, when they come in pieces of a size.
  private func keys(_ text: String, by size: Int = 1000) -> [Key] {
    keys(Array(text.utf8), by: size)
  }

  private func keys(_ bytes: [UInt8], by size: Int = 1000) -> [Key] {
    var parser = KeyParser()
    var keys: [Key] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      parser.feed(bytes[start..<min(start + size, bytes.count)])
      while let key = parser.next(isLast: false) { keys.append(key) }
    }
    while let key = parser.next(isLast: true) { keys.append(key) }
    return keys
  }

  @Test func `control characters are named`() {
    #expect(keys("\r\n\t\u{7F}\u{8}") == [.enter, .run, .tab, .backspace, .backspace])
    #expect(keys("\u{1}\u{1A}\u{0}") == [.control("a"), .control("z"), .control("@")])
    #expect(keys("\u{1C}\u{1F}") == [.control("\\"), .control("_")])
  }

  @Test func `a letter right after Escape is Alt, alone it is Escape`() {
    #expect(keys("\u{1B}x") == [.alt("x")])
    #expect(keys("\u{1B}") == [.escape])
    #expect(keys("\u{1B}\u{1B}") == [.escape, .escape])
    #expect(keys("\u{1B}\u{1B}[A") == [.escape, .up])
    #expect(keys("\u{1B}é\u{1B}\u{7F}\u{1B}\r") == [.alt("é"), .alt("\u{7F}"), .runAndInsert])
  }

  @Test(arguments: 1...9)
  func `keys and pastes are the same however their bytes are cut`(size: Int) {
    let text =
      "a\u{1B}[A\u{1B}OB\u{1B}[1;5C\u{1B}[3~é漢\u{1F600}\u{1B}[13;2u\u{1B}[[E\u{1B}[999;7Xq"
      + "\u{1B}[200~a\r\u{1B}x\u{3}é\u{1B}[20\u{1B}[201~z"
    #expect(
      keys(text, by: size) == [
        .character("a"), .up, .down, .wordRight, .delete, .character("é"), .character("漢"),
        .character("\u{1F600}"), .run, .runAndStay, .other, .character("q"),
        .paste("a\n\u{1B}x\u{3}é\u{1B}[20"), .character("z"),
      ])
  }

  @Test func `bytes that are no text and sequences without end do no harm`() {
    #expect(keys([0xFF, 0x61]) == [.character("\u{FFFD}"), .character("a")])
    #expect(keys([0xC3, 0x61]) == [.character("\u{FFFD}"), .character("a")])
    #expect(keys([0xE6, 0xBC]) == [.character("\u{FFFD}")])
    #expect(keys("\u{1B}[") == [.alt("[")])
    #expect(keys("\u{1B}[" + String(repeating: "1;", count: 100)).first == .other)
    var seed: UInt64 = 3
    for _ in 0..<2000 {
      let bytes = (0..<40).map { _ -> UInt8 in
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let choice = UInt8(truncatingIfNeeded: seed >> 33)
        return choice < 60 ? 27 : choice < 100 ? 91 : choice
      }
      #expect(keys(bytes, by: 7) == keys(bytes, by: 1))
    }
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
