import TestSupport
import Testing

@Suite struct UsageTests {
  private let gradus = Program("gradus")

  @Test(arguments: [
    ["eval"], ["eval", "1", "2"], ["nonsense"], ["run"], ["verify"],
    ["run", "--threads", "x", "a"],
    ["words", "crossentropy"], ["--unknown"],
  ])
  func `wrong usage is explained and ends with 2`(arguments: [String]) throws {
    let outcome = try gradus.run(arguments)
    #expect(outcome.ending == .exit(2))
    #expect(outcome.output == "")
    #expect(outcome.error.contains("Error: "))
  }

  @Test func `help is no mistake`() throws {
    let outcome = try gradus.run(["--help"])
    #expect(outcome.ending == .exit(0))
    #expect(outcome.output.contains("verify"))
    #expect(outcome.error == "")
  }

  @Test func `one word of the reference says what it does`() throws {
    let outcome = try gradus.run(["words", "softmax"])
    #expect(outcome.ending == .exit(0))
    #expect(outcome.output.hasPrefix("softmax(x, axis=-1)\n"))
  }

  @Test func `a program in a file is run, by its name alone too`() throws {
    try TemporaryFolder.with { folder in
      for name in ["a.gr", "b.gradus"] {
        let file = try folder.write("x = [1, 2]\nx + 1\n", to: name)
        for arguments in [["run", file], [file]] {
          let outcome = try gradus.run(arguments)
          #expect(outcome.ending == .exit(0), "\(outcome.error)")
          #expect(outcome.output == "[2, 3]\n")
        }
      }
      let wrong = try folder.write("1 +\n", to: "c.gr")
      #expect(try gradus.run(["run", wrong]).ending == .exit(1))
      #expect(try gradus.run(["run", wrong, "--json"]).ending == .exit(2))
      #expect(try gradus.run(["run", folder.write("1", to: "d.txt")]).ending == .exit(2))
      // Files that it names lie beside it.
      _ = try folder.write("a,b\n1,2\n", to: "t.csv")
      let loads = try folder.write("load(\"t.csv\").a\n", to: "e.gr")
      #expect(try gradus.run([loads]).output == "[1]\n")
    }
  }

  @Test func `cells and names that a notebook has not are told`() throws {
    try TemporaryFolder.with { folder in
      let file = try folder.write("```gradus #first params\nn = 1\n```\n", to: "a.grd.md")
      let cell = try gradus.run(["run", file, "--to", "frist"])
      #expect(cell.ending == .exit(2))
      #expect(cell.error.contains("did you mean first?"), "\(cell.error)")
      let name = try gradus.run(["run", file, "--set", "m=2"])
      #expect(name.ending == .exit(2))
      #expect(name.error.contains("no params cell has a name m"), "\(name.error)")
      #expect(try gradus.run(["run", file, "--set", "n=2"]).ending == .exit(0))
    }
  }
}
