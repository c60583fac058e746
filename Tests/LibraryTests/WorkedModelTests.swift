import Testing

/// The worked programs on diffusion, graphs and distillation.
@Suite struct WorkedModelTests {
  private func numbers(_ source: String) throws -> [Double] {
    let text = try #require(shown(source).last)
    return text.split { !"0123456789.e-".contains($0) }.compactMap { Double($0) }
  }

  @Test func `a diffusion model learns the noise and draws digits without it`() throws {
    let result = try numbers(
      """
      real = dataset("digits").x.reshape(-1, 64) * 2 - 1
      T = 60
      beta = linspace(1e-4, 0.15, T)
      abar = cumprod(1 - beta)
      Denoiser(h=256) = {
        when = Embedding(T, 32)
        net = Linear(64 + 32, h) >> silu >> Linear(h, h) >> silu >> Linear(h, 64)
        (x, t) => net(concat([x, when(t)], axis=-1))
      }
      noise_loss(m, b) = {
        n = len(b.x)
        t = randint(0, T, n)
        a = abar[t, none]
        e = randn(n, 64)
        mse(m(sqrt(a) * b.x + sqrt(1 - a) * e, t), e)
      }
      r = train(Denoiser(), real, objective=noise_loss, opt=Adam(2e-3), epochs=10, batch=64)
      draw(m, n) = {
        x = randn(n, 64)
        for i in range(T - 1, -1, -1) {
          x = (x - beta[i] / sqrt(1 - abar[i]) * m(x, full([n], i))) / sqrt(1 - beta[i])
          if i > 0 { x = x + sqrt(beta[i]) * randn(n, 64) }
        }
        x
      }
      x = draw(r.model, 64)
      [r.history[0], mean(r.history[-20:]), mean(abs(mean(x, axis=0) - mean(real, axis=0)))]
      """)
    #expect(result.count == 3)
    // Saying nothing costs 1; the mean of what is drawn resembles the mean digit.
    #expect(result[0] > 0.8)
    #expect(result[1] < 0.5)
    #expect(result[2] < 0.35)
  }

  @Test func `a graph network labels the rest of a graph from a few nodes`() throws {
    let result = try numbers(
      """
      n = 90
      y = arange(n) % 3
      # Friends are of the same group nine times out of ten; features say nothing of most nodes.
      same_group = y[:, none] == y[none]
      A = where(rand(n, n) < where(same_group, 0.2, 0.01), 1.0, 0.0)
      A = maximum(maximum(A, A.T), eye(n))
      deg = sum(A, axis=1, keepdims=true)
      P = A / sqrt(deg) / sqrt(deg.T)
      x = one_hot(y, 3) + randn(n, 3)
      g = (x=x, y=y, few=arange(15))
      Net(i, h, o) = {
        w1 = Linear(i, h)
        w2 = Linear(h, o)
        drop = Dropout(0.5)
        x => P @ w2(drop(relu(P @ w1(drop(x)))))
      }
      fit(m, b) = cross_entropy(m(g.x)[g.few], g.y[g.few])
      r = train(Net(3, 16, 3), g, objective=fit, opt=Adam(0.05, decay=5e-4), steps=60, batch=n)
      [accuracy(x[15:], y[15:]), accuracy(r.model(g.x)[15:], y[15:])]
      """)
    // A feature alone names its group about two times in three; neighbours make it nearly certain.
    #expect(result[0] < 0.8)
    #expect(result[1] > 0.9)
  }

  @Test func `a student that is taught beats one that is alone`() throws {
    let result = try numbers(
      """
      (tr, te) = split(dataset("digits"), 0.8, seed=0)
      teacher = train(Input(tr) >> Conv(16, 3) >> relu >> MaxPool(2) >> flatten >> Linear(64) >> relu >> Linear(10), tr, opt=Adam(3e-3), epochs=6).model
      student() = Input(tr) >> flatten >> Linear(16) >> relu >> Linear(10)
      soft(m, b) = cross_entropy(m(b.x) / 2, softmax(stop_grad(teacher(b.x)) / 2))
      alone = train(student(), tr[:50], opt=Adam(3e-3), epochs=200, batch=25).model
      taught = train(student(), tr, objective=soft, opt=Adam(3e-3), epochs=12).model
      [accuracy_of(m, te) for m in [teacher, alone, taught]]
      """)
    #expect(result[0] > 0.93)
    #expect(result[1] < 0.88)
    #expect(result[2] > 0.91)
  }
}
