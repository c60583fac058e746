import Autograd
import Tensors

extension Call {
  /// The axes of a reduction: nil means all; a number has none.
  func axes(_ place: Int, _ x: Variable) throws -> [Int]? {
    guard let found = try ints(place, "dim"), !found.isEmpty else { return nil }
    return x.rank == 0 ? [] : found
  }

  func reduction(_ place: Int, _ x: Variable, keep: Int = -1) throws -> Attributes {
    try .reduction(axes(place, x), flag(keep < 0 ? place + 1 : keep, "keepdim", false))
  }
}

extension Adapters {
  static func addReductions(_ table: inout Table) {
    for (name, operation) in [
      ("sum", Operations.sum), ("mean", Operations.mean), ("amax", Operations.max),
      ("amin", Operations.min), ("any", Operations.any), ("all", Operations.all),
    ] {
      table.add(name) { c in
        let x = try c.kind().map { try c.x().cast($0) } ?? c.x()
        return [try operation(x, c.reduction(1, x))]
      }
    }
    table.add("count_nonzero") { c in
      let x = Variable(try c.x().value.compare(.notEqual, .number(0)))
      return [try Operations.sum(x, c.reduction(1, x))]
    }
    table.add("prod") { c in
      let x = try c.kind().map { try c.x().cast($0) } ?? c.x()
      return [try Operations.prod(x, c.reduction(1, x))]
    }
    table.add("nansum", "nanmean") { c in
      let x = try c.x()
      let isNaN = try Operations.isNaN(x)
      let total = try Operations.sum(Variable.where(isNaN, .number(0), x), c.reduction(1, x))
      if c.name == "nansum" { return [total] }
      let n = try Operations.sum(Variable(isNaN.value.test { $0 == 0 }), c.reduction(1, x))
      return [try total / n.cast(x.dtype)]
    }
    table.add("logsumexp") { c in
      let x = try c.x()
      guard let axes = try c.axes(1, x) else {
        return [try Operations.logSumExp(x.reshaped([-1]))]
      }
      return [try logSumExp(x, axes, c.flag(2, "keepdim", false))]
    }
    table.add(
      "var", "std", "var_mean", "std_mean", "var.unbiased", "std.unbiased", "var_mean.unbiased",
      "std_mean.unbiased"
    ) { c in
      let x = try c.x()
      var unbiased = c.given(-1, "unbiased")
      var axes = try c.given(-1, "dim").integers()
      if c.count > 1 {
        if case .boolean = c.given(1) { unbiased = c.given(1) } else { axes = try c.ints(1) }
        if c.count > 2 { unbiased = c.given(2) }
      }
      if axes?.isEmpty == true || x.rank == 0 { axes = nil }
      let isUnbiased = try unbiased.boolean() ?? true
      let given = try c.given(-1, "correction").number()
      let correction = given ?? (isUnbiased ? 1 : 0)
      let keep = try c.flag(3, "keepdim", false)
      let mean = try Operations.mean(x, .reduction(axes, true))
      let d = try x - mean
      let n = Double(x.shape.count / max(1, mean.shape.count))
      let spread = try (d * d).sum(axes: axes, keepDims: keep) / max(0, n - correction)
      let result = c.name.hasPrefix("std") ? try Operations.sqrt(spread) : spread
      guard c.name.contains("_mean") else { return [result] }
      return [result, try mean.reshaped(result.dims)]
    }
    table.add("norm", "norm.inf", "norm.fro", "linalg.vector_norm") { c in
      let x = try c.x()
      let isVector = c.name == "linalg.vector_norm"
      let axes = try c.axes(2, x)
      let keep = try c.flag(3, "keepdim", false)
      if case .text(let kind) = c.given(1, isVector ? "ord" : "p"), kind != "fro" {
        throw Unsupported("norm \(kind)")
      }
      var p = 2.0
      if case .text = c.given(1, "p") {} else { p = try c.num(1, isVector ? "ord" : "p", 2) }
      return [try Operations.vectorNorm(x, p: p, axes: axes, keepDims: keep)]
    }
    table.add("dist") { c in
      [try Operations.vectorNorm(c.x() - c.x(1), p: c.num(2, "p", 2))]
    }
    table.add("cumsum") { c in
      let x = try c.x()
      let y = try c.kind().map { try x.cast($0) } ?? x
      return [y.rank == 0 ? y : try Operations.cumsum(y, ["axis": .integer(c.int(1, "dim", 0))])]
    }
    table.add("cumprod") { c in
      let x = try c.kind().map { try c.x().cast($0) } ?? c.x()
      return [try Operations.cumprod(x, ["axis": .integer(c.int(1, "dim", 0))])]
    }
    table.add("logcumsumexp") { c in
      [try Operations.logCumSumExp(c.x(), ["axis": .integer(c.int(1, "dim", 0))])]
    }
    table.add("cummax", "cummin") { c in
      let x = try c.x()
      if x.rank == 0 { return [x, Variable(try .integer(0))] }
      let axis = try x.shape.axis(c.int(1, "dim", 0))
      let index = try x.runningExtremes(max: c.name == "cummax", axis: axis)
      return [try x.along(index, axis: axis), Variable(index)]
    }
    table.add("argmax", "argmin") { c in
      let x = try c.x()
      guard let axis = try c.given(1, "dim").integer(), x.rank > 0 else {
        let all = try x.value.reshaped([-1]).arg(max: c.name == "argmax", axis: 0)
        let keep = try c.flag(2, "keepdim", false)
        return [Variable(try keep ? all.reshaped(x.dims.map { _ in 1 }) : all)]
      }
      return [
        Variable(
          try x.value.arg(
            max: c.name == "argmax", axis: axis, keepDims: c.flag(2, "keepdim", false)))
      ]
    }
    table.add(
      "max.reduction_with_dim", "min.reduction_with_dim", "max.reduction_no_dim",
      "min.reduction_no_dim", "aminmax"
    ) { c in
      let x = try c.x()
      if c.name == "aminmax" {
        let at = try c.reduction(1, x)
        return [try Operations.min(x, at), try Operations.max(x, at)]
      }
      let isMax = c.name.hasPrefix("max")
      guard c.name.hasSuffix("with_dim") else {
        return [try (isMax ? Operations.max : Operations.min)(x, [:])]
      }
      if x.rank == 0 { return [x, Variable(try .integer(0))] }
      let axis = try x.shape.axis(c.int(1, "dim", 0))
      return try chosen(
        x, x.value.arg(max: isMax, axis: axis, keepDims: true), axis, c.flag(2, "keepdim", false))
    }
    addOrders(&table)
    addMasked(&table)
    addStatistics(&table)
  }

  /// The elements at an index with size 1 along an axis, and the index.
  static func chosen(_ x: Variable, _ index: Tensor, _ axis: Int, _ keep: Bool) throws -> [Variable]
  {
    let values = try x.along(index, axis: axis)
    if keep { return [values, Variable(index)] }
    return [try values.squeezed(axis: axis), Variable(try index.squeezed(axis: axis))]
  }

  static func logSumExp(_ x: Variable, _ axes: [Int], _ keep: Bool) throws -> Variable {
    if x.rank == 0 { return x }
    let positive = try axes.map { try x.shape.axis($0) }.sorted()
    let kept = (0..<x.rank).filter { !positive.contains($0) }
    let flat = try x.transposed(kept + positive).reshaped(
      kept.map { x.dims[$0] } + [positive.reduce(1) { $0 * x.dims[$1] }])
    let result = try Operations.logSumExp(flat)
    return keep
      ? try result.reshaped(x.dims.enumerated().map { positive.contains($0) ? 1 : $1 }) : result
  }
}

func / (a: Double, b: Variable) throws -> Variable { try .number(a) / b }
