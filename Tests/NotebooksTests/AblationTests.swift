import Testing

@testable import Notebooks

@Suite struct AblationTests {
  private func page(_ params: String, _ sum: String, more: String = "") -> Notebook {
    Notebook(
      Array(
        """
        ```gradus #p params
        \(params)
        ```

        \(more)```gradus #s
        \(sum)
        ```

        """.utf8))
  }

  @Test func `changed parameters, cells that are new, gone and other are told apart`() {
    let a = page("x = 1\ny = 2", "x + y")
    let b = page("x = 3\ny = 5", "x + y + z", more: "```gradus #n\nz = 10\n```\n\n")
    let changes = Ablation.changes(from: a, to: b)
    #expect(changes.map(\.name) == ["x  1 → 3", "y  2 → 5", "new cell #n", "cell #s"])
    #expect(changes[0].made.segments.first?.body == "x = 3\ny = 2\n")
    let back = Ablation.changes(from: b, to: a)
    #expect(back.map(\.name).last == "without cell #n")
    #expect(back.last?.made.cells.count == 2)
  }

  @Test func `every change alone is run, and its share of the difference is told`() {
    let a = page("x = 1\ny = 2", "x + 10 * y")
    let b = page("x = 3\ny = 6", "x + 10 * y")
    // 21 becomes 63: x alone gives 23, y alone 61.
    #expect(
      Ablation.table(a, b, names: ("A", "B"), folder: ".") == [
        "#s          value  share",
        "A              21",
        "  x  1 → 3     23    5 %",
        "  y  2 → 6     61   95 %",
        "B              63  100 %",
      ])
  }

  @Test func `a change that cannot stand alone says why`() {
    let a = page("x = 1", "x")
    let b = page("x = 1", "x + z", more: "```gradus #n\nz = 10\n```\n\n")
    let lines = Ablation.table(a, b, names: ("A", "B"), folder: ".")
    #expect(lines.count == 5)
    #expect(lines[2].contains("new cell #n") && lines[2].hasSuffix("0 %"))
    #expect(lines[3].contains("cell #s") && lines[3].contains("#s: "))
  }

  @Test func `means and spreads over seeds are those of the runs`() {
    // Values that depend on the seed by its own random numbers.
    let a = page("s = 1", "s * sum(rand([4]))")
    let b = page("s = 2", "s * sum(rand([4]))")
    let folder = "."
    let values = (0..<3).map { offset -> Double in
      var other = a
      other.seed = UInt64(offset)
      return Trials.outcome(of: other, folder: folder)["#s"] ?? .nan
    }
    #expect(Set(values).count == 3)
    let mean = values.reduce(0, +) / 3
    let lines = Trials.seedTable(a, b, names: ("A", "B"), seeds: 3, folders: (".", "."))
    #expect(lines.count == 2)
    let words = lines[1].split(separator: " ").map(String.init)
    #expect(words[0] == "#s" && words[2] == "±")
    #expect(abs((Double(words[1]) ?? 0) - mean) < 0.01)
    #expect(abs((Double(words[4]) ?? 0) - 2 * mean) < 0.02)
  }
}
