import CKernels

/// Memory that one thread's tensors use again once nobody holds it: work that repeats itself then
/// takes none from the system.
package final class StoragePool: @unchecked Sendable {
  private struct Shelf {
    var storages: [(storage: Storage, found: Int)] = []
    /// Where the search for a free one goes on.
    var next = 0
    /// Those that were in use at every look: somebody keeps them, as states to go back to are kept.
    var kept: [Storage] = []
    var nextKept = 0

    /// Looks at each of those in turn; what is in use time and again is not looked at for a while.
    mutating func free() -> Storage? {
      var left = storages.count
      while left > 0 {
        left -= 1
        if next >= storages.count { next = 0 }
        if isKnownUniquelyReferenced(&storages[next].storage) {
          storages[next].found = 0
          next += 1
          return storages[next - 1].storage
        }
        storages[next].found += 1
        if storages[next].found > Shelf.patience {
          kept.append(storages[next].storage)
          storages.swapAt(next, storages.count - 1)
          storages.removeLast()
        } else {
          next += 1
        }
      }
      return given()
    }

    /// One of those that were kept, when it was let go.
    private mutating func given() -> Storage? {
      for _ in 0..<min(kept.count, Shelf.looks) {
        if nextKept >= kept.count { nextKept = 0 }
        if isKnownUniquelyReferenced(&kept[nextKept]) {
          kept.swapAt(nextKept, kept.count - 1)
          let storage = kept.removeLast()
          storages.append((storage, 0))
          return storage
        }
        nextKept += 1
      }
      return nil
    }

    private static let patience = 4
    private static let looks = 64
  }
  private var shelves: [Int: Shelf] = [:]

  /// Bytes that were ever taken from the system for it.
  package private(set) var byteCount = 0

  package init() {}

  static var current: StoragePool? {
    @inline(__always) get {
      guard let object = ck_pool() else { return nil }
      return Unmanaged<StoragePool>.fromOpaque(object).takeUnretainedValue()
    }
  }

  /// Tensors made by `body` on this thread take their memory from the pool. One thread at a time may
  /// use it.
  package func use<R>(_ body: () throws -> R) rethrows -> R {
    let outer = ck_pool()
    ck_set_pool(Unmanaged.passUnretained(self).toOpaque())
    defer { ck_set_pool(outer) }
    return try withExtendedLifetime(self) { try body() }
  }

  /// A storage of so many bytes (rounded as storages are) that nobody holds, or a new one.
  func storage(_ byteCount: Int) throws -> Storage {
    if let found = take(byteCount) { return found }
    let new = try Storage(byteCount: byteCount)
    self.byteCount += byteCount
    shelves[byteCount, default: Shelf()].storages.append((new, 0))
    return new
  }

  private func take(_ byteCount: Int) -> Storage? {
    guard let index = shelves.index(forKey: byteCount) else { return nil }
    return shelves.values[index].free()
  }
}
