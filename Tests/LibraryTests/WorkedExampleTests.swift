import TestSupport
import Testing

/// Worked programs in a shorter form, with the bars that it reaches.
@Suite struct WorkedExampleTests {
  private let digits = "(tr, te) = split(dataset(\"digits\"), 0.8, seed=0)\n"

  private func numbers(_ source: String) throws -> [Double] {
    let text = try #require(shown(source).last)
    return text.split { !"0123456789.e-".contains($0) }.compactMap { Double($0) }
  }

  @Test func `an MLP and a CNN race on digits`() throws {
    let scores = try numbers(
      digits + """
        mlp1 = Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10)
        cnn1 = Input(tr) >> Conv(16, 3) >> relu >> MaxPool(2) >> Conv(32, 3) >> relu >> MaxPool(2) >> flatten >> Linear(10)
        runs = [train(m, tr, opt=Adam(3e-3), epochs=20) for m in [mlp1, cnn1]]
        assert(sum(confusion(runs[1].model(te.x), te.y)) == len(te.y))
        [accuracy_of(r.model, te) for r in runs]
        """)
    #expect(scores.count == 2)
    #expect(scores[0] >= 0.96)
    #expect(scores[1] >= 0.975)
  }

  @Test func `a live run can be looked at and steered`() throws {
    let printed = try shown(
      digits + """
        mlp1 = Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10)
        r = train(mlp1, tr, opt=SGD(0.01), epochs=40)
        peek(r).loss;
        set(r, lr=0.1)
        await(r).loss < 1
        """)
    #expect(printed == ["true"])
  }

  @Test func `a layer of one's own is a function that remembers parameters`() throws {
    let result = try shown(
      digits + """
        Dense(n, m, act=relu) = {
          W = param(randn(n, m) * sqrt(2 / n))
          b = param(zeros(m))
          x => act(x @ W + b)
        }
        net = flatten >> Dense(64, 32) >> Dense(32, 10, act=x => x)
        r = train(net, tr, epochs=15)
        accuracy_of(r.model, te)
        (count_params(net), r.model[1].W.shape)
        """)
    #expect(try #require(Double(result[0])) >= 0.9)
    #expect(result[1] == "(2410, (64, 32))")
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
      """
      real = dataset("digits").x.reshape(-1, 64) * 2 - 1
      s = (G = Linear(16, 128) >> relu >> Linear(128, 64) >> tanh,
           D = Linear(64, 128) >> leaky_relu >> Linear(128, 1),
           og = Adam(1e-3, betas=(0.5, 0.999)), od = Adam(1e-3, betas=(0.5, 0.999)))
      gan_step(s, b) = {
        z = randn(len(b.x), 16)
        (ld, gd) = value_and_grad(D => bce(D(b.x), 0.9) + bce(D(s.G(z)), 0))(s.D)
        (s.D, s.od) = update(s.od, s.D, gd)
        (lg, gg) = value_and_grad(G => bce(s.D(G(z)), 1))(s.G)
        (s.G, s.og) = update(s.og, s.G, gg)
        (s, (d=ld, g=lg))
      }
      r = train(s, real, step=gan_step, epochs=4, batch=64)
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
      """
      x = dataset("digits").x.reshape(-1, 64)
      VAE(h=128, k=8) = {
        enc = Linear(64, h) >> relu >> Linear(h, 2 * k)
        dec = Linear(k, h) >> relu >> Linear(h, 64)
        x => {
          (mu, logvar) = chunk(enc(x), 2)
          z = mu + exp(logvar / 2) * randn(mu.shape)
          (logits=dec(z), mu=mu, logvar=logvar)
        }
      }
      elbo(m, b) = {
        o = m(b.x)
        kl = -0.5 * mean(sum(1 + o.logvar - o.mu ^ 2 - exp(o.logvar), axis=1))
        64 * bce(o.logits, b.x) + kl
      }
      r = train(VAE(), x, objective=elbo, opt=Adam(2e-3), epochs=6, batch=64)
      [r.history[0], mean(r.history[-10:])]
      """)
    #expect(result[0] > 44 && result[0] < 46)
    #expect(result[1] < 33)
  }

  @Test func `a pruned network is tuned back and its zeros stay`() throws {
    let scores = try numbers(
      digits + """
        net = train(Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10), tr, opt=Adam(3e-3), epochs=12).model
        cut(name, w) = if w.ndim > 1 { w * magnitude_mask(w, 0.2) } else { w }
        small = map_params(net, cut)
        mask = map_params(small, w => w != 0)
        tune(s, b) = {
          (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.m)
          (s.m, s.o) = update(s.o, s.m, g * mask)
          (s, (loss=l))
        }
        r = train((m=small, o=Adam(2e-3)), tr, step=tune, epochs=4)
        zeros_left = mean(r.model.m[2].weight == 0)
        [accuracy_of(net, te), accuracy_of(small, te), accuracy_of(r.model.m, te), zeros_left]
        """)
    #expect(scores[0] >= 0.93)
    #expect(scores[1] < 0.9)
    #expect(scores[2] >= 0.9)
    #expect(abs(scores[3] - 0.8) < 0.01)
  }

  @Test func `an Adam of one's own works on whole models`() throws {
    let scores = try numbers(
      digits + """
        start = Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10)
        adam(s, b) = {
          (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.theta)
          s.t += 1
          s.m = 0.9 * s.m + 0.1 * g
          s.v = 0.999 * s.v + 0.001 * g ^ 2
          s.theta = s.theta - 3e-3 * (s.m / (1 - 0.9 ^ s.t)) / ((s.v / (1 - 0.999 ^ s.t)) ^ 0.5 + 1e-8)
          (s, (loss=l))
        }
        r = train((theta=start, m=0 * start, v=0 * start, t=0), tr, step=adam, epochs=5)
        accuracy_of(r.model.theta, te)
        """)
    #expect(scores[0] >= 0.9)
  }

  @Test func `the mean of models is a model`() throws {
    let scores = try numbers(
      digits + """
        start = Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10)
        clients = [tr[argsort(tr.y)[i * 287:(i + 1) * 287]] for i in range(5)]
        m = start
        for round in range(6) {
          m = mean([train(m, c, opt=SGD(0.05, momentum=0.9), epochs=2).model for c in clients])
          accuracy_of(m, te)
        }
        """)
    #expect(scores.count >= 6)
    #expect(scores[0] < 0.6)
    #expect(scores.suffix(6).max() ?? 0 > 0.6)
  }

  @Test func `a network is fooled by noise along its gradient`() throws {
    let scores = try numbers(
      digits + """
        net = train(Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10), tr, opt=Adam(3e-3), epochs=20).model
        attack(x, y, eps) = clip(x + eps * sign(grad(x => cross_entropy(net(x), y))(x)), 0, 1)
        [accuracy(net(attack(te.x, te.y, e)), te.y) for e in [0, 0.05, 0.1, 0.2]]
        """)
    #expect(scores[0] >= 0.95)
    #expect(scores[1] > 0.7 && scores[1] < 0.92)
    #expect(scores[2] > 0.3 && scores[2] < 0.7)
    #expect(scores[3] < 0.1)
  }

  @Test func `a formula over top-level parameters is a model`() throws {
    let result = try shown(
      digits + """
        W = param(zeros(64, 10))
        c = param(zeros(10))
        logits(x) = flatten(x) @ W + c
        r = train(logits, tr, epochs=10, opt=Adam(0.01))
        accuracy_of(r.model, te)
        count_params(logits)
        """)
    #expect(try #require(Double(result[0])) >= 0.92)
    #expect(result[1] == "650")
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
