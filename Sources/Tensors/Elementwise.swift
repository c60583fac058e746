import CKernels

/// Functions of one number, applied to each element. Integers and booleans become f32 first, except
/// where the result of an integer is an integer.
package enum UnaryOperation: Int32, Sendable {
  case negate, exp, log, log1p, expm1, sqrt, rsqrt, square, abs, sign, round, floor, ceil, sin, cos
  case tanh, sigmoid, relu, gelu, silu, softplus, erf, reciprocal
  case tan = 100
  case asin, acos, atan, sinh, cosh, asinh, acosh, atanh, log2, log10, exp2, erfc, erfinv, lgamma
  case digamma, trunc, besselI0, besselI1

  fileprivate var keepsIntegers: Bool {
    switch self {
    case .negate, .square, .abs, .sign, .round, .floor, .ceil, .relu, .trunc: true
    default: false
    }
  }
}

extension Tensor {
  /// Elements that one thread takes at a time.
  static let grain = 1 << 15

  package func unary(_ operation: UnaryOperation) throws -> Tensor {
    if dtype.isPacked { return try unpacked().unary(operation) }
    if dtype == .int64 && operation.keepsIntegers { return try integerUnary(operation) }
    if !dtype.isFloat { return try cast(.float32).unary(operation) }
    let result = try Tensor(uninitialised: shape, dtype)
    let (code, count, isSingle) = (operation.rawValue, count, dtype == .float32)
    withExtendedLifetime(storage) {
      Tensor.unary(code, isSingle, address, result.storage.start, count)
    }
    let isPlain = isSingle && code < UnaryOperation.tan.rawValue
    let form = operation == .relu ? .relu : LineForm.element(.unary(operation))
    Recording.current?.note(
      "\(operation)", [self], [result], form: isPlain ? form : nil
    ) { at, _ in
      Tensor.unary(code, isSingle, at[0], at[1], count)
    }
    return result
  }

  private static func unary(
    _ code: Int32, _ isSingle: Bool, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
    _ count: Int
  ) {
    let isSpecial = code >= UnaryOperation.tan.rawValue
    if isSingle {
      let kernel = isSpecial ? ck_special_f32 : ck_unary_f32
      nonisolated(unsafe) let x = x.assumingMemoryBound(to: Float.self)
      nonisolated(unsafe) let y = y.assumingMemoryBound(to: Float.self)
      Workers.split(count, grain: Tensor.grain) { part in
        kernel(code, x + part.lowerBound, y + part.lowerBound, part.count)
      }
    } else {
      let kernel = isSpecial ? ck_special_f64 : ck_unary_f64
      nonisolated(unsafe) let x = x.assumingMemoryBound(to: Double.self)
      nonisolated(unsafe) let y = y.assumingMemoryBound(to: Double.self)
      Workers.split(count, grain: Tensor.grain) { part in
        kernel(code, x + part.lowerBound, y + part.lowerBound, part.count)
      }
    }
  }

  private func integerUnary(_ operation: UnaryOperation) throws -> Tensor {
    let result = try Tensor(uninitialised: shape, .int64)
    let x = elements(Int64.self)
    let y = result.fresh(Int64.self)
    var overflows = false
    func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Int64 {
      if result.overflow { overflows = true }
      return result.partialValue
    }
    WorkStop.stretches(of: count) { part in
      for i in part {
        let v = x[i]
        switch operation {
        case .negate: y[i] = checked(Int64(0).subtractingReportingOverflow(v))
        case .square: y[i] = checked(v.multipliedReportingOverflow(by: v))
        case .abs: y[i] = v < 0 ? checked(Int64(0).subtractingReportingOverflow(v)) : v
        case .sign: y[i] = v.signum()
        case .relu: y[i] = max(v, 0)
        default: y[i] = v
        }
      }
    }
    if overflows { throw TensorError.integerOverflow(operation: "\(operation)") }
    return result
  }

  /// Tests each element: bool of the same shape.
  package func test(_ isTrue: (Double) -> Bool) throws -> Tensor {
    let result = try Tensor(uninitialised: shape, .bool)
    let out = result.fresh(Bool.self)
    WorkStop.stretches(of: count) { for i in $0 { out[i] = isTrue(double(at: i)) } }
    return result
  }
}
