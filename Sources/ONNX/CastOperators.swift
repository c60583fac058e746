import Formats
import Glibc
import Tensors

/// Elements of one type as elements of another.
enum Casting {
  static func cast(_ x: Operand, to target: ElementType, _ call: NodeCall) throws -> Operand {
    if x.type == target { return x }
    if x.isText {
      let values = try x.texts()
      if target.isInteger {
        return try Operand(whole: values.map { try integer($0, target) }, x.dims, target)
      }
      return try Operand(reals: values.map(number), x.dims, target)
    }
    if target == .string { return try Operand(texts: texts(x), x.dims) }
    if target == .bool {
      return try Operand(flags: x.reals().map { $0 != 0 }, x.dims)
    }
    if target == .float8e8m0 {
      let mode = call.text("round_mode", "up")
      let saturates = call.flag("saturate", true)
      let values = try x.reals().map {
        ScaleFloat.value(ScaleFloat.bits($0, mode: mode, saturates: saturates))
      }
      return try Operand(reals: values, x.dims, target)
    }
    if let small = target.small {
      let isTiny = target.bits <= 8
      let saturates = isTiny && call.flag("saturate", true)
      let values = try x.reals().map { small.value(small.bits($0, saturates: saturates)) }
      return try Operand(reals: values, x.dims, target)
    }
    return try x.converted(to: target)
  }

  static func number(_ text: String) throws -> Double {
    switch text.lowercased() {
    case "inf", "+inf", "infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan": return .nan
    default: break
    }
    guard let value = Double(text) else { throw GraphError.invalid("\"\(text)\" is no number") }
    return value
  }

  private static func integer(_ text: String, _ type: ElementType) throws -> Int64 {
    if let value = Int64(text) { return value }
    if type == .uint64, let value = UInt64(text) { return Int64(bitPattern: value) }
    return try number(text).asInt64
  }

  /// Numbers as texts: the shortest digits that read back as the same number.
  private static func texts(_ x: Operand) throws -> [String] {
    if x.type == .bool { return try x.flags().map { $0 ? "True" : "False" } }
    if x.type == .uint64 { return try x.whole().map { "\(UInt64(bitPattern: $0))" } }
    if x.type.isInteger { return try x.whole().map { "\($0)" } }
    return try x.reals().map { value in
      if value.isNaN { return "NaN" }
      if value.isInfinite { return value < 0 ? "-INF" : "INF" }
      let digits =
        x.type == .float64
        ? "\(value)" : x.type == .float32 ? "\(Float(value))" : shortest(value, x.type)
      return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
    }
  }

  private static func shortest(_ value: Double, _ type: ElementType) -> String {
    for digits in 1...9 {
      let text = withVaList([Int32(digits), value]) { arguments in
        var buffer = [CChar](repeating: 0, count: 64)
        vsnprintf(&buffer, 64, "%.*g", arguments)
        return String(
          decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      if let back = Double(text), type.rounded(back) == value { return text }
    }
    return "\(value)"
  }
}

extension GraphOperators {
  static let casts: [GraphOperator] = [
    GraphOperator("Cast") { call in
      guard let target = try call.type("to") else { throw GraphError.invalid("no type to cast to") }
      return try Casting.cast(call.operand(0), to: target, call)
    },
    GraphOperator("CastLike") { call in
      try Casting.cast(call.operand(0), to: call.operand(1).type, call)
    },
    GraphOperator("BitCast") { call in
      let x = try call.operand(0)
      guard let target = try call.type("to"), target.bits == x.type.bits, !x.isText else {
        throw GraphError.invalid("bits of another width")
      }
      return try Operand(patterns: x.patterns().map { target.wrapped($0) }, x.dims, target)
    },
  ]
}
