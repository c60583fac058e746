import Language
import Library
import Tensors
import Testing

@Suite struct CompletionTests {
  private func names() throws -> Names {
    let source = """
      data = (inputs=zeros(3, 2), labels=[0, 1, 0], sub=(deep=1, down=2))
      ## Twice the rate.
      double(rate, offset=0) = 2 * rate + offset
      net = Linear(2, 3)
      """
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    return try StandardLibrary.interpreter().evaluate(source, in: Names(), context).names
  }

  /// The completions at the sign ¦ of a source.
  private func completions(_ marked: String, files: [String] = []) throws -> Completions {
    let before = try #require(marked.firstIndex(of: "¦"))
    let source = marked.replacing("¦", with: "")
    return Completions(
      of: source, at: marked[..<before].utf8.count, in: try names(), files: { _ in files })
  }

  @Test(arguments: [
    ("y = softm¦", "softmax"), ("dat¦", "data"), ("x.mea¦", "mean"), ("crossen¦", "cross_entropy"),
    ("data.in¦", "inputs"), ("data.sub.do¦", "down"), ("net.wei¦", "weight"),
    ("data.inputs.sha¦", "shape"), ("sum(data.inputs, ke¦", "keepdims="), ("double(of¦", "offset="),
    ("Linear(¦", "in="), ("dataset(\"ir¦", "iris"), ("load(\"dig¦", "digits.csv"),
    ("lnorm¦", "layer_norm"), ("a = 1\nb = dou¦\nc = 3", "double"), ("MaxP¦", "MaxPool"),
    ("data[\"lab¦", "labels"), ("data.sub[\"de¦", "deep"), ("Conv2d¦", "Conv"),
    ("x.view¦", "reshape"),
    ("CrossEntropyLoss¦", "cross_entropy"),
  ])
  func `the first completion is the one that was meant`(marked: String, first: String) throws {
    let found = try completions(marked, files: ["digits.csv", "other.csv"])
    #expect(found.items.first?.text == first, "\(found.items.prefix(5).map(\.text))")
  }

  @Test func `a completion says what it is`() throws {
    let word = try #require(try completions("softma¦").items.first)
    #expect(word.signature == "softmax(x, axis=-1)")
    #expect(word.summary.hasSuffix("."))
    let own = try #require(try completions("doubl¦").items.first)
    #expect(own.signature == "double(rate, offset=0)")
    #expect(own.summary == "Twice the rate.")
    #expect(try completions("data.lab¦").items.first?.signature == "i64 [3]")
  }

  @Test func `arguments that are given are not offered again, and nothing in comments`() throws {
    #expect(try !completions("sum(x, axis=0, ¦").items.contains { $0.text == "axis=" })
    #expect(try completions("x = 1  # softm¦").items.isEmpty)
    #expect(try completions("\"softm¦").items.isEmpty)
  }

  @Test(arguments: [
    ("softmax(x, ¦", "axis: "), ("softmax(¦", "x: "), ("sum(x, keepdims=¦", "keepdims: "),
    ("zeros(1, 2, ¦", "sizes: "),
  ])
  func `the argument at the cursor is explained`(marked: String, begins: String) throws {
    let call = try #require(try completions(marked).call)
    #expect(call.argument.hasPrefix(begins), "\(call)")
  }

  @Test func `the letters that are replaced are told`() throws {
    let found = try completions("y = softm¦ + 1")
    #expect(found.range == 4..<9)
    #expect(try completions("load(\"a/di¦").range == 8..<10)
  }

  @Test func `completing takes less than five milliseconds, whatever stands there`() throws {
    let names = try names()
    let source = String(repeating: "x = softmax(randn(3, 4), axis=-1)\n", count: 100) + "y = s"
    // Of this thread's own time: what else the machine does has no part in it.
    let clock = ThreadClock.current
    let begun = try #require(clock.seconds)
    for _ in 0..<10 { _ = Completions(of: source, at: source.utf8.count, in: names) }
    let took = try #require(clock.seconds) - begun
    #expect(took < 0.4, "\(took)")
    for cut in stride(from: 0, through: 200, by: 1) {
      _ = Completions(of: source, at: cut, in: names)
    }
  }
}
