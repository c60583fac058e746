import Glibc
import Language
import Library
import Tensors

/// How long it takes to know the shapes of a cell before it runs: two milliseconds are allowed.
enum Outlines {
  private static let before = """
    seed(1)
    x = randn(1437, 1, 8, 8); y = arange(1437) % 10
    tr = (x=x, y=y); te = tr
    ids = arange(4000) % 60
    g = (x=randn(2708, 100), y=arange(2708) % 7)
    start = Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10)
    """

  private static let cells: [(name: String, source: String)] = [
    (
      "arithmetic",
      "A = [[1, 2, 3], [4, 5, 6]]\nA @ A.T\nA - mean(A, axis=0)\nA[:, -1]\nA[A > 2 and A < 6]"
    ),
    (
      "linear regression",
      """
      X = x.reshape(-1, 64)
      L(theta) = mse(X @ theta.w + theta.b, y)
      theta = (w=zeros(64), b=0.0)
      losses = for t in range(300) { theta = theta - 0.1 * grad(L)(theta); L(theta) }
      losses[-1]
      """
    ),
    (
      "two networks race",
      """
      mlp1 = Input(tr) >> flatten >> Linear(64) >> relu >> Linear(10)
      cnn1 = Input(tr) >> Conv(16, 3) >> relu >> MaxPool(2) >> Conv(32, 3) >> relu >> MaxPool(2) >> flatten >> Linear(10)
      runs = [train(m, tr, opt=Adam(3e-3), epochs=20) for m in [mlp1, cnn1]]
      [accuracy_of(r.model, te) for r in runs]
      """
    ),
    (
      "a transformer block",
      """
      MyBlock(d, heads=4) = {
        qkv = Linear(d, 3 * d)
        out = Linear(d, d)
        ff = Linear(d, 4 * d) >> gelu >> Linear(4 * d, d)
        n1 = LayerNorm(d)
        n2 = LayerNorm(d)
        mix(x: [B, T, d]) = {
          (q, k, v) = [rearrange(z, "b t (h e) -> b h t e", h=heads) for z in chunk(qkv(x), 3)]
          y = attention(q, k, v, mask=causal(T))
          out(rearrange(y, "b h t e -> b t (h e)"))
        }
        x => { x = x + mix(n1(x)); x + ff(n2(x)) }
      }
      blk = MyBlock(64)
      blk(randn(2, 10, 64)).shape
      """
    ),
    (
      "GPT of the library",
      """
      gpt = GPT(60, context=64, d=64, layers=2, heads=4)
      gpt(ids[:128].reshape(2, 64)).shape
      r = train(gpt, windows(ids, 64), opt=AdamW(1e-3), steps=10)
      """
    ),
    (
      "a larger GPT",
      "gpt = GPT(5000, context=256, d=256, layers=8, heads=8)\ngpt(ids[none, :256]).shape"
    ),
    (
      "GPT written out",
      """
      Blk(d, heads) = {
        a = Attention(d, heads=heads, causal=true)
        f = Linear(d, 4 * d) >> gelu >> Linear(4 * d, d)
        n1 = LayerNorm(d)
        n2 = LayerNorm(d)
        x => { x = x + a(n1(x)); x + f(n2(x)) }
      }
      MyGPT(vocab, context=64, d=64, layers=4, heads=4) = {
        tok = Embedding(vocab, d)
        pos = param(0.02 * randn(context, d))
        blocks = [Blk(d, heads) for i in range(layers)]
        out = LayerNorm(d) >> Linear(d, vocab)
        (ids: [B, T]) => {
          x = tok(ids) + pos[:T]
          for b in blocks { x = b(x) }
          out(x)
        }
      }
      m = MyGPT(60)
      z = m(ids[:256].reshape(4, 64))
      cross_entropy(z, ids[1:257].reshape(4, 64))
      """
    ),
    (
      "own Adam",
      """
      adam(s, b) = {
        (l, g) = value_and_grad(m => cross_entropy(m(b.x), b.y))(s.theta)
        s.t += 1
        s.m = 0.9 * s.m + 0.1 * g
        s.v = 0.999 * s.v + 0.001 * g ^ 2
        s.theta = s.theta - 3e-3 * (s.m / (1 - 0.9 ^ s.t)) / ((s.v / (1 - 0.999 ^ s.t)) ^ 0.5 + 1e-8)
        (s, (loss=l))
      }
      r = train((theta=start, m=0 * start, v=0 * start, t=0), tr, step=adam, epochs=10)
      accuracy_of(r.model.theta, te)
      """
    ),
    (
      "a graph network",
      """
      A = eye(2708)
      deg = sum(A, axis=1, keepdims=true)
      P = A / sqrt(deg) / sqrt(deg.T)
      GCN2(i, h, o) = {
        w1 = Linear(i, h)
        w2 = Linear(h, o)
        drop = Dropout(0.5)
        x => P @ w2(drop(relu(P @ w1(drop(x)))))
      }
      m = GCN2(100, 16, 7)
      m(g.x).shape
      """
    ),
    (
      "fifty lines",
      (0..<50).map { "v\($0) = softmax(randn(32, 64) @ randn(64, 10), axis=-1)" }.joined(
        separator: "\n")
    ),
  ]

  static func run() -> Bool {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    guard
      let names = try? StandardLibrary.interpreter().evaluate(before, in: Names(), context).names
    else { return false }
    var isSoon = true
    for cell in cells {
      var times: [Double] = []
      var readings: [ShapeReading] = []
      for _ in 0..<41 {
        let start = clock()
        readings = StandardLibrary.shapes(of: cell.source, in: names)
        times.append(clock() - start)
      }
      times.sort()
      let wrong = readings.compactMap(\.diagnosis?.message).first.map { "  " + $0 } ?? ""
      let name = cell.name.padding(22)
      print(
        "\(name) half within \(Int(times[20] * 1e6)) us, at most \(Int(times[40] * 1e6)) us, last: "
          + (readings.last?.text ?? "nothing") + wrong)
      if times[20] > 0.002 { isSoon = false }
    }
    return isSoon
  }

  private static func clock() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
