import Files
import Glibc
import Notebooks
import Studio
import Terminal
import TestSupport
import Testing

/// Every call of the file system fails once, or is the last of a killed program.
@Suite struct FaultTests {
  private static let page = "# A\n\n```gradus #a\nx = 1\n```\n\n```gradus #b\nx + 1\n```\n"
  private static let keys =
    KeyScript.keys("<enter><end>23<esc>b<enter>é漢<esc>")
    + [.control("s")] + KeyScript.keys("jdd") + [.control("s")] + KeyScript.keys("<enter>y<esc>")

  /// What a session that ended without farewell had promised.
  private struct Promise {
    /// The page after every key that was shown.
    var pages = [FaultTests.page]
    /// The page of a key that was taken in when the program died.
    var pending: String?
    /// Pages that were said to be saved.
    var saved = [FaultTests.page]
    var isKept = true
    var wasTold = false
  }

  private static func text(_ session: StudioSession) -> String {
    String(decoding: session.state.document(), as: UTF8.self)
  }

  /// A page with a journal that a session left which was killed; what it promised.
  private func prepare(_ path: String, recovering: Bool) throws -> Promise {
    try FileBytes.writeAtomically(Array(FaultTests.page.utf8), to: path)
    var promise = Promise()
    guard recovering else { return promise }
    let session = try StudioSession(path, savesAtOnce: true)
    session.state.size = (80, 24)
    for key in KeyScript.keys("<enter>left<esc>b<enter>behind<esc>") { _ = session.press(key) }
    session.note()
    session.abandon()
    promise.pages.append(FaultTests.text(session))
    return promise
  }

  private func work(_ path: String, _ fault: FileFault, _ before: Promise = Promise()) -> Promise {
    var promise = before
    FileFault.$current.withValue(fault) {
      guard let session = try? StudioSession(path, savesAtOnce: true), !fault.isDead else { return }
      session.state.size = (80, 24)
      promise.wasTold = session.state.message.contains("no journal")
      promise.isKept = session.isKept
      for key in FaultTests.keys {
        session.state.refresh()
        _ = session.press(key)
        let isSaved = session.state.message.hasPrefix("saved")
        session.note()
        if session.state.message.contains("not") { promise.wasTold = true }
        if fault.isDead {
          promise.pending = FaultTests.text(session)
          return
        }
        promise.pages.append(FaultTests.text(session))
        if isSaved { promise.saved.append(FaultTests.text(session)) }
        promise.isKept = session.isKept
      }
    }
    return promise
  }

  private func reopened(_ path: String) throws -> String {
    var session = try StudioSession(path, savesAtOnce: true)
    // The journal of the session before may still be on its way to the disk.
    for _ in 0..<100_000 {
      guard case .ask(.locked) = session.state.mode else { break }
      sched_yield()
      session = try StudioSession(path, savesAtOnce: true)
    }
    if case .ask(.recovery) = session.state.mode { _ = session.press(.character("r")) }
    defer { session.abandon() }
    return FaultTests.text(session)
  }

  private func calls(recovering: Bool) throws -> [String] {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      let fault = FileFault(at: .max, .ioError)
      let promise = work(path, fault, try prepare(path, recovering: recovering))
      #expect(promise.saved.count == 3 && promise.isKept && !promise.wasTold)
      return fault.made
    }
  }

  @Test(arguments: [false, true])
  func `a kill, a full disk, an error or a signal at any call loses nothing`(recovering: Bool)
    throws
  {
    let calls = try calls(recovering: recovering)
    #expect(calls.count > 30)
    var problems: [String] = []
    for kind in FileFault.Kind.allCases {
      for (at, call) in calls.enumerated() {
        try withTemporaryFolder { folder in
          let path = folder + "/page.grd.md"
          let before = try prepare(path, recovering: recovering)
          let promise = work(path, FileFault(at: at, kind), before)
          func check(_ holds: Bool, _ what: String) {
            if !holds { problems.append("\(what): \(kind) at call \(at), \(call)") }
          }
          let file = String(decoding: try FileBytes.read(path), as: UTF8.self)
          check(file == promise.pending || promise.pages.contains(file), "torn")
          if kind != .killed { check(file == promise.saved.last || promise.wasTold, "not saved") }
          let now = try reopened(path)
          let isThere = now == promise.pages.last || now == promise.pending
          check(isThere || (!promise.isKept && promise.wasTold), "lost")
          if kind == .interrupted { check(!promise.wasTold && isThere, "noticed") }
          check(!FileBytes.names(in: folder).contains { $0.hasSuffix(".tmp") }, "left over")
        }
      }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }
}
