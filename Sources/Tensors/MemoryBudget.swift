import CKernels
import Glibc
import Synchronization

/// The share of memory that tensors may take; checked before every allocation.
package enum MemoryBudget {
  private static let limit = Atomic<Int>(0)
  private static let live = Atomic<Int>(0)

  /// Bytes that all tensors together may take: 80 % of what was free at first use, unless set.
  package static var bytes: Int {
    get {
      let known = limit.load(ordering: .relaxed)
      if known > 0 { return known }
      let measured = max(64 << 20, Int(Double(available()) * 0.8))
      limit.store(measured, ordering: .relaxed)
      return measured
    }
    set { limit.store(newValue, ordering: .relaxed) }
  }

  /// Bytes that tensors take now.
  package static var used: Int { live.load(ordering: .relaxed) }

  /// Throws when `count` more bytes would not fit.
  package static func check(_ count: Int) throws {
    if count > bytes - used { throw TensorError.overBudget(needed: count, budget: bytes) }
  }

  /// Throws when a list with that many places of `bytes` each would not fit.
  package static func check(_ sizes: [Int], bytes: Int = 8) throws {
    let count = try Shape(checking: sizes).count
    let (total, overflow) = count.multipliedReportingOverflow(by: bytes)
    try check(overflow ? .max : total)
  }

  /// Gives back to the system what freed tensors have left behind.
  package static func returnFreed() { ck_return_freed() }

  /// The most bytes that tensors of this thread took at one time while `body` ran, beyond those that
  /// were there before.
  package static func peak(_ body: () throws -> Void) rethrows -> Int {
    let (held, most, pool) = (ck_bytes_held(), ck_bytes_most(), ck_pool())
    ck_set_bytes_most(held)
    // Memory that is used again would not count.
    ck_set_pool(nil)
    defer {
      ck_set_pool(pool)
      ck_set_bytes_most(max(most, ck_bytes_most()))
    }
    try body()
    return ck_bytes_most() - held
  }

  static func took(_ count: Int) {
    live.add(count, ordering: .relaxed)
    ck_bytes_moved(count)
  }

  static func gave(_ count: Int) {
    live.subtract(count, ordering: .relaxed)
    ck_bytes_moved(-count)
  }

  /// The smaller of what the kernel calls available and what a control group leaves.
  private static func available() -> Int {
    var found = 4 << 30
    for line in text(of: "/proc/meminfo").split(separator: "\n")
    where line.hasPrefix("MemAvailable:") {
      let digits = line.filter { $0.isNumber }
      if let kilobytes = Int(digits) { found = kilobytes * 1024 }
    }
    let group = text(of: "/sys/fs/cgroup/memory.max").filter { $0.isNumber }
    if let bytes = Int(group), bytes > 0 { found = min(found, bytes) }
    return found
  }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
