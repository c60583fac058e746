import Testing

/// Runs of different settings in a queue, compared.
@Suite struct SweepTests {
  private static let setting = """
    d = (x=randn(40, 3), y=randint(0, 2, 40))
    go(p) = train(Linear(3, 2), d, opt=SGD(p.lr), epochs=p.epochs)

    """

  @Test func `a grid tries every combination, the last name changing fastest`() throws {
    let source =
      Self.setting + """
        s = sweep(go, lr=[0.1, 0.01], epochs=[1, 3])
        [(p.lr, p.epochs, len(p.run.history)) for p in s]
        """
    #expect(
      try shown(source) == [
        "[(0.1, 1, 2), (0.1, 3, 6), (0.01, 1, 2), (0.01, 3, 6)]"
      ])
  }

  @Test func `draws lie in their ranges, are the same again, and seeds differ`() throws {
    let source =
      Self.setting + """
        s = sweep(go, trials=8, lr=(1e-4, 1.0), epochs=[1])
        t = sweep(p => train(Linear(3, 2), d, opt=SGD(0.1), epochs=1), seeds=3, lr=[0.1])
        [all([p.lr > 1e-4 and p.lr < 1 for p in s]), len(s), len(t), same(t[0].run.history, t[1].run.history)]
        """
    #expect(try shown(source) == ["[1, 8, 3, 0]"])
    let draws = Self.setting + "[p.lr for p in sweep(go, trials=3, lr=(1e-4, 1.0), epochs=[1])]"
    #expect(try shown(draws) == shown(draws))
  }

  @Test func `the table of runs is sorted and filtered by any column`() throws {
    let source =
      Self.setting + """
        s = sweep(go, lr=[0.1, 0.01, 1.0], epochs=[1])
        for p in s { await(p.run) }
        run_table(s, sort="lr", descending=true, keep=p => p.lr > 0.05)
        """
    let text = try #require(try shown(source).last)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 4, "\(text)")
    #expect(lines[0].contains("lr") && lines[0].contains("loss"), "\(text)")
    #expect(lines[2].contains("1") && lines[3].contains("0.1"), "\(text)")
  }

  @Test func `curves of a sweep are named by their settings`() throws {
    let text = try #require(
      try shown(Self.setting + "plot(sweep(go, lr=[0.1, 0.01], epochs=[2]))").last)
    #expect(text.contains("▪ lr=0.1 ") && text.contains("▴ lr=0.01 "), "\(text)")
  }

  @Test func `curves of a sweep are named by what differs between them alone`() throws {
    let text = try #require(
      try shown(Self.setting + "plot(sweep(go, lr=[0.1, 0.01], epochs=[2], width=[8]))").last)
    #expect(text.contains("▪ lr=0.1 loss") && !text.contains("width"), "\(text)")
    let seeds = try #require(
      try shown(Self.setting + "plot(sweep(go, lr=[0.1], epochs=[2], seeds=2))").last)
    #expect(seeds.contains("▪ seed=0 loss") && !seeds.contains("lr="), "\(seeds)")
  }

  @Test func `a range without draws, and what is no run, are told`() {
    #expect(diagnosis(Self.setting + "sweep(go, lr=(0.1, 1))").contains("trials=20"))
    #expect(diagnosis("sweep(p => p.lr, lr=[1, 2])").contains("the function should return a run"))
  }

  @Test func `the suggested rate lies where the loss falls`() throws {
    let source = """
      d = moons(200)
      f = lr_find(Linear(2, 16) >> tanh >> Linear(16, 2), d, steps=60)
      [f.suggestion > 0.003 and f.suggestion < 5, len(f.lr) == len(f.loss), f.loss[0] > min(f.loss), all(f.lr[1:] > f.lr[:len(f.lr) - 1])]
      """
    #expect(try shown(source) == ["[true, true, true, true]"])
  }
}
