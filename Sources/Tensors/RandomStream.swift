import CKernels

/// Random numbers that depend on where they are drawn, not on when: Philox4x32-10 keyed by seed,
/// cell and call.
package struct RandomStream: Sendable, Equatable {
  private let key: UInt64
  private let stream: UInt64
  /// What tells this stream from others of the same seed.
  var word: UInt64 { stream }
  /// The next unused counter block.
  private var position: UInt64 = 0
  private var children: UInt64 = 0
  /// Whether only the shapes count of what is drawn: then large tensors hold zeros.
  package var isBlank = false

  /// One whose tensors only have shapes, as those of its children.
  package static var blank: RandomStream {
    var stream = RandomStream(seed: 0)
    stream.isBlank = true
    return stream
  }

  package init(seed: UInt64, cell: UInt64 = 0, call: UInt64 = 0) {
    key = RandomStream.mix(seed, 0x9E37_79B9_7F4A_7C15)
    stream = RandomStream.mix(cell, RandomStream.mix(call, 0xD1B5_4A32_D192_ED03))
  }

  /// What its children depend on, to be kept in a file.
  package var words: [UInt64] { [key, stream] }

  /// A stream with the children of the one that had these words.
  package init?(words: [UInt64]) {
    guard words.count == 2 else { return nil }
    self.init(key: words[0], stream: words[1])
  }

  private init(key: UInt64, stream: UInt64) {
    self.key = key
    self.stream = stream
  }

  /// The next child stream: independent of this one and of its other children.
  package mutating func split() -> RandomStream {
    children &+= 1
    return child(children)
  }

  /// The child with a number of its own, whatever was drawn before.
  package func child(_ number: UInt64) -> RandomStream {
    let word = RandomStream.childWord(of: stream, number)
    Recording.current?.derives(word, from: stream, number)
    var child = RandomStream(key: key, stream: word)
    child.isBlank = isBlank
    return child
  }

  static func childWord(of stream: UInt64, _ number: UInt64) -> UInt64 {
    mix(stream, mix(number, 0x8CB9_2BA7_2F3D_8DD7))
  }

  /// The finalizer of SplitMix64 over both words.
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var z = (a &+ 0x9E37_79B9_7F4A_7C15) ^ (b &* 0xBF58_476D_1CE4_E5B9)
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private mutating func take(_ blocks: Int) -> UInt64 {
    defer { position &+= UInt64(blocks) }
    return position
  }

  /// What stands for numbers of this shape where only the shape counts; nil where they are drawn.
  package func blank(_ shape: Shape) throws -> Tensor? {
    guard isBlank, shape.count > 256 else { return nil }
    guard let blank = Tensor.blank(shape) else {
      throw TensorError.overBudget(needed: shape.count * 4, budget: Tensor.mostBlank * 4)
    }
    return blank
  }

  /// Uniform in [0, 1): f32.
  package mutating func uniform(_ shape: Shape) throws -> Tensor {
    let result = try Tensor(uninitialised: shape, .float32)
    let (key, first, count) = (key, take((shape.count + 3) / 4), shape.count)
    RandomStream.fill(ck_uniform_f32, 4, key, stream, first, result.fresh(Float.self), count)
    Recording.current?.noteRandom("uniform", stream, result) { stream, y in
      RandomStream.fill(
        ck_uniform_f32, 4, key, stream, first, y.assumingMemoryBound(to: Float.self), count)
    }
    return result
  }

  private typealias Kernel =
    @convention(c) (UInt64, UInt64, UInt64, UnsafeMutablePointer<Float>?, Int) -> Void

  /// Numbers for so many places, `each` of them from a block: workers share the blocks.
  private static func fill(
    _ kernel: @escaping Kernel, _ each: Int, _ key: UInt64, _ stream: UInt64, _ first: UInt64,
    _ y: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    nonisolated(unsafe) let (kernel, y) = (kernel, y)
    Workers.split(count, grain: 1 << 18) { part in
      let block = first &+ UInt64(part.lowerBound / each)
      kernel(key, stream, block, y + part.lowerBound, part.count)
    }
  }

  /// 1 / (1 - p) with chance 1 - p, else 0: f32.
  package mutating func keeps(_ shape: Shape, from p: Double) throws -> Tensor {
    let result = try Tensor(uninitialised: shape, .float32)
    let (key, first, count) = (key, take((shape.count + 3) / 4), shape.count)
    let (bound, scale) = (Float(p), 1 / Float(1 - p))
    func fill(_ stream: UInt64, _ y: UnsafeMutablePointer<Float>) {
      RandomStream.fill(ck_uniform_f32, 4, key, stream, first, y, count)
      ck_keep_f32(y, count, bound, scale)
    }
    fill(stream, result.fresh(Float.self))
    Recording.current?.noteRandom("keep", stream, result) { stream, y in
      fill(stream, y.assumingMemoryBound(to: Float.self))
    }
    return result
  }

  /// Standard normal: f32.
  package mutating func normal(_ shape: Shape) throws -> Tensor {
    let result = try Tensor(uninitialised: shape, .float32)
    let (key, first, count) = (key, take((shape.count + 1) / 2), shape.count)
    RandomStream.fill(ck_normal_f32, 2, key, stream, first, result.fresh(Float.self), count)
    Recording.current?.noteRandom("normal", stream, result) { stream, y in
      RandomStream.fill(
        ck_normal_f32, 2, key, stream, first, y.assumingMemoryBound(to: Float.self), count)
    }
    return result
  }

  package mutating func nextUInt64() -> UInt64 {
    Recording.current?.draws(stream)
    let block = take(1)
    var out: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    let counter = [
      UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32),
    ]
    let keys = [UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)]
    withUnsafeMutableBytes(of: &out) { bytes in
      ck_philox(counter, keys, bytes.bindMemory(to: UInt32.self).baseAddress)
    }
    return UInt64(out.0) | UInt64(out.1) << 32
  }

  /// Uniform in 0..<bound, without bias (Lemire 2019).
  package mutating func next(below bound: UInt64) -> UInt64 {
    precondition(bound > 0)
    var product = nextUInt64().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = nextUInt64().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// Uniform in [0, 1) with 53 bits.
  package mutating func nextUniform() -> Double { Double(nextUInt64() >> 11) * 0x1p-53 }

  /// The numbers 0..<n in random order (Fisher and Yates).
  package mutating func permutation(_ n: Int) -> [Int] {
    var order = Array(0..<n)
    for i in stride(from: n - 1, to: 0, by: -1) {
      if i & 0xFFFFF == 0, WorkStop.isAsked { break }
      order.swapAt(i, Int(next(below: UInt64(i + 1))))
    }
    return order
  }

  /// Integers in low..<high: i64.
  package mutating func integers(_ low: Int, _ high: Int, _ shape: Shape) throws -> Tensor {
    guard low < high, !high.subtractingReportingOverflow(low).overflow else {
      throw TensorError.invalid(
        operation: "randint",
        reason: "there is no integer from \(low) up to, not including, \(high)",
        hint: nil)
    }
    let result = try Tensor(uninitialised: shape, .int64)
    let out = result.fresh(Int64.self)
    for i in 0..<shape.count {
      if i & 0xFFFFF == 0 { try WorkStop.check() }
      out[i] = Int64(low + Int(next(below: UInt64(high - low))))
    }
    return result
  }
}
