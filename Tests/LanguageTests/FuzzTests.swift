import ProgramCheck
import Testing

@Suite struct FuzzTests {
  @Test(arguments: 0..<4)
  func `programs from the grammar are run or refused, and formatted for good`(part: Int) {
    let check = ProgramCheck()
    for seed in (part * 50)..<(part * 50 + 50) {
      var generator = ProgramGenerator(seed: seed)
      let source = generator.program()
      #expect(check.faults(of: source) == [], "\(source)")
      var mutator = ByteMutator(seed: seed)
      let mutated = mutator.mutated(source, with: ProgramGenerator.prologue)
      #expect(check.faults(of: mutated) == [], "\(mutated)")
    }
  }

  @Test func `every word answers to every edge value`() {
    let calls = EdgeCalls()
    #expect(calls.values.count == EdgeCalls.sources.count)
    for word in EdgeCalls.words {
      for a in calls.values.indices {
        #expect(calls.fault(of: word, [a]) == nil, "\(calls.text(of: word, [a]))")
      }
    }
  }
}
