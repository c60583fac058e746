import Formats
import Tensors

/// The kinds of elements that ONNX tensors have; the raw value is their code in files.
package enum ElementType: Int, Sendable, CaseIterable {
  case float32 = 1
  case uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
  case bfloat16 = 16
  case float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, uint4, int4, float4e2m1
  case float8e8m0, uint2, int2

  /// The tensor kind that carries the elements: floats of 16 bits and fewer lie in f32, integers of
  /// any width in i64 (the bits of an unsigned 64-bit one).
  var carrier: DType {
    switch self {
    case .float64: .float64
    case .bool: .bool
    case _ where isFloat: .float32
    default: .int64
    }
  }

  var isFloat: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2,
      .float8e5m2fnuz, .float4e2m1, .float8e8m0:
      true
    default: false
    }
  }

  var isInteger: Bool { !isFloat && self != .string && self != .bool }

  var isUnsigned: Bool {
    switch self {
    case .uint2, .uint4, .uint8, .uint16, .uint32, .uint64: true
    default: false
    }
  }

  /// Bits of one element in a file; 0 for texts.
  var bits: Int {
    switch self {
    case .float64, .int64, .uint64: 64
    case .float32, .int32, .uint32: 32
    case .float16, .bfloat16, .int16, .uint16: 16
    case .uint4, .int4, .float4e2m1: 4
    case .uint2, .int2: 2
    case .string: 0
    default: 8
    }
  }

  /// How the bits of a float of at most 16 bits are read.
  var small: SmallFloat? {
    switch self {
    case .float16: .half
    case .bfloat16: .bfloat
    case .float8e4m3fn: .e4m3fn
    case .float8e4m3fnuz: .e4m3fnuz
    case .float8e5m2: .e5m2
    case .float8e5m2fnuz: .e5m2fnuz
    case .float4e2m1: .e2m1
    default: nil
    }
  }

  /// The smallest and largest integer; those of an unsigned 64-bit one do not fit and are i64's.
  var range: ClosedRange<Int64> {
    if self == .bool { return 0...1 }
    if bits >= 64 { return isUnsigned ? 0...Int64.max : Int64.min...Int64.max }
    let width = Int64(bits)
    return isUnsigned ? 0...(1 << width - 1) : -(1 << (width - 1))...(1 << (width - 1) - 1)
  }

  /// Keeps the lowest bits of an integer.
  func wrapped(_ value: Int64) -> Int64 {
    guard isInteger, bits < 64 else { return value }
    let shift = Int64(64 - bits)
    let top = value << shift
    return isUnsigned ? Int64(bitPattern: UInt64(bitPattern: top) >> UInt64(shift)) : top >> shift
  }

  /// The nearest number of a float type.
  func rounded(_ value: Double) -> Double {
    if let small { return small.rounded(value) }
    if self == .float8e8m0 { return ScaleFloat.value(ScaleFloat.bits(value)) }
    return self == .float64 ? value : Double(Float(value))
  }
}

/// Eight bits of exponent and nothing else: powers of two from 2^-127 to 2^127, 255 is NaN.
enum ScaleFloat {
  static func value(_ bits: UInt16) -> Double {
    bits == 255 ? .nan : Double(sign: .plus, exponent: Int(bits) - 127, significand: 1)
  }

  /// `up` takes the next power of two, `down` the one before, otherwise the nearest.
  static func bits(_ number: Double, mode: String = "nearest", saturates: Bool = true) -> UInt16 {
    if number.isNaN { return 255 }
    let magnitude = number.magnitude
    if magnitude.isInfinite { return saturates ? 254 : 255 }
    if magnitude == 0 { return 0 }
    var exponent = Int(magnitude.exponent)
    let significand = magnitude.significand
    if mode == "up" ? significand > 1 : mode == "nearest" && significand >= 1.5 { exponent += 1 }
    if exponent > 127 { return saturates ? 254 : 255 }
    return UInt16(max(exponent, -127) + 127)
  }
}
