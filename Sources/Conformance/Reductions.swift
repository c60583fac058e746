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
    table.add("prod") { c in [try Operations.prod(c.x(), c.reduction(1, c.x()))] }
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
      [try Operations.cumprod(c.x(), ["axis": .integer(c.int(1, "dim", 0))])]
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

  private static func addOrders(_ table: inout Table) {
    table.add("sort", "argsort", "msort") { c in
      let x = try c.x()
      let axis = try c.name == "msort" ? 0 : c.int(1, "dim", -1)
      _ = c.given(-1, "stable")
      let (values, index) = try x.ordered(axis: axis, descending: c.flag(2, "descending", false))
      switch c.name {
      case "sort": return [values, Variable(index)]
      case "argsort": return [Variable(index)]
      default: return [values]
      }
    }
    table.add("topk") { c in
      let x = try c.x()
      if x.rank == 0 { return [x, Variable(try .integer(0))] }
      let axis = try x.shape.axis(c.int(2, "dim", -1))
      _ = c.given(4, "sorted")
      let order = try x.ordered(axis: axis, descending: c.flag(3, "largest", true)).index
      let index = try order.sliced(axis: axis, 0..<c.int(1, "k", 1))
      return [try x.along(index, axis: axis), Variable(index)]
    }
    table.add("kthvalue", "median", "nanmedian", "mode") { c in
      let x = try c.x()
      let isK = c.name == "kthvalue"
      let given = try c.given(isK ? 2 : 1, "dim").integer()
      let keep = try c.flag(isK ? 3 : 2, "keepdim", false)
      if c.name == "mode" { return try mode(x, given ?? -1, keep) }
      if !isK, given == nil {
        let flat = try x.reshaped([-1])
        let order = try flat.ordered(axis: 0, descending: false).index
        return [
          try flat.along(
            order.sliced(axis: 0, (flat.shape.count - 1) / 2..<(flat.shape.count - 1) / 2 + 1),
            axis: 0
          ).reshaped([])
        ]
      }
      if x.rank == 0 { return [x, Variable(try .integer(0))] }
      let axis = try x.shape.axis(given ?? -1)
      let at = try isK ? c.int(1, "k", 1) - 1 : (x.dims[axis] - 1) / 2
      let order = try x.ordered(axis: axis, descending: false).index
      return try chosen(x, order.sliced(axis: axis, at..<at + 1), axis, keep)
    }
    table.add("quantile", "nanquantile") { c in
      let x = try c.x()
      let q = c.given(1, "q")
      let axis = try c.given(2, "dim").integer()
      let keep = try c.flag(3, "keepdim", false)
      let mode = try c.text(4, "interpolation", "linear")
      func one(_ q: Double) throws -> Variable {
        try x.quantile(q, axis: x.rank == 0 ? nil : axis, keepDims: keep, mode: mode)
      }
      if case .leaf = q {
        let all = try c.x(1).value.array(of: Double.self)
        if try c.x(1).rank == 0 { return [try one(all[0])] }
        return [try Variable.stack(all.map { try one($0) }, axis: 0)]
      }
      return [try one(q.number() ?? 0.5)]
    }
    table.add("searchsorted", "bucketize") { c in
      let isBucket = c.name == "bucketize"
      let bounds = try c.x(isBucket ? 1 : 0).value
      let x = try c.x(isBucket ? 0 : 1).value
      _ = c.given(-1, "out_int32")
      var right = try c.flag(-1, "right", false)
      if try c.text(-1, "side", "left") == "right" { right = true }
      var sorted = bounds
      if let order = try c.maybe(-1, "sorter") {
        sorted = try Variable(bounds).along(order.value, axis: -1).value
      }
      return [Variable(try x.searched(in: sorted, right: right))]
    }
  }

  private static func mode(_ x: Variable, _ axis: Int, _ keep: Bool) throws -> [Variable] {
    if x.rank == 0 { return [x, Variable(try .integer(0))] }
    let axis = try x.shape.axis(axis)
    let last = try x.value.transposed((0..<x.rank).filter { $0 != axis } + [axis])
    let n = x.dims[axis]
    var found: [Int64] = []
    for row in 0..<last.count / max(n, 1) {
      let values = (0..<n).map { last.double(at: row * n + $0) }
      var best = (count: 0, value: Double.infinity, at: 0)
      for value in Set(values).sorted() {
        let count = values.count { $0 == value }
        if count > best.count { best = (count, value, values.lastIndex(of: value) ?? 0) }
      }
      found.append(Int64(best.at))
    }
    var sizes = x.dims
    sizes[axis] = 1
    return try chosen(x, Tensor(found, shape: Shape(checking: sizes)), axis, keep)
  }

  private static func addMasked(_ table: inout Table) {
    func mask(_ c: Call, _ x: Variable) throws -> Variable {
      guard let m = try c.maybe(-1, "mask") else { return Variable(try .full(x.shape, 1, .bool)) }
      return try m.broadcast(to: x.shape)
    }
    for name in ["sum", "prod", "amax", "amin", "mean", "norm", "argmax", "argmin", "logsumexp"] {
      table.add("masked.\(name)") { c in
        let x = try c.x()
        let m = try mask(c, x)
        let place = name == "norm" ? 2 : 1
        let axes = try c.axes(place, x)
        let keep = try c.flag(place + 1, "keepdim", false)
        func filled(_ value: Double) throws -> Variable { try Variable.where(m, x, .number(value)) }
        switch name {
        case "sum": return [try filled(0).sum(axes: axes, keepDims: keep)]
        case "prod": return [try Operations.prod(filled(1), .reduction(axes, keep))]
        case "amax": return [try Operations.max(filled(-.infinity), .reduction(axes, keep))]
        case "amin": return [try Operations.min(filled(.infinity), .reduction(axes, keep))]
        case "mean":
          let n = try m.cast(.float32).sum(axes: axes, keepDims: keep)
          return [try filled(0).sum(axes: axes, keepDims: keep) / n]
        case "norm":
          let p = try c.num(1, "ord", 2)
          let rest = p == -.infinity ? Double.infinity : 0
          return [try Operations.vectorNorm(filled(rest), p: p, axes: axes, keepDims: keep)]
        case "logsumexp":
          return [try logSumExp(filled(-.infinity), axes ?? Array(0..<x.rank), keep)]
        default:
          let isMax = name == "argmax"
          let y = try filled(isMax ? -.infinity : .infinity).value
          guard let axis = axes?.first else {
            let all = try y.reshaped([-1]).arg(max: isMax, axis: 0)
            return [Variable(try (keep ? all.reshaped(x.dims.map { _ in 1 }) : all).cast(.float32))]
          }
          return [Variable(try y.arg(max: isMax, axis: axis, keepDims: keep).cast(.float32))]
        }
      }
    }
    for name in ["var", "std"] {
      table.add("masked.\(name)") { c in
        let x = try c.x()
        let m = try mask(c, x)
        let axes = try c.axes(1, x)
        let keep = try c.flag(3, "keepdim", false)
        let unbiased = try c.given(2, "unbiased").boolean()
        let correction = try c.given(-1, "correction").number() ?? (unbiased ?? true ? 1 : 0)
        let weight = try m.cast(.float32)
        let n = try weight.sum(axes: axes, keepDims: true)
        let mean = try Variable.where(m, x, .number(0)).sum(axes: axes, keepDims: true) / n
        let d = try Variable.where(m, x - mean, .number(0))
        let total = try (d * d).sum(axes: axes, keepDims: keep)
        let share = try Operations.maximum([n - correction, .number(0)]).reshaped(total.dims)
        let spread = try total / share
        return [name == "std" ? try Operations.sqrt(spread) : spread]
      }
    }
    for name in ["softmax", "log_softmax", "softmin", "cumsum", "cumprod", "median"] {
      table.add("masked.\(name)") { c in
        let x = try c.x()
        let m = try mask(c, x)
        let axis = try c.int(1, "dim", -1)
        if x.rank == 0 {
          return [
            name.hasSuffix("softmax") || name == "softmin"
              ? try x * 0 + (name == "log_softmax" ? 0 : 1) : x
          ]
        }
        func filled(_ value: Double) throws -> Variable { try Variable.where(m, x, .number(value)) }
        switch name {
        case "softmax":
          return [try Operations.softmax(filled(-.infinity), ["axis": .integer(axis)])]
        case "log_softmax":
          return [try Operations.logSoftmax(filled(-.infinity), ["axis": .integer(axis)])]
        case "softmin":
          return [try Operations.softmax(filled(.infinity).negated(), ["axis": .integer(axis)])]
        case "cumsum": return [try Operations.cumsum(filled(0), ["axis": .integer(axis)])]
        case "cumprod": return [try Operations.cumprod(filled(1), ["axis": .integer(axis)])]
        default:
          // Masked out elements go to the end; the lower middle of the rest is the median.
          let keep = try c.flag(2, "keepdim", false)
          let at = try x.shape.axis(axis)
          let order = try filled(.nan).ordered(axis: at, descending: false).index
          let n = try m.value.cast(.int64).reduce(.sum, axes: [at], keepDims: true)
          let middle = try n.binary(.subtract, .integer(1)).binary(.maximum, .integer(0)).binary(
            .floorDivide, .integer(2))
          let index = try Variable(order).along(middle, axis: at).value
          return [try chosen(filled(.nan), index, at, keep)[0]]
        }
      }
    }
    table.add("masked.logaddexp") { c in
      func side(_ x: Variable, _ name: String) throws -> Variable {
        guard let m = try c.maybe(-1, name) else { return x }
        return try Variable.where(m, x, .number(-.infinity))
      }
      return [
        try Operations.logAddExp([side(c.x(), "input_mask"), side(c.x(1), "other_mask")])
      ]
    }
  }

  private static func addStatistics(_ table: inout Table) {
    table.add("cov", "corrcoef") { c in
      var x = try c.x()
      let isNumber = x.rank < 2
      if isNumber { x = try x.reshaped([1, x.shape.count]) }
      let correction = try c.num(-1, "correction", 1)
      var w: Variable?
      if let f = try c.maybe(-1, "fweights") { w = try f.cast(x.dtype) }
      let aweights = try c.maybe(-1, "aweights")
      if let aweights { w = try w.map { try $0 * aweights } ?? aweights }
      let n: Variable
      let mean: Variable
      if let w {
        let total = try w.sum()
        mean = try (x * w).sum(1, keepDims: true) / total
        if let aweights, correction != 0 {
          n = try total - (w * aweights).sum() / total * correction
        } else {
          n = try total - correction
        }
      } else {
        mean = try Operations.mean(x, .reduction([1], true))
        n = try .number(Double(x.dims[1]) - correction)
      }
      let safe = Variable(try n.value.binary(.maximum, .number(0)))
      let divisor = n.value.double(at: 0) < 0 ? safe : n
      let d = try x - mean
      let weighted = try w.map { try d * $0 } ?? d
      var result = try Variable.matmul(weighted, d, transposeB: true) / divisor
      if c.name == "corrcoef" {
        let s = try Operations.sqrt(result.diagonal(0))
        result = try result / s.expanded(axis: 1) / s.expanded(axis: 0)
        if x.dims[0] == 1 { return [try result.reshaped([])] }
        return [result]
      }
      return [x.dims[0] == 1 ? try result.reshaped([]) : result]
    }
    table.add("diff") { c in
      var x = try c.x()
      let axis = try x.shape.axis(c.int(2, "dim", -1))
      let parts = try [c.maybe(3, "prepend"), x, c.maybe(4, "append")].compactMap { $0 }
      if parts.count > 1 { x = try Variable.concat(parts, axis: axis) }
      if try c.int(1, "n", 1) == 0 { return [try c.x()] }
      for _ in 0..<(try c.int(1, "n", 1)) {
        let n = x.dims[axis]
        if n == 0 { break }
        x = try x.sliced(axis: axis, 1..<n) - x.sliced(axis: axis, 0..<n - 1)
      }
      return [x]
    }
    table.add("trapz", "trapezoid", "cumulative_trapezoid") { c in
      let y = try c.x()
      let axis = try y.shape.axis(c.int(2, "dim", -1))
      let n = y.dims[axis]
      var mids = try (y.sliced(axis: axis, 1..<n) + y.sliced(axis: axis, 0..<n - 1)) * 0.5
      if let x = try c.maybe(1, "x") {
        let own = x.rank == 1 ? 0 : try x.shape.axis(axis - y.rank)
        var step =
          try x.sliced(axis: own, 1..<x.dims[own]) - x.sliced(axis: own, 0..<x.dims[own] - 1)
        if x.rank == 1, y.rank > 1 {
          step = try step.reshaped([n - 1] + Array(repeating: 1, count: y.rank - 1 - axis))
        }
        mids = try mids * step
      } else {
        mids = try mids * c.num(-1, "dx", 1)
      }
      if c.name == "cumulative_trapezoid" {
        return [try Operations.cumsum(mids, ["axis": .integer(axis)])]
      }
      return [try mids.sum(axis)]
    }
    table.add("renorm") { c in
      let x = try c.x()
      let axis = try x.shape.axis(c.int(2, "dim", 0))
      let others = (0..<x.rank).filter { $0 != axis }
      let limit = try c.num(3, "maxnorm", 1)
      let length = try Operations.vectorNorm(
        x, p: c.num(1, "p", 2), axes: others, keepDims: true)
      let scale = try Variable.where(
        Variable(length.value.compare(.greater, .number(limit))), limit / (length + 1e-7),
        .number(1))
      return [try x * scale]
    }
  }
}

func / (a: Double, b: Variable) throws -> Variable { try .number(a) / b }
