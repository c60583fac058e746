import CFiles
import Glibc
import Synchronization

/// The calls of the system through which files are read and written: repeated when a signal interrupts
/// them, and, in tests, made to fail one by one.
enum SystemCalls {
  static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    let isNew = FileFault.current != nil && flags & O_CREAT != 0 && access(path, F_OK) != 0
    let file = retried("open") { Glibc.open(path, flags, mode) }
    if file >= 0 { FileFault.current?.note(.opened(path: path, file: file, isNew: isNew)) }
    return file
  }

  static func openBeneath(_ folder: Int32, _ path: String, _ flags: Int32) -> Int32 {
    retried("open") { gradus_open_beneath(folder, path, flags, 0) }
  }

  static func fstat(_ file: Int32, _ about: inout stat) -> Int32 {
    var found = about
    defer { about = found }
    return retried("fstat") { Glibc.fstat(file, &found) }
  }

  static func read(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    retried("read") { Glibc.read(file, bytes, count) }
  }

  /// Writes everything; false with `errno` when only a part could be written.
  static func writeAll(_ file: Int32, _ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        let rest = UnsafeRawBufferPointer(rebasing: all[done...])
        return retried(
          "write", partial: { _ = Glibc.write(file, rest.baseAddress, rest.count / 2) }
        ) {
          Glibc.write(file, rest.baseAddress, rest.count)
        }
      }
      if count <= 0 { return false }
      FileFault.current?.note(.wrote(file: file, Array(bytes[done..<(done + count)])))
      done += count
    }
    return true
  }

  static func sync(_ file: Int32) -> Int32 {
    noted(.synced(file: file)) { retried("fsync") { Glibc.fsync(file) } }
  }
  static func syncData(_ file: Int32) -> Int32 {
    noted(.synced(file: file)) { retried("fdatasync") { Glibc.fdatasync(file) } }
  }
  static func truncate(_ file: Int32, _ size: Int) -> Int32 {
    noted(.truncated(file: file, size: size)) {
      retried("ftruncate") { Glibc.ftruncate(file, size) }
    }
  }
  static func rename(_ from: String, _ to: String) -> Int32 {
    noted(.renamed(from: from, to: to)) { retried("rename") { Glibc.rename(from, to) } }
  }
  static func unlink(_ path: String) -> Int32 {
    noted(.unlinked(path: path)) { retried("unlink") { Glibc.unlink(path) } }
  }

  private static func noted(_ step: FileFault.Step, _ call: () -> Int32) -> Int32 {
    let code = call()
    if code == 0 { FileFault.current?.note(step) }
    return code
  }
  static func lock(_ file: Int32) -> Int32 {
    retried("flock") { flock(file, LOCK_EX | LOCK_NB) }
  }

  /// A descriptor that a signal interrupted is closed all the same.
  static func close(_ file: Int32) -> Int32 {
    let isClosed = Glibc.close(file)
    let code = once("close", {}) { isClosed }
    return code < 0 && errno == EINTR ? 0 : code
  }

  private static func retried<Code: BinaryInteger>(
    _ name: String, partial: () -> Void = {}, _ call: () -> Code
  ) -> Code {
    while true {
      let code = once(name, partial, call)
      if code < 0, errno == EINTR { continue }
      return code
    }
  }

  private static func once<Code: BinaryInteger>(
    _ name: String, _ partial: () -> Void, _ call: () -> Code
  ) -> Code {
    guard let fault = FileFault.current, let error = fault.next(name, partial) else {
      return call()
    }
    errno = error
    return -1
  }
}

/// Makes one call of the system fail, or everything from it on as if the program were killed there.
package final class FileFault: Sendable {
  package enum Kind: Sendable, CaseIterable { case killed, noSpace, ioError, interrupted }

  @TaskLocal package static var current: FileFault?

  private let at: Int
  private let kind: Kind
  private let calls = Mutex<[String]>([])
  private let done = Mutex<[Step]>([])

  /// What was done to the disk.
  package enum Step: Sendable, Equatable {
    case opened(path: String, file: Int32, isNew: Bool)
    case wrote(file: Int32, [UInt8])
    case truncated(file: Int32, size: Int)
    case synced(file: Int32)
    case renamed(from: String, to: String)
    case unlinked(path: String)
    /// A word of the test.
    case said(String)
  }

  /// Everything that was done so far.
  package var steps: [Step] { done.withLock { $0 } }

  package func note(_ step: Step) { done.withLock { $0.append(step) } }

  /// The call to fail, counted from 0.
  package init(at: Int, _ kind: Kind) { (self.at, self.kind) = (at, kind) }

  /// The calls that were made so far.
  package var made: [String] { calls.withLock { $0 } }

  /// Whether the program would be dead by now.
  package var isDead: Bool { kind == .killed && made.count > at }

  /// The error that a call gives; nil when it is made.
  fileprivate func next(_ name: String, _ partial: () -> Void) -> Int32? {
    let number = calls.withLock { calls in
      calls.append(name)
      return calls.count - 1
    }
    switch kind {
    case .killed where number >= at:
      if number == at { partial() }
      return EIO
    case .noSpace where number == at && ["write", "open", "fsync", "rename"].contains(name):
      partial()
      return ENOSPC
    case .ioError where number == at: return EIO
    case .interrupted where number == at: return EINTR
    default: return nil
    }
  }
}
