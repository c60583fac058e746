import Files
import Library
import Tensors
import Testing

@testable import Language

@Suite struct SourceFormatTests {
  @Test(arguments: [
    ("a=1;b  =  a+2", "a = 1; b = a + 2"),
    ("f( x,k = 1 )=x ^ 2+k", "f(x, k=1) = x^2 + k"),
    ("x=> -x ** -2", "x => -x^-2"),
    ("-a - -b*+ +c", "-a - -b * + +c"),
    ("a[ : ,1 : 3]+a[...,none , - 1]", "a[:, 1:3] + a[..., none, -1]"),
    ("a[::2,i*2:(i+1)*2]", "a[::2, i * 2:(i + 1) * 2]"),
    ("att(Q:[...,n,d])->[n]=Q@Q . T", "att(Q: [..., n, d]) -> [n] = Q @ Q.T"),
    ("x:[B,T]=batch . x", "x: [B, T] = batch.x"),
    ("(ids:[B,T])=>ids", "(ids: [B, T]) => ids"),
    ("f(... rest,k=y=>y)", "f(...rest, k=y => y)"),
    ("g (f) (x) [0] . y", "g(f)(x)[0].y"),
    ("if(a)and not(b){c}else{d}", "if (a) and not (b) { c } else { d }"),
    ("[x for a,b in(p) if x not in[1]]", "[x for a, b in (p) if x not in [1]]"),
    ("{y=x;y+=1};{}", "{ y = x; y += 1 }; {}"),
    ("f(x=>{y=x;y},z={1})", "f(x => { y = x; y }, z={ 1 })"),
    ("x|>f(_)>>g++h", "x |> f(_) >> g ++ h"),
    ("try{a}else err{b}", "try { a } else err { b }"),
    ("(a,b)=(b,a);(a ,)", "(a, b) = (b, a); (a,)"),
    ("\"{ x+1 :.2f}  #\"  ++'  a'", "\"{ x+1 :.2f}  #\" ++ '  a'"),
    ("1_000+0xFF+1e-3+2.", "1_000 + 0xFF + 1e-3 + 2."),
    ("r .in-1;1 .abs", "r.in - 1; 1 .abs"),
    ("√(2)≤∞×π", "sqrt(2) <= inf * pi"),
    ("θ=∇(f)(2)", "θ = grad(f)(2)"),
    ("x#why\n#!a\n##  help", "x  # why\n# !a\n##  help"),
  ])
  func `blanks are settled`(before: String, after: String) throws {
    #expect(try SourceFormat.formatted(before) == after + "\n")
  }

  @Test(arguments: [
    ("\n\n\na\n\n\n\nb\t \n\n", "a\n\nb\n"),
    ("", ""), (" \n\n", ""), ("# only", "# only\n"),
    ("f(x)={\n\n      y=x\n# why\n\n   y\n\n}", "f(x) = {\n  y = x\n  # why\n\n  y\n}\n"),
    (
      "net=Input(tr)\n>>flatten\n # then\n      >>Linear(10)",
      "net = Input(tr)\n  >> flatten\n  # then\n  >> Linear(10)\n"
    ),
    ("x\n.mean()\n-y", "x\n  .mean()\n-y\n"),
    ("a=\n1+\n2\nb", "a =\n  1 +\n  2\nb\n"),
    ("x=f(\na,\nb\n>>c,k=1\n)", "x = f(\n  a,\n  b\n    >> c, k=1\n)\n"),
    ("x=f(a,\n     b)", "x = f(a,\n  b)\n"),
    ("map(xs,x=>{\ny=x\ny\n})", "map(xs, x => {\n  y = x\n  y\n})\n"),
    ("m=[[1,2],\n   [3,4],  # rows\n# end\n]", "m = [[1, 2],\n  [3, 4],  # rows\n  # end\n]\n"),
    (
      "if a{\nb\n}\nelse if c{\nd\n}\n # no\n else{\ne\n}",
      "if a {\n  b\n}\nelse if c {\n  d\n}\n# no\nelse {\n  e\n}\n"
    ),
    ("[x\nfor x in xs\nif x\nnot in ys]", "[x\n  for x in xs\n  if x\n    not in ys]\n"),
    ("{\nt=\"\"\"\n  kept  \n\n\n\"\"\"\n}", "{\n  t = \"\"\"\n  kept  \n\n\n\"\"\"\n}\n"),
    ("a#x\r\nb\r\n", "a  # x\r\nb\r\n"),
    ("#!/usr/bin/env gradus\n1", "#!/usr/bin/env gradus\n1\n"),
  ])
  func `lines are indented and blank lines bounded`(before: String, after: String) throws {
    #expect(try SourceFormat.formatted(before) == after)
  }

  @Test(arguments: ["x = (1,", "1 +", "def f(x): 1", "\"a", "\"{1 +}\"", "2x"])
  func `what is no program is told with its place`(source: String) {
    let error = #expect(throws: LanguageError.self) { try SourceFormat.formatted(source) }
    #expect(error?.span != nil)
  }

  @Test func `a function shows itself in one layout`() throws {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    let source = "f( x )={y=2*x;  y}\nf"
    let result = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    guard case .value(let value)? = result.output.last else {
      Issue.record("nothing was shown")
      return
    }
    #expect(value.text() == "f(x) = { y = 2 * x; y }")
  }

  @Test func `the normal form of a source does not know where its texts stand`() {
    #expect(normalisedSource("a =  \"{b:.2f}\"  # c") == normalisedSource("a=\"{b:.2f}\""))
    #expect(normalisedSource("\"{b}\"") != normalisedSource("\"{c}\""))
  }

  // MARK: Properties

  private static func tokens(_ source: String) throws -> [Token.Kind] {
    var kinds: [Token.Kind] = []
    for token in try Lexer.tokens(of: source) {
      if token.kind == .newline, kinds.last ?? .newline == .newline { continue }
      kinds.append(token.kind.withoutPlaces)
    }
    return kinds
  }

  private static func comments(_ source: String) throws -> [String] {
    try SourcePieces(source).pieces.filter { $0.role == .comment }.map(\.text)
  }

  /// The worked examples of the language.
  private static func worked() throws -> [String] {
    let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let folder = tests + "/LibraryTests/WorkedExamples"
    return try FileBytes.names(in: folder).sorted().map {
      String(decoding: try FileBytes.read("\(folder)/\($0)"), as: UTF8.self)
    }
  }

  private static func known() throws -> [String] {
    let words = StandardLibrary.words.flatMap(\.entry.examples).map(\.source)
    let prelude = Prelude.definitions.keys.sorted().compactMap { Prelude.definitions[$0]?.source }
    let worked = try worked()
    #expect(worked.count == 26)
    return words + prelude + worked
  }

  private static func checkProperties(of source: String) throws {
    let once = try SourceFormat.formatted(source)
    #expect(try SourceFormat.formatted(once) == once, "\(source)")
    #expect(try tokens(once) == tokens(source), "\(source)")
    #expect(try comments(once) == comments(source), "\(source)")
    #expect(normalisedSource(once) == normalisedSource(source), "\(source)")
  }

  @Test func `formatting every known program keeps its tokens and is done at once`() throws {
    for source in try Self.known() { try Self.checkProperties(of: source) }
  }

  @Test func `the layout does not depend on the blanks there were`() throws {
    var state: UInt64 = 7
    func blanks() -> String {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return String(repeating: " ", count: 1 + Int(state >> 62))
    }
    for source in try Self.known() {
      var spread = ""
      for piece in try SourcePieces(source).pieces {
        spread += String(repeating: "\n", count: piece.breaks) + blanks() + piece.text
      }
      #expect(try SourceFormat.formatted(spread) == SourceFormat.formatted(source))
    }
  }

  @Test func `lines and comments in unusual places are kept`() throws {
    var state: UInt64 = 11
    var read = 0
    for source in try Self.known() {
      for _ in 0..<20 {
        var broken = ""
        for piece in try SourcePieces(source).pieces {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let extra = [7: "\n", 8: "#c\n", 9: "\n\n  ## d\n\n\n"][Int(state >> 33) % 60] ?? " "
          broken += String(repeating: "\n", count: piece.breaks) + extra + piece.text
        }
        guard (try? Parser.program(broken)) != nil else { continue }
        read += 1
        try Self.checkProperties(of: broken)
      }
    }
    #expect(read > 500)
  }

  @Test func `any soup of tokens that is a program keeps its tokens`() throws {
    let pieces = [
      "x", "y", "1", "2.", ".5", "0", "\"t{x}\"", "(", ")", "[", "]", "{", "}", "+", "-", "^", "=",
      "=>", ">>", "|>", ",", ":", ".", "...", "if", "else", "for", "in", "not", "\n", ";", "x[",
      "f(",
      "# c\n", "++", "and", "none", "{\n", "\n}", "x = ", "x => ",
    ]
    var state: UInt64 = 3
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var read = 0
    for _ in 0..<60_000 {
      let source = (0..<(1 + next(9))).map { _ in
        pieces[next(pieces.count)] + (next(3) == 0 ? "" : " ")
      }
      .joined()
      guard (try? Parser.program(source)) != nil else { continue }
      read += 1
      try Self.checkProperties(of: source)
    }
    #expect(read > 1000)
  }

  @Test func `help above an indented definition is found`() throws {
    let program = try Parser.program("{\n  ## doubles\n  f(x) = 2 * x\n}")
    guard case .value(let block) = program[0].kind, case .block(let inner) = block.kind,
      case .define(_, let function) = inner[0].kind
    else {
      Issue.record("no definition was read")
      return
    }
    #expect(function.help == "doubles")
  }
}
