import Terminal
import Testing

@testable import Studio

@Suite struct GhostTests {
  private func typed(_ keys: String) -> Stage {
    var stage = Stage("```gradus #a\nrate = 0.01 * 3\n```\n", columns: 60, rows: 14)
    stage.play("ee")
    stage.play("b<enter>" + keys)
    _ = stage.state.rest()
    stage.state.refresh()
    return stage
  }

  @Test func `a line that was run before is offered, and taken by the arrow`() {
    var stage = typed("rate")
    #expect(stage.state.ghostText == " = 0.01 * 3")
    #expect(stage.screen.split(separator: "\n").contains { $0.contains("rate = 0.01 * 3") })
    #expect(stage.state.cell.text == "rate")
    stage.play("<right>")
    #expect(stage.state.cell.text == "rate = 0.01 * 3" && stage.state.ghostText == nil)
    stage.play("<c-z>")
    #expect(stage.state.cell.text == "rate")
  }

  @Test(arguments: ["r", "rat<left>", "rates", "x = rate"])
  func `nothing is offered where it would not fit`(keys: String) {
    #expect(typed(keys).state.ghostText == nil)
  }

  @Test func `typing on lets the offer go`() {
    var stage = typed("rate")
    stage.play(" ")
    #expect(stage.state.ghostText == nil)
    stage.play("<end>")
    #expect(stage.state.cell.text == "rate ")
  }
}

@Suite struct AutomaticRunTests {
  private let page = "```gradus #a\nx = 1\n```\n\n```gradus #b\ny = 2 * x\n```\n"

  @Test func `a quick stale cell runs by itself once that is asked for`() {
    var stage = Stage(page)
    stage.play("ea")
    stage.play("gg<enter><end>0<run>")
    #expect(stage.condition("a") == .done && stage.condition("b") == .stale)
    stage.play(":auto<enter>")
    stage.play("gg<enter><end>0<run>")
    #expect(stage.condition("b") == .done)
    #expect(stage.state.cells[1].evaluated?.result.bound.first?.value.text(width: 20) == "200")
  }

  @Test func `a cell that failed or trains is left alone`() {
    let page =
      "```gradus #a\nx = 1\n```\n\n```gradus #b\nif x > 1 { error(\"no\") } else { 0 }\n```\n"
    var stage = Stage(page)
    stage.play(":auto<enter>")
    stage.play("ea")
    stage.play("gg<enter><end>0<run>")
    #expect(stage.condition("b") == .failed)
    stage.play("gg<enter><end>0<run>")
    #expect(stage.condition("b") == .stale)
  }
}
