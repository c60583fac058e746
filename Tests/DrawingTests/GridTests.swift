import Drawing
import Testing

@Suite struct GridTests {
  @Test func `control and direction characters never reach a grid`() {
    var grid = Grid(width: 40, height: 1)
    grid.write("a\u{1B}[31m\u{202E}b\u{9B}\u{7}", column: 0, row: 0)
    let text = grid.plainText()
    #expect(text == "a␛[31m<U+202E>b<U+9B>␇")
    #expect(!grid.ansiText().unicodeScalars.contains { $0.value == 0x1B })
  }

  @Test func `wide characters take two columns and never half of one`() {
    var grid = Grid(width: 3, height: 1)
    #expect(grid.write("日本", column: 0, row: 0) == 2)
    #expect(grid.plainText() == "日")
    #expect(DisplayWidth.of("e\u{301}日👩‍🔬") == 5)
  }

  @Test func `writing outside does nothing`() {
    var grid = Grid(width: 2, height: 2)
    grid[5, 5] = Glyph("x")
    grid[-1, 0] = Glyph("x")
    grid.write("abc", column: 1, row: 1)
    #expect(grid.plainText() == "\n a")
    #expect(Grid(width: -1, height: 3).plainText() == "\n\n")
  }

  @Test func `colours are switched on and off`() {
    var grid = Grid(width: 3, height: 1)
    grid.write("x", column: 0, row: 0, style: Style(foreground: Color(9), isBold: true))
    #expect(grid.ansiText() == "\u{1B}[0;1;38;5;9mx\u{1B}[0m")
  }
}
