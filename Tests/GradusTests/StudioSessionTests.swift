import Files
import Glibc
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: TerminalSession.isPossible)) struct StudioSessionTests {
  private let page = "# A page\n\n```gradus #a\nx = 1\n```\n"

  /// What a terminal is told when the screen of before is to come back.
  private let leavesScreen = "\u{1B}[?1049l"

  private func withPage(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(page.utf8), to: path)
      try body(path)
    }
  }

  @Test func `a page opens, and q gives the terminal back`() throws {
    try withPage { path in
      let session = try TerminalSession([path])
      #expect(session.sees("A page"))
      #expect(session.sees("quit"))
      #expect(!session.isCooked)
      session.type("q")
      #expect(session.ending() == 0)
      #expect(session.output.contains(leavesScreen))
      #expect(try FileBytes.read(path) == Array(page.utf8))
    }
  }

  @Test func `after kill -9 during typing and training, everything typed is offered again`() throws
  {
    try withPage { path in
      let first = try TerminalSession([path])
      #expect(first.sees("quit"))
      first.type("\r\u{5}\nr = train(Linear(2, 2), moons(64), epochs=1000000)\n")
      #expect(first.sees("steps/s"))
      first.type("half_a_thought = 42")
      let journal = path.replacing("page.grd.md", with: ".page.grd.journal")
      #expect(
        first.reads {
          String(decoding: (try? FileBytes.read(journal)) ?? [], as: UTF8.self).hasSuffix("2")
        })
      first.send(SIGKILL)
      #expect(first.ending() == -SIGKILL)
      #expect(try FileBytes.read(path) == Array(page.utf8))

      let second = try TerminalSession([path])
      #expect(second.sees("recovered"))
      #expect(second.sees("half_a_thought"))
      second.type("\u{13}")
      #expect(second.sees("saved page.grd.md"))
      second.type("q")
      #expect(second.ending() == 0)
      let saved = String(decoding: try FileBytes.read(path), as: UTF8.self)
      #expect(saved.contains("r = train(Linear(2, 2), moons(64), epochs=1000000)"))
      #expect(saved.contains("half_a_thought = 42"))
      #expect(!FileBytes.exists(journal))
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func `a request to end keeps what was typed and gives the terminal back`(signal: Int32) throws {
    try withPage { path in
      let first = try TerminalSession([path])
      #expect(first.sees("quit"))
      first.type("\rtyped")
      #expect(first.sees("EDIT"))
      #expect(first.sees("typed"))
      first.send(signal)
      #expect(first.ending() == 128 + signal)
      #expect(first.output.contains(leavesScreen))
      let second = try TerminalSession([path])
      #expect(second.sees("recovered 1 cell"))
    }
  }

  @Test func `a crash gives the terminal back and says where everything is`() throws {
    try withPage { path in
      let session = try TerminalSession([path])
      #expect(session.sees("quit"))
      session.send(SIGSEGV)
      #expect(session.ending() == -SIGSEGV)
      #expect(session.output.contains(leavesScreen))
      #expect(session.output.contains("gradus has crashed"))
    }
  }

  @Test func `a small terminal is told, and growing it shows the page`() throws {
    try withPage { path in
      let session = try TerminalSession([path], columns: 20, rows: 5)
      #expect(session.sees("This terminal is"))
      session.forget()
      session.resize(columns: 80, rows: 24)
      #expect(session.sees("A page"))
      session.type("q")
      #expect(session.ending() == 0)
    }
  }

  @Test func `on a terminal that cannot move its cursor the page is a dialogue of lines`() throws {
    try withPage { path in
      let session = try TerminalSession([path], term: "dumb")
      #expect(session.sees("help tells what can be said"))
      session.type("run\n")
      #expect(session.sees("code a, done."))
      session.type("save\n")
      #expect(session.sees("Saved."))
      session.type("quit\n")
      #expect(session.ending() == 0)
      #expect(!session.output.contains("\u{1B}"))
    }
  }

  @Test func `the dialogue is there on every terminal that asks for it, and ends a calculation`()
    throws
  {
    try withPage { path in
      let session = try TerminalSession([path, "--plain"])
      #expect(session.sees("> "))
      session.type("add\nsave([1], \"begun.npy\")\nwhile true {}\n.\n")
      #expect(session.sees("run runs it."))
      session.type("run\n")
      // A key before the calculation goes on would throw away the line that begins it.
      let begun = path.replacing("page.grd.md", with: "begun.npy")
      #expect(session.reads { FileBytes.exists(begun) })
      session.type("\u{3}")
      #expect(session.sees("interrupted"))
      session.type("undo\nquit\nd\n")
      #expect(session.ending() == 0)
      #expect(!session.output.contains("\u{1B}"))
    }
  }

  @Test func `the mouse is listened to only when it is asked for`() throws {
    try withPage { path in
      let session = try TerminalSession([path])
      #expect(session.sees("quit"))
      #expect(!session.output.contains("\u{1B}[?1000h"))
      session.type(":mouse\r")
      #expect(session.sees("\u{1B}[?1000h\u{1B}[?1006h"))
      session.type("\u{1B}[<65;10;10M\u{1B}[<0;5;5M\u{1B}[<0;5;5m")
      session.type("q")
      #expect(session.ending() == 0)
      #expect(session.output.contains("\u{1B}[?1000l"))
    }
  }

  @Test func `recent notebooks are offered without a file`() throws {
    try withPage { path in
      let state = path.replacing("page.grd.md", with: "state")
      let first = try TerminalSession([path], variables: ["XDG_STATE_HOME=\(state)"])
      #expect(first.sees("quit"))
      first.type("q")
      #expect(first.ending() == 0)
      let home = try TerminalSession([], variables: ["XDG_STATE_HOME=\(state)"])
      #expect(home.sees("opened last"))
      #expect(home.sees("page.grd.md"))
      home.type("q")
      #expect(home.ending() == 0)
    }
  }

  @Test func `without a file the home screen leads to a page that takes text at once`() throws {
    let session = try TerminalSession([])
    #expect(session.sees("a new page"))
    session.type("n")
    #expect(session.sees("EDIT"))
    session.type("x = 6 * 7\u{1B}")
    #expect(session.sees("NAV"))
    session.type("qd")
    #expect(session.ending() == 0)
    #expect(session.output.contains(leavesScreen))
  }

  @Test func `a page open elsewhere can be read but not saved`() throws {
    try withPage { path in
      let first = try TerminalSession([path])
      #expect(first.sees("quit"))
      let second = try TerminalSession([path])
      #expect(second.sees("Another gradus has this notebook open (process "))
      second.type("rb\u{13}")
      #expect(second.sees("saves a copy"))
      second.type("qd")
      #expect(second.ending() == 0)
      first.type("q")
      #expect(first.ending() == 0)
      #expect(try FileBytes.read(path) == Array(page.utf8))
    }
  }

  @Test func `the line by line notebook edits, remembers and completes`() throws {
    let session = try TerminalSession(["repl"])
    #expect(session.sees("> "))
    session.type("x = 41\r")
    session.type("x + 2\u{7F}1\r")
    #expect(session.sees("42\r\n"))
    session.forget()
    session.type("\u{1B}[A\u{1}10 * \r")
    #expect(session.sees("411\r\n"))
    session.type("softm\t([0, 0])\r")
    #expect(session.sees("[0.5, 0.5]"))
    session.type("while true {}\r")
    // The key reaches the evaluation once it goes on; before and after, it clears the line.
    #expect(session.sees("while true {}\r\u{1B}[15C\r\n"))
    #expect(
      session.reads {
        session.type("\u{3}")
        return session.output.contains("interrupted")
      })
    session.type("1000 + 1\r")
    #expect(session.sees("1001\r\n"))
    session.type("\u{4}")
    #expect(session.ending() == 0)
  }
}
