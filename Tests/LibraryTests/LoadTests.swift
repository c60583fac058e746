import Files
import Language
import Library
import Tensors
import TestSupport
import Testing

/// Files as values; the fixtures are those of FormatsTests.
@Suite struct LoadTests {
  private func values(_ source: String, file: String = #filePath) throws -> [String] {
    let tests = file.split(separator: "/").dropLast(2).joined(separator: "/")
    let context = EvaluationContext(
      stream: RandomStream(seed: 1), folder: "/\(tests)/FormatsTests/Fixtures")
    let result = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    return result.output.map { item in
      switch item {
      case .text(let text): text
      case .value(let value): value.text()
      }
    }
  }

  @Test func `arrays, archives and pictures are tensors`() throws {
    let shown = try values(
      """
      load("fortran.npy")[1]
      load("stored.npz").b
      load("interlaced.png")[2]
      load("palette.png").shape
      """)
    #expect(shown == ["[3, 4, 5]", "7", "[60, 70, 80]", "(4, 1, 3)"])
  }

  /// Packed by gzip -n.
  @Test(arguments: [
    ("t.csv.gz", "H4sIAAAAAAAAA0vUSeIy1DHiMtYx4QIA5enWzgwAAAA=", "(a=[1, 3], b=[2, 4])"),
    ("t.txt.gz", "H4sIAAAAAAAAA8tIzcnJ5wIAIDA6NgYAAAA=", "hello\n"),
  ])
  func `packed tables and texts are read as they are`(name: String, packed: String, is text: String)
    throws
  {
    let bytes = try #require(Base64.bytes(packed))
    try withTemporaryFolder { folder in
      try FileBytes.writeAtomically(bytes, to: folder + "/" + name)
      let context = EvaluationContext(stream: RandomStream(seed: 1), folder: folder)
      let result = try StandardLibrary.interpreter().evaluate(
        "load(\"\(name)\")", in: Names(), context)
      guard case .value(let value)? = result.output.last else {
        Issue.record("nothing is shown")
        return
      }
      #expect(value.text() == text)
    }
  }

  @Test func `a model of others is called like one's own`() throws {
    let shown = try values(
      """
      m = load("affine.onnx")
      m
      m([1, 2, 3])
      m.scale
      """)
    #expect(shown == ["onnx(x) -> y, 2 nodes", "[3, 5, 7]", "2"])
  }

  @Test(arguments: [
    ("load(\"refused-objects.npy\")", "Python objects"),
    ("load(\"make.py\")", "files ending in .py are not read"),
    ("load(\"affine.onnx\")(1, 2)", "takes 1 inputs, not 2"),
    ("load(\"affine.onnx\")(\"a\")", "the input `x` is a tensor"),
    ("grad(x => sum(load(\"affine.onnx\")(x)))([1.0])", "has no derivative"),
  ])
  func `what cannot be read or called is told`(_ source: String, _ part: String) {
    let error = #expect(throws: LanguageError.self) { try values(source) }
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }
}
