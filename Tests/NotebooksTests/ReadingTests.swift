import Files
import FormatCheck
import Notebooks
import Testing

@Suite struct ReadingTests {
  private func kinds(_ text: String) -> [Notebook.Kind] {
    Notebook(Array(text.utf8)).segments.map(\.kind)
  }

  @Test func `ten thousand notebooks come back byte for byte`() {
    for seed in 0..<10_000 {
      var generator = NotebookGenerator(seed: seed)
      let bytes = generator.notebook()
      var notebook = Notebook(bytes)
      guard notebook.bytes() == bytes else {
        Issue.record("seed \(seed)")
        continue
      }
      // Ids are written once; after that nothing changes any more.
      notebook.writeIDs()
      let named = notebook.bytes()
      let again = Notebook(named)
      #expect(again.cells.map { again.id(of: $0) } == notebook.cells.map { notebook.id(of: $0) })
      #expect(again.bytes() == named)
    }
  }

  @Test func `a cell in a block of another language is no cell`() {
    let text = "````md\n```gradus #a\n1\n```\n````\n~~~\n```gradus #b\n1\n```\n~~~\n"
    #expect(kinds(text) == [.text])
    #expect(Notebook(Array(text.utf8)).problems.isEmpty)
    // A block that never ends hides nothing.
    #expect(kinds("~~~\n```gradus #b\n1\n```\n").last == .code(id: "b", flags: []))
    let swallowed = Notebook(Array("```\n```gradus #b\n1\n```\n".utf8))
    #expect(swallowed.problems.map(\.line) == [2])
  }

  @Test func `a conflict is one segment up to the end of the block it stands in`() {
    let inside = "```gradus #a\n<<<<<<< o\nx = 1\n=======\nx = 2\n>>>>>>> t\ny\n```\n"
    #expect(kinds(inside + "t\n") == [.conflict, .text])
    let across = "<<<<<<< o\n```gradus #a\n1\n=======\n```gradus #a\n2\n>>>>>>> t\n```\n"
    #expect(kinds(across + "```gradus #b\n```\n") == [.conflict, .code(id: "b", flags: [])])
    let open = "```gradus #a\n<<<<<<< o\n1\n```\n```gradus #b\n```\n"
    #expect(kinds(open) == [.code(id: "a", flags: []), .code(id: "b", flags: [])])
  }

  @Test func `orphans, doubled ids, newer versions and merges in the ledger are told and kept`() {
    let text = """
      ---
      gradus: 2
      ---
      ```gradus #a
      1
      ```
      ```out #q src=1 val=2
      1
      ```
      ```gradus #a
      2
      ```
      <!-- gradus:ledger -->
      <<<<<<< o
      >>>>>>> t
      </details>

      """
    let notebook = Notebook(Array(text.utf8))
    #expect(notebook.problems.map(\.line).sorted() == [2, 7, 10, 14])
    #expect(notebook.bytes() == Array(text.utf8))
    #expect(notebook.version == 2)
  }

  @Test func `ids are put into the fence and nowhere else`() {
    var notebook = Notebook(Array("````gradus   once \r\n```\r\n````\r\n".utf8))
    notebook.writeIDs()
    let text = String(decoding: notebook.bytes(), as: UTF8.self)
    let id = notebook.id(of: notebook.cells[0])
    #expect(text == "````gradus #\(id)   once \r\n```\r\n````\r\n")
  }

  @Test func `what a ledger has besides series stays`() {
    let text = """
      <!-- gradus:ledger  machine-written, do not edit by hand -->
      <details><summary>recorded series</summary>

      ```series a.1 sum=00000000
      "loss" 4000000000
      steps 1..4000000000
      event 3 hop
      ```
      ````carry
      ```
      {"id": "x"}
      ````
      a line of mine

      </details>

      """
    let ledger = Ledger(text)
    #expect(ledger.others == ["````carry", "```", "{\"id\": \"x\"}", "````", "a line of mine"])
    #expect(ledger.entries.map(\.isIntact) == [false])
    #expect(ledger.entries[0].series[0].steps.isEmpty)
    var bare = ledger
    bare.entries = []
    #expect(Ledger(bare.text ?? "").others == ledger.others)
  }

  @Test(arguments: [
    ("x > 2\nx < 9\n", nil), ("x > 5\n", "`x > 5` gives false, not true"),
    ("y = x\nx > 2\n[x, 2] > 1\nx\n", "number 3 gives 3, not true"),
    ("z\n", "nothing is called `z`"), ("y = 2\n", "it says nothing that is true or false"),
  ])
  func `what is expected of a cell is looked at after it`(body: String, problem: String?) {
    let text = "```gradus #a\nx = 3\n```\n```expect #a\n\(body)```\n```gradus #b\nx = 9\n```\n"
    let session = Session(Notebook(Array(text.utf8)), folder: ".")
    session.runAll()
    #expect(session.results.count == 2)
    #expect(session.hasFailed == (problem != nil))
    #expect(session.expectations.count == 1)
    if let problem {
      #expect(session.unmet.first?.problem?.contains(problem) == true, "\(session.unmet)")
    }
  }

  @Test func `frozen cells and hints rest, and cells below a chosen one keep what they had`() {
    let text = """
      ```gradus #a
      x = 3
      ```
      ```gradus #f frozen
      x = 4
      ```
      ```gradus #h hint
      x = 5
      ```
      ```gradus #b
      x
      ```

      """
    let session = Session(Notebook(Array(text.utf8)), folder: ".")
    session.runAll()
    #expect(session.results.map(\.id) == ["a", "b"])
    #expect(session.results.last?.text == "3")
    let saved = session.written().bytes()
    let part = Session(Notebook(saved), folder: ".")
    part.runAll(upTo: "a")
    #expect(part.results.map(\.id) == ["a"])
    #expect(part.written().bytes() == saved)
  }

  @Test func `a value given from outside is of the kind of the notebook's own`() {
    let notebook = Notebook(Array("```gradus #p params\nn = 2\nname = \"a\"\n```\n".utf8))
    for (settings, isRight) in [
      (["n": "2.5"], true), (["n": "\"x\""], false), (["name": "\"b\""], true),
      (["name": "7"], false),
    ] {
      let session = Session(notebook, folder: ".")
      session.runAll(overrides: settings)
      #expect(session.hasFailed != isRight, "\(settings)")
    }
  }
}
