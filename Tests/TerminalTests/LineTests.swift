import Testing

@testable import Terminal

@Suite struct LineTests {
  private func line(_ script: String, history: [String] = []) -> Line {
    var line = Line(history: history)
    for key in KeyScript.keys(script) { line.press(key) }
    return line
  }

  @Test(arguments: [
    ("abc<left><left>X", "aXbc"), ("a b c<c-w><c-w>", "a "), ("abc<home><delete>", "bc"),
    ("hello<c-a><wordright><c-k>", "hello"), ("ab<c-u>c", "c"), ("é漢<backspace>", "é"),
    ("<paste x|y>", "x y"), ("abc<c-b><c-d>", "ab"),
  ])
  func `keys edit a line as readline does`(script: String, text: String) {
    #expect(String(line(script).text) == text)
  }

  @Test func `arrows walk through what was typed, and back to the new line`() {
    #expect(String(line("new<up><up>", history: ["one", "two"]).text) == "one")
    #expect(String(line("new<up><up><down><down>", history: ["one", "two"]).text) == "new")
    #expect(String(line("<up><up><up>", history: ["one"]).text) == "one")
  }

  @Test func `completion adds what all words share`() {
    var line = line("x + sof")
    #expect(line.prefix == "sof")
    let isLonger = line.complete(["softmax", "softplus"])
    #expect(isLonger)
    #expect(String(line.text) == "x + soft")
    let isLongerAgain = line.complete(["softmax", "softplus"])
    #expect(!isLongerAgain)
    _ = line.complete(["softmax"])
    #expect(String(line.text) == "x + softmax")
    let isCompleted = line.complete([])
    #expect(!isCompleted)
  }
}
