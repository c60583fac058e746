import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct WorkStopTests {
  @Test func `after the wish to stop each worker begins at most one part more`() throws {
    for count in 1...4 {
      let stop = WorkStop()
      let late = Atomic<Int>(0)
      let begun = Atomic<Int>(0)
      withWorkers(count) {
        stop.during {
          Workers.run(parts: 100_000) { part in
            if stop.isRequested { late.add(1, ordering: .relaxed) }
            begun.add(1, ordering: .relaxed)
            if part == 10 { stop.isRequested = true }
          }
        }
      }
      #expect(late.load(ordering: .relaxed) <= count)
      #expect(begun.load(ordering: .relaxed) < 100_000)
    }
  }

  @Test func `long loops go on in stretches until nobody wants them`() {
    let stop = WorkStop()
    var seen: [Range<Int>] = []
    WorkStop.stretches(of: 25, grain: 10) { seen.append($0) }
    #expect(seen == [0..<25])
    seen = []
    stop.during {
      WorkStop.stretches(of: 25, grain: 10) { seen.append($0) }
      WorkStop.stretches(of: 0) { seen.append($0) }
      WorkStop.stretches(of: 100, grain: 10) { part in
        seen.append(part)
        if part.lowerBound == 10 { stop.isRequested = true }
      }
    }
    #expect(seen == [0..<10, 10..<20, 20..<25, 0..<10, 10..<20])
  }

  @Test func `loops that ask end at once, and sorting says why there is no result`() throws {
    let stop = WorkStop()
    stop.isRequested = true
    let x = try Tensor((0..<100_000).map { Double($0 * 7919 % 100_003) })
    #expect(throws: WorkStop.Stopped.self) { try stop.during { try x.argsort() } }
    #expect(try x.argsort().count == 100_000)
  }
}
