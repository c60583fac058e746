import Glibc
import Tensors

/// Two operands of one shape, after broadcasting.
struct OperandPair {
  let dims: [Int]
  let type: ElementType
  let a: Operand
  let b: Operand

  init(_ call: NodeCall) throws {
    let (a, b) = try call.pair()
    try self.init(a, b)
  }

  init(_ a: Operand, _ b: Operand) throws {
    dims = try Positions.broadcast(a.dims, b.dims)
    type = a.type
    self.a = try a.stretched(to: dims)
    self.b = try b.stretched(to: dims)
  }

  func reals(_ body: (Double, Double) -> Double) throws -> Operand {
    try Operand(reals: zip(a.reals(), b.reals()).map(body), dims, type)
  }

  func whole(_ body: (Int64, Int64) throws -> Int64) throws -> Operand {
    try Operand(whole: zip(a.whole(), b.whole()).map(body), dims, type)
  }

  func flags(_ body: (Bool, Bool) -> Bool) throws -> Operand {
    try Operand(flags: zip(a.flags(), b.flags()).map(body), dims)
  }
}

extension GraphOperators {
  private typealias IntegerRule = @Sendable (Int64, Int64, ElementType) throws -> Int64

  /// Arithmetic: floats by the tensors, integers by a rule.
  private static func arithmetic(
    _ operation: BinaryOperation, _ a: Operand, _ b: Operand, _ rule: IntegerRule
  ) throws -> Operand {
    guard a.type == b.type else {
      throw GraphError.invalid("elements of type \(a.type) beside \(b.type)")
    }
    if a.type.isFloat { return try Operand(a.tensor().binary(operation, b.tensor()), a.type) }
    let type = a.type
    return try OperandPair(a, b).whole { try rule($0, $1, type) }
  }

  private static func pair(
    _ name: String, _ operation: BinaryOperation, _ rule: @escaping IntegerRule
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let (a, b) = try call.pair()
      return try arithmetic(operation, a, b, rule)
    }
  }

  /// An operator of one or more operands, taken together one after the other.
  private static func fold(
    _ name: String, _ operation: BinaryOperation, isMean: Bool = false,
    _ rule: @escaping IntegerRule
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let operands = try call.operands()
      guard var result = operands.first else { throw GraphError.invalid("no operands") }
      for operand in operands.dropFirst() {
        result = try arithmetic(operation, result, operand, rule)
      }
      guard isMean else { return result }
      let count = Double(operands.count)
      return try Operand(reals: result.reals().map { $0 / count }, result.dims, result.type)
    }
  }

  private static func bits(_ name: String, _ rule: @escaping @Sendable (Int64, Int64) -> Int64)
    -> GraphOperator
  {
    GraphOperator(name) { try OperandPair($0).whole(rule) }
  }

  private static func logic(_ name: String, _ rule: @escaping @Sendable (Bool, Bool) -> Bool)
    -> GraphOperator
  {
    GraphOperator(name) { try OperandPair($0).flags(rule) }
  }

  private static func divided(_ a: Int64, _ b: Int64, _ type: ElementType) throws -> Int64 {
    if b == 0 { throw TensorError.divisionByZero(operation: "Div") }
    if type == .uint64 { return Int64(bitPattern: UInt64(bitPattern: a) / UInt64(bitPattern: b)) }
    return b == -1 ? 0 &- a : a / b
  }

  private static func remainder(
    _ a: Int64, _ b: Int64, _ type: ElementType, followsDivisor: Bool
  ) throws -> Int64 {
    if b == 0 { throw TensorError.divisionByZero(operation: "Mod") }
    if type == .uint64 { return Int64(bitPattern: UInt64(bitPattern: a) % UInt64(bitPattern: b)) }
    if b == -1 { return 0 }
    let rest = a % b
    return followsDivisor && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  private static func shifted(_ x: Int64, _ by: Int64, _ type: ElementType, isLeft: Bool) -> Int64 {
    // Beyond the width nothing is left but the sign; a negative count is a very large one.
    guard by >= 0, by < Int64(type.bits) else {
      return isLeft || type.isUnsigned || x >= 0 ? 0 : -1
    }
    if isLeft { return x << by }
    return type.isUnsigned ? Int64(bitPattern: UInt64(bitPattern: x) >> UInt64(by)) : x >> by
  }

  private static func power(_ base: Int64, _ exponent: Int64) -> Int64 {
    if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0 }
    var (result, factor, rest): (Int64, Int64, Int64) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* factor }
      factor = factor &* factor
      rest >>= 1
    }
    return result
  }

  static let binary: [GraphOperator] = [
    pair("Add", .add) { a, b, _ in a &+ b },
    pair("Sub", .subtract) { a, b, _ in a &- b },
    pair("Mul", .multiply) { a, b, _ in a &* b },
    pair("Div", .divide, divided),
    fold("Sum", .add) { a, b, _ in a &+ b },
    fold("Mean", .add, isMean: true) { a, b, _ in a &+ b },
    fold("Max", .maximum) { a, b, type in IntegerOrder.less(a, b, type) ? b : a },
    fold("Min", .minimum) { a, b, type in IntegerOrder.less(a, b, type) ? a : b },
    GraphOperator("Mod") { call in
      let pair = try OperandPair(call)
      let type = pair.type
      let followsDivisor = !call.flag("fmod")
      if type.isFloat {
        return try pair.reals { a, b in
          let rest = fmod(a, b)
          return followsDivisor && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
        }
      }
      return try pair.whole { try remainder($0, $1, type, followsDivisor: followsDivisor) }
    },
    GraphOperator("Pow") { call in
      let (x, exponent) = try call.pair()
      let pair = try OperandPair(x, exponent)
      if x.type.isInteger, exponent.type.isInteger { return try pair.whole(power) }
      return try pair.reals { pow($0, $1) }
    },
    GraphOperator("BitShift") { call in
      let pair = try OperandPair(call)
      let (isLeft, type) = (call.text("direction") == "LEFT", pair.type)
      return try pair.whole { shifted($0, $1, type, isLeft: isLeft) }
    },
    bits("BitwiseAnd") { $0 & $1 }, bits("BitwiseOr") { $0 | $1 }, bits("BitwiseXor") { $0 ^ $1 },
    logic("And") { $0 && $1 }, logic("Or") { $0 || $1 }, logic("Xor") { $0 != $1 },
    GraphOperator("Where") { call in
      let (condition, a, b) = (try call.operand(0), try call.operand(1), try call.operand(2))
      guard a.type == b.type else {
        throw GraphError.invalid("elements of type \(a.type) beside \(b.type)")
      }
      let dims = try Positions.broadcast(condition.dims, Positions.broadcast(a.dims, b.dims))
      let chosen = try condition.stretched(to: dims).flags()
      let fromA = try Positions.stretch(a.dims, to: dims)
      let fromB = try Positions.stretch(b.dims, to: dims)
      let both = try Joining.concatenated([a.reshaped([a.count]), b.reshaped([b.count])], axis: 0)
      let picks = chosen.indices.map { chosen[$0] ? fromA[$0] : fromB[$0] + a.count }
      return try both.picked(picks, dims)
    },
  ]

  private static func comparison(
    _ name: String, _ reals: @escaping @Sendable (Double, Double) -> Bool,
    _ whole: @escaping @Sendable (Int64, Int64, ElementType) -> Bool
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let pair = try OperandPair(call)
      let type = pair.type
      if pair.a.isText {
        let texts = zip(try pair.a.texts(), try pair.b.texts())
        guard name == "Equal" else { throw GraphError.unsupported("\(name) of texts") }
        return try Operand(flags: texts.map { $0 == $1 }, pair.dims)
      }
      if type.isFloat {
        return try Operand(flags: zip(pair.a.reals(), pair.b.reals()).map(reals), pair.dims)
      }
      return try Operand(
        flags: zip(pair.a.whole(), pair.b.whole()).map { whole($0, $1, type) }, pair.dims)
    }
  }

  static let comparisons: [GraphOperator] = [
    comparison("Equal", { $0 == $1 }, { a, b, _ in a == b }),
    comparison("Less", { $0 < $1 }, { IntegerOrder.less($0, $1, $2) }),
    comparison("LessOrEqual", { $0 <= $1 }, { !IntegerOrder.less($1, $0, $2) }),
    comparison("Greater", { $0 > $1 }, { IntegerOrder.less($1, $0, $2) }),
    comparison("GreaterOrEqual", { $0 >= $1 }, { !IntegerOrder.less($0, $1, $2) }),
  ]
}
