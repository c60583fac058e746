import Dispatch
import Glibc
import Synchronization

/// A file that only grows: every record is checked, so that after a crash the whole beginning is known
/// good. Appending reaches the kernel at once, and the disk within a second.
package final class Journal: Sendable {
  /// Why a journal cannot be kept.
  package enum Problem: Error, Sendable, Equatable {
    /// Another program has it open; its process, where the system tells.
    case inUse(by: Int32?)
    case unwritable(reason: String)
  }

  package let path: String
  private let file: Int32
  private let syncing = DispatchQueue(label: "journal")
  private let isDirty = Atomic<Bool>(false)
  /// How many bytes of whole records the file has.
  private let length = Atomic<Int>(0)

  /// Opens (or creates) a journal and locks it; what is torn at its end is cut off.
  package init(_ path: String) throws(Problem) {
    self.path = path
    while true {
      let opened = SystemCalls.open(
        path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
      guard opened >= 0 else { throw .unwritable(reason: String(cString: strerror(errno))) }
      guard SystemCalls.lock(opened) == 0 else {
        let isTaken = errno == EWOULDBLOCK
        let reason = String(cString: strerror(errno))
        _ = SystemCalls.close(opened)
        throw isTaken ? .inUse(by: Journal.owner(of: path)) : .unwritable(reason: reason)
      }
      // The last owner may have removed the file between our opening and locking it.
      var about = stat()
      if SystemCalls.fstat(opened, &about) == 0, about.st_nlink > 0 {
        guard about.st_mode & S_IFMT == S_IFREG else {
          _ = SystemCalls.close(opened)
          throw .unwritable(reason: "\(path) is not a plain file")
        }
        file = opened
        if about.st_size > 0 {
          guard let bytes = try? FileBytes.read(path) else {
            _ = SystemCalls.close(opened)
            throw .unwritable(reason: "\(path) cannot be read")
          }
          let whole = Journal.records(in: bytes).reduce(0) { $0 + 8 + $1.count }
          if whole < bytes.count { _ = SystemCalls.truncate(file, whole) }
          length.store(whole, ordering: .relaxed)
        }
        return
      }
      _ = SystemCalls.close(opened)
      if FileFault.current?.isDead == true { throw .unwritable(reason: "killed") }
    }
  }

  deinit { _ = SystemCalls.close(file) }

  /// The process that has a file locked, by the kernel's table.
  private static func owner(of path: String) -> Int32? {
    var about = stat()
    guard stat(path, &about) == 0, let table = fopen("/proc/locks", "r") else { return nil }
    defer { fclose(table) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, table) != nil {
      let words = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
      )
      .split(separator: " ")
      guard words.count >= 6, words[1] == "FLOCK", words[5].hasSuffix(":\(about.st_ino)") else {
        continue
      }
      return Int32(words[4])
    }
    return nil
  }

  /// Appends a record; false when the disk refuses it, and then nothing of it stays.
  @discardableResult
  package func append(_ payload: [UInt8]) -> Bool {
    let record = Journal.framed(payload)
    let before = length.load(ordering: .relaxed)
    guard SystemCalls.writeAll(file, record) else {
      _ = SystemCalls.truncate(file, before)
      return false
    }
    length.store(before + record.count, ordering: .relaxed)
    if !isDirty.exchange(true, ordering: .relaxed) {
      syncing.asyncAfter(deadline: .now() + 1) { @Sendable [weak self] in self?.sync() }
    }
    return true
  }

  private func sync() {
    isDirty.store(false, ordering: .relaxed)
    _ = SystemCalls.syncData(file)
  }

  /// Begins anew: what was appended is in the saved file now.
  package func clear() {
    guard length.load(ordering: .relaxed) > 0 else { return }
    if SystemCalls.truncate(file, 0) == 0 { length.store(0, ordering: .relaxed) }
  }

  /// Removes the file; nothing of it is needed any more.
  package func remove() { _ = SystemCalls.unlink(path) }

  package func flush() { _ = SystemCalls.syncData(file) }

  /// Brings everything to the disk at once, without waiting for it.
  package func flushSoon() { syncing.async { @Sendable [weak self] in self?.flush() } }

  /// A record as it stands in the file: length, CRC-32C, bytes.
  package static func framed(_ payload: [UInt8]) -> [UInt8] {
    word(UInt32(truncatingIfNeeded: payload.count)) + word(CRC32C.of(payload)) + payload
  }

  /// The records of a journal up to the first that is torn or damaged; none without a file.
  package static func records(_ path: String) -> [[UInt8]] {
    guard let bytes = try? FileBytes.read(path) else { return [] }
    return records(in: bytes)
  }

  package static func records(in bytes: [UInt8]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var at = 0
    while at + 8 <= bytes.count {
      let size = Int(word(bytes, at))
      guard size <= bytes.count - at - 8 else { break }
      let payload = Array(bytes[(at + 8)..<(at + 8 + size)])
      guard CRC32C.of(payload) == word(bytes, at + 4) else { break }
      found.append(payload)
      at += 8 + size
    }
    return found
  }

  private static func word(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
  }
}
