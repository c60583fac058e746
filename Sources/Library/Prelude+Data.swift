import Language

extension Prelude {
  static let data =
    Definition.chapter(
      "Data",
      """
      ## x moved and scaled to mean 0 and deviation 1.
      ## x: Any shape.
      ## axis: Along which mean and deviation are taken.
      ## > standardize([1, 3])
      ## = [-1, 1]
      standardize(x, axis=0) = (x - mean(x, axis=axis, keepdims=true)) / std(x, axis=axis, keepdims=true)

      ## x moved and scaled to lie between two bounds.
      ## x: Any shape.
      ## lo: Where the smallest comes to lie.
      ## hi: Where the largest comes to lie.
      ## > normalize([2, 3, 6])
      ## = [0, 0.25, 1]
      normalize(x, lo=0, hi=1) = {
        a = min(x)
        b = max(x)
        lo + (hi - lo) * (x - a) / (b - a)
      }

      ## Pieces of a data set, in order.
      ## d: A tensor, a list or a data set.
      ## n: Rows in a piece; the last may have fewer.
      ## > [sum(b) for b in batches([1, 2, 3, 4, 5], 2)]
      ## = [3, 7, 5]
      batches(d, n=32) = [d[i:i + n] for i in range(0, len(if typeof(d) == "record" { d.0 } else { d }), n)]

      ## The data with rows of the rarer classes repeated until all are as frequent.
      ## d: Examples (x=…, y=…) with labels.
      ## > bincount(oversample((x=zeros(4, 1), y=[0, 0, 0, 1])).y)
      ## = [3, 3]
      oversample(d) = {
        all = [nonzero(d.y == c)[:, 0] for c in unique(d.y)]
        most = max([len(rows) for rows in all])
        d[concat([rows[arange(most) % len(rows)] for rows in all])]
      }

      ## How loud each frequency is in each piece of a sound [pieces, n / 2 + 1].
      ## wave: The sound [N].
      ## n: Samples in a piece.
      ## step: From one piece to the next; half a piece when none.
      ## > argmax(spectrogram(cos(2 * pi * 4 * arange(64) / 32), n=32)[0])
      ## = 4
      spectrogram(wave: [N], n=256, step=none) = {
        hop = if step == none { n // 2 } else { step }
        t = arange(n)
        window = 0.5 - 0.5 * cos(2 * pi * t / n)
        frames = stack([wave[i:i + n] * window for i in range(0, N - n + 1, hop)])
        angle = 2 * pi * (t[:, none] * arange(n // 2 + 1) % n) / n
        (frames @ cos(angle))^2 + (frames @ sin(angle))^2
      }

      ## The directions of most variance: every row in n numbers.
      ## x: Rows of features [N, d].
      ## n: How many directions.
      ## > abs(pca([[0.0, 0.0], [3.0, 4.0]], n=1))[:, 0]
      ## = [2.5, 2.5]
      pca(x, n=2) = {
        c = x - mean(x, axis=0)
        v = eigh(c.T @ c)[1]
        c @ flip(v, axis=1)[:, :n]
      }

      ## Rows as points of the plane, so that neighbours stay neighbours.
      ## x: Rows of features [N, d].
      ## perplexity: About how many neighbours each row has.
      ## steps: How often the points move.
      ## lr: How far they move.
      ## > tsne(eye(4), perplexity=2, steps=5).shape
      ## = (4, 2)
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

      ## Images moved by up to n pixels, each its own way; zeros come in at the edges.
      ## x: Images [N, C, H, W].
      ## n: The farthest move in pixels.
      ## > jitter(ones(2, 1, 4, 4), 1).shape
      ## = (2, 1, 4, 4)
      jitter(x: [N, C, H, W], n) = {
        p = pad(x, [n, n, n, n])
        stack([p[i, :, a:a + H, b:b + W] for i, a, b in zip(range(N), randint(0, 2 * n + 1, N), randint(0, 2 * n + 1, N))])
      }

      ## Images with a black square, each at a place of its own.
      ## x: Images [N, C, H, W].
      ## n: The side of the square in pixels.
      ## > sum(cutout(ones(1, 1, 4, 4), 4)) < 16
      ## = true
      cutout(x: [N, C, H, W], n) = {
        (a, b) = (randint(0, H, N)[:, none, none, none], randint(0, W, N)[:, none, none, none])
        (h, w) = (arange(H)[:, none] + n // 2, arange(W) + n // 2)
        where(h >= a and h < a + n and w >= b and w < b + n, 0.0, x)
      }
      """)
    + Definition.chapter(
      "Create",
      """
      ## Two tensors [len(a), len(b)] that hold every pair of an element of a and one of b.
      ## a: The rows [n].
      ## b: The columns [m].
      ## > meshgrid([1, 2], [3, 4, 5])[0].shape
      ## = (2, 3)
      meshgrid(a, b) = (repeat(a[:, none], len(b), axis=1), repeat(b[none], len(a), axis=0))
      """)
    + Definition.chapter(
      "Linear algebra",
      """
      ## The matrix that undoes a: a @ inv(a) is the identity.
      ## a: Square matrices [..., n, n].
      ## > inv([[2, 0], [0, 4]])[1]
      ## = [0, 0.25]
      inv(a) = inverse(a)
      """)
    + Definition.chapter(
      "Random",
      """
      ## Rows drawn with replacement.
      ## x: A tensor, a list or a data set.
      ## n: How many.
      ## p: The chance of each row; all the same when none.
      ## > choice([5, 6, 7], 2, p=[0, 1, 0])
      ## = [6, 6]
      choice(x, n, p=none) = x[if p == none { randint(0, len(x), n) } else { categorical(p, n) }]
      """)
    + Definition.chapter(
      "Reduce",
      """
      """)
    + Definition.chapter(
      "Shape",
      """
      ## The whole tensor repeated along its last axes.
      ## x: Any shape.
      ## n: How often along each of the last axes.
      ## > tile([1, 2], 2)
      ## = [1, 2, 1, 2]
      tile(x, ...n) = {
        for k in n { assert(k >= 1, "tile: counts are 1 or more") }
        for i in range(maximum(0, len(n) - x.ndim)) { x = x[none] }
        for k, axis in zip(n, range(-len(n), 0)) { x = concat([x for i in range(k)], axis=axis) }
        x
      }

      ## x with values added to the rows that an index names; rows named twice get both.
      ## x: Any shape with rows.
      ## index: The row of each value [n].
      ## values: One for each of the index [n, …].
      ## > scatter_add([1, 2, 3], [0, 0], [10, 20])
      ## = [31, 2, 3]
      scatter_add(x, index, values) = {
        rows = reshape(index, len(index), ...[1 for s in values.shape[1:]])
        add_along(x, rows + int(zeros(values.shape)), values, axis=0)
      }
      """)
}
