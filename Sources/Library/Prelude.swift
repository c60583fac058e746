/// Words written in the language itself: the library as a textbook.
package enum Prelude {
  /// Definitions by name; each is parsed when its name is first used.
  package static let definitions: [String: String] = Dictionary(
    uniqueKeysWithValues: sources.map { source in
      (String(source.prefix { $0 != "(" }), source)
    })

  private static let sources = [
    "accuracy_of(m, d) = accuracy(m(d.x), d.y)",
    "standardize(x, axis=0) = (x - mean(x, axis=axis, keepdims=true)) / std(x, axis=axis, keepdims=true)",
    """
    normalize(x, lo=0, hi=1) = {
      a = min(x)
      b = max(x)
      lo + (hi - lo) * (x - a) / (b - a)
    }
    """,
    "residual(f) = { g = f; x => x + g(x) }",
    """
    mlp(sizes, act=relu) = {
      m = Linear(sizes[0], sizes[1])
      for i in range(1, len(sizes) - 1) { m = m >> act >> Linear(sizes[i], sizes[i + 1]) }
      m
    }
    """,
    """
    attention(Q: [..., n, d], K: [..., m, d], V: [..., m, e], mask=none) -> [..., n, e] = {
      S = Q @ K.T / sqrt(d)
      if mask != none { S = where(mask, S, -inf) }
      softmax(S) @ V
    }
    """,
    "causal(T) = tril(ones(T, T)) == 1",
    """
    Block(d, heads=4, causal=true, dropout=0) = {
      a = Attention(d, heads=heads, causal=causal, dropout=dropout)
      f = Linear(d, 4 * d) >> gelu >> Linear(4 * d, d) >> Dropout(dropout)
      n1 = LayerNorm(d)
      n2 = LayerNorm(d)
      x => { x = x + a(n1(x)); x + f(n2(x)) }
    }
    """,
    """
    Encoder(d, heads=4, layers=2, dropout=0) = {
      m = Block(d, heads, causal=false, dropout=dropout)
      for i in range(1, layers) { m = m >> Block(d, heads, causal=false, dropout=dropout) }
      m >> LayerNorm(d)
    }
    """,
    """
    GPT(vocab, context=64, d=64, layers=2, heads=4) = {
      tok = Embedding(vocab, d)
      pos = param(0.02 * randn(context, d))
      blocks = [Block(d, heads) for i in range(layers)]
      out = LayerNorm(d) >> Linear(d, vocab)
      (ids: [B, T]) => {
        x = tok(ids) + pos[:T]
        for b in blocks { x = b(x) }
        out(x)
      }
    }
    """,
    """
    generate(m, ids, n=100, temperature=1.0, top_k=none, context=64) = {
      for i in range(n) {
        z = m(ids[none, -context:])[0, -1] / temperature
        if top_k != none { z = where(z >= z[argsort(z)[-top_k]], z, -inf) }
        ids = ids ++ [categorical(softmax(z))]
      }
      ids
    }
    """,
    """
    fake_quant(x, bits=8) = {
      lo = min(x)
      s = (max(x) - lo) / (2^bits - 1)
      if s == 0 { x } else { lo + round((x - lo) / s) * s }
    }
    """,
    """
    magnitude_mask(w, keep) = {
      a = reshape(abs(w), -1)
      k = int(round(keep * len(a)))
      if k == 0 { w != w } else { abs(w) >= a[argsort(a)[len(a) - k]] }
    }
    """,
    "huber(a, b, d=1) = { e = abs(a - b); mean(where(e < d, 0.5 * e^2, d * (e - 0.5 * d))) }",
    "ema(avg, m, rate=0.99) = rate * avg + (1 - rate) * m",
    "rmse(p, y) = sqrt(mse(p, y))",
    "perplexity(m, d) = exp(cross_entropy(m(d.x), d.y))",
    """
    quantize(x, bits=8) = {
      lo = min(x)
      s = maximum((max(x) - lo) / (2^bits - 1), 1e-30)
      (q=int(round((x - lo) / s)), scale=s, low=lo)
    }
    """,
    "dequantize(q) = q.low + q.q * q.scale",
    "prune(m, keep) = map_params(m, w => if w.ndim > 1 { w * magnitude_mask(w, keep) } else { w })",
    "meshgrid(a, b) = (repeat(a[:, none], len(b), axis=1), repeat(b[none], len(a), axis=0))",
    "kl(p, q) = sum(p * (log(p) - log(q)))",
    """
    pca(x, n=2) = {
      c = x - mean(x, axis=0)
      v = eigh(c.T @ c)[1]
      c @ flip(v, axis=1)[:, :n]
    }
    """,
    """
    tsne(x, perplexity=30, steps=500, lr=100) = {
      n = len(x)
      off = 1 - eye(n)
      apart(a) = { s = sum(a^2, axis=1); maximum(s[:, none] + s[none] - 2 * a @ a.T, 0) }
      D = apart(standardize(x, axis=none))
      (low, high, b) = (zeros(n), full([n], inf), ones(n))
      for i in range(40) {
        P = exp(-D * b[:, none]) * off
        z = sum(P, axis=1) + 1e-30
        spread = log(z) + b * sum(D * P, axis=1) / z
        wide = spread > log(perplexity)
        low = where(wide, b, low)
        high = where(wide, high, b)
        b = where(high == inf, 2 * b, (low + high) / 2)
      }
      P = P / z[:, none]
      P = (P + P.T) / (2 * n)
      y = 1e-2 * randn(n, 2)
      v = zeros(n, 2)
      for t in range(steps) {
        w = off / (1 + apart(y))
        A = ((if t < 80 { 8 } else { 1 }) * P - w / sum(w)) * w
        v = (if t < 80 { 0.5 } else { 0.8 }) * v - 4 * lr * (sum(A, axis=1)[:, none] * y - A @ y)
        y = y + v
        y = y - mean(y, axis=0)
      }
      y
    }
    """,
    "r2(p, y) = 1 - sum((y - p)^2) / sum((y - mean(y))^2)",
  ]
}
