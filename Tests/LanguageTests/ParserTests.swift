import Testing

@testable import Language

@Suite struct ParserTests {
  @Test func `a text knows whether it is a whole program`() {
    for whole in ["1 + 2", "f(x) = {\n x\n}", "x = [1,\n 2]", "\"a\"", ")"] {
      #expect(isComplete(whole), "\(whole)")
    }
    for part in ["1 +", "f(x) = {", "[1, 2", "(", "if x {", "x ="] {
      #expect(!isComplete(part), "\(part)")
    }
  }

  @Test func `a cell tells what it reads and binds`() {
    let names = CellNames(of: "y = x + 1\nf(a) = a * k\nz, (u, _) = g(y)\nfor i in v { w = i }")
    #expect(names.reads.filter { !["i", "y", "f"].contains($0) } == ["x", "k", "g", "v"])
    #expect(names.binds == ["y", "f", "z", "u", "i", "w"])
  }

  @Test func `signs without a meaning are refused, at the end of a text too`() {
    for source in ["1\0", "&", "&&", "|", "x ?", "!", "\"{\"\\", "$"] {
      #expect(throws: LanguageError.self, "\(source)") { try Parser.program(source) }
    }
  }

  @Test func `a place is told in lines and columns`() {
    do {
      _ = try Parser.program("x = 1\ny = (2")
      Issue.record("it was read")
    } catch {
      let text = error.rendered(source: "x = 1\ny = (2")
      #expect(text.contains("  2 │ y = (2"))
    }
  }

  @Test func `any soup of tokens is read or refused, never worse`() {
    let pieces = [
      "x", "1", "2.5", "\"t{x}\"", "(", ")", "[", "]", "{", "}", "+", "-", "*", "^", "=", "=>",
      ">>",
      "|>", ",", ":", ".", "...", "if", "else", "for", "in", "while", "try", "not", "\n", ";", "@",
      "return", "f(", "_", "==", "'", "\"", "≤", "é", "\u{202E}",
    ]
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var refused = 0
    for _ in 0..<10_000 {
      let source = (0..<(1 + next(30))).map { _ in pieces[next(pieces.count)] }.joined(
        separator: " ")
      do { _ = try Parser.program(source) } catch {
        refused += 1
        #expect(!error.message.isEmpty)
        #expect((error.span?.end ?? 0) <= source.utf8.count)
      }
    }
    #expect(refused > 5000)
  }
}
