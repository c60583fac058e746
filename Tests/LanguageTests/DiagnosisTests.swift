import Files
import Glibc
import Library
import Tensors
import Testing

@testable import Language

/// What is said about programs with a mistake, as files state it: program, `=>`, the diagnosis or the
/// notes. `RECORD=1` writes the files anew. A line `# at: …` says which operator or argument is at
/// fault, as people found who asked the same of PyTorch and Keras.
@Suite struct DiagnosisTests {
  struct Case {
    let source: String
    let expected: String
    /// What the caret should stand under.
    var place: String? {
      source.split(separator: "\n").first { $0.hasPrefix("# at: ") }.map { String($0.dropFirst(6)) }
    }
  }

  private static let folder: String = {
    let file = #filePath
    return file[..<(file.lastIndex(of: "/") ?? file.endIndex)] + "/Diagnoses/"
  }()

  private static func cases(_ file: String) throws -> [Case] {
    String(decoding: try FileBytes.read(folder + file + ".txt"), as: UTF8.self)
      .split(separator: "\n---\n").map { text in
        let trimmed = text.hasSuffix("\n") ? text.dropLast() : text
        guard let mark = trimmed.firstRange(of: "\n=>\n") else {
          return Case(source: String(trimmed), expected: "")
        }
        return Case(
          source: String(trimmed[..<mark.lowerBound]), expected: String(trimmed[mark.upperBound...])
        )
      }
  }

  private static func outcome(_ source: String, in names: Names = Names()) -> (
    said: String, error: LanguageError?
  ) {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    do {
      _ = try StandardLibrary.interpreter().evaluate(source, in: names, context)
    } catch {
      return (error.rendered(source: source), error)
    }
    let notes = context.notes.map { "note: " + $0 }
    return (notes.isEmpty ? "nothing" : notes.joined(separator: "\n"), nil)
  }

  @Test(arguments: ["shapes", "silent", "language"])
  func `a mistake is told as stated`(file: String) throws {
    let cases = try Self.cases(file)
    if getenv("RECORD") != nil {
      let text = cases.map { $0.source + "\n=>\n" + Self.outcome($0.source).said }
        .joined(separator: "\n---\n")
      try FileBytes.writeAtomically(Array((text + "\n").utf8), to: Self.folder + file + ".txt")
      return
    }
    for each in cases {
      let (said, error) = Self.outcome(each.source)
      #expect(said == each.expected, "\(each.source)")
      #expect(said.split(separator: "\n").count <= 7, "\(said)")
      if let error { #expect(Diagnosis.page(of: error.code) != nil, "\(error.code)") }
    }
  }

  @Test func `there are mistakes of every kind`() throws {
    #expect(try Self.cases("shapes").count >= 30)
    #expect(try Self.cases("silent").count >= 10)
    #expect(try Self.cases("language").count >= 20)
  }

  @Test func `the caret stands under what is at fault`() throws {
    let cases = try Self.cases("shapes") + Self.cases("language")
    var missed: [String] = []
    for each in cases {
      let place = try #require(each.place, "\(each.source)")
      let error = try #require(Self.outcome(each.source).error, "\(each.source)")
      let span = try #require(error.span, "\(each.source)")
      let marked = String(decoding: Array(each.source.utf8)[span.start..<span.end], as: UTF8.self)
      if !marked.hasPrefix(place) { missed.append("\(each.source)\n\(marked) is not \(place)") }
    }
    #expect(cases.count >= 60)
    // 95 of 100.
    #expect(missed.count * 20 <= cases.count, "\(missed.joined(separator: "\n--\n"))")
  }

  @Test(arguments: ["shapes", "language"])
  func `an applied suggestion makes the program run`(file: String) throws {
    var applied = 0
    for each in try Self.cases(file) {
      let error = Self.outcome(each.source).error
      // Every `try` is a change that can be applied.
      #expect(each.expected.contains("\n    try  ") == (error?.repair != nil), "\(each.source)")
      guard let repaired = error?.repair?.applied(to: each.source) else { continue }
      applied += 1
      #expect(Self.outcome(repaired).error == nil, "\(repaired)")
    }
    #expect(applied * 2 >= (try Self.cases(file).count), "\(applied)")
  }

  /// The same programs as people have them on a page: what comes first has run, the last statement
  /// stands alone.
  @Test(arguments: ["shapes", "language"])
  func `a suggestion for a cell of its own makes that cell run`(file: String) throws {
    var (alone, applied) = (0, 0)
    for each in try Self.cases(file) {
      guard let program = try? Parser.program(each.source), program.count > 1,
        let last = program.last
      else { continue }
      let bytes = Array(each.source.utf8)
      let before = String(decoding: bytes[..<last.span.start], as: UTF8.self)
      let cell = String(decoding: bytes[last.span.start...], as: UTF8.self)
      let context = EvaluationContext(stream: RandomStream(seed: 1))
      let page = try? StandardLibrary.interpreter().evaluate(before, in: Names(), context)
      guard let names = page?.names else { continue }
      alone += 1
      guard let repair = Self.outcome(cell, in: names).error?.repair else { continue }
      applied += 1
      let repaired = repair.applied(to: cell)
      #expect(Self.outcome(repaired, in: names).error == nil, "\(repaired)")
    }
    #expect(alone >= 5 && applied * 3 >= alone, "\(applied) of \(alone)")
  }

  @Test(arguments: [
    ("r = train(net, d, epochs=2)", "r = train(flatten >> net, d, epochs=2)"),
    ("net(d.x)", "net(flatten(d.x))"),
    ("mean(d)", "mean(d.x)"),
    ("accuracy(flatten >> net, d)", "accuracy((flatten >> net)(d.x), d.y)"),
    ("d.x[:, 0] @ ones(64, 3)", "flatten(d.x[:, 0]) @ ones(64, 3)"),
    (
      "m = Linear(64, 32) >> relu >> Linear(32, 10)\ntrain(m, d, epochs=1)",
      "m = flatten >> Linear(64, 32) >> relu >> Linear(32, 10)\ntrain(m, d, epochs=1)"
    ),
    (
      "m = Conv(1, 8, 3) >> relu >> flatten >> Linear(9, 10)\ntrain(m, d, epochs=1)",
      "m = Conv(1, 8, 3) >> relu >> flatten >> Linear(512, 10)\ntrain(m, d, epochs=1)"
    ),
    ("(Conv(3, 8, 3) >> relu)(d.x)", "(Conv(1, 8, 3) >> relu)(d.x)"),
    ("Linear(100, 10)(ones(5, 64))", "Linear(64, 10)(ones(5, 64))"),
    ("net.predict(flatten(d.x))", "net(flatten(d.x))"),
    ("net.train()", "net"),
    ("net.evaluate(flatten(d.x), d.y)", "accuracy(net(flatten(d.x)), d.y)"),
    ("x = d.x.numpy()", "x = d.x"),
    ("d.shape", "d.x.shape"),
    ("d.x.astype(\"float64\")", "cast(d.x, f64)"),
    ("wide(d)", nil),
    (
      "net.fit(flatten(d.x), d.y, epochs=1)", "train(net, (x=flatten(d.x), y=d.y), epochs=1)"
    ),
    ("train(net, flatten(d.x), d.y)", "train(net, (x=flatten(d.x), y=d.y))"),
    ("(a, b) = train_test_split(d.x, d.y)", "(a, b) = split((x=d.x, y=d.y), 0.8)"),
    ("torch.optim.Adam(net.parameters(), lr=1e-3)", "Adam(lr=1e-3)"),
    // Nothing that is known to help: another size of a layer that an earlier cell made.
    ("train(flatten >> wide, d, epochs=1)", nil), ("wide(d.x[:, 0, 0])", nil),
    ("mse(net(flatten(d.x)), d.y)", nil),
  ])
  func `models and data of earlier cells get the change they need`(cell: String, change: String?)
    throws
  {
    let page = try StandardLibrary.interpreter().evaluate(
      """
      d = dataset("digits")
      net = Linear(64, 32) >> relu >> Linear(32, 10)
      wide = Linear(100, 10)
      """, in: Names(), EvaluationContext(stream: RandomStream(seed: 1)))
    let error = try #require(Self.outcome(cell, in: page.names).error)
    #expect(error.repair?.applied(to: cell) == change)
    guard let change else { return }
    #expect(Self.outcome(change, in: page.names).error == nil)
  }

  @Test(arguments: [
    ("x = torch.tensor([1., 2.], requires_grad=True)", "x = tensor([1., 2.])"),
    ("torch.zeros(2, 3, device=\"cpu\")", "zeros(2, 3)"),
    ("torch.mm(ones(2, 3), ones(3, 2))", "ones(2, 3) @ ones(3, 2)"),
    ("ones(3).mul(2)", "ones(3) * 2"),
    ("xs = [1]\nxs.append(4)", "xs = [1]\nxs = xs ++ [4]"),
    ("x = 3 if True else 4", "x = if true { 3 } else { 4 }"),
    ("max(1 if 3 > 2 else 5, 3)", "max(if 3 > 2 { 1 } else { 5 }, 3)"),
    (
      "[a if a > 1 else 0 for a in [1, 2, 3]]",
      "[if a > 1 { a } else { 0 } for a in [1, 2, 3]]"
    ),
    ("f(x): x^2", "f(x) = x^2"),
    ("f(x) { x^2 }", "f(x) = { x^2 }"),
    ("list(range(3))", "[x for x in range(3)]"),
    ("f = x => x if x > 0 else -x", "f = x => if x > 0 { x } else { -x }"),
  ])
  func `a line of Python gets the change it needs`(line: String, change: String) throws {
    let error = try #require(Self.outcome(line).error)
    #expect(error.repair?.applied(to: line) == change)
    #expect(Self.outcome(change).error == nil)
  }

  @Test func `a shape mistake is found before the program runs`() throws {
    var found = 0
    let cases = try Self.cases("shapes")
    for each in cases {
      let error = StandardLibrary.shapes(of: each.source, in: Names()).lazy.compactMap(\.diagnosis)
        .first
      guard let error else { continue }
      found += 1
      #expect(error.message == Self.outcome(each.source).error?.message, "\(each.source)")
    }
    #expect(found * 10 >= cases.count * 9, "\(found) of \(cases.count)")
  }

  // MARK: Codes

  @Test func `every page's program makes its mistake, and its repair does not`() {
    for diagnosis in Diagnosis.all where !diagnosis.mistake.isEmpty {
      #expect(Self.outcome(diagnosis.mistake).error?.code == diagnosis.code, "\(diagnosis.mistake)")
      #expect(Self.outcome(diagnosis.instead).error == nil, "\(diagnosis.instead)")
      #expect(diagnosis.summary.hasSuffix("."))
    }
  }

  @Test func `a code has one page, and ? shows it`() throws {
    let codes = Diagnosis.all.map(\.code)
    #expect(Set(codes).count == codes.count)
    for code in codes {
      let context = EvaluationContext(stream: RandomStream(seed: 1))
      _ = try StandardLibrary.interpreter().evaluate("?" + code, in: Names(), context)
      guard case .text(let page)? = context.output.first else {
        Issue.record("nothing is shown for \(code)")
        continue
      }
      #expect(!page.isEmpty)
    }
  }
}
