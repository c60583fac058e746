import Notebooks
import Studio
import TestSupport
import Testing

/// A training steered by keys: what was done is in the file, and done again when it is verified.
@Suite struct SteeringTests {
  private let page = """
    ```gradus #train
    net = Linear(2, 24) >> tanh >> Dropout(0.2) >> Linear(24, 2)
    r = train(net, moons(200), opt=SGD(0.1, momentum=0.9), epochs=1000000, batch=20)
    plot(r)
    ```

    ```gradus #shown
    sum(r.model[0].weight)
    ```

    """

  private func started(_ page: String) -> Stage {
    var stage = Stage(page, columns: 80, rows: 40)
    stage.press("ee")
    stage.pump(while: { ($0.state.cells[0].activeRuns.first?.job.step ?? 0) < 10 })
    return stage
  }

  private func go(_ stage: inout Stage, _ count: Int = 15) {
    let job = stage.state.cells[0].activeRuns[0].job
    let step = job.step
    stage.pump(while: { _ in job.step < step + count })
  }

  @Test func `a run with three learning rates, a pause and a freeze verifies bit for bit`() {
    var stage = started(page)
    let job = stage.state.cells[0].activeRuns[0].job
    stage.press(":set lr=0.05<enter>")
    go(&stage)
    stage.press(")")
    go(&stage)
    stage.press("<space>")
    stage.pump(while: { _ in job.status != .paused || job.events.last?.kind != .pause })
    let stood = job.step
    stage.press(":freeze 0<enter>:set lr=0.02<enter>:set batch=16<enter>")
    stage.press("3s")
    stage.pump(while: { _ in job.step < stood + 3 || job.status != .paused })
    #expect(job.step == stood + 3)
    stage.press("<space>")
    go(&stage)
    stage.press(":set dropout=0.4<enter>:set momentum=0.5<enter>:set decay=0.01<enter>")
    go(&stage)
    stage.press(":unfreeze 0<enter>ge")
    stage.pump(while: { _ in job.status != .paused })
    #expect(job.place.isAtEpoch)
    stage.press(":checkpoint<enter><space>")
    go(&stage)
    stage.play("<c-c>j<stay>")
    let file = stage.file
    for line in [
      "set(r, lr=0.05)", "set(r, lr=0.1)", "event \(stood) pause(r)", "freeze(r, \"0\")",
      "set(r, lr=0.02)", "advance(r, 3)", "set(r, batch=16.0)", "set(r, dropout=0.4)",
      "unfreeze(r, \"0\")", "checkpoint(r)", "stop(r)",
    ] {
      #expect(file.contains(line), "\(line) in \(file.prefix(3000))")
    }
    let again = Verification(Notebook(Array(file.utf8)), folder: ".")
    #expect(again.differences == [])
    #expect(again.runs == 1)
  }

  @Test func `a step that is looked back at is shown by every panel`() {
    var stage = Stage(
      page.replacing("epochs=1000000", with: "steps=40"), columns: 80, rows: 40)
    stage.play("ee")
    stage.play("j<stay>k")
    let now = stage.screen
    stage.play("20,")
    #expect(stage.state.scrub?.shown == 20)
    #expect(stage.screen.contains("r at step 20 of 40"))
    let past = stage.screen
    #expect(past != now)
    stage.play(".<lt>")
    #expect(stage.state.scrub?.shown == 20)
    #expect(stage.screen == past)
    stage.play("<esc>")
    #expect(stage.state.scrub == nil)
    stage.play("20,f<esc>")
    #expect(stage.state.cell.text == "branch = fork(r, 20, lr=0.05)\nplot([r, branch])")
    stage.play("<stay>")
    #expect(stage.condition(stage.state.cell.id) == .done)
    #expect(stage.screen.contains("▴ 1"))
  }
}

extension String {
  fileprivate func replacing(_ old: String, with new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return self[..<range.lowerBound] + new + self[range.upperBound...]
  }
}
