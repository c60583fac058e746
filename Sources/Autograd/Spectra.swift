import Tensors
import Vocabulary

// Fourier transforms. Complex numbers are pairs [..., 2] of real and imaginary part.
extension Variable {
  /// The transform of [..., n, 2], or its inverse times n; each is the other's gradient.
  package func fourier(inverse: Bool) throws -> Variable {
    try value.fourier(inverse: inverse).recorded(from: [self]) {
      [try $0.upstream.fourier(inverse: !inverse)]
    }
  }

  /// Real numbers [..., n] to the first n / 2 + 1 of their frequencies [..., n / 2 + 1, 2].
  package func realFourier() throws -> Variable {
    guard rank > 0 else {
      throw TensorError.invalid(
        operation: "rfft", reason: "needs [..., n], this is one number", hint: nil)
    }
    let x = try floating().expanded(axis: rank)
    let all = try Variable.concat([x, x.zeros()], axis: -1).fourier(inverse: false)
    return try dims[rank - 1] == 0 ? all : all.sliced(axis: -2, 0..<dims[rank - 1] / 2 + 1)
  }

  /// The inverse of `realFourier` for n numbers; missing frequencies count as 0.
  package func realNumbers(_ n: Int) throws -> Variable {
    guard rank >= 2, dims[rank - 1] == 2, n > 0 else {
      throw TensorError.invalid(
        operation: "irfft",
        reason: "needs frequencies [..., m, 2] and at least 1 result, found \(dims) and \(n)",
        hint: nil)
    }
    let bins = dims[rank - 2]
    let needed = try Shape(checking: Array(dims.dropLast(2)) + [n, 2])
    try MemoryBudget.check(needed.count * 8)
    let rows = (0..<n).map { k in Swift.min(k, n - k) }
    let sides = (0..<n).flatMap { k -> [Double] in k <= n / 2 ? [1, 1] : [1, -1] }
    let mirror = Variable(try Tensor(sides, shape: Shape(checking: [n, 2])).cast(.float32))
    let z = try floating()
    let full = try z.chosen(rows.map { $0 < bins ? $0 : -1 }, axis: -2) * mirror
    return try full.fourier(inverse: true).indexed([.ellipsis, .index(0)]) / Double(n)
  }
}

extension Operations {
  private static let six = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3]
  private static let family = "Signals"
  private static let pairs = Argument(
    "z", .tensor, "Complex numbers [..., n, 2]: real and imaginary part.")

  package static let fourier: TensorOperation = .composed(
    "fft", family, [pairs], "The discrete Fourier transform: sums of z exp(-2 pi i k t / n).",
    details: "Any length, in double precision; rfft takes real numbers.",
    "fft([[1.0, 0.0], [0.0, 0.0]])[1]", "[1, 0]",
    samples: [.init([six], [[3, 2]]), .init([six + six.prefix(2)], [[4, 2]])]
  ) { inputs, _ in try inputs[0].floating().fourier(inverse: false) }

  package static let inverseFourier: TensorOperation = .composed(
    "ifft", family, [pairs], "The inverse of fft.", "ifft(fft([[1.0, 2.0], [3.0, 4.0]]))[1]",
    "[3, 4]",
    samples: [.init([six], [[3, 2]]), .init([six + six.prefix(2)], [[4, 2]])]
  ) { inputs, _ in
    let z = try inputs[0].floating().fourier(inverse: true)
    return try z / Double(Swift.max(1, z.dims[z.rank - 2]))
  }

  package static let realFourier: TensorOperation = .composed(
    "rfft", family, [Argument("x", .tensor, "Real numbers [..., n].")],
    "The frequencies 0 to n / 2 of real numbers: [..., n / 2 + 1, 2].",
    "rfft([1.0, 0.0, 0.0, 0.0])[:, 0]", "[1, 1, 1]",
    samples: [.init([six], [[6]]), .init([six], [[2, 3]])]
  ) { inputs, _ in try inputs[0].realFourier() }

  package static let inverseRealFourier: TensorOperation = .composed(
    "irfft", family,
    [
      Argument("z", .tensor, "Frequencies [..., m, 2]."),
      Argument("n", .any, "How many numbers; 2 (m - 1) when none.", default: "none"),
    ], "The inverse of rfft.", "irfft(rfft([1.0, 2.0, 3.0]), 3)", "[1, 2, 3]",
    samples: [.init([six], [[3, 2]]), .init([six], [[3, 2]], ["n": .integer(5)])]
  ) { inputs, a in
    let z = inputs[0]
    let bins = z.rank >= 2 ? z.dims[z.rank - 2] : 0
    return try z.realNumbers(a.integer("n", default: 2 * (bins - 1)))
  }

  static let spectra: [TensorOperation] = [
    fourier, inverseFourier, realFourier, inverseRealFourier, taper, shortFourier,
    inverseShortFourier, melFilters, melSpectrogram,
  ]
}
