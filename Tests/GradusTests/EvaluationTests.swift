import TestSupport
import Testing

/// `gradus eval` and programs from standard input, as a shell sees them.
@Suite struct EvaluationTests {
  private let gradus = Program("gradus")

  @Test func `a text is evaluated and its value printed`() throws {
    let outcome = try gradus.run(["eval", "1 + 2"])
    #expect(outcome.output == "3\n")
    #expect(outcome.error == "")
    #expect(outcome.ending == .exit(0))
  }

  @Test func `a text may begin with a minus`() throws {
    #expect(try gradus.run(["eval", "-2^2"]).output == "-4\n")
    #expect(try gradus.run(["eval", "--seed", "3", "-1"]).output == "-1\n")
  }

  @Test(arguments: [
    ("crossentropy([[1, 2]], [0])", ["nothing is called `crossentropy`", "try  cross_entropy"]),
    (
      "ones(2, 3) @ ones(2, 3)",
      ["cannot multiply [2, 3] @ [2, 3]", "the inner sizes 3 and 2 differ"]
    ),
    ("[1, 2", ["I was reading a list and expected `,` or `]`"]),
    ("zeros(1e12)", ["this needs 4.0 TB, the memory budget is"]),
    ("load(\"missing.csv\")", ["there is no file", "missing.csv"]),
    ("f(x) = f(x)\nf(1)", ["functions call each other too deeply"]),
  ])
  func `a mistake is told on standard error and ends with 1`(source: String, parts: [String]) throws
  {
    let outcome = try gradus.run(["eval", source])
    #expect(outcome.ending == .exit(1))
    #expect(outcome.output == "")
    for part in parts { #expect(outcome.error.contains(part), "\(outcome.error)") }
  }

  @Test(arguments: ["(", "[", "{", "-", "not ", "x => ", "if true { 1 } else ", "f("])
  func `a hundred thousand levels of nesting are refused`(open: String) throws {
    let source = String(repeating: open, count: 100_000) + "1"
    let outcome = try gradus.run([], input: Array(source.utf8))
    #expect(outcome.ending == .exit(1))
    #expect(outcome.error.contains("nested deeper than 256 levels"), "\(outcome.error)")
    #expect(outcome.error.utf8.count < 2000)
  }

  @Test func `a program is read from standard input`() throws {
    let outcome = try gradus.run([], input: Array("x = 20\nx + 1\nx * 2;\n\"{x}!\"\n".utf8))
    #expect(outcome.output == "21\n20!\n")
    #expect(outcome.ending == .exit(0))
  }

  @Test func `values before a mistake are printed`() throws {
    let outcome = try gradus.run([], input: Array("1 + 1\ny\n3\n".utf8))
    #expect(outcome.output == "2\n")
    #expect(outcome.error.contains("nothing is called `y`"))
    #expect(outcome.ending == .exit(1))
  }

  @Test(arguments: ["\u{FEFF}1 + 1", "1 +\r\n1\r\n", "# nothing\n1 + 1"])
  func `marks, line ends and comments of other editors do no harm`(source: String) throws {
    #expect(try gradus.run([], input: Array(source.utf8)).output == "2\n")
  }

  @Test func `a long output arrives as a whole`() throws {
    let source = "for i in range(20000) { print(\"a line with the number {i}\") }"
    let outcome = try gradus.run(["eval", source])
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 20_000)
    #expect(lines.last == "a line with the number 19999")
    #expect(outcome.output.utf8.count > 1 << 18)
  }

  @Test func `a reader that leaves early ends the program quietly`() throws {
    let source = "for i in range(20000) { print(\"a line with the number {i}\") }"
    let outcome = try gradus.run(["eval", source], readsAtMost: 10)
    #expect(outcome.error == "")
    #expect([.exit(0), .signal(13)].contains(outcome.ending))
  }

  @Test func `control characters of a text never reach the terminal`() throws {
    let outcome = try gradus.run([], input: Array("\"\u{1B}]0;title\u{7}\u{202E}\"\ny\u{1B}".utf8))
    for byte in (outcome.output + outcome.error).utf8 {
      #expect(byte >= 32 || byte == 10)
    }
    let quoted = try gradus.run([], input: Array("'\u{1B}[31m\u{202E}'".utf8))
    #expect(quoted.output == "<U+1B>[31m<U+202E>\n")
  }

  @Test func `nothing is coloured when the output is a pipe or NO_COLOR is set`() throws {
    for environment in [["NO_COLOR": "1"], ["NO_COLOR": nil], ["TERM": "dumb"]]
      as [[String:
      String?]]
    {
      let outcome = try gradus.run(["eval", "plot([1, 2, 3])"], environment: environment)
      #expect(outcome.ending == .exit(0))
      #expect(!outcome.output.utf8.contains(27))
    }
  }

  @Test(arguments: ["C", "de_DE.UTF-8", "no_SUCH"])
  func `numbers have a point in every locale`(locale: String) throws {
    let outcome = try gradus.run(["eval", "1.5 + 1"], environment: ["LC_ALL": locale])
    #expect(outcome.output == "2.5\n")
  }

  @Test func `a training that is evaluated is waited for`() throws {
    let outcome = try gradus.run(["eval", "train(Linear(2, 2), moons(64), epochs=3, batch=32)"])
    #expect(outcome.output.hasPrefix("run finished  6 of 6 steps"))
    #expect(outcome.ending == .exit(0))
    let paused = try gradus.run(["eval", "pause(train(Linear(2, 2), moons(64), epochs=3))"])
    #expect(paused.ending == .exit(0))
  }

  @Test func `the doctor tells of kernels, threads and the terminal`() throws {
    let outcome = try gradus.run(
      ["doctor"],
      environment: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "GRADUS_THREADS": "3"])
    #expect(outcome.ending == .exit(0))
    for part in ["3 of ", "256 colours", "no terminal", "UTF-8", "no full screen here"] {
      #expect(outcome.output.contains(part), "\(outcome.output)")
    }
    let unknown = try gradus.run(["doctor"], environment: ["TERM": "no-such", "LC_ALL": "C"])
    #expect(unknown.output.contains("unknown here: try TERM=xterm-256color"))
    #expect(unknown.output.contains("not UTF-8"))
  }
}
