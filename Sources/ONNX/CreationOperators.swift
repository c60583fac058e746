import Formats
import Tensors

/// The generator of NumPy's older interface (Mersenne Twister 19937), so that a seed in a model gives
/// the numbers that its author saw.
struct TwisterStream {
  private var state = [UInt32](repeating: 0, count: 624)
  private var at = 624

  init(seed: UInt32) {
    state[0] = seed
    for i in 1..<624 {
      state[i] = 1_812_433_253 &* (state[i - 1] ^ state[i - 1] >> 30) &+ UInt32(i)
    }
  }

  private mutating func word() -> UInt32 {
    if at == 624 {
      for i in 0..<624 {
        let y = state[i] & 0x8000_0000 | state[(i + 1) % 624] & 0x7FFF_FFFF
        state[i] = state[(i + 397) % 624] ^ y >> 1 ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
      }
      at = 0
    }
    var y = state[at]
    at += 1
    y ^= y >> 11
    y ^= y << 7 & 0x9D2C_5680
    y ^= y << 15 & 0xEFC6_0000
    return y ^ y >> 18
  }

  /// A number in [0, 1) of 53 bits.
  mutating func uniform() -> Double {
    let (high, low) = (Double(word() >> 5), Double(word() >> 6))
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }
}

extension GraphOperators {
  private static func twister(_ call: NodeCall) -> TwisterStream {
    let attribute = call.node.attributes["seed"]
    let seed = attribute?.integer ?? attribute?.float.flatMap { Int(exactly: $0.rounded()) } ?? 0
    return TwisterStream(seed: UInt32(truncatingIfNeeded: seed))
  }

  /// Normal numbers of a stream of its own.
  private static func normal(_ count: Int, _ call: NodeCall) throws -> [Double] {
    let seed = call.node.attributes["seed"]?.float.map { UInt64($0.bitPattern) } ?? 0
    var stream = RandomStream(seed: seed)
    return try stream.normal(Shape(checking: [count])).array(of: Double.self)
  }

  private static func random(_ name: String, isNormal: Bool, isLike: Bool) -> GraphOperator {
    GraphOperator(name) { call in
      let like = isLike ? try call.operand(0) : nil
      let dims = like?.dims ?? call.integers("shape") ?? []
      let type = try call.type("dtype") ?? like?.type ?? .float32
      let count = try places(dims)
      if isNormal {
        let (mean, scale) = (call.real("mean", 0), call.real("scale", 1))
        return try Operand(
          reals: normal(count, call).map { mean + scale * $0 }, dims, type)
      }
      let (low, high) = (call.real("low", 0), call.real("high", 1))
      var stream = twister(call)
      return try Operand(
        reals: (0..<count).map { _ in low + (high - low) * stream.uniform() }, dims, type)
    }
  }

  private static func constant(_ call: NodeCall) throws -> Operand {
    let attributes = call.node.attributes
    if let tensor = attributes["value"]?.tensor { return try Operand(tensor) }
    if let value = attributes["value_float"]?.float {
      return try Operand(reals: [Double(value)], [], .float32)
    }
    if let value = attributes["value_int"]?.integer { return try Operand(value) }
    if let value = attributes["value_string"]?.text { return try Operand(texts: [value], []) }
    if let values = attributes["value_floats"]?.floats {
      return try Operand(reals: values.map { Double($0) }, [values.count], .float32)
    }
    if let values = attributes["value_ints"]?.integers {
      return try Operand(whole: values.map { Int64($0) }, [values.count], .int64)
    }
    if let values = attributes["value_strings"]?.texts {
      return try Operand(texts: values, [values.count])
    }
    throw GraphError.unsupported("a sparse constant")
  }

  private static func dropout(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0)
    let isNew = call.version >= 12
    let ratio = isNew ? try call.optional(1)?.real() ?? 0.5 : call.real("ratio", 0.5)
    let isTraining = isNew ? try call.optional(2)?.flags().first ?? false : false
    guard isTraining, ratio > 0 else {
      let all = try Operand(flags: [Bool](repeating: true, count: x.count), x.dims)
      return [.tensor(x), .tensor(all)]
    }
    var stream = twister(call)
    let mask = (0..<x.count).map { _ in stream.uniform() >= ratio }
    let scale = 1 / (1 - ratio)
    let values = zip(try x.reals(), mask).map { $1 ? $0 * scale : 0 }
    return [
      .tensor(try Operand(reals: values, x.dims, x.type)),
      .tensor(try Operand(flags: mask, x.dims)),
    ]
  }

  static let creations: [GraphOperator] = [
    GraphOperator("Constant", constant),
    GraphOperator("ConstantOfShape") { call in
      let dims = try call.operand(0).integers()
      let value =
        try call.node.attributes["value"]?.tensor.map { try Operand($0) }
        ?? Operand(reals: [0], [1], .float32)
      if value.type == .float32, value.count == 1 {
        _ = try places(dims)
        return Operand(
          carried: try Tensor.full(Shape(checking: dims), value.real()), .float32)
      }
      guard value.count == 1 else { throw GraphError.invalid("\(value.count) values to fill with") }
      return try value.picked([Int](repeating: 0, count: places(dims)), dims)
    },
    GraphOperator("EyeLike") { call in
      let x = try call.operand(0).ranked(2...2)
      let k = call.integer("k", 0)
      let values = (0..<x.count).map { at in
        Int64(at % x.dims[1] - at / x.dims[1] == k ? 1 : 0)
      }
      return try Operand(whole: values, x.dims, call.type("dtype") ?? x.type)
    },
    GraphOperator("Range") { call in
      let (start, limit, delta) = (try call.operand(0), try call.operand(1), try call.operand(2))
      let step = try delta.real()
      let length = try ((limit.real() - start.real()) / step).rounded(.up)
      guard step != 0, length.isFinite, length < 1e15 else {
        throw GraphError.invalid("a range with a step of \(step)")
      }
      let count = try places([max(0, Int(length))])
      if start.type.isFloat {
        let first = try start.real()
        return try Operand(
          reals: (0..<count).map { first + Double($0) * step }, [count], start.type)
      }
      let (first, by) = (try start.whole()[0], try delta.whole()[0])
      return try Operand(whole: (0..<count).map { first &+ Int64($0) &* by }, [count], start.type)
    },
    random("RandomUniform", isNormal: false, isLike: false),
    random("RandomUniformLike", isNormal: false, isLike: true),
    random("RandomNormal", isNormal: true, isLike: false),
    random("RandomNormalLike", isNormal: true, isLike: true),
    GraphOperator("Bernoulli") { call in
      let x = try call.operand(0)
      var stream = twister(call)
      let values = try x.reals().map { stream.uniform() < $0 ? 1.0 : 0 }
      return try Operand(reals: values, x.dims, call.type("dtype") ?? x.type)
    },
    GraphOperator("Multinomial") { call in
      let x = try call.operand(0).ranked(2...2)
      let (rows, classes) = (x.dims[0], x.dims[1])
      let count = call.integer("sample_size", 1)
      guard classes > 0 else { throw GraphError.invalid("no classes to draw from") }
      var stream = twister(call)
      let values = try x.reals()
      var result: [Int64] = []
      result.reserveCapacity(try places([rows, count]))
      for row in 0..<rows {
        let shares = softmax(values[row * classes..<(row + 1) * classes])
        for _ in 0..<count {
          var rest = stream.uniform()
          var pick = 0
          while pick < classes - 1, rest >= shares[pick] {
            rest -= shares[pick]
            pick += 1
          }
          result.append(Int64(pick))
        }
      }
      return try Operand(whole: result, [rows, count], call.type("dtype") ?? .int32)
    },
    GraphOperator(many: "Dropout", dropout),
  ]
}
