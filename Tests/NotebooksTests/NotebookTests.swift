import Notebooks
import Testing

@Suite struct NotebookTests {
  private func written(_ text: String) -> String {
    String(decoding: Notebook(Array(text.utf8)).bytes(), as: UTF8.self)
  }

  @Test(arguments: [
    "", "no newline", "# A\r\n\r\ntext\r\n", "```gradus #a\n1\n```\n", "```gradus #a\n1\n",
    "````gradus #a once x=1\n```\n````\n```other\nx\n```\n",
    "```out #zz src=1\nlost\n```\n", "<!-- gradus:ledger x -->\nopen",
  ])
  func `an untouched file is written back byte for byte`(text: String) {
    #expect(written(text) == text)
  }

  @Test func `conflicts, doubled ids and bytes that are no text are told with their line`() {
    let text = "a\n<<<<<<< x\nb\n>>>>>>> y\n```gradus #a\n1\n```\n```gradus #a\n2\n```\n"
    let notebook = Notebook(Array(text.utf8) + [0xFF, 10])
    #expect(notebook.problems.map(\.line).sorted() == [2, 8, 11])
    #expect(Set(notebook.cells.map { notebook.id(of: $0) }).count == 2)
  }

  private let source = """
    ---
    seed: 3
    ---
    ```gradus #data
    d = moons(80)
    ```
    ```gradus #fit
    r = train(Linear(2, 8) >> tanh >> Linear(8, 2), d, opt=Adam(0.05), epochs=3, batch=16)
    peek(r).steps
    set(r, lr=0.01)
    r.loss
    ```
    ```gradus #time
    r.seconds >= 0
    ```

    """

  private func run(_ bytes: [UInt8]) -> Notebook {
    let session = Session(Notebook(bytes), folder: ".")
    session.runAll()
    #expect(!session.hasFailed)
    return session.written()
  }

  @Test func `running a written notebook again changes nothing and verifies`() {
    let first = run(Array(source.utf8)).bytes()
    #expect(run(first).bytes() == first)
    let report = Verification(Notebook(first), folder: ".")
    #expect(report.differences == [])
    #expect(report.timedCells == 1)
  }

  @Test func `an edited digit in an output or a series is found`() throws {
    let text = String(decoding: run(Array(source.utf8)).bytes(), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let at = try #require(lines.firstIndex { $0.hasPrefix("f32 b64 ") })
    var series = lines
    let letters = Array(series[at])
    let place = 8 + 22
    series[at] = String(
      letters[..<place] + [letters[place] == "A" ? "B" : "A"] + letters[(place + 1)...])
    let found = Verification(Notebook(Array(series.joined(separator: "\n").utf8)), folder: ".")
      .differences
    #expect(found.count == 1)
    // 4 bytes a point, 3 bytes in 4 letters: letter 22 lies in byte 16, the fifth point.
    #expect(
      found.first?.contains("#fit") == true && found.first?.contains("at step 5") == true,
      "\(found)")
    let out = try #require(lines.firstIndex { $0.hasPrefix("```out #fit") })
    var output = lines
    output[out + 2] = "0.123"
    let other = Verification(Notebook(Array(output.joined(separator: "\n").utf8)), folder: ".")
      .differences
    #expect(other.first?.contains("recorded `0.123`") == true, "\(other)")
  }

  @Test func `a failing cell stops the run and says where`() {
    let session = Session(
      Notebook(Array("```gradus #a\nx = 1\n```\n```gradus #b\ny\n```\n".utf8)), folder: ".")
    session.runAll()
    #expect(session.hasFailed)
    #expect(session.results.last?.id == "b")
    #expect(session.results.last?.error?.contains("nothing is called `y`") == true)
  }

  @Test func `names of a params cell can be given from outside`() {
    let session = Session(
      Notebook(Array("```gradus #p params\nn = 2\n```\n```gradus #q\nn * 10\n```\n".utf8)),
      folder: ".")
    session.runAll(overrides: ["n": "7"])
    #expect(session.results.last?.text == "70")
  }

  @Test func `the front matter says how values were made`() {
    #expect(Notebook(Array("---\nnumerics: fast\n---\n".utf8)).numerics == .fast)
    #expect(Notebook(Array("text\n".utf8)).numerics == .portable)
    let other = Notebook(Array("---\nseed: 1\nnumerics: exact\n---\n".utf8))
    #expect(other.numerics == .portable)
    #expect(other.problems.map(\.line) == [3])
    #expect(other.problems.first?.message == "numerics is portable or fast, not exact")
  }
}
