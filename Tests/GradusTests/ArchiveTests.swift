import TestSupport
import Testing

/// Runs of earlier sessions are known to later ones.
@Suite struct ArchiveTests {
  private let gradus = Program("gradus")

  @Test func `what was written is found again, and can be asked`() throws {
    try TemporaryFolder.with { folder in
      let page = """
        ```gradus #fit
        r = train(Linear(2, 2), moons(40), opt=SGD(0.25), epochs=3)
        set(r, momentum=0.5)
        r.loss
        ```

        """
      let file = try folder.write(page, to: "n.grd.md")
      let environment: [String: String?] = ["GRADUS_RUNS": folder.path + "/runs.sqlite"]
      for _ in 0..<2 {
        let outcome = try gradus.run(["run", "--write", file], environment: environment)
        #expect(outcome.ending == .exit(0), "\(outcome.error)")
      }
      let asked = try gradus.run(
        [
          "eval",
          "old = runs(past=true)\n[(p.cell, p.status, p.lr, p.steps, p.loss == p.loss) for p in old]",
        ], environment: environment)
      #expect(
        asked.output.contains("(\"fit\", \"finished\", 0.25, 6, true)"),
        "\(asked.output) \(asked.error)")
      let none = try gradus.run(["eval", "len(runs(past=true))"])
      #expect(none.output == "0\n", "\(none.output)")
    }
  }
}
