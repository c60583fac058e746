import Dispatch
import Glibc
import Synchronization

/// A file that only grows: every record is checked, so that after a crash the whole beginning is known
/// good. Appending reaches the kernel at once, and the disk within a second.
package final class Journal: Sendable {
  /// Why a journal cannot be kept.
  package enum Problem: Error, Sendable, Equatable {
    /// Another program has it open.
    case inUse
    case unwritable(reason: String)
  }

  package let path: String
  private let file: Int32
  private let syncing = DispatchQueue(label: "journal")
  private let isDirty = Atomic<Bool>(false)

  /// Opens (or creates) a journal and locks it.
  package init(_ path: String) throws(Problem) {
    self.path = path
    while true {
      let opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard opened >= 0 else { throw .unwritable(reason: String(cString: strerror(errno))) }
      guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
        let isTaken = errno == EWOULDBLOCK
        let reason = String(cString: strerror(errno))
        close(opened)
        throw isTaken ? .inUse : .unwritable(reason: reason)
      }
      // The last owner may have removed the file between our opening and locking it.
      var about = stat()
      if fstat(opened, &about) == 0, about.st_nlink > 0 {
        file = opened
        return
      }
      close(opened)
    }
  }

  deinit { close(file) }

  /// Appends a record; false when the disk refuses it.
  @discardableResult
  package func append(_ payload: [UInt8]) -> Bool {
    let record = Journal.framed(payload)
    let written = record.withUnsafeBytes { write(file, $0.baseAddress, record.count) }
    if written == record.count, !isDirty.exchange(true, ordering: .relaxed) {
      syncing.asyncAfter(deadline: .now() + 1) { @Sendable [weak self] in
        guard let self else { return }
        isDirty.store(false, ordering: .relaxed)
        fdatasync(file)
      }
    }
    return written == record.count
  }

  /// Begins anew: what was appended is in the saved file now.
  package func clear() { ftruncate(file, 0) }

  /// Removes the file; nothing of it is needed any more.
  package func remove() { unlink(path) }

  package func flush() { fdatasync(file) }

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
