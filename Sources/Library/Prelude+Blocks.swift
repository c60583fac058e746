import Language

extension Prelude {
  static let blocks = Definition.chapter(
    "Layers",
    """
    ## x plus what f makes of it.
    ## f: A layer or a function that keeps the shape.
    ## > residual(x => 2 * x)([1, 2])
    ## = [3, 6]
    residual(f) = { g = f; x => x + g(x) }

    ## Linear layers with an activation between them.
    ## sizes: The width at every step, from the input to the output.
    ## act: Between the layers; not behind the last.
    ## > count_params(mlp([4, 8, 3]))
    ## = 67
    mlp(sizes, act=relu) = {
      m = Linear(sizes[0], sizes[1])
      for i in range(1, len(sizes) - 1) { m = m >> act >> Linear(sizes[i], sizes[i + 1]) }
      m
    }

    ## Each query's mean of the values, weighted by how well the keys answer it.
    ## Q: Queries [..., n, d].
    ## K: Keys [..., m, d].
    ## V: Values [..., m, e].
    ## mask: True where a query may look; everywhere when none.
    ## > attention([[0.0]], [[0.0], [0.0]], [[2.0], [4.0]])[0]
    ## = [3]
    attention(Q: [..., n, d], K: [..., m, d], V: [..., m, e], mask=none) -> [..., n, e] = {
      S = Q @ K.T / sqrt(d)
      if mask != none { S = where(mask, S, -inf) }
      softmax(S) @ V
    }

    ## The mask of a sequence in which each place sees itself and what came before.
    ## T: The length.
    ## > int(causal(3))[1]
    ## = [1, 1, 0]
    causal(T) = tril(ones(T, T)) == 1

    ## A transformer block: attention and a small network, each with a way around it.
    ## d: The width.
    ## heads: Parts of the width that look apart.
    ## causal: Whether places see only what came before.
    ## dropout: The share that training leaves out.
    ## > Block(8, heads=2)(zeros(1, 3, 8)).shape
    ## = (1, 3, 8)
    Block(d, heads=4, causal=true, dropout=0) = {
      a = Attention(d, heads=heads, causal=causal, dropout=dropout)
      f = Linear(d, 4 * d) >> gelu >> Linear(4 * d, d) >> Dropout(dropout)
      n1 = LayerNorm(d)
      n2 = LayerNorm(d)
      x => { x = x + a(n1(x)); x + f(n2(x)) }
    }

    ## Transformer blocks in which every place sees all others.
    ## d: The width.
    ## heads: Parts of the width that look apart.
    ## layers: How many blocks.
    ## dropout: The share that training leaves out.
    ## > Encoder(8, heads=2)(zeros(1, 3, 8)).shape
    ## = (1, 3, 8)
    Encoder(d, heads=4, layers=2, dropout=0) = {
      m = Block(d, heads, causal=false, dropout=dropout)
      for i in range(1, layers) { m = m >> Block(d, heads, causal=false, dropout=dropout) }
      m >> LayerNorm(d)
    }
    """)
}
