import Testing

/// Going on from any step gives the bits of a run that never stopped.
@Suite struct CheckpointTests {
  private let setting = """
    seed(3)
    d = (x=randn(60, 4), y=randint(0, 3, 60))
    held = (x=randn(20, 4), y=randint(0, 3, 20))
    m = Linear(4, 6) >> BatchNorm(6) >> relu >> Dropout(0.3) >> Linear(6, 3)
    opt = SGD(cosine(0.1, 200, warmup=5), momentum=0.9, nesterov=true, decay=1e-3, clip=1)
    go(n, from) = { seed(9); train(m, d, opt=opt, steps=n, batch=8, val=held, resume=from) }
    equal(a, b) = {
      (p, q) = (a.model, b.model)
      same(params(p), params(q)) and same(a.history, b.history) and same(a.val.loss, b.val.loss) and same(p[1].running_mean, q[1].running_mean) and same(p[1].running_var, q[1].running_var)
    }

    """

  @Test func `a run of 200 steps can be cut at every step`() throws {
    // Cut everywhere at once, and at single places.
    let source =
      setting + """
        whole = go(200, none)
        r = none
        for k in range(1, 201) { r = go(k, r) };
        equal(r, whole) and all([equal(go(200, go(k, none)), whole) for k in [1, 7, 8, 9, 104, 199]])
        """
    #expect(try shown(source) == ["true"])
  }

  @Test(arguments: [
    "Adam(0.01, amsgrad=true)", "AdamW(plateau(0.01, by=0.5, patience=0))", "NAdam(0.01)",
    "RAdam(0.01)", "RMSprop(0.01, centered=true, momentum=0.5)", "Rprop(0.01)", "ASGD(0.01)",
    "Adafactor(0.01)", "Lion(0.001)", "LAMB(0.01)", "Muon(0.01)", "SAM(SGD(0.1, momentum=0.9))",
    "Adagrad(0.1)", "Adadelta(1)", "Adamax(0.01)",
  ])
  func `every optimizer goes on where it was`(optimizer: String) throws {
    let source =
      setting + """
        opt = \(optimizer)
        whole = go(20, none)
        all([equal(go(20, go(k, none)), whole) for k in [1, 8, 13]])
        """
    #expect(try shown(source) == ["true"])
  }

  @Test func `patience goes on counting`() throws {
    let source =
      setting + """
        go(n, from) = {
          seed(9)
          train(m, d, opt=SGD(0.5), epochs=n, batch=8, val=held, patience=3, resume=from)
        }
        whole = go(40, none)
        all([equal(go(40, go(k, none)), whole) for k in [1, 2, 3, 5]])
        """
    #expect(try shown(source) == ["true"])
  }

  @Test func `a state of one's own goes on too`() throws {
    let source =
      setting + """
        step(s, b) = {
          (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.m)
          (s.m, s.o) = update(s.o, s.m, g)
          s.t += 1
          s.best = minimum(s.best, l)
          (s, (loss=l))
        }
        start = (m=m, o=Adam(0.01), t=0, best=inf)
        go(n, from) = { seed(9); train(start, d, step=step, steps=n, batch=8, resume=from) }
        (a, b) = (go(30, none).model, go(30, go(11, none)).model)
        same(params(a.m), params(b.m)) and same(a.best, b.best) and a.t == 30 and b.t == 30 and same(a.m[1].running_var, b.m[1].running_var)
        """
    #expect(try shown(source) == ["true"])
  }

  @Test func `a run that does not fit is refused`() {
    let text = diagnosis(
      setting + "train(Linear(4, 3), d, steps=2, batch=8, resume=go(1, none))")
    #expect(text.contains("the saved run does not fit: `weight` is missing there"), "\(text)")
    let other = diagnosis(setting + "train(m, d, opt=opt, steps=2, batch=9, resume=go(1, none))")
    #expect(other.contains("60 examples in batches of 8"), "\(other)")
  }
}
