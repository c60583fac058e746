import Files
import TestSupport
import Testing

/// Files that are not as they should be.
@Suite struct FileTests {
  private let gradus = Program("gradus")

  @Test func `a row with too few cells is told with its line`() throws {
    try TemporaryFolder.with { folder in
      try folder.write("a,b\n1,2\n3\n4,5\n", to: "ragged.csv")
      let page = try folder.write("```gradus #a\nload(\"ragged.csv\")\n```\n", to: "a.grd.md")
      let outcome = try gradus.run(["run", page])
      #expect(outcome.ending == .exit(1))
      #expect(outcome.error.contains("ragged.csv"), "\(outcome.error)")
      #expect(outcome.error.contains("3"), "\(outcome.error)")
    }
  }

  @Test func `columns of a table are tensors and lists`() throws {
    try TemporaryFolder.with { folder in
      try folder.write("a,b,c\n1,2.5,x\n3,4.5,\"y, z\"\n", to: "t.csv")
      let page = try folder.write("```gradus #a\nload(\"t.csv\")\n```\n", to: "a.grd.md")
      let outcome = try gradus.run(["run", page])
      #expect(outcome.output == "(a=[1, 3], b=[2.5, 4.5], c=[\"x\", \"y, z\"])\n")
    }
  }

  @Test(arguments: ["run", "verify"])
  func `a notebook that is not there is told`(command: String) throws {
    let outcome = try gradus.run([command, "missing.grd.md"])
    #expect(outcome.ending == .exit(1))
    #expect(outcome.error.contains("there is no file missing.grd.md"))
  }

  @Test func `a notebook with bytes that are no text is told and kept as it is`() throws {
    try TemporaryFolder.with { folder in
      let bytes =
        Array("# A\nb\u{E4}d: ".utf8) + [0xFF, 0xC3, 10] + Array("```gradus #a\n1 + 1\n```\n".utf8)
      let file = try folder.write(bytes, to: "a.grd.md")
      let outcome = try gradus.run(["run", "--write", file])
      #expect(outcome.ending == .exit(0))
      #expect(outcome.output == "2\n")
      #expect(
        outcome.error.contains("a.grd.md:2: this line is not valid UTF-8"), "\(outcome.error)")
      #expect(Array(try FileBytes.read(file).prefix(bytes.count)) == bytes)
    }
  }

  @Test func `unresolved lines of a merge are told, not run and kept`() throws {
    let text = """
      ```gradus #a
      1 + 1
      ```
      <<<<<<< ours
      ```gradus #b
      error("ours")
      ```
      =======
      ```gradus #b
      error("theirs")
      ```
      >>>>>>> theirs

      """
    try TemporaryFolder.with { folder in
      let file = try folder.write(text, to: "a.grd.md")
      let outcome = try gradus.run(["run", "--write", file])
      #expect(outcome.output == "2\n")
      #expect(outcome.error.contains("a.grd.md:4: unresolved lines of a merge"), "\(outcome.error)")
      let kept = String(decoding: try FileBytes.read(file), as: UTF8.self)
      #expect(
        kept.hasSuffix(
          String(text[(text.firstRange(of: "<<<<<<<")?.lowerBound ?? text.startIndex)...])))
      let verified = try gradus.run(["verify", file])
      #expect(verified.ending == .exit(1))
      #expect(verified.error.contains("unresolved lines of a merge"))
    }
  }

  @Test func `a failing cell is told with its file, line and id`() throws {
    try TemporaryFolder.with { folder in
      let file = try folder.write("text\n```gradus #a\nx = y + 1\n```\n", to: "a.grd.md")
      let outcome = try gradus.run(["run", file])
      #expect(outcome.ending == .exit(1))
      #expect(outcome.error.contains("a.grd.md:2: cell #a"), "\(outcome.error)")
      #expect(outcome.error.contains("nothing is called `y`"))
    }
  }
}
