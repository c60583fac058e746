import Language

extension Prelude {
  /// Published transformers whose attention knows how far apart two places are.
  static let publishedDistances = Definition.chapter(
    "Published networks",
    """
    ## Attention inside windows that are shifted in every second block: Swin-T as it stands (Liu and others 2021).
    ## classes: How many scores.
    ## blocks: In each stage; [2, 2, 18, 2] for the small form and, with d=128, the base form.
    ## d: The width of the first stage; each of the others is twice as wide as the one before.
    ## window: The side of a window; height and width of every stage are multiples of it.
    ## > count_built(() => Swin())
    ## = 28288354
    Swin(classes=1000, blocks=[2, 2, 6, 2], d=96, window=7) = {
      merged(x) = rearrange(x, "b (h p) (w q) c -> b h w (q p c)", p=2, q=2)
      m = Conv(3, d, 4, stride=4, pad=0) >> (x => rearrange(x, "b c h w -> b h w c")) >> LayerNorm(d)
      for stage in range(len(blocks)) {
        if stage > 0 {
          m = m >> merged >> LayerNorm(4 * d) >> Linear(4 * d, 2 * d, bias=false)
          d = 2 * d
        }
        for j in range(blocks[stage]) { m = m >> SwinBlock(d, max(1, d // 32), window, shift=j % 2 * (window // 2)) }
      }
      m >> LayerNorm(d) >> (x => mean(x, axis=[1, 2])) >> Linear(d, classes)
    }

    ## A transformer block inside windows, on pictures [B, H, W, d].
    ## d: The width.
    ## heads: Parts of the width that look apart.
    ## window: The side of a window; H and W are multiples of it.
    ## shift: How far the windows are moved; a side of one window alone is not.
    ## > SwinBlock(8, 2, window=2, shift=1)(zeros(1, 4, 6, 8)).shape
    ## = (1, 4, 6, 8)
    SwinBlock(d, heads, window=7, shift=0) = {
      (n1, n2, look, out) = (LayerNorm(d), LayerNorm(d), Linear(d, 3 * d), Linear(d, d))
      think = Linear(d, 4 * d) >> gelu >> Linear(4 * d, d)
      near = param(0.02 * randn((2 * window - 1)^2, heads))
      (row, column) = (int(range(window^2)) // window, int(range(window^2)) % window)
      apart = (row[:, none] - row[none]) * (2 * window - 1) + column[:, none] - column[none] + 2 * window * (window - 1)
      cut(x) = rearrange(x, "b (r m) (c n) d -> b (r c) (m n) d", m=window, n=window)
      strip(n, by) = concat([zeros(n - window), ones(window - by), 2 * ones(by)])
      (x: [B, H, W, D]) => {
        (up, left) = (if H > window { shift } else { 0 }, if W > window { shift } else { 0 })
        y = roll(roll(n1(x), -up, axis=1), -left, axis=2)
        (q, k, v) = [rearrange(z, "b w p (h e) -> b w h p e", h=heads) for z in chunk(look(cut(y)), 3)]
        fit = q @ k.T / sqrt(D / heads) + rearrange(near[apart], "p q h -> h p q")
        part = cut((3 * strip(H, up)[:, none] + strip(W, left)[none])[none, ..., none])[0, ..., 0]
        fit = where((part[:, :, none] == part[:, none])[:, none], fit, -inf)
        y = rearrange(softmax(fit) @ v, "b (r c) h (m n) e -> b (r m) (c n) (h e)", r=H // window, m=window)
        x = x + roll(roll(out(y), up, axis=1), left, axis=2)
        x + think(n2(x))
      }
    }

    ## T5: every task is a text that is read and one that is written; T5-small as it stands (Raffel and others 2020).
    ## vocab: How many tokens there are.
    ## d: The width; 768, with layers=12 and heads=12, for the base form.
    ## layers: How many blocks read, and as many write.
    ## heads: Parts of the width that look apart.
    ## > count_built(() => T5())
    ## = 60506624
    T5(vocab=32128, d=512, layers=6, heads=8) = {
      norm() = RMSNorm(d, eps=1e-6)
      parted(x) = rearrange(x, "b t (h e) -> b h t e", h=heads)
      Look() = {
        (q, k, v, o) = (Linear(d, d, bias=false), Linear(d, d, bias=false), Linear(d, d, bias=false), Linear(d, d, bias=false))
        (x, read, near) => o(rearrange(softmax(parted(q(x)) @ parted(k(read)).T + near) @ parted(v(read)), "b h t e -> b t (h e)"))
      }
      think() = residual(norm() >> Linear(d, 4 * d, bias=false) >> relu >> Linear(4 * d, d, bias=false))
      Own() = { (n, look) = (norm(), Look()); (x, near) => { y = n(x); x + look(y, y, near) } }
      Other() = { (n, look) = (norm(), Look()); (x, read) => x + look(n(x), read, 0) }
      (tok, out_read, out) = (param(randn(vocab, d)), norm(), norm())
      (near_read, near) = (param(0.02 * randn(32, heads)), param(0.02 * randn(32, heads)))
      readers = [(own=Own(), think=think()) for i in range(layers)]
      writers = [(own=Own(), other=Other(), think=think()) for i in range(layers)]
      (ids: [B, S], said: [B, T]) => {
        read = tok[ids]
        far = rearrange(near_read[distance_buckets(S)], "t s h -> h t s")
        for b in readers { read = b.think(b.own(read, far)) }
        read = out_read(read)
        x = tok[said]
        far = where(causal(T), rearrange(near[distance_buckets(T, both=false)], "t s h -> h t s"), -inf)
        for b in writers { x = b.think(b.other(b.own(x, far), read)) }
        out(x) / sqrt(d) @ tok.T
      }
    }

    ## A number from 0 to 31 for how far apart two places are: near ones exactly, far ones coarsely, from 128 on all alike.
    ## T: How many places.
    ## both: Whether there are numbers for later places too, as far as 16.
    ## > distance_buckets(4)[1]
    ## = [1, 0, 17, 18]
    distance_buckets(T, both=true) = {
      apart = int(range(T))[none] - int(range(T))[:, none]
      (n, later) = if both { (16, 16 * int(apart > 0)) } else { (32, 0) }
      far = if both { abs(apart) } else { maximum(-apart, 0) }
      exact = n // 2
      coarse = exact + int(floor(log(maximum(far, 1) / exact) / log(128.0 / exact) * (n - exact)))
      later + where(far < exact, far, minimum(coarse, n - 1))
    }
    """)
}
