import Autograd
import Tensors
import TestSupport
import Testing

@Suite struct SpectrumTests {
  private func signal(_ n: Int) throws -> Variable {
    Variable(try tensor((0..<n).map { Double(($0 * 37 + 11) % 29) / 7 - 2 }, [n]))
  }

  /// numpy.fft.rfft, printed in full, for ((37 k + 11) mod 29) / 7 - 2.
  static let rows: [(n: Int, frequencies: [Double])] = [
    (1, [-0.4285714285714286, 0.0]),
    (2, [0.2857142857142858, 0.0, -1.142857142857143, 0.0]),
    (
      5,
      [
        1.0000000000000002, 0.0, -0.7857142857142858, -2.4426818399453865, -0.7857142857142857,
        2.4333229401051226,
      ]
    ),
    (
      7,
      [
        0.2857142857142858, 0.0, -0.7790152978190168, -2.2109337617704563, -3.5897281670243077,
        -3.090562226204182, 2.7258863219861817, 0.5569533436683847,
      ]
    ),
    (
      8,
      [
        -0.4285714285714284, 0.0, -0.42857142857142844, -3.108194187554388, -0.4285714285714286,
        -3.7142857142857144, -0.42857142857142877, 4.320377241017041, -0.4285714285714288, 0.0,
      ]
    ),
    (
      12,
      [
        -0.14285714285714257, 0.0, 1.4285714285714284, -1.1886440108126821, -2.7142857142857144,
        -2.4743582965269675, 1.4285714285714282, -5.571428571428571, -2.7142857142857135,
        3.958973274443147, 1.4285714285714284, 3.7600725822412535, -2.7142857142857144, 0.0,
      ]
    ),
  ]

  @Test(arguments: rows)
  func `frequencies of real numbers agree with NumPy`(n: Int, frequencies: [Double]) throws {
    let z = try signal(n).realFourier()
    #expect(z.dims == [n / 2 + 1, 2])
    expectClose(z.value.doubles, frequencies, absolute: 1e-12)
    expectClose(try z.realNumbers(n).value.doubles, try signal(n).value.doubles, absolute: 1e-12)
  }

  @Test(arguments: [1, 2, 3, 8, 30, 31, 64, 100])
  func `a transform is the sum of roots of unity, and its inverse undoes it`(n: Int) throws {
    let z = Variable(
      try tensor((0..<2 * n).map { Double(($0 * 17 + 5) % 23) / 5 - 2 }, [n, 2]))
    let table = (0..<n).flatMap { k in
      (0..<n).map { t in -2 * Double.pi * Double(k * t % n) / Double(n) }
    }
    let angles = try tensor(table, [n, n])
    let (re, im) = (
      try z.indexed([.ellipsis, .index(0)]), try z.indexed([.ellipsis, .index(1)])
    )
    let (c, s) = (Variable(try angles.unary(.cos)), Variable(try angles.unary(.sin)))
    let real = try Variable.matmul(c, re) - Variable.matmul(s, im)
    let imaginary = try Variable.matmul(s, re) + Variable.matmul(c, im)
    let got = try Operations.fourier(z)
    expectClose(
      got.value.doubles, try Variable.stack([real, imaginary], axis: 1).value.doubles,
      absolute: 1e-10)
    expectClose(
      try Operations.inverseFourier(got).value.doubles, z.value.doubles, absolute: 1e-12)
  }

  @Test func `a sine stands in the row of its frequency, half on each neighbour of a Hann window`()
    throws
  {
    // Eight samples a period in windows of 16: frequency 2; a Hann window has the lines -1/4 1/2 -1/4.
    let x = Variable(try tensor((0..<64).map { 2 * Double.pi * Double($0) / 8 }, [64]))
    let z = try Operations.shortFourier(
      Operations.cos(x), ["n": .integer(16), "hop": .integer(8), "pad": .boolean(false)])
    #expect(z.dims == [9, 7, 2])
    let first = try z.indexed([.range(nil, nil, 1), .index(0), .index(0)])
    expectClose(first.value.doubles, [0, -2, 4, -2, 0, 0, 0, 0, 0], absolute: 1e-12)
  }

  @Test(arguments: [(8, 2), (16, 4), (10, 5)])
  func `a signal comes back from its short transform`(n: Int, hop: Int) throws {
    let x = try signal(60)
    let settings: Attributes = ["n": .integer(n), "hop": .integer(hop)]
    let back = try Operations.inverseShortFourier(Operations.shortFourier(x, settings), settings)
    expectClose(back.value.doubles, x.value.doubles, absolute: 1e-12)
  }

  @Test func `mel bands are triangles between equal steps of 2595 log10(1 + f over 700)`() throws {
    // Corners in Hz for two bands up to 8000: 0, 921.67, 3055.86, 8000; bins lie 1000 apart.
    let filters = try Operations.melFilters(bins: 9, bands: 2, rate: 16000, low: 0, high: nil)
    let corners = [921.4557863447225, 3055.8840958154033]
    let rising = (1000 - corners[0]) / (corners[1] - corners[0])
    let falling = (8000.0 - 5000) / (8000 - corners[1])
    expectClose(filters.doubles[2..<4].map { $0 }, [1 - rising, rising], absolute: 1e-12)
    expectClose(filters.doubles[10..<12].map { $0 }, [0, falling], absolute: 1e-12)
  }

  @Test func `what has no spectrum is told`() throws {
    for (operation, x) in [
      (Operations.fourier, try tensor([1, 2, 3], [3])), (Operations.realFourier, try .number(1)),
      (Operations.shortFourier, try tensor([1, 2, 3], [3])),
    ] {
      #expect(throws: TensorError.self) { try operation(Variable(x)) }
    }
    #expect(try Operations.realFourier(Variable(tensor([], [2, 0]))).dims == [2, 0, 2])
  }
}
