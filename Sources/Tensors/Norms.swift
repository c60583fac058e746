extension Tensor {
  /// The sum of the squares of a float tensor's elements, or of their differences to another's of the
  /// same shape and kind; 0 for others. For people who watch: summed in eight lanes, without a
  /// gradient.
  package func sumOfSquares(minus other: Tensor? = nil) -> Double {
    if dtype.isHalf {
      guard let wide = try? unpacked() else { return 0 }
      return wide.sumOfSquares(minus: other.flatMap { try? $0.unpacked() })
    }
    func sum<E: BinaryFloatingPoint>(_: E.Type) -> Double {
      withBytes { bytes in
        let x = bytes.bindMemory(to: E.self)
        var lanes = SIMD8<Double>(repeating: 0)
        func walk(_ value: (Int) -> Double) -> Double {
          let whole = x.count & ~7
          for i in stride(from: 0, to: whole, by: 8) {
            var part = SIMD8<Double>()
            for k in 0..<8 { part[k] = value(i + k) }
            lanes += part * part
          }
          var rest = 0.0
          for i in whole..<x.count { rest += value(i) * value(i) }
          return lanes.sum() + rest
        }
        guard let other, other.dtype == dtype, other.count == count else {
          return walk { Double(x[$0]) }
        }
        return other.withBytes { others in
          let y = others.bindMemory(to: E.self)
          return walk { Double(x[$0]) - Double(y[$0]) }
        }
      }
    }
    switch dtype {
    case .float32: return sum(Float.self)
    case .float64: return sum(Double.self)
    case .bool, .int8, .int64, .float16, .bfloat16: return 0
    }
  }
}
