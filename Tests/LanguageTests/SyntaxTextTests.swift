import Language
import ProgramCheck
import Testing

@Suite struct SyntaxTextTests {
  @Test(arguments: [
    ("1 + 2 * 3", "(1 + (2 * 3))"), ("-2^2", "(-(2 ^ 2))"),
    ("a |> f(1) >> g", "(a |> (f(1) >> g))"),
    ("x => x + 1", "((x) => (x + 1))"), ("f(x, k=1) = x[0, ::2].a", "f(x, k=1) = x[0, ::2].a"),
    ("0 < x <= 1 and not y", "((0 < x <= 1) and (not y))"), ("a, b = b, a", "a, b = (b, a)"),
    ("if c { 1 } else { 2; 3 }", "if c { 1 } else { 2; 3 }"),
    ("\"a{x + 1:.2f}\\n{{\"", "\"a{(x + 1):.2f}\\n{{\""), ("'{raw}'", "\"{{raw}}\""),
  ])
  func `a tree is written with nothing left to precedence`(source: String, text: String) throws {
    #expect(try SyntaxText.of(source) == text)
  }

  @Test func `what is written is read as the same tree`() throws {
    for seed in 0..<400 {
      var generator = ProgramGenerator(seed: seed)
      let source = generator.program()
      #expect(ProgramCheck.treeFaults(of: source) == [], "\(source)")
    }
  }
}
