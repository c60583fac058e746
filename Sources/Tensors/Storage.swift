import Glibc

/// Bytes that tensors share; freed, and given back to the budget, with the last of them.
final class Storage: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  private let block: UnsafeMutableRawPointer
  let byteCount: Int
  /// The recording during which this came to be (0: none), and its place there.
  let recording: UInt32
  var slot: Int32 = -1

  /// Uninitialised, 64-byte aligned.
  init(byteCount: Int) throws {
    let rounded = max(64, (byteCount + 63) & ~63)
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

  deinit {
    free(block)
    MemoryBudget.gave(byteCount)
  }
}
