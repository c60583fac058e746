import Language
import Testing

@testable import Lessons

@Suite struct AllowanceTests {
  /// The look at which something is found used up that works so many seconds between two looks.
  private func end(
    working seconds: Double, of limit: Double
  ) -> (look: Int, excess: Allowance.Excess)? {
    var allowance = Allowance(seconds: limit)
    for look in 1...2000 {
      if let excess = allowance.excess(workedSoFar: Double(look) * seconds) {
        return (look, excess)
      }
    }
    return nil
  }

  @Test func `work is counted in seconds of the processor, whatever the clock says`() {
    // A whole processor, a half, and a fiftieth of one, four looks a second.
    #expect(end(working: 0.25, of: 10)?.look == 41)
    #expect(end(working: 0.125, of: 10)?.look == 81)
    #expect(end(working: 0.005, of: 10) == nil)
    #expect(end(working: 0.25, of: 10)?.excess == .work)
  }

  @Test func `what does nothing ends when it has rested as long`() {
    #expect(end(working: 0, of: 10)?.look == 41)
    #expect(end(working: 0.0001, of: 10)?.excess == .rest)
    var allowance = Allowance(seconds: 1)
    for look in 1...100 {
      // Three looks of rest, then work again.
      #expect(allowance.excess(workedSoFar: Double(look / 4) * 0.01) == nil)
    }
  }

  @Test(arguments: [
    ("while true { 1 }", Allowance.Excess.work),
    ("spawn(() => { while true { 1 } }).model", .work),
    ("spawn(() => { while true { 1 } });", .work),
    (
      "r = train(Linear(1, 1), (x=[[1.0]], y=[[2.0]]), loss=mse, steps=1000000)\npause(r)\nr.loss",
      .rest
    ),
  ])
  func `what has no end is ended, and why is known`(program: String, excess: Allowance.Excess) {
    let outcome = LessonEvaluation(folder: ".", seed: 0).evaluate(
      program, in: Names(), id: "a", limit: 0.3)
    #expect(outcome.error?.code == "interrupted" && outcome.excess == excess)
  }

  @Test func `a training that ends in time is waited for`() {
    let outcome = LessonEvaluation(folder: ".", seed: 0).evaluate(
      "train(Linear(1, 1), (x=[[0.0], [1]], y=[[1.0], [3]]), loss=mse, opt=SGD(0.5), steps=200).loss < 1e-3",
      in: Names(), id: "a", limit: 20)
    #expect(outcome.error == nil && outcome.excess == nil)
    guard case .boolean(true) = outcome.value else {
      Issue.record("it gives \(outcome.value.text(width: 40))")
      return
    }
  }
}
