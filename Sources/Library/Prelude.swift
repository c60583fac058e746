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
    "r2(p, y) = 1 - sum((y - p)^2) / sum((y - mean(y))^2)",
  ]
}
