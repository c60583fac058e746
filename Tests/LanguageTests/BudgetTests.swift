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

  /// Asks to stop at the tenth result it sees, and counts those that come after.
  private final class Stopper: EvaluationWatch {
    let interruption: Interruption
    var seen = 0
    var isWished = false
    var after = 0

    init(_ interruption: Interruption) { self.interruption = interruption }

    func look(
      at result: Value, of name: String, from given: [Value], by object: (any LanguageObject)?
    ) {
      seen += 1
      if isWished { after += 1 }
      if seen == 10 {
        isWished = true
        interruption.request()
      }
    }
  }

  @Test(arguments: [
    "x = ones(100)\nwhile true { x = x * x }",
    "for i in range(1000000000000) { abs(i) }",
    "[abs(i) for i in range(4000000) for j in range(1000000)]",
    "fold(range(3000000), 0, (a, b) => abs(a) + abs(b))",
    "map(range(3000000), x => abs(x))",
    "f(x) = f(abs(x) + 1)\nwhile true { try { f(1) } else { 0 } }",
    "g(x) = sum(tanh(x)^2)\nx = ones(5)\nwhile true { x = x - 0.1 * grad(g)(x) }",
    "m = Linear(2, 2)\nwhile true { m(ones(1, 2)) }",
    "s = \"\"\nwhile true { s = lower(s ++ \"a\") }",
  ])
  func `after the wish to stop nothing new is begun`(source: String) {
    let interruption = Interruption()
    let stopper = Stopper(interruption)
    let context = EvaluationContext(stream: RandomStream(seed: 1), interruption: interruption)
    context.watch = stopper
    var code = ""
    do {
      _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    } catch { code = error.code }
    #expect(code == "interrupted")
    // The operations of the line that is being evaluated, at most.
    #expect(stopper.after <= 8, "\(stopper.after)")
  }

  @Test(arguments: [
    "while true {}", "x = zeros(6000, 6000)\nx @ x", "svd(randn(300, 300))", "sort(rand(1000000))",
    "f() = f()\nf()",
  ])
  func `what is not wanted any more does not begin`(source: String) {
    let interruption = Interruption()
    interruption.request()
    let context = EvaluationContext(stream: RandomStream(seed: 1), interruption: interruption)
    var code = ""
    do {
      _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    } catch { code = error.code }
    #expect(code == "interrupted")
  }
}
