import Dispatch
import Synchronization
import Testing

@testable import Tensors

@Suite struct WorkersTests {
  /// How often each part ran.
  private func counts(_ parts: Int) -> [Int] {
    let counts = Mutex([Int](repeating: 0, count: parts))
    Workers.run(parts: parts) { part in counts.withLock { $0[part] += 1 } }
    return counts.withLock { $0 }
  }

  @Test(arguments: [0, 1, 2, 3, 7, 64, 1000])
  func `every part runs once`(parts: Int) {
    for _ in 0..<50 { #expect(counts(parts).allSatisfy { $0 == 1 }) }
  }

  @Test func `many threads may ask at once, and parts may ask again`() {
    let total = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      for _ in 0..<200 {
        Workers.run(parts: 9) { _ in
          Workers.run(parts: 3) { part in total.add(part + 1, ordering: .relaxed) }
        }
      }
    }
    #expect(total.load(ordering: .relaxed) == 6 * 200 * 9 * 6)
  }

  @Test func `what parts have written is there when the call returns`() {
    for round in 0..<2000 {
      var values = [Int](repeating: -1, count: 8)
      values.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let buffer = buffer
        Workers.run(parts: 8) { buffer[$0] = round }
      }
      #expect(values == [Int](repeating: round, count: 8))
    }
  }

  @Test func `parts after the wish to stop are left out`() {
    let stop = WorkStop()
    let begun = Atomic<Int>(0)
    stop.during {
      Workers.run(parts: 10_000) { part in
        begun.add(1, ordering: .relaxed)
        stop.isRequested = true
      }
    }
    #expect(begun.load(ordering: .relaxed) <= Workers.count)
  }
}
