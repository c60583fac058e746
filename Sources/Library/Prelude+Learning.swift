import Language

extension Prelude {
  static let learning =
    Definition.chapter(
      "Losses",
      """
      ## How far the chances q lie from the chances p, in nats.
      ## p: Chances [..., n].
      ## q: Chances of the same shape.
      ## > kl([0.5, 0.5], [0.25, 0.75])
      ## = 0.143841
      kl(p, q) = sum(p * (log(p) - log(q)))

      ## The contrastive loss of pairs: row i of a should find row i of b among all others.
      ## a: One view of each example [n, d].
      ## b: The other view of each example [n, d].
      ## t: The temperature.
      ## > nt_xent([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], t=1)
      ## = 0.551445
      nt_xent(a: [n, d], b: [n, d], t=0.1) = {
        z = unit(concat([a, b]))
        s = where(eye(2 * n) == 1, -1e9, z @ z.T / t)
        cross_entropy(s, concat([arange(n, 2 * n), arange(n)]))
      }

      ## The negative evidence bound of a variational autoencoder, in nats for each example.
      ## m: From x to (logits, mu, logvar).
      ## b: Examples with a field x.
      ## > elbo(x => (logits=0 * x, mu=zeros(2, 1), logvar=zeros(2, 1)), (x=ones(2, 4)))
      ## = 2.77259
      elbo(m, b) = {
        o = m(b.x)
        kl = -0.5 * mean(sum(1 + o.logvar - o.mu^2 - exp(o.logvar), axis=1))
        b.x.size // len(b.x) * bce(o.logits, b.x) + kl
      }

      ## The loss of a student that learns a teacher's soft answers.
      ## m: The student.
      ## teacher: A trained model.
      ## b: Examples with a field x.
      ## t: The temperature, above 1 to soften the answers.
      ## > distill(x => x, x => x, (x=zeros(1, 2)))
      ## = 0.693147
      distill(m, teacher, b, t=2) = cross_entropy(m(b.x) / t, softmax(stop_grad(teacher(b.x)) / t))

      ## The loss of a model on blends of pairs of examples.
      ## m: From x to scores.
      ## b: Examples (x=…, y=…) with labels.
      ## > mixup(x => x, (x=zeros(4, 2), y=[0, 1, 0, 1]))
      ## = 0.693147
      mixup(m, b) = {
        s = rand()
        p = shuffle(range(len(b.y)))
        z = m(s * b.x + (1 - s) * b.x[p])
        s * cross_entropy(z, b.y) + (1 - s) * cross_entropy(z, b.y[p])
      }
      """)
    + Definition.chapter(
      "Optimizers",
      """
      ## A running mean: most of what was, a little of what is.
      ## avg: The mean so far: a number, a tensor or a whole model.
      ## m: What is now.
      ## rate: The share of what was.
      ## > ema(1.0, 2.0, rate=0.5)
      ## = 1.5
      ema(avg, m, rate=0.99) = rate * avg + (1 - rate) * m
      """)
    + Definition.chapter(
      "Runs",
      """
      ## The loss at learning rates that grow from step to step, and which rate to take.
      ## m: A model.
      ## d: Data (x=…, y=…).
      ## loss: loss(prediction, target).
      ## opt: An optimizer's word, such as Adam.
      ## low: The first rate.
      ## high: The last rate.
      ## steps: How many rates.
      ## batch: Examples in a batch.
      ## > len(lr_find(Linear(2, 2), moons(40), steps=20).lr) > 5
      ## = true
      lr_find(m, d, loss=cross_entropy, opt=SGD, low=1e-5, high=10.0, steps=100, batch=32) = {
        rate = t => low * (high / low)^(t / maximum(steps - 1, 1))
        r = train(m, d, loss=loss, opt=opt(rate), steps=steps, batch=batch)
        try { await(r) } else e { e }
        h = peek(r).history
        h = h[cumsum(where(isfinite(h), 0, 1)) == 0]
        i = arange(len(h))
        w = tril(0.9^(reshape(i, len(h), 1) - reshape(i, 1, len(h))))
        c = w @ h / sum(w, axis=1)
        far = argmin(c)
        kept = cumsum(where(c > 4 * min(c), 1, 0) * where(i > far, 1, 0)) == 0
        rates = (low * (high / low)^(i / maximum(steps - 1, 1)))[kept]
        c = c[kept]
        steepest = if far > 0 { rates[argmin(c[1:far + 1] - c[:far])] } else { rates[0] }
        tenth = rates[far] / 10
        (lr=rates, loss=c, steepest=steepest, tenth=tenth, suggestion=sqrt(steepest * tenth))
      }
      """)
    + Definition.chapter(
      "Smaller models",
      """
      ## The numbers as a given number of bits would hold them.
      ## x: Any shape.
      ## bits: For each number.
      ## > fake_quant([0.0, 0.4, 1.0], 1)
      ## = [0, 0, 1]
      fake_quant(x, bits=8) = {
        lo = min(x)
        s = (max(x) - lo) / (2^bits - 1)
        if s == 0 { x } else { lo + round((x - lo) / s) * s }
      }

      ## Whole numbers of a given number of bits, with the scale to read them.
      ## x: Any shape.
      ## bits: For each number.
      ## > quantize([0.0, 0.4, 1.0], 1).q
      ## = [0, 0, 1]
      quantize(x, bits=8) = {
        lo = min(x)
        s = maximum((max(x) - lo) / (2^bits - 1), 1e-30)
        (q=int(round((x - lo) / s)), scale=s, low=lo)
      }

      ## The numbers that quantize wrote down.
      ## q: (q, scale, low).
      ## > dequantize(quantize([0.0, 1.0], 1))
      ## = [0, 1]
      dequantize(q) = q.low + q.q * q.scale

      ## True at the largest of the weights.
      ## w: Any shape.
      ## keep: The share that is true.
      ## > int(magnitude_mask([3, -4, 1, 2], 0.5))
      ## = [1, 1, 0, 0]
      magnitude_mask(w, keep) = {
        a = reshape(abs(w), -1)
        k = int(round(keep * len(a)))
        if k == 0 { w != w } else { abs(w) >= a[argsort(a)[len(a) - k]] }
      }

      ## A model in which only the largest weights of each matrix are left.
      ## m: A model.
      ## keep: The share that is left.
      ## > count(prune(Linear(4, 4), 0.25).weight != 0)
      ## = 4
      prune(m, keep) = map_params(m, w => if w.ndim > 1 { w * magnitude_mask(w, keep) } else { w })
      """)
}
