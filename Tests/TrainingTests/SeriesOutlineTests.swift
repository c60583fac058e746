import Training
import Testing

@Suite struct SeriesOutlineTests {
  private func outline(_ values: [Float]) -> SeriesOutline {
    var outline = SeriesOutline("loss")
    for (index, value) in values.enumerated() { outline.append(index + 1, value) }
    return outline
  }

  @Test func `a short series is kept point by point`() {
    let values: [Float] = [3, 1, .nan, 2]
    let kept = outline(values).envelope
    #expect(kept.steps == [1, 2, 3, 4])
    #expect(kept.values.map(\.bitPattern) == values.map(\.bitPattern))
    #expect(outline([]).envelope.values.isEmpty)
  }

  @Test func `a spike of one step among a million is kept, and so is what is not finite`() {
    var values = [Float](repeating: 1, count: 1_000_000)
    values[700_001] = 50
    values[300_003] = -7
    values[123_456] = .infinity
    let outline = outline(values)
    let kept = outline.envelope
    #expect(kept.values.count <= 3 * SeriesOutline.limit)
    #expect(zip(kept.steps, kept.values).contains { $0 == 700_002 && $1 == 50 })
    #expect(zip(kept.steps, kept.values).contains { $0 == 300_004 && $1 == -7 })
    #expect(zip(kept.steps, kept.values).contains { $0 == 123_457 && $1 == .infinity })
    #expect(kept.steps == kept.steps.sorted())
    #expect(outline.total == 1_000_000)
    #expect(outline.last?.step == 1_000_000)
  }

  @Test func `means of equal stretches have the mean of all`() {
    let values = (0..<8192).map { Float($0 % 16) }
    let means = outline(values).means
    #expect(means.values.allSatisfy { $0 == 0.5 || $0.truncatingRemainder(dividingBy: 1) == 0.5 })
    #expect(means.values.reduce(0, +) / Float(means.values.count) == 7.5)
  }
}
