import Vocabulary

/// The workloads, each with a PyTorch program of the same name, shapes and settings beside it.
package enum Workloads {
  package static let all: [Workload] = perceptrons + images + sequences + inference + graphs

  package static let catalog = Catalog(all, entry: \.entry)
  /// All that can be asked for: the workloads, and the cost of single operations.
  package static let names = all.map(\.entry.name) + ["op_overhead"]

  private static let perceptrons = [
    Workload(
      "mlp_tiny", "Two tanh layers of 32 on points of the plane, Adam.", items: 64,
      operations: 2 * 64 * (2 * 2 * 32 + 3 * 32 * 32 + 3 * 32 * 2),
      """
      data = (x=randn(64, 2), y=randint(0, 2, 64))
      m = Linear(2, 32) >> tanh >> Linear(32, 32) >> tanh >> Linear(32, 2)
      train(m, data, opt=Adam(1e-3), batch=64, steps=0)
      """),
    Workload(
      "mlp_digits", "64-128-64-10 with relu on 8x8 digits, Adam.", items: 64,
      operations: 2 * 64 * (2 * 64 * 128 + 3 * 128 * 64 + 3 * 64 * 10),
      """
      data = (x=randn(64, 64), y=randint(0, 10, 64))
      m = Linear(64, 128) >> relu >> Linear(128, 64) >> relu >> Linear(64, 10)
      train(m, data, opt=Adam(1e-3), batch=64, steps=0)
      """),
    Workload(
      "mlp_mnist", "784-512-256-10 with relu and dropout, Adam.", items: 128,
      operations: 2 * 128 * (2 * 784 * 512 + 3 * 512 * 256 + 3 * 256 * 10),
      """
      data = (x=randn(128, 784), y=randint(0, 10, 128))
      m = Linear(784, 512) >> relu >> Dropout(0.2) >> Linear(512, 256) >> relu >> Dropout(0.2) >> Linear(256, 10)
      train(m, data, opt=Adam(1e-3), batch=128, steps=0)
      """),
    Workload(
      "vae_mnist", "A variational autoencoder 784-400-20, Adam.", items: 128,
      operations: 2 * 128 * (2 * 784 * 400 + 3 * (400 * 40 + 20 * 400 + 400 * 784)),
      """
      parts = (a=Linear(784, 400), mu=Linear(400, 20), lv=Linear(400, 20), c=Linear(20, 400), d=Linear(400, 784))
      cost(m, batch) = {
        x = batch.x
        h = relu(m.a(x))
        mu = m.mu(h)
        lv = m.lv(h)
        z = mu + randn(len(mu), 20) * exp(0.5 * lv)
        r = m.d(relu(m.c(z)))
        sum(softplus(r) - r * x) - 0.5 * sum(1 + lv - mu * mu - exp(lv))
      }
      train(parts, rand(128, 784), objective=cost, opt=Adam(1e-3), batch=128, steps=0)
      """),
  ]

  private static let images = [
    Workload(
      "lenet_mnist", "Two convolutions and three linear layers on 28x28 images, SGD with momentum.",
      items: 64,
      operations: 2 * 64
        * (2 * 28 * 28 * 6 * 25 + 3 * 100 * 16 * 150 + 3 * (400 * 120 + 120 * 84 + 84 * 10)),
      """
      data = (x=randn(64, 1, 28, 28), y=randint(0, 10, 64))
      m = Conv(1, 6, 5) >> relu >> MaxPool(2) >> Conv(6, 16, 5, pad=0) >> relu >> MaxPool(2) >> flatten >> Linear(400, 120) >> relu >> Linear(120, 84) >> relu >> Linear(84, 10)
      train(m, data, opt=SGD(0.01, momentum=0.9), batch=64, steps=0)
      """),
    Workload(
      "resnet_cifar", "A residual network of 20 layers on 32x32 pictures, SGD with momentum.",
      items: 64, operations: 2 * 64 * 121_997_184,
      """
      data = (x=randn(64, 3, 32, 32), y=randint(0, 10, 64))
      unit(i, o, s) = Conv(i, o, 3, stride=s, pad=1, bias=false) >> BatchNorm(o)
      block(i, o, s) = (a=unit(i, o, s) >> relu >> unit(o, o, 1), short=if s > 1 { Conv(i, o, 1, stride=s, pad=0, bias=false) >> BatchNorm(o) } else { none })
      parts = (start=unit(3, 16, 1), b=[block(if k % 3 == 0 and k > 0 { 2^(k // 3 + 3) } else { 2^(k // 3 + 4) }, 2^(k // 3 + 4), if k % 3 == 0 and k > 0 { 2 } else { 1 }) for k in range(9)], out=Linear(64, 10))
      cost(m, d) = {
        x = relu(m.start(d.x))
        for b in m.b { x = relu(b.a(x) + (if typeof(b.short) == "none" { x } else { b.short(x) })) }
        cross_entropy(m.out(mean(x, axis=[2, 3])), d.y)
      }
      train(parts, data, objective=cost, opt=SGD(0.1, momentum=0.9), batch=64, steps=0)
      """),
    Workload(
      "vit_tiny", "A transformer of 6 layers of 192 over patches of 32x32 pictures, AdamW.",
      items: 64,
      operations: 6 * 64 * 65 * 6 * (12 * 192 * 192 + 2 * 65 * 192) + 4 * 64 * 64 * 48 * 192,
      """
      data = (x=randn(64, 3, 32, 32), y=randint(0, 10, 64))
      block(i) = (l1=LayerNorm(192), a=Attention(192, heads=3, bias=true), l2=LayerNorm(192), m=Linear(192, 768) >> gelu >> Linear(768, 192))
      parts = (pe=Conv(3, 192, 4, stride=4, pad=0), c=param(zeros(1, 1, 192)), p=param(0.02 * randn(1, 65, 192)), b=[block(i) for i in range(6)], ln=LayerNorm(192), o=Linear(192, 10))
      cost(m, d) = {
        z = transpose(reshape(m.pe(d.x), (len(d.x), 192, 64)), (0, 2, 1))
        x = concat([m.c + zeros(len(d.x), 1, 192), z], axis=1) + m.p
        for b in m.b {
          x = x + b.a(b.l1(x))
          x = x + b.m(b.l2(x))
        }
        cross_entropy(m.o(m.ln(x)[:, 0]), d.y)
      }
      train(parts, data, objective=cost, opt=AdamW(1e-3), batch=64, steps=0)
      """),
  ]

  private static let sequences = [
    Workload(
      "gru_small", "A GRU of 128 over 50 steps of 16 numbers, Adam.", items: 32,
      operations: 2 * 32 * 50 * (2 * 3 * 128 * 16 + 3 * 3 * 128 * 128) + 6 * 32 * 128 * 4,
      """
      data = (x=randn(32, 50, 16), y=randint(0, 4, 32))
      m = GRU(16, 128, all=false) >> Linear(128, 4)
      train(m, data, opt=Adam(1e-3), batch=32, steps=0)
      """),
    Workload(
      "lstm_ptb", "Two LSTM layers of 650 over 35 words of 10000, SGD, clipped.",
      items: 20 * 35, "tokens",
      operations: 6 * 20 * 35 * (2 * 4 * 650 * 2 * 650 + 650 * 10_000),
      """
      data = (x=randint(0, 10000, 20, 35), y=randint(0, 10000, 20, 35))
      parts = (e=Embedding(10000, 650), r=LSTM(650, 650, layers=2, dropout=0.5), d=Dropout(0.5), o=Linear(650, 10000))
      cost(m, d) = cross_entropy(m.o(m.d(m.r(m.d(m.e(d.x))))), d.y)
      train(parts, data, objective=cost, opt=SGD(1.0, clip=0.25), batch=20, steps=0)
      """),
    gpt("gpt_tiny", layers: 2, width: 64, heads: 2, tokens: 64, batch: 16),
    gpt("gpt_char", layers: 6, width: 384, heads: 6, tokens: 128, batch: 12),
  ]

  /// nanoGPT's network on 65 letters, with the embedding's weights in the last layer too.
  private static func gpt(
    _ name: String, layers: Int, width: Int, heads: Int, tokens: Int, batch: Int
  ) -> Workload {
    Workload(
      name, "A transformer of \(layers) layers of \(width) over \(tokens) tokens, AdamW.",
      items: batch * tokens, "tokens",
      operations: 6 * batch * tokens
        * (layers * (12 * width * width + 2 * tokens * width) + width * 65),
      """
      data = (x=randint(0, 65, \(batch), \(tokens)), y=randint(0, 65, \(batch), \(tokens)))
      block(i) = (l1=LayerNorm(\(width)), a=Attention(\(width), heads=\(heads), causal=true, bias=false), l2=LayerNorm(\(width)), m=Linear(\(width), \(4 * width), bias=false) >> gelu >> Linear(\(4 * width), \(width), bias=false))
      parts = (e=param(0.02 * randn(65, \(width))), p=param(0.02 * randn(\(tokens), \(width))), b=[block(i) for i in range(\(layers))], ln=LayerNorm(\(width)))
      cost(m, d) = {
        x = m.e[d.x] + m.p
        for b in m.b {
          x = x + b.a(b.l1(x))
          x = x + b.m(b.l2(x))
        }
        cross_entropy(m.ln(x) @ m.e.T, d.y)
      }
      train(parts, data, objective=cost, opt=AdamW(1e-3), batch=\(batch), steps=0)
      """)
  }

  private static func bert(_ name: String, _ batch: Int) -> Workload {
    Workload(
      name, "A transformer of 6 layers of 384 over 128 vectors, batch \(batch), forward only.",
      items: batch, operations: 2 * batch * 128 * 6 * (12 * 384 * 384 + 2 * 128 * 384),
      """
      block(i) = (l1=LayerNorm(384), a=Attention(384, heads=12, bias=true), l2=LayerNorm(384), m=Linear(384, 1536) >> gelu >> Linear(1536, 384))
      parts = (b=[block(i) for i in range(6)], ln=LayerNorm(384))
      x = randn(\(batch), 128, 384)
      f(x) = {
        for b in parts.b {
          x = x + b.a(b.l1(x))
          x = x + b.m(b.l2(x))
        }
        parts.ln(x)
      }
      """)
  }
  private static let inference = [bert("bert_infer", 1), bert("bert_infer_16", 16)]

  private static let graphs = [
    Workload(
      "gcn_cora_shape", "Two graph convolutions over 2708 nodes with 10556 edges, Adam.",
      items: 2708, "nodes",
      operations: 2 * (2 * 2708 * 1433 * 16 + 3 * 2708 * 16 * 7) + 4 * 13_264 * (16 + 7),
      """
      x = rand(2708, 1433)
      y = randint(0, 7, 140)
      edges = randint(0, 2708, 5278, 2)
      parts = (a=GraphConv(1433, 16), b=GraphConv(16, 7), drop=Dropout(0.5))
      cost(m, d) = {
        h = m.drop(relu(m.a(x, edges)))
        cross_entropy(m.b(h, edges)[:140], y)
      }
      train(parts, [0.0], objective=cost, opt=Adam(0.01, decay=5e-4), batch=1, steps=0)
      """)
  ]
}
