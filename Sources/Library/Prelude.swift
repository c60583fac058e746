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
    "attention(Q: [..., n, d], K: [..., m, d], V: [..., m, e]) = softmax(Q @ K.T / sqrt(d)) @ V",
    "huber(a, b, d=1) = { e = abs(a - b); mean(where(e < d, 0.5 * e^2, d * (e - 0.5 * d))) }",
    "ema(avg, m, rate=0.99) = rate * avg + (1 - rate) * m",
    "rmse(p, y) = sqrt(mse(p, y))",
    "perplexity(m, d) = exp(cross_entropy(m(d.x), d.y))",
    """
    fake_quant(x, bits=8) = {
      s = max(abs(x)) / (2^(bits - 1) - 1)
      if s == 0 { x } else { round(x / s) * s }
    }
    """,
    """
    quantize(x, bits=8) = {
      s = max(abs(x)) / (2^(bits - 1) - 1)
      (q=int(round(x / maximum(s, 1e-30))), scale=s)
    }
    """,
    "dequantize(q) = q.q * q.scale",
    """
    magnitude_mask(w, keep) = {
      a = reshape(abs(w), -1)
      abs(w) >= a[argsort(a)[int((1 - keep) * (len(a) - 1))]]
    }
    """,
    "prune(m, keep) = map_params(m, w => if w.ndim > 1 { w * magnitude_mask(w, keep) } else { w })",
    "meshgrid(a, b) = (repeat(a[:, none], len(b), axis=1), repeat(b[none], len(a), axis=0))",
    "kl(p, q) = sum(p * (log(p) - log(q)))",
    """
    generate(m, ids, n=100, temperature=1.0, context=64) = {
      for i in range(n) {
        z = m(ids[none, -context:])[0, -1] / temperature
        ids = ids ++ [categorical(softmax(z))]
      }
      ids
    }
    """,
    "r2(p, y) = 1 - sum((y - p)^2) / sum((y - mean(y))^2)",
  ]
}
