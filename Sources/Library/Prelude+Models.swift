import Language

extension Prelude {
  static let models = Definition.chapter(
    "Networks",
    """
    ## A language model: from tokens to scores for the token that follows; its learned places start as waves.
    ## vocab: How many tokens there are.
    ## context: The longest sequence.
    ## d: The width.
    ## layers: How many blocks.
    ## heads: Parts of the width that look apart.
    ## > GPT(10, context=4, d=8, layers=1, heads=2)(range(4)[none]).shape
    ## = (1, 4, 10)
    GPT(vocab, context=64, d=64, layers=2, heads=4) = {
      tok = map_params(Embedding(vocab, d), w => 0.1 * w)
      pos = param(0.1 * sinusoids(context, d))
      blocks = [Block(d, heads) for i in range(layers)]
      out = LayerNorm(d) >> Linear(d, vocab)
      (ids: [B, T]) => {
        x = tok(ids) + pos[:T]
        for b in blocks { x = b(x) }
        out(x)
      }
    }

    ## A vision transformer: patches of square images as a sequence, then scores; its learned places start as waves.
    ## size: Height and width of an image.
    ## patch: Height and width of a patch.
    ## classes: How many scores.
    ## channels: Of an image.
    ## d: The width.
    ## layers: How many blocks.
    ## heads: Parts of the width that look apart.
    ## > ViT(8, 4, 10, d=8, layers=1, heads=2)(zeros(2, 1, 8, 8)).shape
    ## = (2, 10)
    ViT(size, patch, classes, channels=1, d=64, layers=2, heads=4) = {
      n = size // patch
      embed = Linear(channels * patch * patch, d)
      pos = param(0.3 * sinusoids(n * n, d))
      encoder = Encoder(d, heads=heads, layers=layers)
      out = Linear(d, classes)
      x => {
        p = rearrange(x, "b c (h p) (w q) -> b (h w) (c p q)", p=patch, q=patch)
        out(mean(encoder(embed(p) + pos), axis=1))
      }
    }

    ## Images to images of the same size: down to half, up again, and a way across.
    ## channels: Of the input.
    ## out: Channels of the result.
    ## h: Channels inside.
    ## > UNet(1, 2, h=4)(zeros(1, 1, 8, 8)).shape
    ## = (1, 2, 8, 8)
    UNet(channels, out, h=16) = {
      enter = Conv(channels, h, 3) >> relu
      down = MaxPool(2) >> Conv(h, 2 * h, 3) >> relu
      up = Conv(2 * h, h, 3) >> relu >> Upsample(2)
      leave = Conv(2 * h, h, 3) >> relu >> Conv(h, out, 1)
      x => {
        a = enter(x)
        leave(concat([a, up(down(a))], axis=1))
      }
    }

    ## A graph network of two layers that mix each node with its neighbours.
    ## P: How much of which node each node takes [n, n].
    ## d: Features of a node.
    ## h: Features inside.
    ## classes: How many scores.
    ## drop: The share that training leaves out.
    ## > GCN(eye(3), 4, 8, 2)(zeros(3, 4)).shape
    ## = (3, 2)
    GCN(P, d, h, classes, drop=0.5) = {
      A = P
      first = Linear(d, h)
      second = Linear(h, classes)
      out = Dropout(drop)
      x => A @ second(out(relu(A @ first(out(x)))))
    }

    ## Tokens drawn one after the other, each from what the model says about the next.
    ## m: From tokens [1, T] to scores [1, T, n].
    ## ids: The beginning.
    ## n: How many to draw.
    ## temperature: Below 1 for likelier, above 1 for bolder tokens.
    ## top_k: Draw among so many of the likeliest; all when none.
    ## context: How many of the last tokens the model sees.
    ## > len(generate(GPT(5, context=8, d=8, layers=1, heads=2), [1, 2], n=3, context=8))
    ## = 5
    generate(m, ids, n=100, temperature=1.0, top_k=none, context=64) = {
      for i in range(n) {
        z = m(ids[none, -context:])[0, -1] / temperature
        if top_k != none { z = where(z >= z[argsort(z)[-top_k]], z, -inf) }
        ids = ids ++ [categorical(softmax(z))]
      }
      ids
    }
    """)
}
