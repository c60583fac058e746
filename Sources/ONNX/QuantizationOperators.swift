import Tensors

/// Real numbers as small ones with a scale and a zero point.
enum Quantization {
  /// Rounded to the nearest, ties to even, and kept inside the range of an integer type.
  static func rounded(_ value: Double, _ type: ElementType) -> Double {
    let range = type.range
    let whole = value.rounded(.toNearestOrEven)
    return min(max(whole, Double(range.lowerBound)), Double(range.upperBound))
  }

  /// A product of quantised numbers, quantised again.
  static func quantized(_ x: Tensor, scale: Operand, zero: Operand) throws -> Operand {
    let (s, z) = (try scale.stretched(to: x.dims), try zero.stretched(to: x.dims))
    let (scales, zeros) = (try s.reals(), try z.reals())
    let values = x.array(of: Double.self).enumerated().map {
      rounded(
        Double(Float($1) / Float(scales[$0])).rounded(.toNearestOrEven) + zeros[$0], zero.type)
    }
    return try Operand(reals: values, x.dims, zero.type)
  }

  /// Elements minus the zero point of all, or of each place along an axis.
  static func centred(_ x: Operand, _ zero: Operand?, axis: Int) throws -> Tensor {
    guard let zero else { return try Products.wide(x) }
    return try Products.wide(x).binary(.subtract, Products.wide(lined(zero, x, axis)))
  }

  /// A list along an axis, shaped so that it stretches over a tensor.
  static func lined(_ list: Operand, _ x: Operand, _ axis: Int) throws -> Operand {
    guard list.rank == 1, list.count > 1, x.rank > 1 else { return list }
    var dims = [Int](repeating: 1, count: x.rank)
    dims[axis] = list.count
    return try list.reshaped(dims)
  }

  /// A scale or zero point for every element: one for all, one for each place of an axis, or one for
  /// each block along it.
  static func spread(_ list: Operand, _ x: Operand, _ call: NodeCall) throws -> Operand {
    if list.count == 1 { return try list.reshaped([]).stretched(to: x.dims) }
    let axis = try x.axis(call.integer("axis", 1))
    let block = call.integer("block_size", 0)
    if block > 0 || list.rank == x.rank {
      guard list.rank == x.rank, list.dims[axis] > 0 else {
        throw GraphError.invalid("blocks of \(list.dims) for \(x.dims)")
      }
      let size = block > 0 ? block : (x.dims[axis] + list.dims[axis] - 1) / list.dims[axis]
      var maps = list.dims.map { Array(0..<$0) }
      maps[axis] = (0..<x.dims[axis]).map { $0 / size }
      guard maps[axis].allSatisfy({ $0 < list.dims[axis] }) else {
        throw GraphError.invalid("blocks of \(list.dims) for \(x.dims)")
      }
      return try GraphOperators.mapped(list, maps).stretched(to: x.dims)
    }
    return try lined(list, x, axis).stretched(to: x.dims)
  }

  static func quantize(_ call: NodeCall) throws -> Operand {
    let (x, scale) = (try call.operand(0), try call.operand(1))
    let zero = try call.optional(2)
    let type = try zero?.type ?? call.type("output_dtype") ?? .uint8
    let scales = try spread(scale, x, call).reals()
    let zeros = try zero.map { try spread($0, x, call).reals() }
    let precise = scale.type == .float64 || x.type == .float64
    let quotients = try x.reals().enumerated().map {
      precise ? $1 / scales[$0] : Double(Float($1) / Float(scales[$0]))
    }
    if type.isFloat {
      let saturates = call.flag("saturate", true)
      let values = quotients.enumerated().map { i, value in
        let shifted = value + (zeros?[i] ?? 0)
        guard let small = type.small else { return shifted }
        return small.value(small.bits(shifted, saturates: saturates))
      }
      return try Operand(reals: values, x.dims, type)
    }
    let values = quotients.enumerated().map {
      rounded($1.rounded(.toNearestOrEven) + (zeros?[$0] ?? 0), type)
    }
    return try Operand(reals: values, x.dims, type)
  }
}

extension GraphOperators {
  static let quantizations: [GraphOperator] = [
    GraphOperator("QuantizeLinear", Quantization.quantize),
    GraphOperator("DequantizeLinear") { call in
      let (x, scale) = (try call.operand(0), try call.operand(1))
      let scales = try Quantization.spread(scale, x, call).reals()
      let zeros = try call.optional(2).map { try Quantization.spread($0, x, call).reals() }
      let values = try x.reals().enumerated().map { ($1 - (zeros?[$0] ?? 0)) * scales[$0] }
      return try Operand(reals: values, x.dims, call.type("output_dtype") ?? scale.type)
    },
    GraphOperator(many: "DynamicQuantizeLinear") { call in
      let x = try call.operand(0)
      let values = try x.reals()
      let lowest = Float(min(0, values.min() ?? 0))
      let highest = Float(max(0, values.max() ?? 0))
      let scale = (highest - lowest) / 255
      let zero = Quantization.rounded(scale == 0 ? 0 : Double(-lowest / scale), .uint8)
      let result = values.map {
        Quantization.rounded(
          (scale == 0 ? 0 : Double(Float($0) / scale)).rounded(.toNearestOrEven) + zero, .uint8)
      }
      return [
        .tensor(try Operand(reals: result, x.dims, .uint8)),
        .tensor(try Operand(reals: [Double(scale)], [], .float32)),
        .tensor(try Operand(reals: [zero], [], .uint8)),
      ]
    },
  ]
}
