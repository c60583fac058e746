import CKernels
import COpenBLAS
import Glibc
import Tensors
import TestSupport
import Testing

@Suite(.serialized) struct KernelTests {
  private func numbers(_ count: Int, _ seed: UInt64) throws -> Tensor {
    var stream = RandomStream(seed: seed)
    return try stream.normal(Shape(checking: [count]))
  }

  private static let sizes = [
    (1, 1, 1), (3, 5, 7), (12, 32, 384), (13, 33, 385), (64, 10, 128), (100, 70, 900), (5, 300, 2),
  ]

  @Test(arguments: sizes, [(false, false), (false, true), (true, false)])
  func `products agree with OpenBLAS and are the same bits on every path`(
    size: (Int, Int, Int), flips: (Bool, Bool)
  ) throws {
    let (m, n, k) = size
    let a = try numbers(m * k, 1).reshaped(flips.0 ? [k, m] : [m, k])
    let b = try numbers(k * n, 2).reshaped(flips.1 ? [n, k] : [k, n])
    var want = [Float](repeating: 0, count: m * n)
    // Its threads do not survive that another test starts a process meanwhile.
    openblas_set_num_threads(1)
    cblas_sgemm(
      CblasRowMajor, flips.0 ? CblasTrans : CblasNoTrans, flips.1 ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), 1, a.array(of: Float.self), Int32(flips.0 ? m : k),
      b.array(of: Float.self), Int32(flips.1 ? k : n), 0, &want, Int32(n))
    let got = try Tensor.matmul(a, b, transposeA: flips.0, transposeB: flips.1)
    expectClose(got.doubles, want.map(Double.init), relative: 1e-4, absolute: 1e-4)
    defer { ck_gemm_force_path(0) }
    ck_gemm_force_path(0)
    let best = ck_gemm_path()
    for path in 1...best {
      ck_gemm_force_path(path)
      let same = try Tensor.matmul(a, b, transposeA: flips.0, transposeB: flips.1)
      #expect(same.array(of: Float.self) == got.array(of: Float.self), "path \(path)")
    }
  }

  private static func reference(_ operation: UnaryOperation, _ x: Double) -> Double {
    switch operation {
    case .exp: Glibc.exp(x)
    case .tanh: Glibc.tanh(x)
    case .erf: Glibc.erf(x)
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .expm1: Glibc.expm1(x)
    default: .nan
    }
  }

  @Test(arguments: [UnaryOperation.exp, .tanh, .erf, .sin, .cos, .expm1])
  func `elementary functions agree with the C library to a few ulp`(
    operation: UnaryOperation
  ) throws {
    let points = (-4000...4000).map { Double($0) * 0.0049 }
    let got = try Tensor(points).unary(operation).doubles
    expectClose(got, points.map { Self.reference(operation, $0) }, relative: 4e-15, absolute: 4e-16)
  }

  @Test func `logarithms agree with the C library over the whole range`() throws {
    let points = (-1000...1000).map { Glibc.pow(10, Double($0) * 0.3) }.filter {
      $0.isFinite && $0 > 0
    }
    expectClose(
      try Tensor(points).unary(.log).doubles, points.map { Glibc.log($0) }, relative: 1e-15,
      absolute: 1e-15)
    expectClose(
      try Tensor([0, 1e-18, 1e-9, 0.5, 3]).unary(.log1p).doubles,
      [0, 1e-18, 1e-9, 0.5, 3].map { Glibc.log1p($0) }, relative: 1e-15, absolute: 0)
  }

  @Test func `special values stay special`() throws {
    let x = try Tensor([Double.nan, .infinity, -.infinity, 800, -800])
    let e = try x.unary(.exp).doubles
    #expect(e[0].isNaN && e[1] == .infinity && e[2] == 0 && e[3] == .infinity && e[4] == 0)
    #expect(try Tensor([0.0, -1]).unary(.log).doubles[0] == -.infinity)
    #expect(try Tensor([0.0, -1]).unary(.log).doubles[1].isNaN)
  }

  @Test func `Philox gives the published numbers`() {
    // Known answers of Random123 for ten rounds.
    func answer(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
      var out = [UInt32](repeating: 0, count: 4)
      ck_philox(counter, key, &out)
      return out
    }
    #expect(answer([0, 0, 0, 0], [0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    let ones = UInt32.max
    #expect(
      answer([ones, ones, ones, ones], [ones, ones])
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
  }

  @Test func `normal numbers have mean 0 and variance 1`() throws {
    let x = try numbers(200_000, 9).doubles
    let mean = x.reduce(0, +) / 200_000
    let variance = x.reduce(0) { $0 + $1 * $1 } / 200_000
    #expect(abs(mean) < 0.01)
    #expect(abs(variance - 1) < 0.02)
  }

  @Test func `convolutions of nothing give zeros or nothing`() throws {
    func zeros(_ dims: Int...) throws -> Tensor { try .zeros(Shape(checking: dims)) }
    let plain = WindowGeometry()
    let y = try Tensor.conv2d(zeros(2, 0, 5, 5), zeros(4, 0, 3, 3), plain)
    #expect(y.dims == [2, 4, 3, 3] && y.doubles.allSatisfy { $0 == 0 })
    #expect(try Tensor.conv2d(zeros(2, 1, 5, 5), zeros(0, 1, 3, 3), plain).dims == [2, 0, 3, 3])
    let up = try zeros(2, 0, 3, 3)
    let back = try Tensor.conv2dInputGradient(
      up, zeros(0, 1, 3, 3), input: Shape(checking: [2, 1, 5, 5]), plain)
    #expect(back.dims == [2, 1, 5, 5] && back.doubles.allSatisfy { $0 == 0 })
    let slope = try Tensor.conv2dWeightGradient(
      up, zeros(2, 1, 5, 5), weight: Shape(checking: [0, 1, 3, 3]), plain)
    #expect(slope.dims == [0, 1, 3, 3])
  }

  @Test func `results do not depend on the number of workers`() throws {
    let a = try numbers(300 * 700, 3).reshaped([300, 700])
    let b = try numbers(700 * 400, 4).reshaped([700, 400])
    let images = try numbers(20 * 3 * 12 * 12, 5).reshaped([20, 3, 12, 12])
    let filters = try numbers(8 * 3 * 9, 6).reshaped([8, 3, 3, 3])
    func all() throws -> [[Float]] {
      let y = try Tensor.conv2d(images, filters, WindowGeometry())
      return try [
        Tensor.matmul(a, b), a.unary(.exp), a.reduce(.sum, axes: [1]), a.reduce(.sum), y,
        Tensor.conv2dWeightGradient(y, images, weight: filters.shape, WindowGeometry()),
      ].map { $0.array(of: Float.self) }
    }
    let want = try withWorkers(1) { try all() }
    for count in 2...4 { #expect(try withWorkers(count) { try all() } == want) }
  }
}
