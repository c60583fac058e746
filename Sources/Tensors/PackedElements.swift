import CKernels

// The kinds that only hold numbers.

/// IEEE 754's binary16.
package struct Half: TensorElement {
  package let bits: UInt16
  package init(bits: UInt16) { self.bits = bits }

  package static var dtype: DType { .float16 }
  package init(element: Double) {
    var (x, bits) = (element, UInt16(0))
    ck_f16_from_f64(&x, &bits, 1)
    self.bits = bits
  }
  package init(element: Int64) { self.init(element: element.stickyDouble) }
  package var asDouble: Double {
    var (bits, x) = (bits, Float(0))
    ck_f32_from_f16(&bits, &x, 1)
    return Double(x)
  }
  package var asInt64: Int64 { asDouble.asInt64 }
}

/// The upper half of an f32.
package struct BrainFloat: TensorElement {
  package let bits: UInt16
  package init(bits: UInt16) { self.bits = bits }

  package static var dtype: DType { .bfloat16 }
  package init(element: Double) {
    var (x, bits) = (element, UInt16(0))
    ck_bf16_from_f64(&x, &bits, 1)
    self.bits = bits
  }
  package init(element: Int64) { self.init(element: element.stickyDouble) }
  package var asDouble: Double { Double(Float(bitPattern: UInt32(bits) << 16)) }
  package var asInt64: Int64 { asDouble.asInt64 }
}

extension Int64 {
  /// A double that rounds to few bits as this number does: above 2^53 the bits that do not fit leave
  /// one that says whether there were any.
  var stickyDouble: Double {
    guard magnitude >> 53 > 0 else { return Double(self) }
    let low = self & 0xFFF
    return Double(self - low + (low == 0 ? 0 : 0x800))
  }
}

extension Int8: TensorElement {
  package static var dtype: DType { .int8 }
  /// Towards zero, at most to the nearest end.
  package init(element: Double) { self.init(clamping: element.asInt64) }
  package init(element: Int64) { self.init(clamping: element) }
  package var asDouble: Double { Double(self) }
  package var asInt64: Int64 { Int64(self) }
}

extension Tensor {
  /// Numbers that are only kept in their kind, unpacked for arithmetic: i8 as i64, floats of sixteen
  /// bits as f32. Others as they are.
  package func unpacked() throws -> Tensor { try dtype.isPacked ? cast(dtype.computing) : self }

  /// The same for arithmetic with another tensor: i8 beside floats needs no i64.
  func unpacked(beside other: Tensor) throws -> Tensor {
    try dtype == .int8 && other.dtype.isFloat ? cast(.float32) : unpacked()
  }
}

/// Conversions in which a float of sixteen bits takes part. False for other kinds.
func convertHalves(
  _ source: DType, _ target: DType, _ count: Int, _ x: UnsafeRawPointer,
  _ y: UnsafeMutableRawPointer
) -> Bool {
  func halves(_ p: UnsafeRawPointer) -> UnsafePointer<UInt16> {
    p.assumingMemoryBound(to: UInt16.self)
  }
  func halves(_ p: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt16> {
    p.assumingMemoryBound(to: UInt16.self)
  }
  func split(_ body: @Sendable (_ at: Int, _ count: Int) -> Void) {
    Workers.split(count, grain: Tensor.grain) { body($0.lowerBound, $0.count) }
  }
  switch (source, target) {
  case (.float16, .float32), (.bfloat16, .float32):
    let kernel = source == .float16 ? ck_f32_from_f16 : ck_f32_from_bf16
    nonisolated(unsafe) let (from, to) = (halves(x), y.assumingMemoryBound(to: Float.self))
    split { kernel(from + $0, to + $0, $1) }
  case (.float32, .float16), (.float32, .bfloat16):
    let kernel = target == .float16 ? ck_f16_from_f32 : ck_bf16_from_f32
    nonisolated(unsafe) let (from, to) = (x.assumingMemoryBound(to: Float.self), halves(y))
    split { kernel(from + $0, to + $0, $1) }
  case (.float64, .float16), (.float64, .bfloat16):
    let kernel = target == .float16 ? ck_f16_from_f64 : ck_bf16_from_f64
    nonisolated(unsafe) let (from, to) = (x.assumingMemoryBound(to: Double.self), halves(y))
    split { kernel(from + $0, to + $0, $1) }
  default: return false
  }
  return true
}
