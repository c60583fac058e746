import Files
import TestSupport
import Testing

/// Models and runs in files come back with the same bits, and files that do not fit are refused.
@Suite struct ModelFileTests {
  @Test func `a chain of library layers is rebuilt from its file`() throws {
    let source = """
      m = Input([1, 6, 6]) >> Conv(2, 3, pad=0) >> BatchNorm(2) >> relu >> flatten >> Linear(3)
      save(m, "m.safetensors")
      n = load("m.safetensors")
      x = randn(2, 1, 6, 6)
      same(m(x), n(x)) and same(params(m), params(n))
      """
    let printed = try withTemporaryFolder { folder in try shown(source, folder: folder) }
    #expect(printed == ["true"])
  }

  @Test func `a model with code is filled, and read as a record`() throws {
    let source = """
      Dense(n, m) = { W = param(randn(n, m)); x => tanh(x @ W) }
      a = Dense(2, 3) >> Linear(3, 1)
      save(a, "m.safetensors")
      b = load_into(Dense(2, 3) >> Linear(3, 1), "m.safetensors")
      same(params(a), params(b))
      keys(load("m.safetensors"))
      """
    let printed = try withTemporaryFolder { folder in try shown(source, folder: folder) }
    #expect(
      printed == [
        "true", "[\"0.W\", \"1.weight\", \"1.bias\"]",
      ])
  }

  @Test func `a run goes on from its file with the same bits`() throws {
    let source = """
      d = (x=randn(40, 4), y=randint(0, 3, 40))
      m = Linear(4, 6) >> BatchNorm(6) >> relu >> Dropout(0.3) >> Linear(6, 3)
      opt = AdamW(cosine(0.05, 30))
      go(n, from) = { seed(9); train(m, d, opt=opt, steps=n, batch=8, val=d, resume=from) }
      whole = go(30, none)
      save(await(go(13, none)), "r.safetensors")
      rest = go(30, "r.safetensors")
      same(params(rest.model), params(whole.model)) and same(rest.history, whole.history) and same(rest.val.loss, whole.val.loss)
      # The file of a run is the file of its model too.
      n = load_into(m, "r.safetensors")
      same(params(n), params(go(13, none).model))
      """
    let printed = try withTemporaryFolder { folder in try shown(source, folder: folder) }
    #expect(printed == ["true", "true"])
  }

  @Test func `a file that does not fit is refused`() throws {
    let told = try withTemporaryFolder { folder in
      _ = try shown("save(Linear(2, 3), \"m.safetensors\")", folder: folder)
      try FileBytes.writeAtomically(Array("{}".utf8), to: folder + "/x.safetensors")
      return try [
        "load_into(Linear(3, 3), \"m.safetensors\")",
        "train(Linear(2, 3), (x=ones(4, 2), y=[0, 1, 2, 0]), resume=\"m.safetensors\")",
        "save(\"a\", \"y.safetensors\")", "save(Linear(1, 1), \"../x.safetensors\")",
        "load(\"x.safetensors\")",
      ].map { try shown("try { \($0) } else e { e }", folder: folder).last ?? "" }
    }
    let parts = [
      "`weight` is f32 [3, 2] there and f32 [3, 3] here",
      "this is not the checkpoint of a run: step is missing", "should be a model",
      "outside the folders", "safetensors file",
    ]
    for (text, part) in zip(told, parts) { #expect(text.contains(part), "\(text)") }
  }
}
