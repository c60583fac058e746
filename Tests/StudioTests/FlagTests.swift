import Terminal
import Testing

@testable import Studio

@Suite struct FlagTests {
  @Test func `frozen cells and hints do not run with the page`() {
    var stage = Stage(
      """
      ```gradus #a
      x = 1
      ```
      ```gradus #f frozen
      x = 2
      ```
      ```gradus #h hint
      x = 3
      ```
      ```gradus #b
      x
      ```

      """)
    stage.play("ea")
    #expect(stage.condition("f") == .new)
    #expect(stage.condition("h") == .new)
    #expect(stage.file.contains("```out #b"))
    #expect(stage.file.contains("\n1\n```\n"))
    stage.state.focus = 1
    stage.play("<stay>")
    #expect(stage.state.message == "#f is frozen: what it showed stays")
    #expect(stage.condition("f") == .new)
    // A hint runs when somebody asks for it.
    stage.state.focus = 2
    stage.play("<stay>")
    #expect(stage.condition("h") == .done)
  }

  @Test func `a cell to be run once is not run again because of what stands above it`() {
    var stage = Stage(
      """
      ```gradus #a
      x = 1
      ```
      ```gradus #o once
      y = x * 10
      ```
      ```gradus #b
      y
      ```

      """)
    stage.play("ea")
    #expect(stage.file.contains("\n10\n```\n"))
    stage.play("<enter><end>2<esc>ea")
    #expect(stage.condition("a") == .done)
    #expect(stage.condition("o") == .stale)
    #expect(stage.file.contains("\n10\n```\n"))
    stage.state.focus = 1
    stage.play("<stay>")
    stage.state.focus = 2
    stage.play("<stay>")
    #expect(stage.file.contains("\n120\n```\n"))
  }

  @Test func `hidden cells are folded until they are opened`() {
    var stage = Stage("```gradus #a hidden\nsecret = 41\n```\n\n```gradus #b\n1\n```\n")
    #expect(!stage.screen.contains("secret"))
    #expect(stage.screen.contains("#a hidden"))
    stage.press("o")
    #expect(stage.screen.contains("secret = 41"))
  }

  @Test func `a save between the end of a cell and its record waits for the record`() {
    var stage = Stage("```gradus #a\n1 + 1\n```\n")
    stage.press("<stay>")
    var late: [Message] = []
    for _ in 0..<Stage.patience where late.isEmpty {
      stage.runner.mailbox.wait(milliseconds: 20)
      for message in stage.runner.mailbox.drain() {
        if case .evaluated = message {
          _ = stage.state.update(message)
        } else {
          late.append(message)
        }
      }
    }
    #expect(stage.state.awaitsRecord)
    #expect(stage.state.press(.control("s")).isEmpty)
    let effects = late.flatMap { stage.state.update($0) }
    let saved = effects.compactMap { effect -> [UInt8]? in
      if case .save(_, let bytes, false) = effect { bytes } else { nil }
    }
    #expect(saved.count == 1)
    #expect(saved.first.map { String(decoding: $0, as: UTF8.self) }?.contains("\n2\n```") == true)
  }
}
