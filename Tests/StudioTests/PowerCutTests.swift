import Files
import Glibc
import Notebooks
import Studio
import Terminal
import TestSupport
import Testing

/// What a disk may hold after its power was cut: what was not synced is there, in part, or not at all.
struct DiskModel {
  /// A file: what is on the disk for certain, and what was done since.
  struct Inode {
    var durable: [UInt8] = []
    var pending: [Change] = []

    enum Change {
      case write([UInt8])
      case truncate(Int)
    }

    /// Every content that may be found.
    var contents: [[UInt8]] {
      var found = [durable]
      var now = durable
      for change in pending {
        switch change {
        case .truncate(let size):
          now = Array(now.prefix(size))
        case .write(let bytes):
          // Half of it, and room without its bytes.
          found.append(now + bytes.prefix(bytes.count / 2))
          found.append(now + [UInt8](repeating: 0, count: bytes.count))
          now += bytes
        }
        found.append(now)
      }
      return found
    }

    var latest: [UInt8] { contents.last ?? [] }

    mutating func sync() { (durable, pending) = (latest, []) }
  }

  enum Entry {
    case linked(String, Int)
    case renamed(String, String)
    case unlinked(String)
  }

  private(set) var inodes: [Inode] = []
  private var durableNames: [String: Int] = [:]
  private var pendingNames: [Entry] = []
  private var files: [Int32: Int] = [:]
  private var folders: Set<Int32> = []

  init(_ path: String, _ bytes: [UInt8]) {
    inodes = [Inode(durable: bytes)]
    durableNames = [path: 0]
  }

  private func names(_ entries: some Sequence<Entry>) -> [String: Int] {
    var names = durableNames
    for entry in entries {
      switch entry {
      case .linked(let path, let inode): names[path] = inode
      case .renamed(let from, let to):
        if let inode = names[from] { names[to] = inode }
        names[from] = nil
      case .unlinked(let path): names[path] = nil
      }
    }
    return names
  }

  mutating func apply(_ step: FileFault.Step) {
    switch step {
    case .opened(let path, let file, let isNew):
      if isNew {
        inodes.append(Inode())
        pendingNames.append(.linked(path, inodes.count - 1))
      }
      files[file] = names(pendingNames)[path]
      if files[file] == nil { folders.insert(file) } else { folders.remove(file) }
    case .wrote(let file, let bytes):
      if let inode = files[file] { inodes[inode].pending.append(.write(bytes)) }
    case .truncated(let file, let size):
      if let inode = files[file] { inodes[inode].pending.append(.truncate(size)) }
    case .synced(let file):
      if let inode = files[file] {
        inodes[inode].sync()
      } else if folders.contains(file) {
        durableNames = names(pendingNames)
        pendingNames = []
      }
    case .renamed(let from, let to): pendingNames.append(.renamed(from, to))
    case .unlinked(let path): pendingNames.append(.unlinked(path))
    case .said: break
    }
  }

  /// Every state in which the disk may be found: the folder's changes up to any, or without one of them;
  /// each file with any of its contents.
  var states: [[String: [UInt8]]] {
    var folders: [[String: Int]] = []
    for count in 0...pendingNames.count {
      folders.append(names(pendingNames.prefix(count)))
      for left in 0..<count {
        folders.append(
          names(pendingNames.prefix(count).enumerated().filter { $0.offset != left }.map(\.element))
        )
      }
    }
    return folders.flatMap { names -> [[String: [UInt8]]] in
      var states: [[String: [UInt8]]] = [[:]]
      for (path, inode) in names.sorted(by: { $0.key < $1.key }) {
        let contents = inodes[inode].contents
        states = states.flatMap { state in
          contents.map { bytes in
            var next = state
            next[path] = bytes
            return next
          }
        }
      }
      return states
    }
  }
}

@Suite struct PowerCutTests {
  private static let page = "# A\n\n```gradus #a\nx = 1\n```\n\n```gradus #b\nx + 1\n```\n"

  @Test func `whatever of the disk survives a power cut, what was said to be saved is there`()
    throws
  {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array(PowerCutTests.page.utf8), to: path)
      let trace = FileFault(at: .max, .ioError)
      var pages = [PowerCutTests.page]
      var saved: [Int: Int] = [:]
      FileFault.$current.withValue(trace) {
        guard let session = try? StudioSession(path, savesAtOnce: true) else { return }
        session.state.size = (80, 24)
        let keys =
          KeyScript.keys("<enter>2<esc>") + [.control("s")] + KeyScript.keys("b<enter>é<esc>jdd")
          + [.control("s")] + KeyScript.keys("<enter>y")
        for key in keys {
          session.state.refresh()
          _ = session.press(key)
          session.note()
          pages.append(String(decoding: session.state.document(), as: UTF8.self))
          if session.state.message.hasPrefix("saved") {
            // From here on at least this page has to be there.
            saved[trace.steps.count] = pages.count - 1
          }
        }
        session.abandon()
      }
      #expect(saved.count == 2)
      var problems: Set<String> = []
      var tried: Set<[String: [UInt8]]> = []
      var disk = DiskModel(path, Array(PowerCutTests.page.utf8))
      var least = 0
      for (number, step) in trace.steps.enumerated() {
        disk.apply(step)
        least = saved.filter { $0.key <= number + 1 }.map(\.value).max() ?? least
        for state in disk.states where tried.insert(state).inserted {
          let now = try reopened(state, folder)
          guard let at = pages.lastIndex(of: now) else {
            problems.insert("torn after step \(number), \(step): \(now)")
            continue
          }
          if at < least { problems.insert("lost after step \(number), \(step): \(now)") }
        }
      }
      #expect(tried.count > 40)
      #expect(problems.isEmpty, "\(problems.sorted().prefix(5).joined(separator: "\n"))")
    }
  }

  /// The page that is offered when a notebook is opened on such a disk.
  private func reopened(_ disk: [String: [UInt8]], _ folder: String) throws -> String {
    for name in FileBytes.names(in: folder) { FileBytes.remove(folder + "/" + name) }
    for (path, bytes) in disk {
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      defer { close(file) }
      #expect(write(file, bytes, bytes.count) == bytes.count)
    }
    let session = try StudioSession(folder + "/page.grd.md", savesAtOnce: true)
    if case .ask(.recovery) = session.state.mode { _ = session.press(.character("r")) }
    defer { session.abandon() }
    return String(decoding: session.state.document(), as: UTF8.self)
  }
}
