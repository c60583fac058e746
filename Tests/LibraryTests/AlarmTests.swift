import TestSupport
import Testing

/// Trainings with a planted fault alarm for it; a healthy one is left alone.
@Suite struct AlarmTests {
  private static let data = """
    (tr, te) = split(dataset("digits"), 0.8, seed=0)
    tr = (x=flatten(tr.x), y=tr.y)
    te = (x=flatten(te.x), y=te.y)
    net = Linear(64, 32) >> relu >> Linear(32, 32) >> relu >> Linear(32, 10)
    kinds(r) = join([a.kind for a in alarms(r)], " ")

    """

  private func kinds(_ source: String) throws -> [String] {
    let printed = try shown(Self.data + source)
    return printed.last.map { $0.split(separator: " ").map(String.init) } ?? []
  }

  @Test func `a healthy run raises no alarm`() throws {
    #expect(
      try kinds("kinds(train(net, tr, val=te, epochs=15, opt=Adam(0.003)))") == [])
  }

  @Test(arguments: [
    ("explosion", "train(net, tr, epochs=3, opt=Adam(3.0))"),
    (
      "dead",
      """
      train(map_params(net, (name, w) => if name == "0.bias" { w - 30 } else { w }), tr, epochs=3,
        opt=SGD(0.01))
      """
    ),
    (
      "overfitting",
      "train(net, (x=tr.x[:80], y=tr.y[:80]), val=(x=te.x, y=(te.y + 3) % 10), "
        + "epochs=60, opt=Adam(0.003))"
    ),
    ("plateau", "train(net, tr, epochs=12, opt=SGD(1e-7))"),
    ("inputs", "train(net, (x=tr.x * 300, y=tr.y), epochs=1, opt=Adam(1e-3))"),
    (
      "labels",
      "train(net, (x=tr.x, y=where(rand(len(tr.y)) < 0.3, randint(0, 10, len(tr.y)), tr.y)), "
        + "epochs=12, opt=Adam(0.003))"
    ),
    (
      "vanishing",
      """
      {
        deep = Linear(64, 16) >> sigmoid
        for i in range(28) { deep = deep >> Linear(16, 16) >> sigmoid }
        train(deep >> Linear(16, 10), tr, epochs=1, opt=SGD(0.01))
      }
      """
    ),
  ])
  func `a planted fault raises its alarm`(kind: String, run: String) throws {
    #expect(try kinds("kinds(\(run))").contains(kind), "\(run)")
  }

  @Test func `a number that is not finite is told before the first step`() throws {
    let told = try kinds(
      """
      r = train(net, (x=where(rand(len(tr.y), 64) < 1e-4, nan, tr.x), y=tr.y), epochs=1)
      try { r.model } else e { e }
      kinds(r)
      """)
    #expect(told.first == "nonfinite")
  }
}
