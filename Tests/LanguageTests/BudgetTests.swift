import Glibc
import Language
import Library
import Tensors
import Testing

/// No program takes more than its share, and every one can be stopped.
@Suite struct BudgetTests {
  private func failure(_ source: String) -> LanguageError? {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    do {
      _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    "x = [\"a\"]\nfor i in range(60) { x = [x, x] }",
    "x = (a=1)\nfor i in range(60) { x = (x, x) }",
    "x = [\"a\"]\nfor i in range(60) { x = x ++ x }",
    "s = \"ab\"\nfor i in range(60) { s = replace(s, \"a\", s) }",
    "r = (a=1)\nfor i in range(60) { r.b = (r, r) }",
    "zeros(1e12)", "x = [i for i in range(1000000000000)]",
  ])
  func `what grows without end is refused`(source: String) throws {
    let error = try #require(failure(source), "\(source)")
    #expect(error.code == "memory", "\(error)")
  }

  @Test func `a value that holds itself many times is shown in part`() throws {
    let source = "x = [\"a\"]\nfor i in range(18) { x = [x, x] }\nx"
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    guard case .value(let value)? = context.output.first else {
      Issue.record("nothing is shown")
      return
    }
    #expect(value.text().utf8.count < 1 << 18)
    #expect(value.text().contains("…"))
  }

  /// Seconds from the wish to stop to the end of an evaluation.
  private func secondsToStop(_ source: String) throws -> Double {
    let interruption = Interruption()
    let clock = ContinuousClock()
    // A thread of its own: those that tests share are all at work.
    DeepStack.start {
      usleep(50_000)
      interruption.request()
    }
    let context = EvaluationContext(stream: RandomStream(seed: 1), interruption: interruption)
    let start = clock.now
    #expect(throws: LanguageError.self) {
      try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    }
    let (seconds, attoseconds) = (clock.now - start).components
    return Double(seconds) + Double(attoseconds) / 1e18 - 0.05
  }

  @Test(arguments: [
    "while true {}", "f(x) = f(x - 1)\nwhile true { try { f(1) } else { 0 } }",
    "for i in range(1000000000000) { i * i }",
    "[i for i in range(4000000) for j in range(1000000)]",
    "fold(range(3000000), 0, (a, b) => a + b)\nwhile true { map(range(1000), x => x) }",
    "x = ones(100)\nwhile true { x = x * x }",
  ])
  func `a program stops when it is asked to`(source: String) throws {
    // It ends at all; a tenth of a second is usual where the machine has nothing else to do.
    #expect(try secondsToStop(source) < 30)
  }

  @Test func `a product of large matrices stops between its parts`() throws {
    // 432 billion multiplications and additions.
    #expect(try secondsToStop("x = zeros(6000, 6000)\nx @ x") < 30)
  }
}
