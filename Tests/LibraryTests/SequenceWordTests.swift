import Testing

/// Words for sequences, patterns and tokens.
@Suite struct SequenceWordTests {
  @Test func `a GPT that keeps its keys gives the same as without`() throws {
    let source = """
      m = Embedding(10, 8) >> Attention(8, heads=2, causal=true, rope=true) >> Linear(8, 10)
      ids = [1, 5, 2, 9, 3]
      whole = m(ids[none])
      s = none
      parts = for id in ids { (z, s) = with_state(m, tensor([[id]], dtype="i64"), s); z }
      close(concat([p for p in parts], axis=1), whole)
      """
    #expect(try shown(source) == ["true"])
  }

  @Test func `a state of another model is refused`() {
    let text = diagnosis(
      "(y, s) = with_state(GRU(2, 3), ones(1, 2, 2))\nwith_state(GRU(2, 3) >> GRU(3, 3), ones(1, 1, 2), s)"
    )
    #expect(text.contains("a model with 1 such layers, this one has 2"), "\(text)")
  }

  @Test(arguments: [
    ("rearrange(range(6).reshape(2, 3), \"a b -> b a\")[2]", "[2, 5]"),
    ("rearrange(range(6), \"(a h) -> h a\", h=2)[1]", "[1, 3, 5]"),
    ("rearrange(range(8).reshape(2, 2, 2), \"a b c -> (c a) b\")[1]", "[4, 6]"),
    ("chunk(range(6).reshape(2, 3), 2, axis=0)[1].shape", "(1, 3)"),
    ("windows(range(6), 2, step=1).x.shape", "(4, 2)"),
    ("tokenizer([\"b\", \"a\"]).encode(\"ab\")", "[0, 1]"),
    ("causal(3)[1]", "[true, true, false]"),
    ("Encoder(8, heads=2, layers=2)(ones(2, 5, 8)).shape", "(2, 5, 8)"),
    ("count_params(GPT(65))", "112065"),
    ("generate(x => one_hot(x, 4) * 100, [2, 1], n=3)", "[2, 1, 1, 1, 1]"),
    ("mean([Linear(2, 1), Linear(2, 1)]).weight.shape", "(1, 2)"),
    ("mean([(a=[1.0, 2.0], b=1.0), (a=[3.0, 4.0], b=3.0)])", "(a=[2, 3], b=2)"),
    ("fake_quant([0.0, 0.4, 1.0], bits=1)", "[0, 0, 1]"),
    ("magnitude_mask([1, -3, 2, 0.5], 0.5)", "[false, true, true, false]"),
  ])
  func `a word gives what it says`(source: String, want: String) throws {
    #expect(try shown(source) == [want])
  }

  @Test(arguments: [
    (
      "rearrange(zeros(2, 10, 64), \"b t (h e) -> b h t e\", h=5)",
      ["an axis of 64 does not split into (h e) with h = 5"]
    ),
    ("rearrange(zeros(2, 3), \"a -> a\")", ["the pattern has 1 axes, the tensor is [2, 3]"]),
    ("rearrange(zeros(2, 3), \"a b -> a\")", ["`b` stands on one side only"]),
    ("rearrange(zeros(4), \"(a b) -> a b\")", ["the sizes of a and b are not known"]),
    ("rearrange(zeros(4), \"(a -> a\")", ["a ( without its )"]),
    ("chunk([1, 2, 3], 2)", ["an axis of 3 does not split into 2 pieces"]),
    ("tokenizer(\"ab\").encode(\"c\")", ["does not know \"c\""]),
    ("tokenizer(\"ab\").decode([7])", ["token 7 does not exist: they run from 0 to 1"]),
    ("windows([1, 2], 2)", ["windows of 2 need more than 2 tokens"]),
    ("Attention(8, heads=3)", ["an axis of 8 does not split into 3 heads", "1, 2, 4, 8 heads"]),
    ("LSTM(3, 4)(ones(2, 3))", ["needs sequences [B, T, in], found [2, 3]", "ones(2, 3)[none]"]),
    ("BatchNorm(3)(ones(2, 4))", ["expects 3 channels on axis 1"]),
    ("GroupNorm(3, 4)", ["4 channels do not split into 3 groups"]),
    ("GraphConv(2, 3)(ones(4, 2))", ["takes 2 inputs, here are 1"]),
    ("GraphConv(2, 3)(ones(4, 2), [[0, 4]])", ["joins 0 and 4, but the nodes run from 0 to 3"]),
    ("orthogonal(3)", ["needs at least two axes"]),
  ])
  func `a mistake in a sequence is told`(source: String, parts: [String]) {
    let text = diagnosis(source)
    for part in parts { #expect(text.contains(part), "\(text)") }
  }

  @Test func `batch norm learns its averages in a run and uses them after it`() throws {
    let source = """
      seed(1)
      x = randn(256, 3) * 2 + 5
      d = (x=x, y=int(x[:, 0] > 5))
      r = train(BatchNorm(3) >> Linear(3, 2), d, epochs=30, batch=64, opt=Adam(0.05))
      close(r.model[0].running_mean, mean(x, axis=0), tol=0.1)
      accuracy_of(r.model, d) > 0.95
      m = BatchNorm(1)
      (m, o) = update(SGD(0), m, grad(m => sum(m([[0.0], [2.0]])))(m))
      m.running_mean
      """
    #expect(try shown(source) == ["true", "true", "[0.1]"])
  }
}
