import Glibc

/// Bytes that tensors share; freed, and given back to the budget, with the last of them.
final class Storage: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let byteCount: Int

  /// Uninitialised, 64-byte aligned.
  init(byteCount: Int) throws {
    let rounded = max(64, (byteCount + 63) & ~63)
    try MemoryBudget.check(rounded)
    guard let start = aligned_alloc(64, rounded) else {
      throw TensorError.overBudget(needed: rounded, budget: MemoryBudget.bytes)
    }
    self.start = start
    self.byteCount = rounded
    MemoryBudget.took(rounded)
  }

  deinit {
    free(start)
    MemoryBudget.gave(byteCount)
  }
}
