import Files
import TestSupport
import Testing

/// A notebook written, written again and verified: the same bits everywhere.
@Suite struct ReplayTests {
  private let gradus = Program("gradus")

  /// Large enough that every kernel is split among threads.
  private static let notebook = """
    ---
    seed: 3
    ---
    ```gradus #numbers
    a = randn(300, 200)
    b = randn(200, 400)
    (sum(a @ b), sum(tanh(randn(200000))), mean(exp(randn(300, 300)), axis=0)[:3])
    ```
    ```gradus #fit
    d = moons(120)
    r = train(Linear(2, 16) >> tanh >> Dropout(0.1) >> Linear(16, 2), d, opt=Adam(0.05), epochs=3, batch=16)
    r.loss
    ```
    ```gradus #images
    x = (x=randn(64, 1, 12, 12), y=randint(0, 4, 64))
    c = train(Input([1, 12, 12]) >> Conv(8, 3) >> relu >> MaxPool(2) >> flatten >> Linear(4), x, epochs=2)
    (c.loss, sum(c.model[1].weight))
    ```

    """

  private func written(in folder: TemporaryFolder, _ environment: [String: String?] = [:]) throws
    -> String
  {
    let file = try folder.write(Self.notebook, to: "n.grd.md")
    let outcome = try gradus.run(["run", "--write", file], environment: environment)
    try #require(outcome.ending == .exit(0), "\(outcome.error)")
    return file
  }

  @Test func `a notebook written twice is the same to the byte`() throws {
    try TemporaryFolder.with { folder in
      let file = try written(in: folder)
      let first = try FileBytes.read(file)
      #expect(String(decoding: first, as: UTF8.self).contains("```series fit.1"))
      #expect(try gradus.run(["run", "--write", file]).ending == .exit(0))
      #expect(try FileBytes.read(file) == first)
    }
  }

  @Test func `every processor and every number of threads verifies what one wrote`() throws {
    try TemporaryFolder.with { folder in
      let file = try written(in: folder, ["GRADUS_THREADS": "1", "OPENBLAS_CORETYPE": nil])
      for threads in ["1", "2", "4"] {
        for processor in [nil, "Haswell", "SkylakeX"] as [String?] {
          let environment = ["GRADUS_THREADS": threads, "OPENBLAS_CORETYPE": processor]
          let outcome = try gradus.run(["verify", file], environment: environment)
          #expect(outcome.ending == .exit(0), "\(environment): \(outcome.error)")
          #expect(outcome.output.contains("3 cells, 2 runs, 0 differences"), "\(outcome.output)")
        }
      }
    }
  }

  @Test func `a changed digit of a recorded series is found with its cell and step`() throws {
    try TemporaryFolder.with { folder in
      let file = try written(in: folder)
      var lines = String(decoding: try FileBytes.read(file), as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let at = try #require(lines.firstIndex { $0.hasPrefix("f32 b64 ") })
      // 4 bytes a point, 3 bytes in 4 letters: letter 22 lies in byte 16, the fifth point.
      var letters = Array(lines[at])
      letters[8 + 22] = letters[8 + 22] == "A" ? "B" : "A"
      lines[at] = String(letters)
      try folder.write(lines.joined(separator: "\n"), to: "n.grd.md")
      let outcome = try gradus.run(["verify", file])
      #expect(outcome.ending == .exit(1))
      #expect(outcome.error.contains("cell #fit"), "\(outcome.error)")
      #expect(outcome.error.contains("first differs at step 5"), "\(outcome.error)")
      #expect(outcome.output.contains("1 differences"), "\(outcome.output)")
    }
  }

  @Test func `a changed digit of an output is found with its cell`() throws {
    try TemporaryFolder.with { folder in
      let file = try written(in: folder)
      let text = String(decoding: try FileBytes.read(file), as: UTF8.self)
      let out = try #require(text.firstRange(of: "```out #numbers"))
      let digit = try #require(
        text[out.upperBound...].firstIndex(of: "\n").flatMap {
          text[$0...].firstIndex { "0123456789".contains($0) }
        })
      let other = text[digit] == "1" ? "2" : "1"
      try folder.write(
        text[..<digit] + other + String(text[text.index(after: digit)...]), to: "n.grd.md")
      let outcome = try gradus.run(["verify", file])
      #expect(outcome.ending == .exit(1))
      #expect(outcome.error.contains("cell #numbers"), "\(outcome.error)")
    }
  }

  @Test func `another seed gives other numbers`() throws {
    let one = try gradus.run(["eval", "randn(3)", "--seed", "1"]).output
    #expect(try gradus.run(["eval", "randn(3)", "--seed", "1"]).output == one)
    #expect(try gradus.run(["eval", "randn(3)", "--seed", "2"]).output != one)
  }
}
