import CKernels

/// Memory that one thread's tensors use again once nobody holds it: work that repeats itself then
/// takes none from the system.
package final class StoragePool: @unchecked Sendable {
  private struct Shelf {
    var storages: [Storage] = []
    /// Where the search for a free one goes on.
    var next = 0
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
    shelves[byteCount, default: Shelf()].storages.append(new)
    return new
  }

  private func take(_ byteCount: Int) -> Storage? {
    guard let index = shelves.index(forKey: byteCount) else { return nil }
    let count = shelves.values[index].storages.count
    for _ in 0..<count {
      let at = shelves.values[index].next
      shelves.values[index].next = at + 1 == count ? 0 : at + 1
      if isKnownUniquelyReferenced(&shelves.values[index].storages[at]) {
        return shelves.values[index].storages[at]
      }
    }
    return nil
  }
}
