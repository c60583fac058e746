import TestSupport
import Testing

/// Worked programs in a shorter form, with the bars that it reaches.
@Suite struct WorkedExampleTests {
  private let digits = "(tr, te) = split(dataset(\"digits\"), 0.8, seed=0)\n"

  /// Those of the last value that is shown.
  private func numbers(_ source: String) throws -> [Double] {
    let text = try #require(shown(source).last)
    return text.split { !"0123456789.e-".contains($0) }.compactMap { Double($0) }
  }

  @Test func `an MLP and a CNN race on digits`() throws {
    let scores = try numbers(
      WorkedExample("06").shortened() + """
        assert(sum(confusion(runs[1].model(te.x), te.y)) == len(te.y))
        [accuracy_of(r.model, te) for r in runs]
        """)
    #expect(scores.count == 2)
    #expect(scores[0] >= 0.96)
    #expect(scores[1] >= 0.975)
  }

  @Test func `a live run can be looked at and steered`() throws {
    #expect(
      try shown(WorkedExample("07").shortened(["epochs=200": "epochs=40"])).last == "true")
  }

  @Test func `a layer of one's own is a function that remembers parameters`() throws {
    let result = try numbers(WorkedExample("08").shortened())
    #expect(result[0] >= 0.9)
    #expect(result.dropFirst() == [2410, 64, 32])
  }

  /// Sentences of a small grammar, so that the best perplexity is known: each of two choices in five
  /// letters. "ab." and "ac." are as likely, "abab" never happens.
  private let letters = """
    text = join([if x < 0.5 { "hab." } else { "hoc." } for x in rand(500)])
    tok = tokenizer(text)
    (a, b) = (tok.encode(text)[:1600], tok.encode(text)[1600:])

    """

  @Test func `an LSTM learns a small language`() throws {
    let source =
      letters + """
        lm = Embedding(tok.n, 8) >> LSTM(8, 16) >> Linear(16, tok.n)
        r = train(lm, windows(a, 16), val=windows(b, 16), opt=Adam(0.03, clip=1.0), steps=80, batch=16)
        exp(mean(r.history[-5:]))
        tok.decode(generate(r.model, tok.encode("ha"), n=2))
        """
    let result = try shown(source)
    // One bit in four letters: 2 ^ (1 / 4) = 1.19.
    #expect(try #require(Double(result[0])) < 1.3)
    #expect(result[1] == "hab.")
  }

  @Test func `a GPT learns a small language`() throws {
    let source =
      letters + """
        gpt = GPT(tok.n, context=16, d=16, layers=1, heads=2)
        r = train(gpt, windows(a, 16), opt=AdamW(cosine(0.02, 80, warmup=10), clip=1.0), steps=80, batch=16)
        exp(mean(r.history[-5:]))
        tok.decode(generate(r.model, tok.encode("ho"), n=2, temperature=0.5, context=16))
        """
    let result = try shown(source)
    #expect(try #require(Double(result[0])) < 1.35)
    #expect(result[1] == "hoc.")
  }

  @Test func `a GAN is two models with alternating updates`() throws {
    let result = try numbers(
      WorkedExample("13").shortened(["epochs=40": "epochs=4"]) + """
        fake = r.model.G(randn(64, 16))
        [r.metrics.d[-1], r.metrics.g[-1], mean(abs(mean(fake, axis=0) - mean(real, axis=0)))]
        """)
    #expect(result.count == 3)
    // Neither side has won, and the mean drawing resembles the mean digit.
    #expect(result[0] > 0.5 && result[0] < 1.7)
    #expect(result[1] > 0.3 && result[1] < 3)
    #expect(result[2] < 0.3)
  }

  @Test func `a variational autoencoder lowers its bound`() throws {
    let result = try numbers(
      WorkedExample("14").shortened(["epochs=60": "epochs=6"])
        + "[r.history[0], mean(r.history[-10:])]")
    #expect(result[0] > 44 && result[0] < 46)
    #expect(result[1] < 33)
  }

  @Test func `a pruned network is tuned back and its zeros stay`() throws {
    let scores = try numbers(
      WorkedExample("19").shortened([
        "epochs=20": "epochs=12", "epochs=10": "epochs=4", "range(5)": "range(1)",
      ]) + "scores[0]")
    #expect(scores[0] >= 0.93)
    #expect(scores[1] < 0.9)
    #expect(scores[2] >= 0.9)
    #expect(abs(scores[3] - 0.8) < 0.01)
  }

  @Test func `an Adam of one's own works on whole models`() throws {
    let scores = try numbers(WorkedExample("22").shortened(["epochs=10": "epochs=5"]))
    #expect(scores[0] >= 0.9)
  }

  @Test func `the mean of models is a model`() throws {
    let scores = try numbers(WorkedExample("24").shortened(["range(10)": "range(6)"]))
    #expect(scores.count == 6)
    #expect(scores[0] < 0.6)
    #expect(scores.max() ?? 0 > 0.6)
  }

  @Test func `a network is fooled by noise along its gradient`() throws {
    let scores = try numbers(WorkedExample("25").shortened() + "[a.acc for a in ans]")
    #expect(scores[0] >= 0.95)
    #expect(scores[1] > 0.7 && scores[1] < 0.92)
    #expect(scores[2] > 0.3 && scores[2] < 0.7)
    #expect(scores[3] < 0.1)
  }

  @Test func `a formula over top-level parameters is a model`() throws {
    let result = try numbers(WorkedExample("26").shortened())
    #expect(result[0] >= 0.92)
    #expect(result[1] == 650)
  }

  @Test func `the same program gives the same bits, whatever the number of workers`() throws {
    let source =
      digits + """
        m = Input(tr) >> Conv(8, 3) >> relu >> MaxPool(2) >> Dropout(0.2) >> flatten >> Linear(10)
        r = train(m, tr, epochs=2)
        r.history[-5:]
        sum(r.model[1].weight)
        """
    let first = try shown(source)
    for workers in [1, 2, 3] {
      #expect(try withWorkers(workers) { try shown(source) } == first)
    }
  }
}
