import Language

extension Prelude {
  /// Networks as they were published, weight by weight: `count_built` says how many.
  static let published = Definition.chapter(
    "Published networks",
    """
    ## VGG-16: thirteen convolutions of 3 by 3 and three wide layers (Simonyan, Zisserman 2014).
    ## classes: How many scores.
    ## > count_built(() => VGG16())
    ## = 138357544
    VGG16(classes=1000) = {
      m = Conv(3, 64, 3) >> relu
      channels = 64
      for c in [64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0] {
        if c == 0 {
          m = m >> MaxPool(2)
        } else {
          m = m >> Conv(channels, c, 3) >> relu
          channels = c
        }
      }
      wide = Linear(512 * 49, 4096) >> relu >> Dropout(0.5) >> Linear(4096, 4096) >> relu
      m >> AdaptivePool(7) >> flatten >> wide >> Dropout(0.5) >> Linear(4096, classes)
    }

    ## ResNet with three convolutions in a block (He and others 2015).
    ## blocks: How many in each stage: [3, 4, 6, 3] for 50 layers, [3, 8, 36, 3] for 152.
    ## classes: How many scores.
    ## h: Channels of the first stage.
    ## > count_built(() => ResNet([3, 4, 6, 3]))
    ## = 25557032
    ResNet(blocks, classes=1000, h=64) = {
      block(channels, width, stride) = {
        narrow = Conv(channels, width, 1, bias=false) >> BatchNorm(width) >> relu
        middle = Conv(width, width, 3, stride=stride, pad=1, bias=false) >> BatchNorm(width) >> relu
        f = narrow >> middle >> Conv(width, 4 * width, 1, bias=false) >> BatchNorm(4 * width)
        if stride == 1 and channels == 4 * width { x => relu(x + f(x)) } else {
          way = Conv(channels, 4 * width, 1, stride=stride, pad=0, bias=false) >> BatchNorm(4 * width)
          x => relu(way(x) + f(x))
        }
      }
      m = Conv(3, h, 7, stride=2, pad=3, bias=false) >> BatchNorm(h) >> relu >> MaxPool(2)
      (channels, width) = (h, h)
      for count in blocks {
        for j in range(count) {
          stride = if width > h and j == 0 { 2 } else { 1 }
          m = m >> block(channels, width, stride)
          channels = 4 * width
        }
        width = 2 * width
      }
      m >> GlobalPool() >> Linear(channels, classes)
    }

    ## Wide inside, narrow outside, each channel filtered by itself (Sandler and others 2018).
    ## channels: In.
    ## out: Channels of the result.
    ## expand: How many times wider it is inside.
    ## k: The side of the window.
    ## stride: Pixels from one window to the next.
    ## squeeze: Numbers through which channels weigh each other; 0 for none.
    ## act: After the first two convolutions.
    ## > InvertedResidual(8, 8)(zeros(1, 8, 4, 4)).shape
    ## = (1, 8, 4, 4)
    InvertedResidual(channels, out, expand=6, k=3, stride=1, squeeze=0, act=relu6) = {
      h = channels * expand
      m = Conv(h, h, k, stride=stride, pad=k // 2, groups=h, bias=false) >> BatchNorm(h) >> act
      if expand > 1 { m = Conv(channels, h, 1, bias=false) >> BatchNorm(h) >> act >> m }
      if squeeze > 0 {
        gate = GlobalPool() >> Linear(h, squeeze) >> silu >> Linear(squeeze, h) >> sigmoid
        m = m >> (x => x * gate(x)[:, :, none, none])
      }
      m = m >> Conv(h, out, 1, bias=false) >> BatchNorm(out)
      if stride == 1 and channels == out { residual(m) } else { m }
    }

    ## MobileNetV2 (Sandler and others 2018).
    ## classes: How many scores.
    ## > count_built(() => MobileNetV2())
    ## = 3504872
    MobileNetV2(classes=1000) = {
      m = Conv(3, 32, 3, stride=2, pad=1, bias=false) >> BatchNorm(32) >> relu6
      channels = 32
      stages = [
        (expand=1, out=16, count=1, stride=1), (expand=6, out=24, count=2, stride=2),
        (expand=6, out=32, count=3, stride=2), (expand=6, out=64, count=4, stride=2),
        (expand=6, out=96, count=3, stride=1), (expand=6, out=160, count=3, stride=2),
        (expand=6, out=320, count=1, stride=1)]
      for s in stages {
        for i in range(s.count) {
          step = if i == 0 { s.stride } else { 1 }
          m = m >> InvertedResidual(channels, s.out, s.expand, stride=step)
          channels = s.out
        }
      }
      last = Conv(320, 1280, 1, bias=false) >> BatchNorm(1280) >> relu6 >> GlobalPool()
      m >> last >> Dropout(0.2) >> Linear(1280, classes)
    }

    ## EfficientNet-B0 (Tan, Le 2019).
    ## classes: How many scores.
    ## > count_built(() => EfficientNetB0())
    ## = 5288548
    EfficientNetB0(classes=1000) = {
      m = Conv(3, 32, 3, stride=2, pad=1, bias=false) >> BatchNorm(32) >> silu
      channels = 32
      stages = [
        (expand=1, k=3, out=16, count=1, stride=1), (expand=6, k=3, out=24, count=2, stride=2),
        (expand=6, k=5, out=40, count=2, stride=2), (expand=6, k=3, out=80, count=3, stride=2),
        (expand=6, k=5, out=112, count=3, stride=1), (expand=6, k=5, out=192, count=4, stride=2),
        (expand=6, k=3, out=320, count=1, stride=1)]
      for s in stages {
        for i in range(s.count) {
          step = if i == 0 { s.stride } else { 1 }
          inside = channels // 4
          m = m >> InvertedResidual(channels, s.out, s.expand, s.k, step, inside, act=silu)
          channels = s.out
        }
      }
      last = Conv(320, 1280, 1, bias=false) >> BatchNorm(1280) >> silu >> GlobalPool()
      m >> last >> Dropout(0.2) >> Linear(1280, classes)
    }

    ## A vision transformer with a word for the class: ViT-B/16 as it stands (Dosovitskiy and others 2020).
    ## classes: How many scores.
    ## size: Height and width of an image.
    ## patch: Height and width of a patch.
    ## d: The width.
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
    ## d: The width.
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
    ## d: The width.
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
