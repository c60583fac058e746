import Glibc
import Synchronization

extension MemoryBudget {
  private static let start = Atomic<Int>(0)

  /// Throws when the whole process has grown by more than the budget since it was first asked: texts and
  /// lists count here, which no single allocation tells of.
  package static func checkProcess() throws {
    let now = resident()
    guard now > 0 else { return }
    let before = start.load(ordering: .relaxed)
    if before == 0 {
      start.store(now, ordering: .relaxed)
    } else if now - before > bytes {
      throw TensorError.overBudget(needed: now - before, budget: bytes)
    }
  }

  /// Bytes of memory that the process holds now.
  private static func resident() -> Int {
    let file = open("/proc/self/statm", O_RDONLY)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { buffer in
      let count = read(file, buffer.baseAddress, 127)
      guard count > 0 else { return 0 }
      let parts = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ")
      return parts.count > 1 ? (Int(parts[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
  }
}
