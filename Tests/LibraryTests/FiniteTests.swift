import Testing

/// A run whose loss is not finite ends before the update and says where that came from.
@Suite struct FiniteTests {
  private func failure(_ source: String) throws -> [String] {
    try shown(
      source
        + "\ntry { r.loss } else e { e }\nall([all(abs(w) < inf) for w in values(params(peek(r).model))])\nr.status"
    )
  }

  @Test func `the layer and the operation are named`() throws {
    let told = try failure(
      """
      m = Linear(2, 2) >> (x => log(x - x))
      r = train(m, (x=ones(4, 2), y=[0, 1, 0, 1]), steps=9)
      """)
    #expect(told[0].contains("the loss became nan at step 1 (epoch 1)"), "\(told)")
    #expect(told[0].contains("layer 1, `x => log(x - x)`, `log` gave the first inf"), "\(told)")
    #expect(told[0].contains("from numbers 0"), "\(told)")
    #expect(told.dropFirst() == ["true", "failed"])
  }

  @Test func `weights that grow without bound are caught at their layer`() throws {
    let told = try failure(
      """
      m = Linear(2, 8) >> relu >> Linear(8, 1)
      r = train(m, (x=ones(4, 2), y=ones(4, 1)), loss=mse, opt=SGD(1e12), steps=50)
      """)
    #expect(told[0].contains("at step"), "\(told)")
    #expect(told[0].contains("`mse` gave the first inf"), "\(told)")
    #expect(told.dropFirst() == ["true", "failed"])
  }

  @Test func `a gradient that breaks the weights is named, and the model before it is kept`() throws
  {
    let told = try failure(
      """
      r = train(Linear(2, 1), (x=ones(4, 2), y=ones(4, 1)), loss=(p, y) => mean(sqrt(p - p)), steps=9)
      """)
    #expect(told[0].contains("the loss became nan at step 2"), "\(told)")
    #expect(told[0].contains("step 1 broke the weights"), "\(told)")
    #expect(told[0].contains("the gradient of `weight` has nan"), "\(told)")
    #expect(told.dropFirst() == ["true", "failed"])
  }

  @Test func `a batch that is broken itself is named`() throws {
    let told = try failure(
      "r = train(Linear(1, 1), (x=[[1.0], [nan]], y=ones(2, 1)), loss=mse, steps=3)")
    #expect(told[0].contains("the batch holds nan in `x`"), "\(told)")
    #expect(told.dropFirst() == ["true", "failed"])
  }

  @Test func `to leave out the batch that breaks a run is tried, and can be done`() throws {
    let run = """
      d = (x=where(reshape(arange(40), 40, 1) == 30, nan, 0.1), y=ones(40, 1))
      r = train(Linear(1, 1), d, loss=mse, opt=SGD(0.1), epochs=1, batch=4)

      """
    let told = try shown(run + "try { r.loss } else e { e }")[0]
    let after = try #require(told.firstRange(of: "became nan at step "))
    let step = told[after.upperBound...].prefix(while: \.isNumber)
    #expect(told.contains("skip=\(step) goes on for"), "\(told)")
    let source =
      run + """
        f = fork(r, 0, skip=\(step))
        f.status == "failed" or isnan(f.loss)
        len(f.history)
        same(at(f, 10).model.weight, f.model.weight)
        """
    #expect(try shown(source) == ["false", "9", "true"])
    #expect(diagnosis(run + "fork(r, 0, skip=0)").contains("`skip` is a step after 0"))
  }

  @Test func `a remedy that is named was tried, and going on with it works`() throws {
    let told = try shown(
      """
      m = Linear(2, 8) >> relu >> Linear(8, 1)
      r = train(m, (x=4 * randn(20, 2), y=randn(20, 1)), loss=mse, opt=SGD(0.3), steps=60, batch=20)
      try { r.loss } else e { e }
      fork(r, 0, lr=0.03).status != "failed" and isfinite(fork(r, 0, lr=0.03).loss)
      """)
    #expect(told[0].contains("layer 2, `Linear(8, 1)` gave the first inf in row 0"), "\(told)")
    #expect(told[0].contains("Tried again from step 0: lr=0.03 goes on for"), "\(told)")
    #expect(told[1] == "true")
  }
}
