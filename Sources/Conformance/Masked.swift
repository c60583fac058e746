import Autograd
import Tensors

extension Adapters {
  static func addMasked(_ table: inout Table) {
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
}
