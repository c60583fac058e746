import Testing

/// What people type wrong, and what they are told.
@Suite struct DiagnosisTests {
  @Test(arguments: [
    ("crossentropy([[0.0]], [0])", ["nothing is called `crossentropy`", "try  cross_entropy"]),
    ("ones(2, 3) @ ones(2, 3)", ["[2, 3] @ [2, 3]", "3 and 2 differ", "  1 │", "^"]),
    ("[1, 2, 3", ["I was reading a list and expected `,` or `]`"]),
    ("zeros(1e12)", ["4.0 TB", "budget"]),
    ("zeros(-1)", ["cannot be negative"]),
    ("def f(x): return x", ["f(x) = …"]),
    ("torch.relu(1)", ["without `torch.`"]),
    ("2x", ["2 * x"]),
    ("x = None", ["written none"]),
    ("grad(x => x^2)([1, 2])", ["grad needs one number, this function returned [2]"]),
    (
      "mse(ones(3, 1), ones(3))",
      ["prediction is [3, 1] but the target is [3]", "ones(3)[:, none]"]
    ),
    ("cross_entropy(zeros(1, 10), [10])", ["label 10 does not fit 10 classes"]),
    (
      "Input([1, 8, 8]) >> Conv(16, 3) >> relu >> Linear(64, 10)",
      ["cannot take what comes before it", "[batch, 16, 8, 8]", "flatten >> Linear(10)"]
    ),
    ("load(\"missing.csv\")", ["there is no file missing.csv"]),
    ("load(\"../secret.csv\")", ["outside the folders"]),
    ("f(x) = f(x)\nf(1)", ["call each other too deeply"]),
    ("dataset(\"irsi\")", ["dataset(\"iris\")"]),
    ("if [1, 2] > 1 { 3 }", ["any([1, 2] > 1)"]),
    ("[1, 2, 3][5]", ["axis 0 runs from 0 to 2"]),
    ("9223372036854775807 + 1", ["does not fit into 64 bits"]),
    ("1 // 0", ["divided by zero"]),
  ])
  func `a mistake is told with its place and the way out`(source: String, parts: [String]) {
    let text = diagnosis(source)
    for part in parts { #expect(text.contains(part), "\(text)") }
  }

  @Test func `deep nesting is refused at once`() {
    for open in ["(", "[", "-", "not ", "{", "f(", "x => "] {
      let text = diagnosis(String(repeating: open, count: 100_000) + "1")
      #expect(
        text.contains("nested deeper") || text.contains("expected"), "\(open): \(text.prefix(80))")
    }
    for (around, text) in [("(", "\"{1}\""), ("-", "\"a {(1)}\""), ("[", "\"{\"{1}\"}\"")] {
      let deepest = String(repeating: around, count: 256) + text
      #expect(diagnosis(deepest).contains("nested deeper than 256 levels"), "\(deepest.suffix(20))")
    }
    let chain = diagnosis("1" + String(repeating: " + 1", count: 100_000))
    #expect(chain.contains("more than 1000 links"))
  }

  @Test func `a failing program changes nothing`() throws {
    let source = "x = 1\ntry { x = 2\nerror(\"no\") } else { 0 };\nx"
    #expect(try shown(source) == ["1"])
  }
}
