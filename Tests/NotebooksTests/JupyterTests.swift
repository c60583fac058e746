import Files
import FormatCheck
import Formats
import Glibc
import Notebooks
import Testing

@Suite struct JupyterTests {
  private func there(_ bytes: [UInt8]) -> JSON { JupyterExport.json(Notebook(bytes)) }

  @Test func `generated notebooks go to Jupyter and come back byte for byte`() throws {
    for seed in 0..<1500 {
      var generator = NotebookGenerator(seed: seed)
      let bytes = generator.notebook()
      let text = there(bytes).laidOut
      let back = try JupyterImport.bytes(JSON(parsing: text.utf8))
      if back != bytes {
        Issue.record(
          "seed \(seed)\n\(String(decoding: bytes, as: UTF8.self))\n=>\n\(String(decoding: back, as: UTF8.self))"
        )
        return
      }
    }
  }

  @Test func `generated Jupyter notebooks come here and go back as they were`() throws {
    for seed in 0..<1500 {
      var generator = JupyterGenerator(seed: seed)
      let json = generator.notebook()
      let page = try JupyterImport.bytes(json)
      let back = there(page)
      if back.laidOut != json.laidOut {
        Issue.record(
          "seed \(seed)\n\(json.laidOut)\n=>\n\(String(decoding: page, as: UTF8.self))\n=>\n\(back.laidOut)"
        )
        return
      }
      #expect(Notebook(page).bytes() == page)
    }
  }

  /// The notebooks that are shipped, by name.
  private static let shipped: [(name: String, bytes: [UInt8])] = {
    let folder =
      "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/notebooks/"
    return ["", "lessons/", "zoo/"].flatMap { inner in
      FileBytes.names(in: folder + inner).filter { $0.hasSuffix(".grd.md") }.sorted()
        .compactMap { name in
          (try? FileBytes.read(folder + inner + name)).map { (inner + name, $0) }
        }
    }
  }()

  @Test func `shipped notebooks go to Jupyter and come back`() throws {
    #expect(JupyterTests.shipped.count > 90)
    for (name, bytes) in JupyterTests.shipped {
      #expect(Notebook(bytes).bytes() == bytes, "\(name)")
      let json = there(bytes)
      #expect(json["metadata"]?["gradus"]?["page"] == nil, "\(name)")
      // What comes back is the same page, so Jupyter would get the same file again.
      let file = json.laidOut
      let back = try JupyterImport.bytes(JSON(parsing: file.utf8))
      #expect(back == bytes, "\(name)")
    }
  }

  @Test func `shipped notebooks that Jupyter has run come here and go back as it left them`() throws
  {
    // All of them take half a minute.
    let every = getenv("GRADUS_LONG") == nil ? 8 : 1
    for at in stride(from: 0, to: JupyterTests.shipped.count, by: every) {
      let (name, bytes) = JupyterTests.shipped[at]
      let left = JupyterTests.run(there(bytes))
      let page = try JupyterImport.bytes(JSON(parsing: left.laidOut.utf8))
      #expect(Notebook(page).bytes() == page, "\(name)")
      #expect(there(page).laidOut == left.laidOut, "\(name)")
    }
  }

  /// A notebook with counts, times and what a program printed at its code cells.
  private static func run(_ document: JSON) -> JSON {
    var count = 0
    let cells = (document["cells"]?.list ?? []).map { cell -> JSON in
      guard cell["cell_type"]?.text == "code", let metadata = cell["metadata"] else { return cell }
      count += 1
      let printed = JSON.object([
        JSON.Field("name", .text("stdout")), JSON.Field("output_type", .text("stream")),
        JSON.Field("text", .list([.text("run \(count)\n"), .text("```\n")])),
      ])
      let time = JSON.object([JSON.Field("iopub.status.busy", .text("10:00:\(count)"))])
      return cell.with("execution_count", .integer(count))
        .with("metadata", metadata.with("execution", time))
        .with("outputs", .list((cell["outputs"]?.list ?? []) + [printed]))
    }
    return document.with("cells", .list(cells))
  }

  @Test func `a cell edited in Jupyter is taken as it is now`() throws {
    let bytes = Array("```gradus   #a params\nx = 1\n```\n".utf8)
    let text = there(bytes).laidOut.replacing("x = 1\"", with: "x = 2\"")
    let back = try JupyterImport.bytes(JSON(parsing: text.utf8))
    #expect(String(decoding: back, as: UTF8.self) == "```gradus #a params\nx = 2\n```\n")
  }

  @Test func `earlier versions are read`() throws {
    let json = """
      {"metadata": {"name": "old"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [
      {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["A"]},
      {"cell_type": "code", "collapsed": false, "input": ["1+1"], "language": "python", "metadata": {},
      "outputs": [{"output_type": "pyout", "prompt_number": 3, "text": ["2"], "metadata": {}}],
      "prompt_number": 3}], "metadata": {}}]}
      """
    let page = try JupyterImport.bytes(JSON(parsing: json.utf8))
    let text = String(decoding: page, as: UTF8.self)
    #expect(text.contains("## A\n"))
    #expect(text.contains("```python\n1+1\n```\n"))
    let back = there(page)
    #expect(back["nbformat"]?.integer == 4)
    let output = back["cells"]?.list?[1]["outputs"]?.list?.first
    #expect(output?["data"]?["text/plain"]?.list?.first?.text == "2")
    #expect(throws: FormatError.self) { try JupyterImport.bytes(JSON(parsing: "{}".utf8)) }
    // Lines of version 2 have no ends; kinds of cells that are not known are kept.
    let older = """
      {"metadata": {}, "nbformat": 2, "worksheets": [{"cells": [
      {"cell_type": "markdown", "source": ["# A", "b"]}]}]}
      """
    let second = try JupyterImport.bytes(JSON(parsing: older.utf8))
    #expect(String(decoding: second, as: UTF8.self).contains("# A\nb\n"))
    let future = #"""
      {"cells": [{"cell_type": "new", "id": "a", "metadata": {}, "x": 1}],
      "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
      """#
    let later = try JSON(parsing: future.utf8)
    #expect(there(try JupyterImport.bytes(later)).laidOut == later.laidOut)
  }
}
