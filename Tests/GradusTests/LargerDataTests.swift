import Files
import TestSupport
import Testing

/// Data sets that do not come with the program, as a shell sees them.
@Suite struct LargerDataTests {
  private let gradus = Program("gradus")

  private func evaluated(_ source: String, in folder: String) throws -> Program.Outcome {
    try gradus.run(
      ["eval", source],
      environment: ["GRADUS_DATA": folder, "HOME": folder + "/home", "XDG_DATA_HOME": nil])
  }

  @Test func `what is missing is told with where to get it and where to put it`() throws {
    try withTemporaryFolder { folder in
      let outcome = try evaluated("dataset(\"mnist\")", in: folder)
      #expect(outcome.ending == .exit(1))
      for part in [
        "\"mnist\" does not come with Gradus", "mnist/t10k-labels-idx1-ubyte, 10008 bytes",
        folder, "/home/.local/share/gradus/datasets", "name yours in GRADUS_DATA",
      ] { #expect(outcome.error.contains(part), "\(outcome.error)") }
      #expect(
        try evaluated("dataset(\"mnits\")", in: folder).error.contains("hint  dataset(\"mnist\")"))
    }
  }

  @Test func `files in a data folder make a data set`() throws {
    try withTemporaryFolder { folder in
      FileBytes.makeFolder(folder + "/timeseries")
      let table = "\"Month\",\"Passengers\"\n\"1949-01\",112\n\"1949-02\",118\n"
      try FileBytes.writeAtomically(
        Array(table.utf8), to: folder + "/timeseries/airline-passengers.csv")
      #expect(try evaluated("dataset(\"airline\").y", in: folder).output == "[112, 118]\n")
    }
  }

  @Test func `a file that is cut off is told, and so is one that is something else`() throws {
    try withTemporaryFolder { folder in
      for name in ["text", "timeseries"] { FileBytes.makeFolder(folder + "/" + name) }
      try FileBytes.writeAtomically(
        Array("First Citizen".utf8), to: folder + "/text/tinyshakespeare.txt")
      let short = try evaluated("dataset(\"shakespeare\")", in: folder)
      #expect(short.error.contains("holds 13 bytes, 1115394 are expected"), "\(short.error)")
      try FileBytes.writeAtomically(
        Array("a,b\n1,2\n".utf8), to: folder + "/timeseries/airline-passengers.csv")
      let other = try evaluated("dataset(\"airline\")", in: folder)
      #expect(other.error.contains("the files of \"airline\" in"), "\(other.error)")
      #expect(other.ending == .exit(1))
    }
  }
}
