import Drawing
import Synchronization
import Testing

@testable import Plots

/// Axes of what grows: R3 of the rules for plots.
@Suite struct SteadyRangeTests {
  private final class Clock: Sendable {
    let now = Mutex(0.0)
    var ranges: SteadyRanges { SteadyRanges { self.now.withLock { $0 } } }
    func wait(_ seconds: Double) { now.withLock { $0 += seconds } }
  }

  @Test func `ranges end at round numbers and widen at once`() {
    let ranges = Clock().ranges
    #expect(ranges.fit(.up, Scale(low: 0.13, high: 0.92)) == Scale(low: 0, high: 1))
    #expect(ranges.fit(.up, Scale(low: 0.13, high: 0.97)) == Scale(low: 0, high: 1))
    let wider = ranges.fit(.up, Scale(low: 0.13, high: 1.31))
    #expect(wider.low == 0 && wider.high == 1.5)
    // The other axis knows nothing of it.
    #expect(ranges.fit(.across, Scale(low: 1, high: 8)) == Scale(low: 0, high: 8))
  }

  @Test func `what is never below zero has no axis below zero`() {
    var numbers = Numbers(state: 9)
    for _ in 0..<2000 {
      let low = numbers.next() * 10
      let scale = SteadyRanges.round(Scale(low: low, high: low + numbers.next() * 50 + 1e-9))
      #expect(scale.low >= 0 && scale.low <= low)
    }
  }

  @Test func `a range narrows only when little of it was in use for a second`() {
    let clock = Clock()
    let ranges = clock.ranges
    let wide = ranges.fit(.up, Scale(low: 0, high: 100))
    #expect(wide == Scale(low: 0, high: 100))
    #expect(ranges.fit(.up, Scale(low: 0, high: 60)) == wide)
    clock.wait(0.9)
    #expect(ranges.fit(.up, Scale(low: 0, high: 60)) == wide)
    // In use again: the second begins anew.
    #expect(ranges.fit(.up, Scale(low: 0, high: 80)) == wide)
    clock.wait(0.9)
    #expect(ranges.fit(.up, Scale(low: 0, high: 60)) == wide)
    clock.wait(1.01)
    #expect(ranges.fit(.up, Scale(low: 0, high: 60)) == Scale(low: 0, high: 60))
  }

  @Test func `a growing curve moves its axis a few times, not at every look`() {
    let ranges = Clock().ranges
    var axes: [String] = []
    for count in stride(from: 10, to: 2000, by: 10) {
      let plot = LinePlot(
        [.init("", y: (0..<count).map { Double($0) })], steady: ranges)
      let grid = plot.draw(width: 60, height: 10, depth: .none)
      let floor = String((0..<60).map { grid[$0, 9].character })
      if axes.last != floor { axes.append(floor) }
    }
    #expect(axes.count < 45, "\(axes.count)")
  }

  @Test func `labels that get shorter leave the curve where it is`() {
    let clock = Clock()
    let ranges = clock.ranges
    func edge(_ y: [Double]) -> Int? {
      let grid = LinePlot([.init("", y: y)], steady: ranges)
        .draw(width: 60, height: 10, depth: .none)
      return (0..<60).first { grid[$0, 8].character == "└" }
    }
    #expect(edge([0, 3]) == 2)
    #expect(edge([0, 1.25]) == 2)
    #expect(edge([0, -250]) == 5)
    #expect(edge([0, 3]) == 5)
    clock.wait(2)
    #expect(edge([0, 3]) == 5)
    #expect(ranges.fit(.up, Scale(low: 0, high: 3)) == Scale(low: 0, high: 3))
  }

  @Test func `ends of the largest magnitude and single points are no trap`() {
    let (ranges, least) = (Clock().ranges, Double.leastNonzeroMagnitude)
    let spans = [(-1e300, 1e300), (-1.7e308, 1.7e308), (least, 2 * least), (3, 3.000_000_1)]
    for ends in spans {
      let scale = SteadyRanges.round(Scale(low: ends.0, high: ends.1))
      #expect(scale.low <= ends.0 && scale.high >= ends.1)
      _ = ranges.fit(.up, Scale(low: ends.0, high: ends.1))
    }
  }
}
