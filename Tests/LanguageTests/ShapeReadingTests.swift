import Library
import ProgramCheck
import Tensors
import Testing

@testable import Language

@Suite struct ShapeReadingTests {
  @Test(arguments: [
    ("randn(32, 784) @ randn(784, 10)", ["f32 [32, 10]"]),
    (
      "x = randn(100, 1, 28, 28)\ny = x[:32, 0]\nflatten(y).T",
      [
        "f32 [100, 1, 28, 28]", "f32 [32, 28, 28]", "f32 [784, 32]",
      ]
    ),
    (
      "net = Input([1, 28, 28]) >> Conv(16, 3) >> relu >> MaxPool(2) >> flatten >> Linear(10)\n"
        + "net(zeros(60000, 1, 28, 28))", ["model", "f32 [60000, 10]"]
    ),
    (
      "theta = (w=zeros(10), b=0.0)\nL(t) = mse(randn(442, 10) @ t.w + t.b, randn(442))\n"
        + "grad(L)(theta)", ["(w=f32 [10], b=number)", "function", "(w=f32 [10], b=number)"]
    ),
    ("losses = for t in range(200) { x = rand(3); sum(x) }", ["number, f32 [3], f32 [200]"]),
    ("sum(randn(5, 6), axis=0, keepdims=true)", ["f32 [1, 6]"]),
    ("if rand(1)[0] > 0.5 { 1 } else { [1, 2] }", ["value"]),
    ("train(Linear(3, 2), (x=zeros(9, 3), y=range(9) % 2), epochs=100000000)", ["run"]),
    ("zeros(1000000, 1000)", ["f32 [1000000, 1000]"]),
    // Weights of many gigabytes, of which only the shapes are asked.
    (
      "gpt = GPT(50000, context=1024, d=1024, layers=8, heads=16)\ngpt(zeros(2, 64) == 1 |> int)",
      ["function", "f32 [2, 64, 50000]"]
    ),
    (
      "m = Input([3, 64]) >> LSTM(256, layers=2) >> Linear(1000)\nm(zeros(5, 3, 64))",
      ["model", "f32 [5, 3, 1000]"]
    ),
    ("Linear(20000, 10000).weight.T", ["f32 [20000, 10000]"]),
    ("dataset(\"digits\")", ["value"]),
  ])
  func `kind and shape are known before a program runs`(source: String, texts: [String]) {
    let readings = StandardLibrary.shapes(of: source, in: Names())
    #expect(readings.map(\.text) == texts)
    #expect(readings.allSatisfy { $0.diagnosis == nil })
  }

  @Test(arguments: [
    ("x = randn(32, 784)\nx @ randn(10, 784)", "cannot multiply [32, 784] @ [10, 784]"),
    ("net = Linear(784, 10)\nnet(randn(32, 28))", "expects 784 on its last axis, found [32, 28]"),
    ("f(p, y) = mse(p, y)\nf(randn(1000, 1), randn(1000))", "the prediction is [1000, 1]"),
    ("m = Linear(8, 2)\nr = train(m, (x=zeros(99, 7), y=zeros(99)))", "expects 8"),
    ("a = rand(60000, 3)\na + rand(60000)", "do not fit together"),
    ("reshape(rand(1000, 30), 7, -1)", "cannot reshape [1000, 30]"),
    ("x = rand(5)\nwords = 3\nx[1, 2]", "2 indices for a tensor with 1 axis"),
    ("grad(x => x^2)(rand(7))", "grad needs one number"),
    ("rand(4)\nnothing", "nothing is called"),
  ])
  func `a mistake is told before a program runs`(source: String, message: String) {
    let found = StandardLibrary.shapes(of: source, in: Names()).compactMap(\.diagnosis)
    #expect(found.count == 1)
    #expect(found.first?.message.contains(message) == true, "\(found)")
  }

  @Test func `weights take no memory while only shapes are asked`() {
    let before = MemoryBudget.used
    let source = "m = mlp([16384, 16384, 16384])\nm(zeros(2, 16384))"
    #expect(StandardLibrary.shapes(of: source, in: Names()).last?.text == "f32 [2, 16384]")
    #expect(MemoryBudget.used - before < 1 << 30)
  }

  @Test func `nothing is run, and later statements are tried behind a mistake`() {
    let source = "a = [1, 2] + [1, 2, 3]\nb = a + 1\nrandn(2, 3)\nprint(\"no\")"
    let readings = StandardLibrary.shapes(of: source, in: Names())
    #expect(readings.map { $0.diagnosis == nil } == [false, true, true, true])
    #expect(readings[1].text == "value")
    #expect(readings[2].text == "f32 [2, 3]")
  }

  /// What does not agree between the readings of a program and its run; none when all is well.
  static func disagreements(_ source: String) -> [String] {
    guard let program = try? Parser.program(source) else { return [] }
    var faults: [String] = []
    let interpreter = StandardLibrary.interpreter()
    var names = Names()
    let bytes = Array(source.utf8)
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    for (reading, statement) in zip(
      StandardLibrary.shapes(of: source, in: Names()), program)
    {
      let text = String(decoding: bytes[statement.span.start..<statement.span.end], as: UTF8.self)
      context.output = []
      do {
        let result = try interpreter.evaluate(text, in: names, context)
        names = result.names
        if let error = reading.diagnosis {
          faults.append("\(text)\nruns, but was told: \(error.message)")
          break
        }
        var values = reading.names.compactMap { names[$0] }
        if reading.names.isEmpty {
          guard case .value(let value)? = context.output.last else { continue }
          values = [value]
        }
        let shown = values.map(\.shapeText).joined(separator: ", ")
        if !ProgramCheck.describes(reading.text, shown) {
          faults.append("\(text)\nis \(shown), was told to be \(reading.text)")
        }
      } catch { break }
    }
    return faults
  }

  @Test(arguments: ProgramCase.files)
  func `what is told of a program before it runs is so when it runs`(file: String) throws {
    for program in try ProgramCase.all(in: file) {
      #expect(Self.disagreements(program.source) == [])
    }
  }

  @Test func `what is told of every word's examples is so when they run`() {
    for word in StandardLibrary.words where word.entry.family != "Data" {
      for example in word.entry.examples { #expect(Self.disagreements(example.source) == []) }
    }
  }

  @Test func `a trial of an ordinary cell takes little time`() {
    let source = """
      x = randn(1000, 1, 28, 28)
      net = Input(x[:1]) >> flatten >> Linear(64) >> relu >> Linear(10)
      L(m) = cross_entropy(net(x), zeros(1000))
      y = softmax(net(x))
      mean(y, axis=0)
      """
    // Of this thread's own time: what else the machine does has no part in it.
    let clock = ThreadClock.current
    let fastest = (0..<5).compactMap { _ -> Double? in
      let begun = clock.seconds
      _ = StandardLibrary.shapes(of: source, in: Names())
      return clock.seconds.flatMap { now in begun.map { now - $0 } }
    }.min()
    #expect((fastest ?? 1) < 0.1)
  }
}
