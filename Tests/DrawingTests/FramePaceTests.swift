import Drawing
import Testing

@Suite struct FramePaceTests {
  @Test func `the dearer a frame is, the more seldom it is drawn, within bounds`() {
    func interval(_ seconds: Double) -> Double {
      var pace = FramePace()
      for _ in 0..<50 { pace.note(seconds) }
      return pace.interval
    }
    #expect(interval(1e-5) == FramePace.bounds.lowerBound)
    #expect(abs(interval(1e-3) - 1e-3 / FramePace.share) < 1e-9)
    #expect(interval(1) == FramePace.bounds.upperBound)
    #expect(FramePace().interval == FramePace.bounds.lowerBound)
  }
}
