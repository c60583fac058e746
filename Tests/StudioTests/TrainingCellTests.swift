import Studio
import TestSupport
import Testing

@Suite struct TrainingCellTests {
  private let page = """
    ```gradus #train
    net = Linear(2, 200) >> tanh >> Linear(200, 2)
    r = train(net, moons(2000), epochs=1000000, batch=2000)
    plot(r)
    ```

    ```gradus #other
    1 + 1
    ```

    """

  @Test func `a curve moves while another cell is edited and run`() {
    var stage = Stage(page, columns: 80, rows: 40)
    stage.press("<stay>")
    // Waits for the first steps.
    stage.pump(while: { $0.state.cells[0].activeRuns.first?.job.step ?? 0 < 10 })
    #expect(stage.condition("train") == .training)
    stage.pump()
    let before = stage.screen
    let step = stage.state.cells[0].activeRuns.first?.job.step ?? 0
    stage.press("j<enter><end>0<stay>")
    stage.pump(while: { $0.condition("other") != .done })
    stage.pump(while: { $0.state.cells[0].activeRuns.first?.job.step ?? 0 < step + 50 })
    stage.pump()
    #expect(stage.condition("train") == .training)
    #expect(stage.state.cell.text == "1 + 10")
    #expect(stage.screen.contains("11"))
    #expect(stage.screen != before)
    stage.play("<esc>k<c-c>")
    #expect(stage.condition("train") == .done)
    #expect(stage.file.contains("run stopped") == false)
    #expect(stage.file.contains(" stop(r)\n"))
  }

  @Test func `a paused training stands still until it goes on`() {
    var stage = Stage(page, columns: 80, rows: 30)
    stage.press("<stay>")
    stage.pump(while: { $0.state.cells[0].activeRuns.isEmpty })
    stage.press("<space>")
    let job = stage.state.cells[0].activeRuns[0].job
    // The step at hand is still done, however long it takes; then nothing is.
    stage.pump(while: { _ in job.events.last?.kind != .pause })
    let last = job.step
    for _ in 0..<5 { stage.pump() }
    #expect(job.step == last)
    #expect(stage.condition("train") == .paused)
    stage.press("<space>")
    stage.pump(while: { _ in job.step < last + 10 })
    stage.press(":set lr=0.5<enter>")
    #expect(stage.state.message == "lr = 0.5 from the next step on")
    stage.press(":set lr=fast<enter>")
    #expect(stage.state.message.contains(":set lr=0.01"))
    stage.play("<c-c>")
    #expect(stage.file.contains(" set(r, lr=0.5)\n"))
  }

  @Test func `an endless cell ends when asked, and others go on meanwhile`() {
    var stage = Stage("```gradus #loop\nwhile true {}\n```\n```gradus #b\n2 * 3\n```\n")
    stage.press("<stay>j<stay>")
    stage.pump(while: { $0.condition("b") != .done })
    #expect(stage.condition("loop") == .running)
    stage.play("k<c-c>")
    #expect(stage.condition("loop") == .failed)
    #expect(stage.screen.contains("interrupted"))
  }

  @Test func `progress tells step, share, loss, rate and the time that is left`() {
    let line = ProgressLine(step: 250, total: 1000, seconds: 2.5, loss: 0.125)
    #expect(
      line.text(width: 80) == "▶ 250/1000 ███          25%  loss 0.125  100 steps/s  8 s left")
    #expect(line.text(width: 40) == "▶ 250/1000 25%  loss 0.125  100 steps/s  8 s left")
    #expect(ProgressLine.bar(1, width: 3) == "███")
    #expect(ProgressLine.bar(0.5 / 3, width: 3) == "▌  ")
  }
}
