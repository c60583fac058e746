import Autograd
import Tensors

extension Adapters {
  static func addOrders(_ table: inout Table) {
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

  static func mode(_ x: Variable, _ axis: Int, _ keep: Bool) throws -> [Variable] {
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
}
