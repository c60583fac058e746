import Files
import Notebooks
import Terminal
import TestSupport
import Testing

@testable import Studio

@Suite struct TrustTests {
  private static let page = """
    ```gradus #a
    x = load("data.csv")
    ```

    ```gradus #b
    y = 2
    ```

    """

  private func settle(_ session: StudioSession) {
    for _ in 0..<Stage.patience where session.state.isLive || session.state.isUnsettled {
      session.runner.mailbox.wait(milliseconds: 20)
      _ = session.receive()
      session.state.refresh()
    }
  }

  private func opened(_ path: String, _ home: String) throws -> StudioSession {
    let session = try StudioSession(
      path, savesAtOnce: true, signatures: Signatures(folder: home))
    session.state.size = (80, 24)
    session.state.refresh()
    return session
  }

  private func screen(_ session: StudioSession) -> String {
    StudioView.draw(session.state).grid.plainText()
  }

  @Test func `a stranger's notebook asks before its first run and lists what it names`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      let bytes = Array(Self.page.utf8)
      try FileBytes.writeAtomically(bytes, to: path)
      try FileBytes.writeAtomically(Array("a\n1\n".utf8), to: folder + "/data.csv")
      let session = try opened(path, folder + "/home")
      #expect(screen(session).contains("not yours"))
      #expect(session.state.message.hasPrefix("somebody else's notebook"))
      session.press("j<stay>")
      #expect(screen(session).contains("it names 1 file. Run it?"))
      session.press("l")
      #expect(screen(session).contains("data.csv   4 bytes"))
      session.press("<esc>")
      #expect(screen(session).contains("Run it?"))
      session.press("n")
      settle(session)
      #expect(session.state.cells.allSatisfy { $0.evaluated == nil && $0.activity == .idle })
      #expect(!FileBytes.exists(folder + "/home"))

      session.press("<stay>y")
      settle(session)
      #expect(session.state.cells[1].evaluated?.result.error == nil)
      #expect(session.state.condition(1) == .done)
      #expect(!screen(session).contains("not yours"))
      session.state.isDiscarded = true
      session.end()

      // It is one's own from then on, as long as nobody else changes a byte.
      let again = try opened(path, folder + "/home")
      #expect(!again.state.isStranger)
      again.end()
      for at in stride(from: 0, to: bytes.count, by: 7) {
        var changed = bytes
        changed[at] ^= 1
        try FileBytes.writeAtomically(changed, to: path)
        let other = try opened(path, folder + "/home")
        #expect(other.state.isStranger, "byte \(at)")
        other.end()
      }
    }
  }

  @Test func `what is saved here is one's own, what another program writes is not`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      let session = try opened(path, folder + "/home")
      #expect(!session.state.isStranger)
      session.press("<enter>1 + 1<esc><c-s>")
      session.end()
      let again = try opened(path, folder + "/home")
      #expect(!again.state.isStranger)
      let theirs = Array("```gradus #c1\n1 + 2\n```\n".utf8)
      try FileBytes.writeAtomically(theirs, to: path)
      again.lookAtFile()
      #expect(again.state.isStranger)
      again.press("<stay>")
      #expect(screen(again).contains("it names no files. Run it?"))
      again.press("n")
      again.end()
    }
  }
}
