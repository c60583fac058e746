import Files
import Glibc
import TestSupport
import Testing

/// The short form of what `Tests/Benchmarks/kills.py` does ten thousand times.
@Suite(.enabled(if: TerminalSession.isPossible), .timeLimit(.minutes(5))) struct KillTests {
  private let page = """
    ```gradus #t
    r = train(Linear(2, 2), moons(64), epochs=1000000)
    ```

    ```gradus #n
    X
    ```

    """

  /// The characters that were typed, each another one.
  private func typed(_ count: Int) -> String {
    String(String.UnicodeScalarView((0..<count).compactMap { Unicode.Scalar(0x4E00 + UInt32($0)) }))
  }

  @Test func `kills at random instants lose no key that was on the screen`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      var seed: UInt64 = 3
      func random(_ limit: Int) -> Int {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(seed >> 33) % limit
      }
      var count = 0
      for round in 0..<8 {
        let session = try TerminalSession([path])
        #expect(session.sees("quit"))
        #expect(!session.output.contains("take the recovered"))
        if round % 2 == 0 { session.type("gg\u{1B}[15~") }
        session.type("G\r\u{5}")
        #expect(session.sees("EDIT"))
        session.forget()
        let start = count
        for _ in 0..<(3 + random(12)) {
          if random(6) == 0 {
            session.type("\u{13}")
          } else {
            count += 1
            session.type(String(typed(count).suffix(1)))
          }
          _ = session.readSome(milliseconds: Int32(random(3)))
        }
        session.send(SIGKILL)
        _ = session.ending()
        let shown =
          session.output.unicodeScalars.map { Int($0.value) - 0x4E00 + 1 }
          .filter { (1...count).contains($0) }.max() ?? start

        let again = try TerminalSession([path])
        #expect(again.sees("quit"))
        again.type("\u{13}")
        #expect(again.sees("saved page"))
        let saved = String(decoding: try FileBytes.read(path), as: UTF8.self)
        let text = saved.split(separator: "```gradus #n\nX").last?.prefix { $0 != "\n" } ?? ""
        #expect(typed(count).hasPrefix(text))
        #expect(text.count >= shown, "round \(round)")
        count = text.count
        let names = FileBytes.names(in: folder).filter { $0 != "page.grd.md" }
        #expect(names.allSatisfy { $0 == ".page.grd.journal" })
        again.type("q")
        #expect(again.ending() == 0)
      }
    }
  }
}
