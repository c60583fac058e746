import Glibc
import Studio
import Terminal
import TestSupport
import Testing

@Suite struct ScreenTests {
  private let page = """
    # Squares

    A parabola, its slope, and a mistake.

    ```gradus #f
    f(x) = x^2   # a comment
    xs = linspace(-2, 2, 41)
    ```

    ```gradus #curve
    plot(xs, [f(x) for x in xs], title="x squared")
    ```

    ```gradus #wrong
    zeros(2, 3) @ ones(2, 3)
    ```

    """

  @Test(arguments: [(80, 24), (160, 50)])
  func `a page that was run looks as it should`(columns: Int, rows: Int) {
    var stage = Stage(page, columns: columns, rows: rows)
    stage.play("ea")
    expectGolden(untimed(stage.screen), "page-\(columns)x\(rows)")
    stage.press("G<enter>")
    expectGolden(untimed(stage.screen), "edit-\(columns)x\(rows)")
  }

  @Test func `help, the command line and questions look as they should`() {
    var stage = Stage(page, columns: 80, rows: 24)
    stage.press("?")
    expectGolden(stage.screen, "help-80x24")
    stage.press("<esc>:pa")
    expectGolden(stage.screen, "command-80x24")
    stage.press("<esc>ddq")
    expectGolden(stage.screen, "quit-80x24")
  }

  @Test(arguments: [(40, 12), (80, 24), (160, 50)], [0, 16, 256])
  func `a page in few colours says the same`(size: (columns: Int, rows: Int), colors: Int) {
    var stage = Stage(page, columns: size.columns, rows: size.rows)
    stage.press("G<enter>")
    let picture = Palette(count: colors).drawn(StudioView.draw(stage.state).grid)
    #expect(picture.plainText() == stage.screen)
    expectGolden(
      picture.ansiText().replacing("\u{1B}", with: "␛"),
      "colors-\(size.columns)x\(size.rows)-\(colors)")
  }

  /// The times that cells took are not the same twice.
  private func untimed(_ screen: String) -> String {
    screen.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard let at = line.firstRange(of: "✓ done ") else { return String(line) }
      let time = line[at.upperBound...].prefix { $0 != "─" }
      let rest = line[at.upperBound...].dropFirst(time.count)
      var rule = line[..<at.lowerBound].dropLast()
      while rule.last == "─" { rule.removeLast() }
      return rule + "… ✓ done … " + (rest.isEmpty ? "" : "─")
    }.joined(separator: "\n")
  }
}
