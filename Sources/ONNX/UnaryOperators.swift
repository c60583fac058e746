import Glibc
import Tensors

extension GraphOperators {
  /// A function of one number that the tensors know.
  private static func native(_ name: String, _ operation: UnaryOperation) -> GraphOperator {
    GraphOperator(name) { call in
      let x = try call.operand(0)
      return try Operand(x.tensor().unary(operation), x.type)
    }
  }

  /// A function of one number, told as a formula of doubles.
  private static func formula(_ name: String, _ body: @escaping @Sendable (Double) -> Double)
    -> GraphOperator
  {
    GraphOperator(name) { call in
      let x = try call.operand(0)
      return try Operand(reals: x.reals().map(body), x.dims, x.type)
    }
  }

  /// A formula with settings.
  private static func formula(
    _ name: String, _ settings: [(String, Double)],
    _ body: @escaping @Sendable (Double, [Double]) -> Double
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let x = try call.operand(0)
      let values = settings.map { call.real($0.0, $0.1) }
      return try Operand(reals: x.reals().map { body($0, values) }, x.dims, x.type)
    }
  }

  private static func test(_ name: String, _ body: @escaping @Sendable (Double) -> Bool)
    -> GraphOperator
  {
    GraphOperator(name) { call in
      let x = try call.operand(0)
      return try Operand(flags: x.reals().map(body), x.dims)
    }
  }

  static func sigmoid(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }

  static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  static let unary: [GraphOperator] = [
    native("Abs", .abs), native("Neg", .negate), native("Sign", .sign),
    native("Floor", .floor), native("Ceil", .ceil), native("Exp", .exp), native("Log", .log),
    native("Sqrt", .sqrt), native("Sin", .sin), native("Cos", .cos), native("Tanh", .tanh),
    native("Sigmoid", .sigmoid), native("Relu", .relu), native("Erf", .erf),
    native("Reciprocal", .reciprocal), native("Softplus", .softplus),
    formula("Round") { $0.rounded(.toNearestOrEven) },
    formula("Tan") { tan($0) }, formula("Asin") { asin($0) }, formula("Acos") { acos($0) },
    formula("Atan") { atan($0) }, formula("Sinh") { sinh($0) }, formula("Cosh") { cosh($0) },
    formula("Asinh") { asinh($0) }, formula("Acosh") { acosh($0) },
    formula("Atanh") { atanh($0) },
    formula("Softsign") { $0 / (1 + abs($0)) },
    formula("HardSwish") { $0 * max(0, min(1, $0 / 6 + 0.5)) },
    formula("Mish") { $0 * tanh(softplus($0)) },
    formula("LeakyRelu", [("alpha", 0.01)]) { $0 < 0 ? $1[0] * $0 : $0 },
    formula("Elu", [("alpha", 1)]) { $0 < 0 ? $1[0] * expm1($0) : $0 },
    formula("Celu", [("alpha", 1)]) { max(0, $0) + min(0, $1[0] * expm1($0 / $1[0])) },
    formula("Selu", [("alpha", 1.67326319217681884765625), ("gamma", 1.05070102214813232421875)]) {
      $1[1] * ($0 <= 0 ? $1[0] * expm1($0) : $0)
    },
    formula("HardSigmoid", [("alpha", 0.2), ("beta", 0.5)]) { max(0, min(1, $1[0] * $0 + $1[1])) },
    formula("ThresholdedRelu", [("alpha", 1)]) { $0 > $1[0] ? $0 : 0 },
    formula("Shrink", [("lambd", 0.5), ("bias", 0)]) {
      $0 < -$1[0] ? $0 + $1[1] : $0 > $1[0] ? $0 - $1[1] : 0
    },
    formula("Swish", [("alpha", 1)]) { $0 * sigmoid($1[0] * $0) },
    test("IsNaN") { $0.isNaN },
    GraphOperator("IsInf") { call in
      let x = try call.operand(0)
      let (up, down) = (call.flag("detect_positive", true), call.flag("detect_negative", true))
      return try Operand(
        flags: x.reals().map { $0.isInfinite && ($0 > 0 ? up : down) }, x.dims)
    },
    GraphOperator("Not") { call in
      let x = try call.operand(0)
      return try Operand(flags: x.flags().map { !$0 }, x.dims)
    },
    GraphOperator("BitwiseNot") { call in
      let x = try call.operand(0)
      return try Operand(whole: x.whole().map { ~$0 }, x.dims, x.type)
    },
    GraphOperator("Gelu") { call in
      let x = try call.operand(0)
      let isTanh = call.text("approximate", "none") == "tanh"
      let values = try x.reals().map { v in
        isTanh
          ? 0.5 * v * (1 + tanh((2 / Double.pi).squareRoot() * (v + 0.044715 * v * v * v)))
          : 0.5 * v * (1 + erf(v / 2.0.squareRoot()))
      }
      return try Operand(reals: values, x.dims, x.type)
    },
    GraphOperator("Clip") { call in
      let x = try call.operand(0)
      if x.type.isFloat {
        let lowest = try call.optional(1)?.real() ?? call.real("min", -.infinity)
        let highest = try call.optional(2)?.real() ?? call.real("max", .infinity)
        let values = try x.reals().map { $0.isNaN ? $0 : min(max($0, lowest), highest) }
        return try Operand(reals: values, x.dims, x.type)
      }
      var values = try x.whole()
      if let lowest = try call.optional(1)?.whole().first {
        values = values.map { IntegerOrder.less($0, lowest, x.type) ? lowest : $0 }
      }
      if let highest = try call.optional(2)?.whole().first {
        values = values.map { IntegerOrder.less(highest, $0, x.type) ? highest : $0 }
      }
      return try Operand(whole: values, x.dims, x.type)
    },
    GraphOperator("PRelu") { call in
      let (x, slope) = (try call.operand(0), try call.operand(1))
      // Before version 7 a list of slopes belonged to the channels.
      let isOld = call.version < 7 && slope.rank == 1 && slope.count > 1 && x.rank > 2
      let lined = isOld ? try Quantization.lined(slope, x, 1) : slope
      let slopes = try lined.stretched(to: x.dims).reals()
      let values = zip(try x.reals(), slopes).map { $0 < 0 ? $0 * $1 : $0 }
      return try Operand(reals: values, x.dims, x.type)
    },
    GraphOperator("SwiGLU") { call in
      let (gate, x) = (try call.operand(0), try call.operand(1))
      let alpha = call.real("alpha", 1)
      return try OperandPair(gate, x).reals { $0 * sigmoid(alpha * $0) * $1 }
    },
  ]
}

/// Comparing integers that may be unsigned ones of 64 bits.
enum IntegerOrder {
  static func less(_ a: Int64, _ b: Int64, _ type: ElementType) -> Bool {
    type == .uint64 ? UInt64(bitPattern: a) < UInt64(bitPattern: b) : a < b
  }
}
