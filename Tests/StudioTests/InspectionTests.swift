import Studio
import TestSupport
import Testing

/// From a cell of a confusion matrix to its examples, and on with other labels.
@Suite struct InspectionTests {
  private let page = """
    ```gradus #data
    d = (x=[[0.0, 1], [1, 0], [1, 0.1], [0.2, 1]], y=[0, 0, 1, 1])
    r = train(Linear(2, 2), d, opt=SGD(0.0), steps=4)
    confusion_matrix(x => x, d)
    ```

    """

  @Test func `examples of a cell come by their loss, are relabelled or dropped, and it goes on`() {
    var stage = Stage(page, columns: 80, rows: 24)
    stage.play("ee")
    stage.press("l")
    // Two of label 0 are right and wrong; the model says the place of the larger number.
    #expect(stage.screen.contains("0 said as 1: 1 example"), "\(stage.screen)")
    stage.press("<enter>")
    #expect(stage.screen.contains("row 0  loss 1.31  [0, 1]"), "\(stage.screen)")
    stage.press("1<esc>jh<enter>")
    #expect(stage.screen.contains("1 said as 0: 1 example"))
    #expect(stage.screen.contains("row 2  loss 1.24"), "\(stage.screen)")
    stage.press("dc<esc>")
    #expect(
      stage.state.cell.text
        == "better = drop_rows(relabel(d, 0, 1), [2])\nagain = fork(r, data=better)\nplot([r, again])"
    )
    stage.play("<stay>")
    #expect(stage.condition(stage.state.cell.id) == .done)
  }
}
