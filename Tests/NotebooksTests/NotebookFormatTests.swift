import Files
import Glibc
import Language
import Notebooks
import Testing

@Suite struct NotebookFormatTests {
  private func formatted(_ text: String) -> (text: String, failures: [NotebookFormat.Failure]) {
    let result = NotebookFormat(Array(text.utf8))
    return (String(decoding: result.bytes, as: UTF8.self), result.failures)
  }

  @Test func `code cells are formatted and everything else stays byte for byte`() {
    let before = """
      ---
      seed:   3
      ---
      text  \r
      ```other
      x=1
      ```
      ````gradus #a   once
      x=1
      ````
      ```out #a src=1
      a=b
      ```
      ```gradus
      y=x+1


      y
      ```
      <<<<<<< ours
      ```gradus
      z=1
      ```
      >>>>>>> theirs
      """
    let after = before.replacing("once\nx=1", with: "once\nx = 1")
      .replacing("y=x+1\n\n\ny", with: "y = x + 1\n\ny")
    #expect(formatted(before).text == after)
    #expect(formatted(after).text == after)
  }

  @Test(arguments: ["", "```gradus #a\n```\n", "```gradus #a\nx=1\n", "no cells\n"])
  func `a notebook without code stays as it is`(text: String) {
    #expect(formatted(text).text == text)
  }

  @Test func `a cell whose bytes are no text stays as it is`() {
    let bytes = Array("```gradus #a\nx=1 # ".utf8) + [0xFF, 10] + Array("```\n".utf8)
    #expect(NotebookFormat(bytes).bytes == bytes)
  }

  @Test func `a cell that is no program is told with its line and caret`() {
    let result = formatted("```gradus #a\nx=1\n```\n```gradus #b\ny = )\n```\n")
    #expect(result.failures.map(\.id) == ["b"])
    #expect(result.failures.map(\.line) == [4])
    #expect(result.failures.first?.message.contains("  1 │ y = )") == true)
    #expect(result.text.contains("y = )\n"))
  }

  @Test func `formatting a recorded notebook leaves nothing stale`() {
    let source = """
      ```gradus #a
      k=2


      f(x)={ # doubles
         y=k*x
           "is {y}" }
      f
      ```
      ```gradus #b
      # a note
      "{  f(k) }"   ++f(1)
      ```

      """
    let session = Session(Notebook(Array(source.utf8)), folder: ".")
    session.runAll()
    #expect(!session.hasFailed)
    let recorded = session.written().bytes()
    let result = NotebookFormat(recorded)
    #expect(result.bytes != recorded)
    #expect(Verification(Notebook(result.bytes), folder: ".").differences == [])
  }

  @Test func `the notebooks of the repository are formatted`() throws {
    let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    var found = glob_t()
    defer { globfree(&found) }
    #expect(glob(folder + "/notebooks/*.grd.md", 0, nil, &found) == 0)
    for index in 0..<Int(found.gl_pathc) {
      let path = String(cString: try #require(found.gl_pathv[index]))
      let bytes = try FileBytes.read(path)
      let result = NotebookFormat(bytes)
      #expect(result.failures.isEmpty, "\(path)")
      #expect(result.bytes == bytes, "gradus fmt \(path)")
    }
  }
}
