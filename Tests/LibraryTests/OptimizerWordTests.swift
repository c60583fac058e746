import Testing

/// Optimizers and schedules as words: what they print, refuse and compute.
@Suite struct OptimizerWordTests {
  @Test func `an optimizer prints what differs from its defaults`() throws {
    #expect(
      try shown("SGD(0.1, momentum=0.9, nesterov=true)") == [
        "SGD(0.1, momentum=0.9, nesterov=true)"
      ])
    #expect(
      try shown("Adam(betas=(0.5, 0.999), clip=1)") == ["Adam(0.001, betas=(0.5, 0.999), clip=1)"])
    #expect(try shown("AdamW(cosine(0.1, 10), decay=0.01)") == ["AdamW(cosine(0.1, 10))"])
    #expect(try shown("SAM(Lion(1e-4))") == ["SAM(Lion(0.0001), rho=0.05)"])
  }

  @Test(arguments: [
    "SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "RMSprop", "Rprop", "ASGD",
    "Adafactor", "Lion", "LAMB", "Muon",
  ])
  func `every optimizer goes down a parabola`(name: String) throws {
    let source = """
      x = [[1.0, -2.0], [0.5, 3.0]]
      o = \(name)(0.05)
      for t in range(150) { (x, o) = update(o, x, grad(x => sum(x^2))(x)) };
      sum(x^2) < 13
      """
    #expect(try shown(source) == ["true"])
  }

  @Test(arguments: [
    ("SGD(\"a\")", ["`lr` should be a number or a function of the step"]),
    ("Adam(betas=(0.9,))", ["`betas` should be 2 numbers"]),
    ("update(SGD(1), [1.0], [1.0, 2.0])", ["the value is [1], its gradient [2]"]),
    ("update(SAM(SGD(1)), [1.0], [1.0])", ["so it needs the loss", "train(model"]),
    ("sequential([t => 1], [3])", ["1 schedules have 0"]),
    ("cosine(0.1, 10)(\"a\")", ["takes the number of a step"]),
  ])
  func `a mistake in an optimizer or schedule is told`(source: String, parts: [String]) {
    let text = diagnosis(source)
    for part in parts { #expect(text.contains(part), "\(text)") }
  }

  @Test func `SAM takes the gradient from uphill`() throws {
    // At w = 2 the slope of w^2 is 4; uphill by 0.5 it is 2 (2 + 0.5) = 5; w - 0.1 * 5 = 1.5.
    let source = """
      m = param([2.0])
      f(w, b) = sum(w^2)
      r = train(m, zeros(1, 1), objective=f, opt=SAM(SGD(0.1), rho=0.5), steps=1)
      r.model
      """
    #expect(try shown(source) == ["[1.5]"])
  }

  @Test func `a plateau lowers the rate of a run whose loss stays`() throws {
    // The loss is always 1: the first epoch is the best, and every second one after it is one
    // without a better loss too many, so six epochs halve the rate twice.
    let source = """
      f(w, b) = 1 + 0 * sum(w)
      opt = SGD(plateau(0.1, by=0.5, patience=1))
      [train(param([2.0]), zeros(4, 1), objective=f, opt=opt, epochs=n, batch=4).opt.lr for n in [1, 3, 5, 6]]
      """
    #expect(try shown(source) == ["[0.1, 0.05, 0.025, 0.025]"])
  }
}
