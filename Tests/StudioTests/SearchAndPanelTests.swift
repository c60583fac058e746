import Studio
import TestSupport
import Testing

@Suite struct SearchAndPanelTests {
  private let page = """
    # First part

    ```gradus #a
    weights = [[1.5, -2], [0.25, 8]]
    ```

    ## Second part

    ```gradus #b
    r = train(Linear(2, 2), moons(64), epochs=2)
    total = sum(weights)
    [weights[0, 0] / 0, r.steps]
    ```

    ```gradus #c
    total
    ```

    """

  @Test func `search goes through code, text and outputs, and escape back to where it began`() {
    var stage = Stage(page, columns: 80, rows: 24)
    stage.play("ea")
    stage.press("gg/WEIGHTS<enter>")
    #expect(stage.state.cell.id == "a")
    stage.press("n")
    #expect(stage.state.cell.id == "b")
    stage.press("n")
    #expect(stage.state.cell.id == "a")
    // 7.75 is only shown, never typed.
    stage.press("gg/7.75<enter>")
    #expect(stage.state.cell.id == "c")
    stage.press("N")
    #expect(stage.state.cell.id == "c")
    stage.press("gg/second<esc>")
    #expect(stage.state.focus == 0)
    stage.press("/nowhere to be found<enter>")
    #expect(stage.state.message == "nowhere to be found is nowhere on the page")
  }

  @Test func `replacing changes every cell, and each undoes it for itself`() {
    var stage = Stage(page)
    stage.press(":replace weights w<enter>")
    #expect(stage.file == page.replacing("weights", with: "w"))
    #expect(stage.state.message.hasPrefix("replaced in 2 cells"))
    stage.press("gg/w = <enter><enter><c-z><esc>")
    #expect(stage.file.contains("weights = ["))
    #expect(stage.file.contains("sum(w)"))
  }

  @Test func `the panels tell names, runs and the order of the page, and lead to cells`() {
    var stage = Stage(page, columns: 80, rows: 24)
    stage.press("V")
    #expect(stage.screen.contains("nothing has a value yet"))
    stage.press("<esc>")
    stage.play("ea")
    stage.press("V")
    expectGolden(stage.screen, "variables-80x24")
    stage.press("<esc>t")
    expectGolden(stage.screen, "outline-80x24")
    stage.press("jjj<enter>")
    #expect(stage.state.cell.id == "b")
    stage.press("R")
    #expect(stage.screen.contains("b.1  finished  4/4"))
  }

  @Test func `cells are split at the cursor and joined, each as one change`() {
    var stage = Stage(page)
    stage.press("gg/total =<enter><enter><c-\\><esc>")
    #expect(
      stage.file.contains(
        "epochs=2)\n```\n\n```gradus #c1\ntotal = sum(weights)\n[weights[0, 0] / 0, r.steps]\n```"))
    stage.press("z")
    #expect(stage.file == page)
    stage.press("gg/weights =<enter>M")
    #expect(stage.state.message.contains("another kind"))
    stage.press("jjM")
    #expect(stage.file.contains("r.steps]\ntotal\n```"))
    stage.press("z")
    #expect(stage.file == page)
  }

  @Test func `the partner of a bracket is found over lines`() {
    var stage = Stage("```gradus #a\nf(x) = {\n  [x, (1 + 2)]\n}\n```\n")
    stage.press("<enter><end><left>")
    #expect(stage.state.cell.editor.matchingBracket ?? (0, 0) == (2, 0))
    stage.press("<down><end>")
    #expect(stage.state.cell.editor.matchingBracket ?? (0, 0) == (1, 2))
    stage.press("<down><end>")
    #expect(stage.state.cell.editor.matchingBracket ?? (0, 0) == (0, 7))
  }
}
