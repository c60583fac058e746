import Language

extension Prelude {
  /// Transformers as they were published, weight by weight.
  static let publishedTransformers = Definition.chapter(
    "Published networks",
    """
    ## A vision transformer with a word for the class: ViT-B/16 as it stands (Dosovitskiy and others 2020).
    ## classes: How many scores.
    ## size: Height and width of an image.
    ## patch: Height and width of a patch.
    ## d: The width; 1024, with layers=24 and heads=16, for the large form.
    ## layers: How many blocks.
    ## heads: Parts of the width that look apart.
    ## > count_built(() => ViTBase())
    ## = 86567656
    ViTBase(classes=1000, size=224, patch=16, d=768, layers=12, heads=12) = {
      side = patch
      embed = Linear(3 * patch * patch, d)
      word = param(zeros(1, 1, d))
      pos = param(0.02 * randn((size // patch) * (size // patch) + 1, d))
      blocks = [PublishedBlock(d, heads, causal=false) for i in range(layers)]
      out = LayerNorm(d)
      head = Linear(d, classes)
      images => {
        p = rearrange(images, "b c (h p) (w q) -> b (h w) (c p q)", p=side, q=side)
        x = concat([word + zeros(p.shape[0], 1, 1), embed(p)], axis=1) + pos
        for b in blocks { x = b(x) }
        head(out(x)[:, 0])
      }
    }

    ## A transformer block with learned constants in its attention.
    ## d: The width.
    ## heads: Parts of the width that look apart.
    ## causal: Whether places see only what came before.
    ## normed: "before" or "after" each part.
    ## > PublishedBlock(8, 2)(zeros(1, 3, 8)).shape
    ## = (1, 3, 8)
    PublishedBlock(d, heads, causal=true, normed="before") = {
      a = Attention(d, heads=heads, causal=causal, bias=true)
      f = Linear(d, 4 * d) >> gelu >> Linear(4 * d, d)
      n1 = LayerNorm(d)
      n2 = LayerNorm(d)
      if normed == "after" { x => { x = n1(x + a(x)); n2(x + f(x)) } } else {
        x => { x = x + a(n1(x)); x + f(n2(x)) }
      }
    }

    ## BERT: a text from both sides; its tokens, and one vector for the whole (Devlin and others 2018).
    ## vocab: How many tokens there are.
    ## context: The longest sequence.
    ## d: The width; 1024, with layers=24 and heads=16, for the large form.
    ## layers: How many blocks.
    ## heads: Parts of the width that look apart.
    ## > count_built(() => BERT())
    ## = 109482240
    BERT(vocab=30522, context=512, d=768, layers=12, heads=12) = {
      tok = Embedding(vocab, d)
      pos = param(0.02 * randn(context, d))
      kind = param(0.02 * randn(2, d))
      enter = LayerNorm(d)
      blocks = [PublishedBlock(d, heads, causal=false, normed="after") for i in range(layers)]
      pool = Linear(d, d) >> tanh
      (ids: [B, T]) => {
        x = enter(tok(ids) + pos[:T] + kind[0])
        for b in blocks { x = b(x) }
        (tokens=x, whole=pool(x[:, 0]))
      }
    }

    ## GPT-2: scores for the next token, from the same weights that read tokens (Radford and others 2019).
    ## vocab: How many tokens there are.
    ## context: The longest sequence.
    ## d: The width; 1024, with layers=24 and heads=16, for the large form.
    ## layers: How many blocks.
    ## heads: Parts of the width that look apart.
    ## > count_built(() => GPT2())
    ## = 124439808
    GPT2(vocab=50257, context=1024, d=768, layers=12, heads=12) = {
      tok = param(0.02 * randn(vocab, d))
      pos = param(0.01 * randn(context, d))
      blocks = [PublishedBlock(d, heads) for i in range(layers)]
      out = LayerNorm(d)
      (ids: [B, T]) => {
        x = tok[ids] + pos[:T]
        for b in blocks { x = b(x) }
        out(x) @ tok.T
      }
    }
    """)
}
