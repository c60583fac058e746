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

  /// Three more data sets, each with its number of classes and of columns.
  private static let others = """
    scaled(d) = {
      (a, b) = split(d, 0.7, seed=0)
      (m, s) = (mean(a.x, axis=0), sqrt(mean((a.x - mean(a.x, axis=0))^2, axis=0)) + 1e-6)
      ((x=(a.x - m) / s, y=a.y), (x=(b.x - m) / s, y=b.y))
    }
    noisy(d, k) = (x=d.x, y=where(rand(len(d.y)) < 0.2 * k / (k - 1), randint(0, k, len(d.y)), d.y))
    small(n, k) = Linear(n, 32) >> relu >> Linear(32, 32) >> relu >> Linear(32, k)

    """
  static let sets: [(data: String, columns: Int, kinds: Int)] = [
    ("dataset(\"wine\")", 13, 3), ("blobs(500)", 2, 3),
    ("moons(500)", 2, 2), ("(x=concat([tr.x, te.x]), y=concat([tr.y, te.y]))", 64, 10),
  ]

  @Test(arguments: sets.map(\.data))
  func `clean labels raise no alarm, and a fifth of wrong ones does`(data: String) throws {
    let set = try #require(Self.sets.first { $0.data == data })
    let start =
      Self.others + "(a, b) = scaled(\(data))\nm = small(\(set.columns), \(set.kinds))\n"
    let clean = try kinds(start + "kinds(train(m, a, val=b, epochs=21, opt=Adam(0.003)))")
    #expect(clean == [])
    let noisy = try kinds(
      start
        + "kinds(train(m, noisy(a, \(set.kinds)), val=noisy(b, \(set.kinds)), epochs=21, "
        + "opt=Adam(0.003)))")
    #expect(noisy.contains("labels"), "\(noisy)")
  }

  /// The shipped data sets and the generated ones, with settings that people begin with.
  static let clean: [(data: String, columns: Int, kinds: Int)] = [
    ("dataset(\"iris\")", 4, 3), ("dataset(\"wine\")", 13, 3),
    ("dataset(\"breast_cancer\")", 30, 2), ("moons(500)", 2, 2), ("blobs(300)", 2, 3),
    ("(x=concat([tr.x, te.x]), y=concat([tr.y, te.y]))", 64, 10),
  ]

  @Test(arguments: clean.map(\.data))
  func `clean data raise no alarm, whatever the seed`(data: String) throws {
    let set = try #require(Self.clean.first { $0.data == data })
    let source =
      Self.others + """
        deep() = small(\(set.columns), \(set.kinds))
        found = ""
        for seed in range(2) {
          (a, b) = split(\(data), 0.7, seed=seed)
          (m, s) = (mean(a.x, axis=0), sqrt(mean((a.x - mean(a.x, axis=0))^2, axis=0)))
          s = where(s < 0.05, 1, s)
          (a, b) = ((x=(a.x - m) / s, y=a.y), (x=(b.x - m) / s, y=b.y))
          found = found ++ kinds(train(deep(), a, val=b, epochs=20, opt=Adam(0.003)))
          found = found ++ kinds(train(deep(), a, epochs=12, opt=Adam(0.01)))
          found = found ++ kinds(train(Linear(\(set.columns), \(set.kinds)), a, val=b, epochs=20, opt=SGD(0.1)))
        }
        found
        """
    #expect(try kinds(source) == [])
  }

  @Test func `a regression on clean data raises no alarm`() throws {
    #expect(
      try kinds(
        """
        (a, b) = split(dataset("diabetes"), 0.8, seed=1)
        (m, s) = (mean(a.x, axis=0), sqrt(mean((a.x - mean(a.x, axis=0))^2, axis=0)))
        z(d) = (x=(d.x - m) / s, y=reshape((d.y - 150) / 75, -1, 1))
        kinds(train(Linear(10, 16) >> relu >> Linear(16, 1), z(a), val=z(b), loss=mse, epochs=12, opt=Adam(0.003)))
        """) == [])
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
    (
      "spike",
      """
      train(Linear(1, 1), (x=randn(400, 1), y=where(reshape(arange(400), 400, 1) == 7, 60.0, 0.1)),
        loss=mse, opt=SGD(0.01), epochs=6, batch=4)
      """
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
