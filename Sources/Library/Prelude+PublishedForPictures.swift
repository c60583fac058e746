import Language

extension Prelude {
  /// Networks for pictures as they were published, weight by weight: `count_built` says how many.
  static let publishedForPictures = Definition.chapter(
    "Published networks",
    """
    ## AlexNet in its form of one column (Krizhevsky 2014).
    ## classes: How many scores.
    ## > count_built(() => AlexNet())
    ## = 61100840
    AlexNet(classes=1000) = {
      m = Conv(3, 64, 11, stride=4, pad=2) >> relu >> MaxPool(2)
      m = m >> Conv(64, 192, 5) >> relu >> MaxPool(2)
      m = m >> Conv(192, 384, 3) >> relu >> Conv(384, 256, 3) >> relu >> Conv(256, 256, 3) >> relu
      wide = Dropout(0.5) >> Linear(256 * 36, 4096) >> relu >> Dropout(0.5) >> Linear(4096, 4096)
      m >> MaxPool(2) >> AdaptivePool(6) >> flatten >> wide >> relu >> Linear(4096, classes)
    }

    ## VGG: convolutions of 3 by 3 and three wide layers (Simonyan, Zisserman 2014).
    ## layers: 11, 13, 16 or 19.
    ## classes: How many scores.
    ## > count_built(() => VGG(16))
    ## = 138357544
    VGG(layers=16, classes=1000) = {
      assert(layers in [11, 13, 16, 19], "VGG has 11, 13, 16 or 19 layers, not {layers}")
      few = if layers == 11 { 1 } else { 2 }
      many = if layers == 19 { 4 } else if layers == 16 { 3 } else { 2 }
      (m, channels) = (Conv(3, 64, 3) >> relu, 64)
      for (at, count) in enumerate([few, few, many, many, many]) {
        out = min(512, 64 * 2 ^ at)
        for i in range(if at == 0 { few - 1 } else { count }) {
          m = m >> Conv(channels, out, 3) >> relu
          channels = out
        }
        m = m >> MaxPool(2)
      }
      wide = Linear(512 * 49, 4096) >> relu >> Dropout(0.5) >> Linear(4096, 4096) >> relu
      m >> AdaptivePool(7) >> flatten >> wide >> Dropout(0.5) >> Linear(4096, classes)
    }

    ## Fire modules squeeze channels, then spread them: SqueezeNet 1.1 (Iandola and others 2016).
    ## classes: How many scores.
    ## > count_built(() => SqueezeNet())
    ## = 1235496
    SqueezeNet(classes=1000) = {
      m = Conv(3, 64, 3, stride=2, pad=0) >> relu >> MaxPool(2)
      channels = 64
      for (inside, out, pools) in [(16, 64, false), (16, 64, true), (32, 128, false), (32, 128, true), (48, 192, false), (48, 192, false), (64, 256, false), (64, 256, false)] {
        m = m >> Fire(channels, inside, out)
        if pools { m = m >> MaxPool(2) }
        channels = 2 * out
      }
      m >> Dropout(0.5) >> Conv(channels, classes, 1) >> relu >> GlobalPool()
    }

    ## Few channels, of which windows of 1 and of 3 make many.
    ## channels: In.
    ## inside: Channels that both kinds of windows see.
    ## out: Channels of the result of each kind.
    ## > Fire(8, 2, 4)(zeros(1, 8, 4, 4)).shape
    ## = (1, 8, 4, 4)
    Fire(channels, inside, out) = {
      squeeze = Conv(channels, inside, 1) >> relu
      (one, three) = (Conv(inside, out, 1), Conv(inside, out, 3))
      x => { z = squeeze(x); relu(concat([one(z), three(z)], axis=1)) }
    }

    ## ResNet (He and others 2015), wide (Zagoruyko 2016) or in groups: ResNeXt (Xie and others 2017).
    ## blocks: In each stage: [3, 4, 6, 3] for 50 layers, [3, 4, 23, 3] for 101, [3, 8, 36, 3] for 152; basic: [2, 2, 2, 2] for 18, [3, 4, 6, 3] for 34.
    ## classes: How many scores.
    ## h: Channels of the first stage.
    ## basic: Blocks of two wide convolutions instead of three that narrow and widen.
    ## inner: How many times wider the blocks are inside: 2 for Wide ResNet.
    ## groups: Of channels that do not mix in the middle: 32, with inner=2, for ResNeXt-50.
    ## > count_built(() => ResNet([3, 4, 6, 3]))
    ## = 25557032
    ResNet(blocks, classes=1000, h=64, basic=false, inner=1, groups=1) = {
      conv(i, o, k, stride=1, groups=1) = Conv(i, o, k, stride=stride, pad=k // 2, groups=groups, bias=false) >> BatchNorm(o)
      block(channels, width, out, stride) = {
        f = if basic { conv(channels, out, 3, stride) >> relu >> conv(out, out, 3) } else {
          conv(channels, width, 1) >> relu >> conv(width, width, 3, stride, groups) >> relu >> conv(width, out, 1)
        }
        if stride == 1 and channels == out { x => relu(x + f(x)) } else {
          way = conv(channels, out, 1, stride)
          x => relu(way(x) + f(x))
        }
      }
      m = conv(3, h, 7, 2) >> relu >> MaxPool(2)
      (channels, width) = (h, h)
      for count in blocks {
        out = if basic { width } else { 4 * width }
        for j in range(count) {
          stride = if width > h and j == 0 { 2 } else { 1 }
          m = m >> block(channels, inner * width, out, stride)
          channels = out
        }
        width = 2 * width
      }
      m >> GlobalPool() >> Linear(channels, classes)
    }

    ## Each layer sees what all before it gave: DenseNet (Huang and others 2017).
    ## blocks: Layers in each block: [6, 12, 24, 16] for 121, [6, 12, 32, 32] for 169.
    ## classes: How many scores.
    ## growth: Channels that a layer adds.
    ## > count_built(() => DenseNet([6, 12, 24, 16]))
    ## = 7978856
    DenseNet(blocks, classes=1000, growth=32) = {
      conv(i, o, k) = BatchNorm(i) >> relu >> Conv(i, o, k, pad=k // 2, bias=false)
      layer(channels) = {
        f = conv(channels, 4 * growth, 1) >> conv(4 * growth, growth, 3)
        x => concat([x, f(x)], axis=1)
      }
      channels = 2 * growth
      m = Conv(3, channels, 7, stride=2, pad=3, bias=false) >> BatchNorm(channels) >> relu >> MaxPool(2)
      for (at, count) in enumerate(blocks) {
        if at > 0 {
          m = m >> conv(channels, channels // 2, 1) >> AvgPool(2)
          channels = channels // 2
        }
        for i in range(count) {
          m = m >> layer(channels)
          channels = channels + growth
        }
      }
      m >> BatchNorm(channels) >> relu >> GlobalPool() >> Linear(channels, classes)
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

    ## Half of the channels pass by, then all are shuffled: ShuffleNetV2 (Ma and others 2018).
    ## widths: Channels of the three stages: [116, 232, 464] for 1x, [48, 96, 192] for 0.5x.
    ## classes: How many scores.
    ## > count_built(() => ShuffleNetV2())
    ## = 2278604
    ShuffleNetV2(widths=[116, 232, 464], classes=1000) = {
      conv(i, o) = Conv(i, o, 1, bias=false) >> BatchNorm(o) >> relu
      each(c, stride) = Conv(c, c, 3, stride=stride, pad=1, groups=c, bias=false) >> BatchNorm(c)
      shuffled(a, b) = rearrange(concat([a, b], axis=1), "b (g c) h w -> b (c g) h w", g=2)
      (m, channels) = (Conv(3, 24, 3, stride=2, pad=1, bias=false) >> BatchNorm(24) >> relu >> MaxPool(2), 24)
      for (width, count) in zip(widths, [4, 8, 4]) {
        h = width // 2
        (left, right) = (each(channels, 2) >> conv(channels, h), conv(channels, h) >> each(h, 2) >> conv(h, h))
        m = m >> (x => shuffled(left(x), right(x)))
        for i in range(count - 1) {
          f = conv(h, h) >> each(h, 1) >> conv(h, h)
          m = m >> (x => shuffled(x[:, :h], f(x[:, h:])))
        }
        channels = width
      }
      m >> conv(channels, 1024) >> GlobalPool() >> Linear(1024, classes)
    }

    ## Convolutions arranged like a transformer: ConvNeXt (Liu and others 2022).
    ## blocks: In each stage: [3, 3, 9, 3] for Tiny, [3, 3, 27, 3] for Small and Base.
    ## classes: How many scores.
    ## d: Channels of the first stage: 96, or 128 for Base.
    ## > count_built(() => ConvNeXt([3, 3, 9, 3]))
    ## = 28589128
    ConvNeXt(blocks, classes=1000, d=96) = {
      last(f) = x => rearrange(f(rearrange(x, "b c h w -> b h w c")), "b h w c -> b c h w")
      block(c) = {
        (each, mix) = (Conv(c, c, 7, groups=c), LayerNorm(c) >> Linear(c, 4 * c) >> gelu >> Linear(4 * c, c))
        scale = param(1e-6 * ones(c))
        x => x + last(z => scale * mix(z))(each(x))
      }
      m = Conv(3, d, 4, stride=4, pad=0) >> last(LayerNorm(d))
      for (at, count) in enumerate(blocks) {
        if at > 0 {
          m = m >> last(LayerNorm(d)) >> Conv(d, 2 * d, 2, stride=2, pad=0)
          d = 2 * d
        }
        for i in range(count) { m = m >> block(d) }
      }
      m >> GlobalPool() >> LayerNorm(d) >> Linear(d, classes)
    }
    """)
}
