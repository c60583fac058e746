import Autograd
import Tensors

extension Adapters {
  static func addElementwise(_ table: inout Table) {
    for (name, operation) in [
      ("abs", Operations.abs), ("exp", Operations.exp), ("log", Operations.log),
      ("log1p", Operations.log1p), ("sqrt", Operations.sqrt), ("square", Operations.square),
      ("sin", Operations.sin), ("cos", Operations.cos), ("erf", Operations.erf),
      ("sign", Operations.sign), ("sgn", Operations.sign), ("floor", Operations.floor),
      ("ceil", Operations.ceil), ("trunc", Operations.trunc),
      ("tanh", Operations.tanh), ("sigmoid", Operations.sigmoid), ("isnan", Operations.isNaN),
      ("tan", Operations.tan), ("asin", Operations.asin), ("acos", Operations.acos),
      ("atan", Operations.atan), ("sinh", Operations.sinh), ("cosh", Operations.cosh),
      ("asinh", Operations.asinh), ("acosh", Operations.acosh), ("atanh", Operations.atanh),
      ("log2", Operations.log2), ("log10", Operations.log10), ("exp2", Operations.exp2),
      ("expm1", Operations.expm1), ("rsqrt", Operations.rsqrt),
      ("reciprocal", Operations.reciprocal),
      ("erfc", Operations.erfc), ("erfinv", Operations.erfinv), ("lgamma", Operations.lgamma),
      ("digamma", Operations.digamma), ("i0", Operations.i0), ("sinc", Operations.sinc),
      ("nn.functional.mish", Operations.mish), ("nn.functional.softsign", Operations.softSign),
      ("nn.functional.logsigmoid", Operations.logSigmoid), ("nn.functional.selu", Operations.selu),
      ("nn.functional.tanhshrink", Operations.tanhShrink),
      ("nn.functional.relu6", Operations.relu6),
      ("nn.functional.hardsigmoid", Operations.hardSigmoid),
      ("nn.functional.relu", Operations.relu),
      ("nn.functional.hardswish", Operations.hardSwish), ("nn.functional.silu", Operations.silu),
    ] { table.one(name) { try operation($0) } }
    for n in 0...4 {
      table.add("polygamma.polygamma_n_\(n)") { c in
        // The order stands first or second.
        let order = try c.given(1, "n").integer() ?? c.int(0) ?? n
        let x = try c.x(0)
        return [
          try order == 0 ? Operations.digamma(x) : Operations.polygamma(x, ["n": .integer(order)])
        ]
      }
    }
    for p in [1, 3, 5] {
      table.add("mvlgamma.mvlgamma_p_\(p)") { c in
        let p = try c.int(1, "p", p)
        let x = try c.x()
        var total = try x * 0 + 0.25 * Double(p * (p - 1)) * 1.1447298858494002
        for j in 0..<p { total = try total + Operations.lgamma(x - 0.5 * Double(j)) }
        return [total]
      }
    }
    table.one("neg") { try $0.negated() }
    table.one(
      "positive", "clone", "contiguous", "conj", "conj_physical", "resolve_conj", "resolve_neg",
      "alias_copy", "real"
    ) { $0 }
    table.one("deg2rad") { try $0 * (Double.pi / 180) }
    table.one("rad2deg") { try $0 * (180 / Double.pi) }
    table.one("frac") { try $0 - Operations.trunc($0.detached()) }
    table.one("angle") { x in
      let pi = try x.value.compare(.less, .number(0)).cast(x.dtype).binary(.multiply, .number(.pi))
      return Variable(pi)
    }
    table.one("isinf") { Variable(try $0.value.test(\.isInfinite)) }
    table.one("isfinite") { Variable(try $0.value.test(\.isFinite)) }
    table.one("isposinf") { Variable(try $0.value.test { $0 == .infinity }) }
    table.one("isneginf") { Variable(try $0.value.test { $0 == -.infinity }) }
    table.one("isreal") { Variable(try $0.value.test { _ in true }) }
    table.one("signbit") { Variable(try $0.value.test { $0.sign == .minus }) }
    table.one("logical_not") { Variable(try $0.value.test { $0 == 0 }) }
    table.add("round", "round.decimals_0", "round.decimals_3", "round.decimals_neg_3") { c in
      let scale = try Variable.number(10).power(.number(Double(c.int(-1, "decimals", 0))))
      return [try Operations.round(c.x() * scale) / scale]
    }
    table.add("logit") { c in
      var x = try c.x()
      if let eps = try c.given(1, "eps").number() {
        let low = try x.value.compare(.less, .number(eps))
        let high = try x.value.compare(.greater, .number(1 - eps))
        x = try Variable.where(Variable(high), .number(1 - eps), x)
        x = try Variable.where(Variable(low), .number(eps), x)
        return [try Operations.log(x / (1 - x))]
      }
      return [try Operations.log(x / (1 - x))]
    }
    table.add("nan_to_num") { c in
      let x = try c.x()
      let top =
        x.dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
      var y = try Variable.where(
        Operations.isNaN(x), .number(c.num(1, "nan", 0)), x)
      y = try Variable.where(
        Variable(x.value.test { $0 == .infinity }), .number(c.num(2, "posinf", top)), y)
      y = try Variable.where(
        Variable(x.value.test { $0 == -.infinity }), .number(c.num(3, "neginf", -top)), y)
      return [y]
    }
    table.add("frexp") { c in
      let x = try c.x()
      let exponents = x.value.array(of: Double.self).map { v -> Int64 in
        v == 0 || !v.isFinite ? 0 : Int64(v.exponent) + 1
      }
      // In double precision, where even the smallest float's power is a number.
      let powers = exponents.map { Double(sign: .plus, exponent: -Int($0), significand: 1) }
      return [
        try (x.cast(.float64) * Variable(Tensor(powers, shape: x.shape))).cast(x.dtype),
        Variable(try Tensor(exponents, shape: x.shape)),
      ]
    }
    addBinary(&table)
    addComparisons(&table)
    addActivations(&table)
  }

  static func addBinary(_ table: inout Table) {
    table.add("add") { c in [try c.x() + c.x(1, "other") * c.num(-1, "alpha", 1)] }
    table.add("sub") { c in [try c.x() - c.x(1, "other") * c.num(-1, "alpha", 1)] }
    table.add("rsub") { c in [try c.x(1, "other") - c.x() * c.num(2, "alpha", 1)] }
    table.two("mul", "__rmul__") { try $0 * $1 }
    table.two("__radd__") { try $0 + $1 }
    table.two("__rsub__") { try $1 - $0 }
    table.two("__rdiv__") { try $1 / $0 }
    table.two("__rmod__") { try $1.remainder($0) }
    table.two("__rpow__") { try $1.power($0) }
    table.two("pow", "float_power") { try $0.power($1) }
    table.two("div.no_rounding_mode", "true_divide") { try $0 / $1 }
    table.add("div.trunc_rounding", "div.floor_rounding") { c in
      let ratio = try c.x() / c.x(1, "other")
      return [
        try c.text(-1, "rounding_mode", "floor") == "trunc"
          ? Operations.trunc(ratio) : Operations.floor(ratio)
      ]
    }
    table.two("floor_divide") { try $0.floorDivided(by: $1) }
    table.two("remainder") { try $0.remainder($1) }
    table.two("fmod") { try Operations.fmod([$0, $1]) }
    table.two("atan2") { try Operations.atan2([$0, $1]) }
    table.two("hypot") { try Operations.hypot([$0, $1]) }
    table.two("xlogy") { try Operations.xlogy([$0, $1]) }
    table.two("logaddexp") { try Operations.logAddExp([$0, $1]) }
    table.two("logaddexp2") {
      try Operations.logAddExp([$0 * 0.6931471805599453, $1 * 0.6931471805599453])
        * 1.4426950408889634
    }
    table.two("copysign") { try Operations.copySign([$0, $1]) }
    table.two("igamma") { try Operations.igamma([$0, $1]) }
    table.two("igammac") { try Operations.igamma([$0, $1], ["upper": .boolean(true)]) }
    table.two("nextafter") { a, b in
      let next = try a.value.binary(.nextAfter, b.value)
      return next.recorded(from: [a]) { c in [try c.upstream.summed(to: a.shape)] }
    }
    table.two("ldexp") { try $0 * Operations.exp2($1) }
    table.two("maximum", "max.binary") { try Operations.maximum([$0, $1]) }
    table.two("minimum", "min.binary") { try Operations.minimum([$0, $1]) }
    // A NaN counts as missing; where both agree, the first takes the whole gradient.
    table.two("fmax") { a, b in
      let isFirst = try a.value.compare(.greaterEqual, b.value)
      let isNaN = try Operations.isNaN(b).value.broadcast(to: isFirst.shape)
      return try Variable.where(Variable(isFirst.either(isNaN)), a, b)
    }
    table.two("fmin") { a, b in
      let isFirst = try a.value.compare(.lessEqual, b.value)
      let isNaN = try Operations.isNaN(b).value.broadcast(to: isFirst.shape)
      return try Variable.where(Variable(isFirst.either(isNaN)), a, b)
    }
    table.two("heaviside") { x, at in
      let isZero = Variable(try x.value.compare(.equal, .number(0)))
      let isAbove = Variable(try x.value.compare(.greater, .number(0)).cast(x.dtype))
      return try Variable.where(isZero, at.detached(), isAbove)
    }
    table.add("lerp") { c in
      [try c.x() + c.x(2, "weight") * (c.x(1, "end") - c.x())]
    }
    table.add("addcmul") { c in
      [try c.x() + c.x(1) * c.x(2) * c.num(-1, "value", 1)]
    }
    table.add("addcdiv") { c in
      [try c.x() + c.x(1) / c.x(2) * c.num(-1, "value", 1)]
    }
    table.add("clamp", "clamp_min", "clamp_max") { c in
      var x = try c.x()
      let isMax = c.isNamed("clamp_max")
      if let low = try c.isNamed("clamp_max") ? nil : c.maybe(1, "min") {
        x = try Variable.where(Variable(x.value.compare(.less, low.value)), low, x)
      }
      if let high = try isMax ? c.maybe(1, "max") : c.isNamed("clamp_min") ? nil : c.maybe(2, "max")
      {
        x = try Variable.where(Variable(x.value.compare(.greater, high.value)), high, x)
      }
      return [x]
    }
  }

  static func addComparisons(_ table: inout Table) {
    for (name, comparison) in [
      ("eq", Comparison.equal), ("ne", .notEqual), ("lt", .less), ("le", .lessEqual),
      ("gt", .greater), ("ge", .greaterEqual),
    ] { table.two(name) { Variable(try $0.value.compare(comparison, $1.value)) } }
    table.two("logical_and") {
      Variable(try $0.value.cast(.bool).logical(and: true, $1.value.cast(.bool)))
    }
    table.two("logical_or") {
      Variable(try $0.value.cast(.bool).logical(and: false, $1.value.cast(.bool)))
    }
    table.two("logical_xor") {
      Variable(try $0.value.cast(.bool).compare(.notEqual, $1.value.cast(.bool)))
    }
    table.add("isclose") { c in
      let (a, b) = (try c.x(), try c.x(1, "other"))
      let (rtol, atol) = (try c.num(2, "rtol", 1e-5), try c.num(3, "atol", 1e-8))
      let equalNaN = try c.flag(4, "equal_nan", false)
      let bound = try Operations.abs(b) * rtol + atol
      let near = try Operations.abs(a - b).value.compare(.lessEqual, bound.value)
      let finite = try near.logical(and: true, b.value.test(\.isFinite).broadcast(to: near.shape))
      var close = try finite.either(a.value.compare(.equal, b.value))
      if equalNaN {
        close = try close.either(a.value.test(\.isNaN).logical(and: true, b.value.test(\.isNaN)))
      }
      return [Variable(close)]
    }
    table.add("where") { c in [try Variable.where(c.x(1), c.x(), c.x(2))] }
    table.add("masked_fill") { c in
      [try Variable.where(c.x(1, "mask"), c.x(2, "value"), c.x())]
    }
    table.add("isin") { c in
      let known = Set(try c.x(1).value.array(of: Double.self))
      return [Variable(try c.x().value.test { known.contains($0) })]
    }
  }

  static func addActivations(_ table: inout Table) {
    table.add("nn.functional.leaky_relu") { c in
      [try Operations.leakyRelu(c.x(), ["slope": .number(c.num(1, "negative_slope", 0.01))])]
    }
    table.add("nn.functional.elu") { c in
      [try Operations.scaledElu(c.x(), alpha: c.num(1, "alpha", 1), scale: 1, out: 1)]
    }
    table.add("nn.functional.celu") { c in
      [try Operations.celu(c.x(), ["alpha": .number(c.num(1, "alpha", 1))])]
    }
    table.add("nn.functional.gelu") { c in
      [
        try c.text(-1, "approximate", "none") == "tanh"
          ? Operations.geluTanh(c.x()) : Operations.gelu(c.x())
      ]
    }
    table.add("nn.functional.softplus") { c in
      [try softplus(c.x(), beta: c.num(1, "beta", 1), threshold: c.num(2, "threshold", 20))]
    }
    table.add("nn.functional.hardtanh") { c in
      [try Operations.bounded(c.x(), c.num(1, "min_val", -1), c.num(2, "max_val", 1))]
    }
    table.add("nn.functional.hardshrink") { c in
      [try Operations.hardShrink(c.x(), ["lambda": .number(c.num(1, "lambd", 0.5))])]
    }
    table.add("nn.functional.softshrink") { c in
      [try Operations.softShrink(c.x(), ["lambda": .number(c.num(1, "lambd", 0.5))])]
    }
    table.add("nn.functional.threshold") { c in
      [
        try Operations.threshold(
          c.x(),
          ["bound": .number(c.num(1, "threshold", 0)), "value": .number(c.num(2, "value", 0))])
      ]
    }
    table.add("nn.functional.glu") { c in
      [try Operations.glu(c.x(), ["axis": .integer(c.int(1, "dim", -1))])]
    }
    table.add("nn.functional.prelu") { c in [try Operations.prelu([c.x(), c.x(1, "weight")])] }
    table.add(
      "softmax", "softmax.with_dtype", "log_softmax", "log_softmax.with_dtype",
      "nn.functional.softmin", "nn.functional.softmin.with_dtype"
    ) { c in
      let kind = try c.kind() ?? c.x().dtype
      var x = try c.x().cast(kind)
      let axis = try c.int(1, "dim", -1)
      if c.isNamed("nn.functional.softmin") || c.isNamed("nn.functional.softmin.with_dtype") {
        x = try x.negated()
      }
      let isLog = c.isNamed("log_softmax") || c.isNamed("log_softmax.with_dtype")
      if x.rank == 0 { return [try isLog ? x * 0 : x * 0 + 1] }
      return [
        try (isLog ? Operations.logSoftmax : Operations.softmax)(x, ["axis": .integer(axis)])
      ]
    }
    table.add("_softmax_backward_data") { c in
      let (g, y, axis) = (try c.x(), try c.x(1), try c.int(2, "dim", -1))
      _ = c.given(3, "input_dtype")
      if g.rank == 0 { return [try (g - g * y) * y] }
      return [try y * (g - (g * y).sum(axis, keepDims: true))]
    }
  }

  static func softplus(_ x: Variable, beta: Double, threshold: Double) throws -> Variable {
    let scaled = try x * beta
    let isFar = Variable(try scaled.value.compare(.greater, .number(threshold)))
    return try Variable.where(isFar, x, Operations.softplus(scaled) / beta)
  }
}

extension Tensor {
  func either(_ other: Tensor) throws -> Tensor { try logical(and: false, other) }
}
