import ProgramCheck
import Testing

/// The inputs that are kept: what was wrong once, and the shortest ones that reach what others do not.
@Suite struct CorpusTests {
  @Test(arguments: 0..<8)
  func `every input of the corpus is run or refused as it should be`(part: Int) {
    let check = ProgramCheck()
    for (index, source) in ProgramCorpus.inputs.enumerated() where index % 8 == part {
      #expect(check.faults(of: source) == [], "\(source)")
    }
  }

  @Test func `the corpus holds a thousand inputs, none of them twice`() {
    #expect(ProgramCorpus.inputs.count >= 1000)
    #expect(Set(ProgramCorpus.inputs).count == ProgramCorpus.inputs.count)
  }
}
