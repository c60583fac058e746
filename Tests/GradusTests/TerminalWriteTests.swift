import Files
import Glibc
import TestSupport
import Testing

/// The real program on a terminal: what it writes is read as a terminal would, strictly.
@Suite(.enabled(if: TerminalSession.isPossible), .serialized, .timeLimit(.minutes(20)))
struct TerminalWriteTests {
  private let page = """
    # A page

    ```gradus #a
    m = Linear(2, 2)
    r = train(m, moons(64), epochs=1000000)
    ```

    ```gradus #b
    1 + 1
    ```

    """

  private func withPage(_ text: String, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(text.utf8), to: path)
      // A session that goes on without a terminal ends with its test, even one that failed.
      defer { TerminalSession.endAll(naming: path) }
      try body(path)
    }
  }

  @Test func `after many resizes with keys and a training, the screen equals a fresh drawing`()
    throws
  {
    try withPage(page) { path in
      let session = try TerminalSession([path])
      #expect(session.sees("quit"))
      session.type("gg}j\n")
      #expect(session.sees("steps/s"))
      var seed: UInt64 = 5
      func random(_ limit: Int) -> Int {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(seed >> 33) % limit
      }
      let keys = Array("jkooVt\u{1B}?\u{1B}")
      for _ in 0..<(getenv("GRADUS_LONG") == nil ? 300 : 10_000) {
        session.resize(columns: 1 + random(200), rows: 1 + random(60))
        session.type(String(keys[random(keys.count)]))
        _ = session.readSome(milliseconds: 0)
      }
      session.resize(columns: 80, rows: 24)
      // Everything was taken in when the line for commands comes. A key right behind an escape, in
      // what still waits, would be read as one with Alt: so the line is asked for again.
      var isTakenIn = false
      for _ in 0..<200 where !isTakenIn {
        session.type("\u{1B}")
        session.settle()
        session.forget()
        session.type(":")
        isTakenIn = session.sees("COMMAND", within: 1)
      }
      #expect(isTakenIn)
      session.type("\u{1B}")
      session.settle()
      session.picture = TerminalPicture(columns: 80, rows: 24)
      session.type("ii\u{c}")
      #expect(session.shows("done"))
      session.picture = TerminalPicture(columns: 80, rows: 24)
      session.type("\u{c}")
      session.settle()
      let drawn = session.picture.text
      #expect(drawn.contains("A page"))
      session.type("jkjk")
      session.settle()
      let before = session.picture.text
      session.picture = TerminalPicture(columns: 80, rows: 24)
      session.type("\u{c}")
      session.settle()
      #expect(session.picture.text == before)
      #expect(session.picture.violations == [])
      session.type("qd")
      #expect(session.ending() == 0)
    }
  }

  /// The columns of a screen in which dots of a curve are.
  private func curve(_ screen: String) -> [Int] {
    var columns: Set<Int> = []
    for line in screen.split(separator: "\n") where line.contains("│") || line.contains("┤") {
      for (at, character) in line.enumerated() {
        let scalar = character.unicodeScalars.first?.value ?? 0
        if (0x2801...0x28FF).contains(scalar) { columns.insert(at) }
      }
    }
    return columns.sorted()
  }

  @Test func `a training goes on without its terminal, and its screen comes back whole`() throws {
    try withPage(page.replacing("epochs=1000000)", with: "epochs=1000000)\nplot(r)")) { path in
      let first = try TerminalSession([path])
      #expect(first.sees("quit"))
      first.type("gg}j\n")
      #expect(first.sees("steps/s"))
      first.type(":detach\r")
      #expect(first.sees("comes back"))
      first.hangUp()

      let second = try TerminalSession(["attach", path], columns: 100, rows: 30)
      second.picture = TerminalPicture(columns: 100, rows: 30)
      #expect(second.shows("steps/s"))
      // The curve has a dot in every column from its first to its last.
      #expect(second.reads { curve(second.picture.text).count > 30 })
      second.settle()
      let columns = curve(second.picture.text)
      #expect(columns == Array((columns.first ?? 0)...(columns.last ?? 0)))
      #expect(second.picture.violations == [])
      second.type("gd")
      #expect(second.ending() == 0)
      #expect(second.output.contains("comes back"))

      let third = try TerminalSession([path])
      #expect(third.sees("attach to it"))
      third.type("a")
      #expect(third.sees("steps/s"))
      third.type("iigg")
      #expect(third.shows("done"))
      third.type("\u{13}")
      #expect(third.shows("saved page.grd.md"))
      #expect(third.reads { !third.picture.text.contains("not saved") })
      third.type("q")
      #expect(third.ending() == 0)
      // Every step of the run is in the file: nothing was left out while nobody looked.
      let saved = String(decoding: try FileBytes.read(path), as: UTF8.self)
      let count = saved.split(separator: "\n").first { $0.hasPrefix("steps 1..") }.flatMap {
        Int($0.dropFirst("steps 1..".count))
      }
      #expect(count ?? 0 > 10)
      #expect(saved.contains("\"loss\" \(count ?? 0)\n"))
      #expect(saved.contains("event \(count ?? 0) stop(r)\n"))
      let folder = String(path.dropLast("/page.grd.md".count))
      #expect(FileBytes.names(in: folder) == ["page.grd.md"])
    }
  }

  @Test func `a notebook can be opened and run without any terminal`() throws {
    try withPage("```gradus #a\n6 * 7\n```\n") { path in
      let starter = try TerminalSession([path, "--detach", "--run"])
      #expect(starter.ending() == 0)
      #expect(starter.output.contains("goes on without a terminal"))
      let session = try TerminalSession(["attach", path])
      #expect(session.shows("42"))
      session.type("qd")
      #expect(session.ending() == 0)
      let none = try TerminalSession(["attach", path])
      #expect(none.ending() == 1)
      #expect(none.output.contains("does not go on anywhere"))
    }
  }

  @Test func `a flood of keys and a huge paste lose nothing`() throws {
    try withPage("```gradus #a\n\n```\n") { path in
      let session = try TerminalSession([path])
      #expect(session.sees("EDIT"))
      let typed = String(repeating: "abcdefghi ", count: 300)
      session.type(typed)
      let lines = String(repeating: "0123456789 é漢\n", count: 12_000)
      session.type("\u{1B}[200~" + lines + "\u{1B}[201~")
      session.type("\u{13}")
      #expect(session.shows("saved page.grd.md"))
      let saved = String(decoding: try FileBytes.read(path), as: UTF8.self)
      #expect(saved.contains(typed + lines.dropLast()))
      session.type("\u{1A}\u{13}")
      #expect(session.reads { (try? FileBytes.read(path).count) ?? 0 < 4000 })
      session.type("\u{1B}")
      session.settle()
      session.type("q")
      #expect(session.ending() == 0)
    }
  }

  @Test func `suspending gives the terminal back and comes back`() throws {
    try withPage(page) { path in
      let session = try TerminalSession([path])
      #expect(session.sees("quit"))
      session.forget()
      session.type("\u{1A}")
      #expect(session.sees("\u{1B}[?1049l"))
      #expect(session.reads { session.isStopped })
      session.send(SIGCONT)
      #expect(session.shows("A page"))
      session.type("q")
      #expect(session.ending() == 0)
    }
  }

  @Test func `the editor of the user changes the page`() throws {
    try withPage("# A page\n\n```gradus #a\n1\n```\n") { path in
      let session = try TerminalSession([path], variables: ["EDITOR=sed -i s/page/garden/"])
      #expect(session.sees("quit"))
      session.type("E")
      #expect(session.shows("A garden"))
      session.type("q")
      #expect(session.ending() == 0)
    }
  }

  @Test func `the clipboard is written on the key alone`() throws {
    try withPage("```gradus #a\n1 + 1\n```\n") { path in
      let session = try TerminalSession([path])
      #expect(session.sees("quit"))
      session.type("Y")
      #expect(session.sees("\u{1B}]52;c;MSArIDE=\u{7}"))
      session.type("q")
      #expect(session.ending() == 0)
    }
  }

  @Test(arguments: ["xterm", "screen", "tmux-256color", "vt100", "linux", "xterm-direct"])
  func `terminals of every kind show the page`(term: String) throws {
    try withPage(page) { path in
      let session = try TerminalSession([path], term: term)
      #expect(session.sees("page") || session.output.contains("cannot move its cursor"))
      session.type("q")
      _ = session.ending()
    }
  }

  @Test func `without UTF-8 everything is drawn in plain letters`() throws {
    try withPage(page) { path in
      let session = try TerminalSession([path], variables: ["LC_ALL=C"])
      #expect(session.sees("quit"))
      session.type("?")
      #expect(session.sees("Goes to the next cell"))
      session.type("qq")
      #expect(session.ending() == 0)
      #expect(session.output.unicodeScalars.allSatisfy { $0.isASCII })
    }
  }

  @Test func `without colours nothing is coloured`() throws {
    try withPage(page) { path in
      let session = try TerminalSession([path], variables: ["NO_COLOR=1"])
      #expect(session.sees("quit"))
      session.type("q")
      #expect(session.ending() == 0)
      #expect(!session.output.contains("\u{1B}[38;"))
      #expect(!session.output.contains("\u{1B}[3") || !session.output.contains("4m\u{1B}["))
    }
  }

  @Test func `a file changed by another program is merged on the user's word`() throws {
    try withPage(page) { path in
      let session = try TerminalSession([path])
      #expect(session.sees("quit"))
      session.type("b\rmine = 1")
      #expect(session.shows("mine = 1"))
      session.type("\u{1B}")
      #expect(session.shows("NAV"))
      try FileBytes.writeAtomically(
        Array(page.replacing("A page", with: "A pond").utf8), to: path)
      session.type("\u{13}")
      #expect(session.shows("merge"))
      session.type("m")
      #expect(session.shows("A pond"))
      session.type("\u{13}")
      #expect(session.shows("saved page.grd.md"))
      session.type("q")
      #expect(session.ending() == 0)
      let saved = String(decoding: try FileBytes.read(path), as: UTF8.self)
      #expect(saved.contains("mine = 1") && saved.contains("A pond"))
    }
  }
}
