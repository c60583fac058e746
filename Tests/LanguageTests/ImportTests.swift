import Files
import Language
import Library
import Tensors
import TestSupport
import Testing

@Suite struct ImportTests {
  private func value(of source: String, in folder: String) throws -> [String] {
    let context = EvaluationContext(stream: RandomStream(seed: 1), folder: folder)
    return try StandardLibrary.interpreter().evaluate(source, in: Names(), context).output.map {
      item in
      switch item {
      case .text(let text): text
      case .value(let value): value.text()
      }
    }
  }

  @Test func `names of another program are fields, and its functions see its own names`() throws {
    try withTemporaryFolder { folder in
      try FileBytes.writeAtomically(
        Array("rate = 3\nscale(x) = rate * twice(x)\ntwice(x) = 2 * x\n".utf8),
        to: folder + "/lib.gr")
      let source = """
        lib = import("lib.gr")
        rate = 100
        twice(x) = 0
        (lib.rate, lib.scale(2))
        """
      #expect(try value(of: source, in: folder) == ["(3, 12)"])
    }
  }

  @Test func `the code cells of a notebook can be imported`() throws {
    try withTemporaryFolder { folder in
      let notebook = """
        # Blocks

        ```gradus #a
        W = param(ones(2, 2))
        f(x) = x @ W
        ```
        ```out #a
        nothing
        ```
        """
      try FileBytes.writeAtomically(Array(notebook.utf8), to: folder + "/blocks.grd.md")
      let source = "b = import(\"blocks.grd.md\")\n(b.f([[1.0, 2.0]])[0, 0], count_params(b.f))"
      #expect(try value(of: source, in: folder) == ["(3, 4)"])
    }
  }

  @Test func `files that import each other, or lie outside, are refused`() throws {
    try withTemporaryFolder { folder in
      for (a, b) in [("a", "b"), ("b", "a")] {
        try FileBytes.writeAtomically(
          Array("x = import(\"\(b).gr\")".utf8), to: folder + "/\(a).gr")
      }
      for source in ["import(\"a.gr\")", "import(\"../secret.gr\")", "import(\"none.gr\")"] {
        #expect(throws: LanguageError.self) { try value(of: source, in: folder) }
      }
    }
  }
}
