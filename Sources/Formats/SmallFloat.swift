import Glibc

/// A float of 16 bits or fewer: how its bits and the numbers they stand for belong together.
package struct SmallFloat: Sendable {
  /// Which bit patterns stand for no number.
  private enum Specials {
    /// The highest exponent holds the infinities and NaN, as IEEE 754 has it.
    case ieee
    /// Only all ones is NaN; there are no infinities.
    case onlyNaN
    /// The pattern of -0 is NaN; there are no infinities and no -0.
    case signlessZero
    /// Every pattern is a number.
    case none
  }

  private let exponentBits: Int
  private let mantissaBits: Int
  private let bias: Int
  private let specials: Specials

  package static let half = SmallFloat(
    exponentBits: 5, mantissaBits: 10, bias: 15, specials: .ieee)
  package static let bfloat = SmallFloat(
    exponentBits: 8, mantissaBits: 7, bias: 127, specials: .ieee)
  package static let e4m3fn = SmallFloat(
    exponentBits: 4, mantissaBits: 3, bias: 7, specials: .onlyNaN)
  package static let e4m3fnuz = SmallFloat(
    exponentBits: 4, mantissaBits: 3, bias: 8, specials: .signlessZero)
  package static let e5m2 = SmallFloat(
    exponentBits: 5, mantissaBits: 2, bias: 15, specials: .ieee)
  package static let e5m2fnuz = SmallFloat(
    exponentBits: 5, mantissaBits: 2, bias: 16, specials: .signlessZero)
  package static let e2m1 = SmallFloat(
    exponentBits: 2, mantissaBits: 1, bias: 1, specials: .none)

  private var signBit: UInt16 { 1 << UInt16(exponentBits + mantissaBits) }

  /// The bits of the largest finite number.
  private var largestBits: UInt16 {
    switch specials {
    case .ieee: (1 << UInt16(exponentBits) - 1) << UInt16(mantissaBits) - 1
    case .onlyNaN: signBit - 2
    case .signlessZero, .none: signBit - 1
    }
  }

  package var largest: Double { value(largestBits) }

  /// The number that bits stand for.
  package func value(_ bits: UInt16) -> Double {
    let sign = bits & signBit == 0 ? 1.0 : -1.0
    let magnitude = bits & (signBit - 1)
    let exponent = Int(magnitude >> UInt16(mantissaBits))
    let mantissa = Int(magnitude) & (1 << mantissaBits - 1)
    switch specials {
    case .ieee where exponent == 1 << exponentBits - 1:
      return mantissa == 0 ? sign * .infinity : .nan
    case .onlyNaN where magnitude == signBit - 1: return .nan
    case .signlessZero where bits == signBit: return .nan
    default: break
    }
    if exponent == 0 { return sign * ldexp(Double(mantissa), Int32(1 - bias - mantissaBits)) }
    return sign * ldexp(Double(mantissa + 1 << mantissaBits), Int32(exponent - bias - mantissaBits))
  }

  /// The bits of the nearest number, ties to even. What lies beyond the largest becomes the largest
  /// when `saturates`, otherwise infinity or, where there is none, NaN.
  package func bits(_ number: Double, saturates: Bool = false) -> UInt16 {
    let sign: UInt16 = number.sign == .minus ? signBit : 0
    if number.isNaN {
      switch specials {
      case .ieee: return (1 << UInt16(exponentBits + 1) - 1) << UInt16(mantissaBits - 1)
      case .onlyNaN: return sign | (signBit - 1)
      case .signlessZero: return signBit
      case .none: return signBit
      }
    }
    let magnitude = abs(number)
    var rounded = magnitude
    if magnitude.isFinite, magnitude > 0 {
      let exponent = Swift.max(Int(magnitude.exponent), 1 - bias) - mantissaBits
      let steps = ldexp(magnitude, Int32(-exponent)).rounded(.toNearestOrEven)
      rounded = ldexp(steps, Int32(exponent))
    }
    if rounded > largest {
      if saturates || specials == .none { return sign | largestBits }
      switch specials {
      case .ieee: return sign | (1 << UInt16(exponentBits) - 1) << UInt16(mantissaBits)
      case .onlyNaN: return sign | (signBit - 1)
      case .signlessZero, .none: return signBit
      }
    }
    if rounded == 0 { return specials == .signlessZero ? 0 : sign }
    let exponent = Int(rounded.exponent)
    if exponent < 1 - bias {
      return sign | UInt16(ldexp(rounded, Int32(bias - 1 + mantissaBits)))
    }
    let mantissa = Int(ldexp(rounded, Int32(mantissaBits - exponent))) - 1 << mantissaBits
    return sign | UInt16(exponent + bias) << UInt16(mantissaBits) | UInt16(mantissa)
  }

  /// The nearest number of this kind.
  package func rounded(_ number: Double) -> Double { value(bits(number)) }
}
