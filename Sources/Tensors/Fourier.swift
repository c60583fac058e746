import CKernels

/// The discrete Fourier transform of one length, in double precision: by halves for powers of two
/// (Cooley and Tukey 1965), else as a convolution with a chirp (Bluestein 1970).
struct FourierPlan {
  let count: Int
  /// The power of two that is transformed.
  private let size: Int
  /// exp(-2 pi i k / size) for k below size / 2.
  private let roots: [(re: Double, im: Double)]
  /// exp(-pi i k^2 / count), and the transform of its conjugate; empty for powers of two.
  private var chirp: [(re: Double, im: Double)] = []
  private var filter: (re: [Double], im: [Double]) = ([], [])

  init(_ count: Int) {
    self.count = count
    let isPower = count & (count - 1) == 0
    var size = 1
    while size < (isPower ? count : 2 * count - 1) { size *= 2 }
    self.size = size
    roots = Self.roots(of: size, size / 2) { $0 }
    if isPower { return }
    // k^2 modulo 2 count keeps the angles small, and so exact.
    chirp = Self.roots(of: 2 * count, count) { $0 * $0 % (2 * count) }
    var (re, im) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    WorkStop.stretches(of: count) { part in
      for k in part {
        let other = k == 0 ? 0 : size - k
        (re[k], im[k]) = (chirp[k].re, -chirp[k].im)
        (re[other], im[other]) = (re[k], im[k])
      }
    }
    halves(&re, &im)
    filter = (re, im)
  }

  private static func roots(of order: Int, _ count: Int, _ place: (Int) -> Int) -> [(
    re: Double, im: Double
  )] {
    let angles = (0..<count).map { -2 * Double.pi * (Double(place($0)) / Double(order)) }
    var (cosines, sines) = (angles, angles)
    for (code, values) in [(CK_COS, 0), (CK_SIN, 1)] {
      WorkStop.stretches(of: count) { part in
        angles.withUnsafeBufferPointer { x in
          func fill(_ y: UnsafeMutableBufferPointer<Double>) {
            guard let from = x.baseAddress, let to = y.baseAddress else { return }
            let first = part.lowerBound
            ck_unary_f64(Int32(code.rawValue), from + first, to + first, part.count)
          }
          if values == 0 {
            cosines.withUnsafeMutableBufferPointer { fill($0) }
          } else {
            sines.withUnsafeMutableBufferPointer { fill($0) }
          }
        }
      }
    }
    return zip(cosines, sines).map { (re: $0, im: $1) }
  }

  /// Replaces `count` numbers by their transform. With `re` and `im` exchanged it is the inverse
  /// times `count`.
  func run(_ re: inout [Double], _ im: inout [Double]) {
    if chirp.isEmpty { return halves(&re, &im) }
    var (a, b) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    WorkStop.stretches(of: count) { part in
      for k in part {
        a[k] = re[k] * chirp[k].re - im[k] * chirp[k].im
        b[k] = re[k] * chirp[k].im + im[k] * chirp[k].re
      }
    }
    halves(&a, &b)
    WorkStop.stretches(of: size) { part in
      for k in part {
        let (x, y) = (a[k], b[k])
        a[k] = x * filter.re[k] - y * filter.im[k]
        b[k] = x * filter.im[k] + y * filter.re[k]
      }
    }
    halves(&b, &a)
    if WorkStop.isAsked { return }
    let share = 1 / Double(size)
    for k in 0..<count {
      re[k] = (a[k] * chirp[k].re - b[k] * chirp[k].im) * share
      im[k] = (a[k] * chirp[k].im + b[k] * chirp[k].re) * share
    }
  }

  private func halves(_ re: inout [Double], _ im: inout [Double]) {
    var j = 0
    for i in 1..<max(size, 1) {
      if i & 0xFFFFF == 0, WorkStop.isAsked { return }
      var bit = size / 2
      while j & bit != 0 {
        j ^= bit
        bit /= 2
      }
      j |= bit
      if i < j {
        re.swapAt(i, j)
        im.swapAt(i, j)
      }
    }
    var length = 2
    while length <= size {
      let (half, step) = (length / 2, size / length)
      for start in stride(from: 0, to: size, by: length) {
        if start & 0xFFFFF == 0, size > 1 << 16, WorkStop.isAsked { return }
        for k in 0..<half {
          let root = roots[k * step]
          let (low, high) = (start + k, start + k + half)
          let x = re[high] * root.re - im[high] * root.im
          let y = re[high] * root.im + im[high] * root.re
          (re[high], im[high]) = (re[low] - x, im[low] - y)
          (re[low], im[low]) = (re[low] + x, im[low] + y)
        }
      }
      length *= 2
    }
  }
}

extension Tensor {
  /// The discrete Fourier transform of complex numbers [..., n, 2] along the axis before the last,
  /// or its inverse times n.
  package func fourier(inverse: Bool) throws -> Tensor {
    guard rank >= 2, dims[rank - 1] == 2 else {
      throw TensorError.invalid(
        operation: "fft",
        reason: "needs pairs [..., n, 2] of real and imaginary parts, found \(dims)",
        hint: "rfft(x) for real numbers")
    }
    guard dtype.isFloat else {
      throw TensorError.wrongKind(operation: "fft", found: dtype, expected: "floats")
    }
    if dtype.isPacked { return try unpacked().fourier(inverse: inverse) }
    let result = try Tensor(uninitialised: shape, dtype)
    let n = dims[rank - 2]
    if count == 0 { return result }
    try MemoryBudget.check(n * 16 * 12)
    let (plan, rows, kind) = (FourierPlan(n), count / (2 * n), dtype)
    try WorkStop.check()
    try Tensor.apply("fft", [self], [result]) { address in
      var (re, im) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
      func transform<E: BinaryFloatingPoint>(_: E.Type) {
        for row in 0..<rows where !WorkStop.isAsked {
          let x = address[0].assumingMemoryBound(to: E.self) + row * 2 * n
          let y = address[1].assumingMemoryBound(to: E.self) + row * 2 * n
          for k in 0..<n { (re[k], im[k]) = (Double(x[2 * k]), Double(x[2 * k + 1])) }
          if inverse { plan.run(&im, &re) } else { plan.run(&re, &im) }
          for k in 0..<n { (y[2 * k], y[2 * k + 1]) = (E(re[k]), E(im[k])) }
        }
      }
      if kind == .float32 { transform(Float.self) } else { transform(Double.self) }
    }
    return result
  }
}
