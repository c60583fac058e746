import Archives
import Files
import TestSupport
import Testing

@Suite struct RunArchiveTests {
  private func sample(_ number: Int) -> ArchivedRun {
    ArchivedRun(
      ended: Double(number), notebook: "a's \"page\".grd.md", cell: "fit", source: "r = train(…)",
      status: "finished", steps: 10 * number, seconds: 0.25, batch: 32,
      rate: number == 2 ? nil : 0.01, optimizer: "Adam(0.01)", model: "Linear(2, 3)", weights: 9,
      steering: "", metrics: [.init("loss", last: 0.5, least: 0.25, step: 7)])
  }

  @Test func `runs come back as they were kept, the newest first`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/data/gradus/runs.sqlite"
      try RunArchive(path).add([sample(1), sample(2)])
      try RunArchive(path).add([sample(3)])
      #expect(try RunArchive(path).runs() == [sample(3), sample(2), sample(1)])
      #expect(try RunArchive(path).runs(limit: 1) == [sample(3)])
    }
  }

  @Test func `a file that is no database is told`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/runs.sqlite"
      try FileBytes.writeAtomically(Array(repeating: 65, count: 4096), to: path)
      #expect(throws: ArchiveError.self) { try RunArchive(path).runs() }
    }
  }

  @Test func `numbers that are not finite are kept as missing`() throws {
    try withTemporaryFolder { folder in
      var run = sample(1)
      run.metrics = [.init("loss", last: .nan, least: .nan, step: 1)]
      let archive = try RunArchive(folder + "/runs.sqlite")
      try archive.add([run])
      #expect(try archive.runs()[0].metrics[0].last.isNaN)
    }
  }
}
