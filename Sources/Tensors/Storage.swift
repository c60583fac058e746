import CKernels
import Glibc

/// Bytes that tensors share; freed, and given back to the budget, with the last of them.
final class Storage: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  private let block: UnsafeMutableRawPointer
  let byteCount: Int
  /// The recording during which this came to be (0: none), and its place there.
  let recording: UInt32
  var slot: Int32 = -1

  /// Uninitialised memory of this thread's pool, if it uses one.
  static func of(_ byteCount: Int) throws -> Storage {
    if let pool = StoragePool.current, ck_recording() == nil {
      return try pool.storage(rounded(byteCount))
    }
    return try Storage(byteCount: byteCount)
  }

  private static func rounded(_ byteCount: Int) -> Int { max(64, (byteCount + 63) & ~63) }

  /// Uninitialised, 64-byte aligned.
  init(byteCount: Int) throws {
    let rounded = Storage.rounded(byteCount)
    try MemoryBudget.check(rounded)
    // malloc keeps small pieces at hand for each thread; aligned_alloc does not.
    guard let block = malloc(rounded + 64) else {
      throw TensorError.overBudget(needed: rounded, budget: MemoryBudget.bytes)
    }
    self.block = block
    start = block + (64 - Int(bitPattern: block) & 63)
    self.byteCount = rounded
    recording = Recording.current?.serial ?? 0
    MemoryBudget.took(rounded)
  }

  /// Stands where numbers are not kept; nobody may read it.
  private init() {
    block = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    start = block
    byteCount = 0
    recording = 0
  }
  static let hollow = Storage()

  /// Memory that is there as long as the program runs.
  init(lasting start: UnsafeMutableRawPointer, byteCount: Int) {
    block = start
    self.start = start
    self.byteCount = byteCount
    recording = 0
  }

  deinit {
    free(block)
    MemoryBudget.gave(byteCount)
  }
}
