import CKernels
import Tensors
import TestSupport
import Testing

/// Hashes of results over fixed inputs. They were written once, on one machine; whoever runs this on
/// another processor learns at once whether its bits are the same there.
@Suite(.serialized) struct PortabilityTests {
  /// FNV-1a over the bytes of all tensors.
  private func hash(_ tensors: [Tensor]) -> String {
    var h: UInt64 = 0xCBF2_9CE4_8422_2325
    for tensor in tensors {
      tensor.withBytes { for byte in $0 { h = (h ^ UInt64(byte)) &* 0x100_0000_01B3 } }
    }
    let digits = String(h, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func all() throws -> String {
    var stream = RandomStream(seed: 11)
    func numbers(_ dims: Int...) throws -> Tensor { try stream.normal(Shape(checking: dims)) }
    func labels(_ n: Int, _ classes: Int) throws -> Tensor {
      try stream.integers(0, classes, Shape(checking: [n]))
    }
    var lines: [String] = []
    func note(_ name: String, _ tensors: Tensor...) { lines.append("\(name) \(hash(tensors))") }

    for (m, n, k) in [(1, 5, 3), (13, 33, 17), (64, 10, 300), (50, 200, 70), (300, 40, 530)] {
      let (a, b, c) = try (numbers(m, k), numbers(k, n), numbers(n))
      let (at, bt) = try (a.swappedLast(), b.swappedLast())
      note(
        "product \(m) \(n) \(k)", try Tensor.matmul(a, b),
        try Tensor.matmul(at, b, transposeA: true), try Tensor.matmul(a, bt, transposeB: true),
        try Tensor.linear(a, bt, c),
        try Tensor.matmul(a.cast(.float64), b.cast(.float64)))
    }
    for (channels, outputs, side, k, stride, pad) in [
      (1, 6, 12, 5, 1, 2), (3, 16, 9, 3, 1, 1), (16, 7, 8, 3, 2, 1), (5, 33, 6, 1, 2, 0),
    ] {
      var geometry = WindowGeometry()
      geometry.stride = (stride, stride)
      (geometry.padTop, geometry.padBottom) = (pad, pad)
      (geometry.padLeft, geometry.padRight) = (pad, pad)
      let x = try numbers(10, channels, side, side + 1)
      let w = try numbers(outputs, channels, k, k)
      let y = try Tensor.conv2d(x, w, geometry)
      note(
        "convolution \(channels) \(outputs) \(side) \(k) \(stride) \(pad)", y,
        try Tensor.conv2dInputGradient(y, w, input: x.shape, geometry),
        try Tensor.conv2dWeightGradient(y, x, weight: w.shape, geometry))
    }
    let x = try numbers(40, 37)
    for operation in [
      UnaryOperation.exp, .log, .log1p, .expm1, .sqrt, .rsqrt, .sin, .cos, .tanh, .sigmoid, .relu,
      .gelu, .silu, .softplus, .erf, .reciprocal, .lgamma, .erfinv,
    ] {
      let y = try x.unary(operation)
      note(
        "\(operation)", y, try x.cast(.float64).unary(operation),
        try x.gradient(of: operation, value: y, upstream: x) ?? y)
    }
    for reduction in [Reduction.sum, .mean, .max, .prod] {
      note(
        "\(reduction)", try x.reduce(reduction), try x.reduce(reduction, axes: [0]),
        try x.reduce(reduction, axes: [1]), try x.cast(.float64).reduce(reduction))
    }
    note("softmax", try x.softmax(axis: -1), try x.softmax(axis: 0, logarithm: true))
    let (weight, bias) = try (numbers(37), numbers(37))
    let normed = try Tensor.layerNorm(x, weight: weight, bias: bias, eps: 1e-5)
    let slopes = try Tensor.layerNormGradient(normed.y, x, weight: weight, notes: normed.notes)
    note("layer norm", normed.y, slopes.x, slopes.weight, slopes.bias)
    let images = try numbers(6, 37, 5, 7)
    let batch = try Tensor.batchNorm(images, weight: weight, bias: bias, eps: 1e-5)
    let back = try Tensor.batchNormGradient(batch.y, images, weight: weight, notes: batch.notes)
    note("batch norm", batch.y, batch.statistics, back.x, back.weight, back.bias)
    for classes in [10, 37] {
      let scores = try x.sliced(axis: 1, 0..<classes)
      let targets = try labels(40, classes)
      let (loss, logs) = try Tensor.crossEntropy(scores, labels: targets)
      note(
        "cross entropy \(classes)", loss,
        try Tensor.crossEntropyGradient(loss, scores, labels: targets, logs: logs))
    }
    for isCausal in [false, true] {
      let blocks = AttentionBlocks(
        batch: 2, queries: 140, keys: 140, width: 24, heads: 3, isCausal: isCausal)
      let (q, k, v) = try (numbers(2, 140, 24), numbers(2, 140, 24), numbers(2, 140, 24))
      let (y, logs) = try blocks.forward(q, k, v)
      let d = try blocks.gradients(y, q, k, v, logs: logs)
      note(isCausal ? "causal attention" : "attention", y, logs, d.q, d.k, d.v)
    }
    let (h, c) = try (numbers(5, 19), numbers(5, 19))
    let lstm = try RecurrentSequences.lstm(
      numbers(6, 5, 76), weight: numbers(76, 19), bias: numbers(76), h: h, c: c)
    note("lstm", lstm.states, lstm.gates)
    let gru = try RecurrentSequences.gru(
      numbers(6, 5, 57), weight: numbers(57, 19), bias: numbers(57), h: h)
    note("gru", gru.states, gru.gates)
    var (adam, first, second) = (x, Tensor?.some(x), Tensor?.some(try x.unary(.square)))
    try AdamStep(
      learningRate: 0.01, betas: (0.9, 0.999), epsilon: 1e-8, decay: 0.1, isDecoupled: true,
      corrections: (0.5, 0.25)
    ).move(&adam, gradient: x, first: &first, second: &second)
    var (sgd, momentum) = (x, Tensor?.some(x))
    try SGDStep(learningRate: 0.1, mu: 0.9, decay: 0.01)
      .move(&sgd, gradient: x, momentum: &momentum)
    note("optimizers", adam, try #require(first), try #require(second), sgd)
    note("random", try stream.uniform(x.shape), try stream.keeps(x.shape, from: 0.3), x)
    return lines.joined(separator: "\n")
  }

  @Test func `results have the bits that were written down, on every path and any workers`() throws
  {
    let known = try withWorkers(1) { try all() }
    expectGolden(known, "portability")
    defer { ck_gemm_force_path(0) }
    let best = ck_gemm_path()
    for path in 1...best {
      ck_gemm_force_path(Int32(path))
      #expect(try withWorkers(1) { try all() } == known, "path \(path)")
    }
    ck_gemm_force_path(0)
    for count in [2, 3, 4, 8] {
      #expect(try withWorkers(count) { try all() } == known, "\(count) workers")
    }
  }
}
