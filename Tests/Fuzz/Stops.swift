import Glibc
import Language
import Library
import ProgramCheck
import Synchronization
import Tensors

/// How long programs go on after somebody wishes them to stop: 100 ms are allowed between the steps of
/// the evaluator, one second within an operation on large tensors or texts.
enum Stops {
  /// What goes on in small steps.
  private static let stepping = [
    "while true {}",
    "f(x) = f(x - 1)\nwhile true { try { f(1) } else { 0 } }",
    "for i in range(1000000000000) { i * i }",
    "[i for i in range(4000000) for j in range(1000000)]",
    "while true { fold(range(300000), 0, (a, b) => a + b) }",
    "while true { map(range(200000), x => x + 1) }",
    "while true { filter(range(200000), x => x % 2 == 0) }",
    "s = \"\"\nwhile true { s = s ++ \"ab\"; if len(s) > 5000 { s = \"\" } }",
    "s = \"\"\nfor i in range(100000000) { s = \"{i}: {i * 0.5:.2f}\" }",
    "xs = []\nwhile true { xs = xs ++ [\"a\"] }",
    "x = zeros(0)\nwhile true { x = x ++ [1.0] }",
    "x = zeros(1000)\nwhile true { x[3] = x[3] + 1 }",
    "r = (a=1, b=[1, 2])\nwhile true { r.a = r.a + 1; r.b[0] = r.a }",
    "x = ones(100)\nwhile true { x = x * x }",
    "f(x) = sum(tanh(x)^2)\nx = ones(50)\nwhile true { x = x - 0.1 * grad(f)(x) }",
    "f(x) = sum(x^3)\nwhile true { hessian(f)(ones(60)) }",
    "while true { numeric_grad(x => sum(x^2), ones(2000)) }",
    "while true { jacobian(x => x^2)(ones(2000)) }",
    "m = Linear(20, 20) >> relu >> Linear(20, 5)\nx = randn(8, 20)\nwhile true { m(x) }",
    "m = GPT(30, context=16, d=16, layers=1, heads=2)\nwhile true { generate(m, [1, 2], n=200, context=16) }",
    "m = Linear(20, 5)\no = Adam(0.01)\nx = randn(8, 20)\nwhile true { (l, g) = value_and_grad(m => sum(m(x)^2))(m); (m, o) = update(o, m, g) }",
    "vmap(x => sum(for i in range(100000) { x * i }))(ones(100000))",
    "while true { [a for a, b in zip(range(50000), range(50000))] }",
    "while true { sort(randn(1000)) }",
    "while true { kfold((x=randn(2000, 3), y=arange(2000) % 2), 5) }",
    "while true { try { error(\"no\") } else e { e } }",
    "while true { if 3 in [\"a\", 3] { 1 } else { 2 } }",
    "while true { x = 1; y = x == 1 and not (x > 3 or x < 0) }",
    "while true { min_by(range(50000), x => (x - 3)^2) }",
    "while true { map_params(Linear(100, 100) >> Linear(100, 100), w => w * 2) }",
    "d = (x=randn(64, 8), y=arange(64) % 2)\nr = train(Linear(8, 2), d, epochs=100000000)\nr.loss",
    "r = spawn(() => { while true {} })\nr.model",
    "while true { replace(\"abcabcabcabc\", \"b\", \"xyz\") }",
    "while true { rearrange(ones(2, 3, 4), \"a b c -> c (a b)\") }",
    "while true { params(Linear(4, 4) >> relu >> Linear(4, 2)) }",
  ]

  /// What is long because one operation is.
  private static let large = [
    "x = ones(6000, 6000)\nwhile true { x @ x }", "x = ones(2500, 2500)\nwhile true { x @ x.T }",
    "x = randn(700, 700)\nsvd(x)", "x = randn(500, 500)\neigh(x + x.T)",
    "x = randn(1500, 1500)\ninv(x)", "x = randn(1800, 1800)\nsolve(x, ones(1800))",
    "x = randn(1500, 300)\nwhile true { lstsq(x, ones(1500)) }", "x = randn(900, 900)\nqr(x)",
    "x = randn(1500, 1500)\ncholesky(x @ x.T + 10 * eye(1500))", "x = randn(1500, 1500)\ndet(x)",
    "x = randn(400, 400)\npinv(x)", "x = randn(800, 800)\nmatrix_power(x, 100000)",
    "x = randn(900, 900)\nwhile true { matrix_exp(x) }",
    "x = randn(1000, 1000)\nx[none] @ ones(64, 1000, 1000)",
    "x = randn(20000000)\nwhile true { sort(x) }", "x = randn(10000000)\nwhile true { argsort(x) }",
    "x = randn(5000000)\nwhile true { topk(x, 100) }",
    "x = randn(5000000)\nwhile true { median(x) }",
    "x = randn(5000000)\nwhile true { quantile(x, 0.3) }",
    "x = randint(0, 1000000, 5000000)\nwhile true { unique(x) }",
    "x = randint(0, 1000, 20000000)\nwhile true { bincount(x, 1000) }",
    "x = randn(30000000)\nwhile true { histogram(x) }",
    "x = randn(16, 64, 128, 128)\nw = randn(64, 64, 3, 3)\nwhile true { conv2d(x, w) }",
    "x = randn(16, 16, 128, 128)\nm = Conv(16, 32, 5)\nwhile true { grad(m => sum(m(x)))(m) }",
    "x = randn(4, 8, 32, 64, 64)\nm = Conv3(8, 8, 3)\nwhile true { m(x) }",
    "x = randn(32, 64, 128, 128)\nwhile true { MaxPool(2)(x) }",
    "x = randn(32, 64, 128, 128)\nwhile true { grad(x => sum(AvgPool(2)(x)))(x) }",
    "x = randn(8, 32, 256, 256)\nwhile true { interpolate(x, [512, 512]) }",
    "x = randn(300, 300, 30)\nwhile true { einsum(\"abc,bad->cd\", x, x) }",
    "x = randn(400, 400)\nwhile true { einsum(\"ab,bc,cd->ad\", x, x, x) }",
    "x = randn(50000000)\nwhile true { cumsum(x) }",
    "x = randn(50000000)\nwhile true { cumprod(x) }",
    "x = randn(50000000)\nwhile true { exp(x) }", "x = randn(50000000)\nwhile true { x^2.5 }",
    "x = randn(50000000)\nwhile true { x + x }", "x = randn(7000, 7000)\nwhile true { x + x[0] }",
    "x = randn(7000, 7000)\nwhile true { x * x[:, :1] }",
    "x = randn(7000, 7000)\nwhile true { x.T + 0 }",
    "x = randn(50000000)\nwhile true { where(x > 0, x, -x) }",
    "x = randn(50000000)\nwhile true { x[x > 0] }",
    "x = randn(7000, 7000)\nwhile true { sum(x, axis=0) }",
    "x = randn(7000, 7000)\nwhile true { std(x, axis=1) }",
    "x = randn(7000, 7000)\nwhile true { softmax(x) }",
    "x = randn(7000, 7000)\nwhile true { softmax(x, axis=0) }",
    "x = randn(7000, 7000)\nwhile true { argmax(x) }",
    "x = randn(7000, 7000)\nwhile true { layer_norm(x) }",
    "while true { randn(50000000) }", "while true { rand(50000000) }",
    "while true { randint(0, 100, 50000000) }", "while true { shuffle(range(5000000)) }",
    "while true { categorical(ones(1000) / 1000, 5000000) }",
    "while true { one_hot(randint(0, 1000, 50000), 1000) }",
    "x = randn(5000, 5000)\nwhile true { concat([x, x], axis=1) }",
    "x = randn(5000, 5000)\nwhile true { stack([x, x], axis=-1) }",
    "x = randn(5000, 1000)\nwhile true { repeat(x, 8, axis=1) }",
    "x = randn(5000, 1000)\nwhile true { tile(x, 2, 4) }",
    "x = randn(200, 300, 400)\nwhile true { transpose(x, 2, 0, 1) }",
    "x = randn(64, 400, 512)\nwhile true { rearrange(x, \"b t (h e) -> b h t e\", h=8) }",
    "x = randn(1000000, 16)\ni = randint(0, 1000000, 1000000)\nwhile true { x[i] }",
    "x = randn(5000, 5000)\ni = randint(0, 5000, 5000, 5000)\nwhile true { gather(x, i) }",
    "x = zeros(1000, 64)\ni = randint(0, 1000, 300000)\nv = randn(300000, 64)\nwhile true { scatter_add(x, i, v) }",
    "x = randn(30000000)\nwhile true { nonzero(x > 0) }",
    "x = randn(7000, 7000)\nwhile true { flip(x, 1) }",
    "x = randn(7000, 7000)\nwhile true { roll(x, 3, 1) }",
    "x = randn(7000, 7000)\nwhile true { pad(x, 3) }",
    "x = randn(7000, 7000)\nwhile true { tril(x) }",
    "x = randn(5000000)\nwhile true { unfold(x, 20) }",
    "x = randn(4000)\nwhile true { outer(x, x) }",
    "x = randn(3000, 64)\nwhile true { cdist(x, x) }",
    "x = randn(70, 70)\nwhile true { kron(x, x) }", "x = randn(2000000)\nwhile true { rfft(x) }",
    "x = randn(2000000)\nwhile true { stft(x, 512) }",
    "x = randn(32, 400, 64)\nm = LSTM(64, 128)\nwhile true { m(x) }",
    "x = randn(32, 400, 64)\nm = GRU(64, 128)\nwhile true { grad(m => sum(m(x)))(m) }",
    "q = randn(8, 8, 1000, 32)\nwhile true { attention(q, q, q) }",
    "x = randn(64, 256, 64)\nm = Attention(64, heads=4)\nwhile true { grad(m => sum(m(x)))(m) }",
    "m = GPT(100, context=128, d=128, layers=4, heads=4)\nx = randint(0, 100, 16, 128)\nwhile true { m(x) }",
    "x = randn(4096, 1024)\nm = Linear(1024, 1024)\nwhile true { m(x) }",
    "x = randn(4000, 4000)\nwhile true { [x, x, x] }",
    "x = randn(50000000)\nwhile true { close(x, x) }",
    "x = randn(50000000)\nwhile true { same(x, x) }", "x = randn(3000000)\nfor a in x { a }",
    "s = join([\"word\" for i in range(300000)], \" \")\nwhile true { words(s) }",
    "s = join([\"word\" for i in range(300000)], \"\\n\")\nwhile true { lines(s) }",
    "s = join([\"word\" for i in range(300000)], \" \")\nwhile true { replace(s, \"o\", \"oo\") }",
    "s = join([\"word\" for i in range(300000)], \" \")\nwhile true { lower(s) }",
    "s = join([\"word\" for i in range(300000)], \" \")\nwhile true { len(s) }",
    "s = join([\"word\" for i in range(300000)], \" \")\nwhile true { find(s, \"x\") }",
    "s = join([\"word\" for i in range(300000)], \" \")\nt = tokenizer(s)\nwhile true { t.encode(s) }",
    "s = join([\"some words here\" for i in range(20000)], \" \")\nwhile true { bpe(s, 300) }",
    "a = join([\"ab\" for i in range(20000)])\nwhile true { edit_distance(a, a ++ \"x\") }",
    "x = randn(3000000)\nwhile true { join([str(y) for y in x[:100000]], \" \") }",
    "x = [[i] for i in range(200000)]\nwhile true { str(x) }",
    "p = randint(0, 10, 5000000)\nwhile true { confusion(p, p) }",
    "p = rand(5000000)\ny = p > 0.5\nwhile true { auc(p, y) }",
    "x = randn(100000, 100)\nwhile true { standardize(x) }",
    "x = randn(2000000)\nwhile true { hist(x) }",
    "x = randn(1000000)\nwhile true { scatter(x, x) }",
    "x = randn(1000000)\nwhile true { plot(x) }",
    "x = randn(2000, 2000)\nwhile true { heatmap(x) }",
    "while true { linspace(0, 1, 50000000) }", "while true { arange(0, 50000000) }",
    "while true { full([50000000], 3) }", "while true { eye(7000) }",
    "while true { one_hot(randint(0, 10, 5000000), 10) }",
    "x = randn(50000000)\nwhile true { int(x) }",
    "x = randint(0, 9, 50000000)\nwhile true { x // 2 }",
    "x = randint(0, 9, 50000000)\nwhile true { x == 3 }",
    "x = randint(0, 9, 50000000)\nwhile true { sum(x) }",
    "x = randint(0, 9, 50000000)\nwhile true { max(x) }",
    "x = randint(0, 2, 50000000)\nwhile true { x ^ 3 }",
    "x = randint(0, 9, 50000000)\nwhile true { abs(x) }",
    "x = randint(0, 9, 50000000)\nwhile true { cumsum(x) }",
    "x = randint(0, 9, 30000000)\nwhile true { bincount(x) }",
    "x = randn(50000000) > 0\nwhile true { x and x }",
    "x = randn(50000000) > 0\nwhile true { any(x) }",
    "x = randn(50000000)\nwhile true { isnan(x) }",
    "x = randn(50000000)\nwhile true { argmax(x) }",
    "x = randn(50000000)\nwhile true { round(x, 2) }",
    "x = randn(50000000)\nwhile true { sum(x) }",
    "x = randn(50000000)\nwhile true { concat([x, x]) }",
    "x = randn(30000000)\nwhile true { repeat(x, 3) }",
    "x = randn(30000000)\nwhile true { x[::-1] }",
    "x = randn(30000000)\nwhile true { x[:10] = 1 }",
    "x = zeros(30000000)\ni = randint(0, 30000000, 10000000)\nwhile true { x[i] = 2 }",
    "x = randn(3000000)\nb = sort(randn(100000))\nwhile true { searchsorted(b, x) }",
    "x = randn(20000000, 2)\nwhile true { fft(x) }",
    "x = randn(2000000)\nwhile true { mel_spectrogram(x) }",
    "x = randn(3000000)\nwhile true { [a for a in x] }",
    "x = randn(3000000)\nwhile true { map(x, a => a) }",
    "x = randn(3000000)\nwhile true { zip(x, x) }",
    "x = randn(3000000)\nwhile true { enumerate(x) }",
    "x = randn(200000, 30)\nwhile true { shuffle((x=x, y=arange(200000))) }",
    "x = randn(30000000)\nwhile true { split(x, 0.8) }",
    "x = randint(0, 99, 5000000)\nwhile true { windows(x, 64) }",
    "x = randint(0, 9, 20000000)\nwhile true { unfold(x, 3) }",
    "x = randn(5000, 5000)\nwhile true { im2col(x[none, none], 3) }",
    "x = randn(20000000)\nwhile true { median(x) }",
    "x = randn(20000000)\nwhile true { unique(x) }",
    "x = randn(4000, 4000)\nwhile true { triu(x) }",
    "x = randn(300, 300, 300)\nwhile true { transpose(x, 2, 1, 0) }",
    "x = randn(3000, 3000)\nwhile true { x.T @ x }",
    "x = randn(16, 3, 224, 224)\nwhile true { ConvTranspose(3, 8, 4)(x) }",
    "x = randn(64, 128, 1000)\nm = Conv1(128, 128, 5)\nwhile true { m(x) }",
    "x = randn(20000, 100)\nwhile true { kfold((x=x, y=arange(20000) % 2), 10) }",
  ]

  private struct Measure {
    let source: String
    let isLarge: Bool
    let seconds: Double
  }

  /// Stops so many programs, one after the other of those above, at instants drawn from the first second.
  static func run(_ count: Int, seed: Int) -> Bool {
    MemoryBudget.bytes = 8 << 30
    var dice = Dice(seed: seed)
    var all: [Measure] = []
    for index in 0..<count {
      let isLarge = index % 3 > 0
      let source =
        isLarge
        ? large[(index / 3 * 2 + index % 3 - 1) % large.count]
        : stepping[index / 3 % stepping.count]
      let instant = dice.roll(1_000_000)
      let interruption = Interruption()
      let asked = Atomic<Bool>(false)
      nonisolated(unsafe) var began = 0.0
      DeepStack.start {
        usleep(UInt32(instant))
        began = clock()
        interruption.request()
        asked.store(true, ordering: .sequentiallyConsistent)
      }
      let context = EvaluationContext(stream: RandomStream(seed: 1), interruption: interruption)
      var said = "ended by itself"
      DeepStack.run {
        do {
          _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
        } catch let error as LanguageError {
          said = error.code == "interrupted" ? "" : error.message
        } catch { said = "\(error)" }
      }
      let end = clock()
      while !asked.load(ordering: .sequentiallyConsistent) { usleep(1000) }
      guard said.isEmpty else {
        print("not stopped (\(said)): \(source)")
        continue
      }
      all.append(Measure(source: source, isLarge: isLarge, seconds: end - began))
    }
    let isSteppingSoon = tell("evaluator", all.filter { !$0.isLarge }, bar: 0.1)
    return tell("operations", all.filter(\.isLarge), bar: 1) && isSteppingSoon
  }

  private static func tell(_ name: String, _ all: [Measure], bar: Double) -> Bool {
    let sorted = all.sorted { $0.seconds < $1.seconds }
    guard let last = sorted.last else { return true }
    func milliseconds(_ part: Double) -> String {
      "\(Int(sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))].seconds * 1000)) ms"
    }
    print(
      "\(name): \(sorted.count) programs, half within \(milliseconds(0.5)), 99 of 100 within "
        + "\(milliseconds(0.99)), all within \(milliseconds(1))")
    for each in sorted.suffix(5) where each.seconds > bar / 2 {
      print("  \(Int(each.seconds * 1000)) ms: \(each.source.replacing("\n", with: "; "))")
    }
    return last.seconds <= bar
  }

  /// Seconds of the processor, of all threads together: other programs on the machine do not count.
  private static func clock() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
