/// The kind of a tensor's elements, in order of promotion.
package enum DType: UInt8, Sendable, CaseIterable, Comparable {
  case bool, int8, int64, float16, bfloat16, float32, float64

  package var name: String {
    switch self {
    case .bool: "bool"
    case .int8: "i8"
    case .int64: "i64"
    case .float16: "f16"
    case .bfloat16: "bf16"
    case .float32: "f32"
    case .float64: "f64"
    }
  }

  /// Bytes of one element.
  package var size: Int {
    switch self {
    case .bool, .int8: 1
    case .float16, .bfloat16: 2
    case .float32: 4
    case .int64, .float64: 8
    }
  }

  package var isFloat: Bool { self >= .float16 }
  /// Floats of sixteen bits, which only hold numbers.
  package var isHalf: Bool { self == .float16 || self == .bfloat16 }

  /// The kind that arithmetic takes place in: i8 counts as i64, floats of sixteen bits as f32.
  package var computing: DType {
    switch self {
    case .int8: .int64
    case .float16, .bfloat16: .float32
    case .bool, .int64, .float32, .float64: self
    }
  }

  /// Whether numbers are only kept in this kind, and unpacked to compute.
  package var isPacked: Bool { computing != self }

  /// The smallest kind that holds what two kinds hold.
  package func joined(_ other: DType) -> DType {
    self != other && isHalf && other.isHalf ? .float32 : max(self, other)
  }

  package init?(name: String) {
    guard let found = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  package static func < (a: DType, b: DType) -> Bool { a.rawValue < b.rawValue }
}

/// A Swift type that tensors can hold.
package protocol TensorElement: Sendable, Equatable, BitwiseCopyable {
  static var dtype: DType { get }
  init(element: Double)
  init(element: Int64)
  var asDouble: Double { get }
  var asInt64: Int64 { get }
}

extension Float: TensorElement {
  package static var dtype: DType { .float32 }
  package init(element: Double) { self = Float(element) }
  package init(element: Int64) { self = Float(element) }
  package var asDouble: Double { Double(self) }
  package var asInt64: Int64 { Double(self).asInt64 }
}

extension Double: TensorElement {
  package static var dtype: DType { .float64 }
  package init(element: Double) { self = element }
  package init(element: Int64) { self = Double(element) }
  package var asDouble: Double { self }
  /// Towards zero; NaN is 0 and what does not fit goes to the nearest end.
  package var asInt64: Int64 {
    if isNaN { return 0 }
    return Int64(exactly: rounded(.towardZero)) ?? (self < 0 ? .min : .max)
  }
}

extension Int64: TensorElement {
  package static var dtype: DType { .int64 }
  package init(element: Double) { self = element.asInt64 }
  package init(element: Int64) { self = element }
  package var asDouble: Double { Double(self) }
  package var asInt64: Int64 { self }
}

extension Bool: TensorElement {
  package static var dtype: DType { .bool }
  package init(element: Double) { self = element != 0 }
  package init(element: Int64) { self = element != 0 }
  package var asDouble: Double { self ? 1 : 0 }
  package var asInt64: Int64 { self ? 1 : 0 }
}
