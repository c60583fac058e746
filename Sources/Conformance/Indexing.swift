import Autograd
import Tensors

extension Adapters {
  static func addIndexing(_ table: inout Table) {
    table.add("gather", "take_along_dim") { c in
      var x = try c.x()
      if c.name == "gather" {
        return [try x.along(c.x(2, "index").value, axis: c.int(1, "dim", 0))]
      }
      var index = try c.x(1, "indices").value
      guard let axis = try c.given(2, "dim").integer() else {
        return [try x.reshaped([-1]).picked(index.reshaped([-1]))]
      }
      let at = try x.shape.axis(axis)
      var a = x.dims
      var b = index.dims
      (a[at], b[at]) = (1, 1)
      let outer = try Shape.broadcast(
        Shape(checking: a), Shape(checking: b), operation: "take_along_dim"
      ).dims
      a = outer
      b = outer
      (a[at], b[at]) = (x.dims[at], index.dims[at])
      x = try x.broadcast(to: Shape(checking: a))
      index = try index.broadcast(to: Shape(checking: b))
      return [try x.along(index, axis: at)]
    }
    table.add("index_select") { c in
      let x = try c.x()
      let rows = try c.ints(2, "index") ?? []
      if x.rank == 0 { return [x] }
      return [try x.chosen(rows, axis: c.int(1, "dim", 0))]
    }
    table.add("take") { c in
      let x = try c.x()
      return [try x.picked(c.places(in: x))]
    }
    table.add("put") { c in
      let x = try c.x()
      let flat = try c.places(in: x)
      let values = try c.x(2, "source").reshaped(flat.dims)
      if try c.flag(3, "accumulate", false) {
        return [try x + values.dropped(at: flat, into: x.shape)]
      }
      return [try x.putting(values, at: flat)]
    }
    table.add("scatter", "scatter_add") { c in
      let x = try c.x()
      let index = try c.x(2, "index").value
      let axis = try c.int(1, "dim", 0)
      var values = try c.x(3, "src")
      if !values.dtype.isFloat { values = try values.cast(x.dtype) }
      let source = try values.cut(to: index.shape).cast(x.dtype)
      let at = try Tensor.positions(of: index, in: x.shape, axis: axis, "scatter")
      let how = try c.text(4, "reduce", "")
      if c.name == "scatter_add" || how == "add" {
        return [try x + source.dropped(at: at, into: x.shape)]
      }
      if how == "multiply" { return [try reduced(x, source, at, "prod", true)] }
      return [try x.putting(source, at: at)]
    }
    for how in ["sum", "prod", "mean", "amax", "amin"] {
      table.add("scatter_reduce.\(how)") { c in
        let x = try c.x()
        let index = try c.x(2, "index").value
        let at = try Tensor.positions(of: index, in: x.shape, axis: c.int(1, "dim", 0), "scatter")
        _ = c.given(4, "reduce")
        return [
          try reduced(
            x, c.x(3, "src").cut(to: index.shape), at, how, c.flag(5, "include_self", true))
        ]
      }
      if how == "sum" { continue }
      table.add("index_reduce.\(how)") { c in
        let x = try c.x()
        let source = try c.x(3, "source")
        let at = try rows(c.ints(2, "index") ?? [], of: x, axis: c.int(1, "dim", 0))
        _ = c.given(4, "reduce")
        return [
          try reduced(x, source.reshaped(at.dims), at, how, c.flag(5, "include_self", true))
        ]
      }
    }
    table.add("index_add", "index_copy", "index_fill") { c in
      let x = try c.x()
      let at = try rows(c.ints(2, "index") ?? [], of: x, axis: c.int(1, "dim", 0))
      var source = try c.x(3, c.name == "index_fill" ? "value" : "source")
      if c.name == "index_fill" {
        source = try source.reshaped([]).cast(x.dtype).broadcast(to: at.shape)
      } else {
        source = try source.reshaped(at.dims)
      }
      if c.name == "index_add" {
        return [try x + source.dropped(at: at, into: x.shape) * c.num(-1, "alpha", 1)]
      }
      return [try x.putting(source, at: at)]
    }
    table.add("index_put") { c in
      let x = try c.x()
      let items = try c.list(1, "indices").map { IndexItem.gather($0.value) }
      let flat = try Tensor.positions(x.dims) { at in
        zip(x.dims, at).reduce(0) { $0 * $1.0 + $1.1 }
      }.indexed(items)
      let values = try c.x(2, "values").broadcast(to: flat.shape)
      if try c.flag(3, "accumulate", false) {
        return [try x + values.dropped(at: flat, into: x.shape)]
      }
      return [try x.putting(values, at: flat)]
    }
    table.add("masked_select") { c in
      var x = try c.x()
      var mask = try c.x(1, "mask").value
      let shape = try Shape.broadcast(x.shape, mask.shape, operation: "masked_select")
      x = try x.broadcast(to: shape)
      mask = try mask.broadcast(to: shape)
      return [
        try x.picked(Tensor((0..<mask.count).filter { mask.double(at: $0) != 0 }.map { Int64($0) }))
      ]
    }
    table.add("masked_scatter") { c in
      var x = try c.x()
      let mask = try c.x(1, "mask").value
      let shape = try Shape.broadcast(x.shape, mask.shape, operation: "masked_scatter")
      x = try x.broadcast(to: shape)
      let wide = try mask.broadcast(to: shape)
      var next = -1
      let from = try Tensor.positions([shape.count]) { at in
        if wide.double(at: at[0]) == 0 { return -1 }
        next += 1
        return next
      }.reshaped(shape.dims)
      return [try Variable.where(Variable(wide), c.x(2, "source").picked(from), x)]
    }
    table.add("select_scatter", "slice_scatter", "diagonal_scatter") { c in
      let x = try c.x()
      var flat = Variable(
        try Tensor.positions(x.dims) { at in zip(x.dims, at).reduce(0) { $0 * $1.0 + $1.1 } })
      switch c.name {
      case "select_scatter":
        let axis = try x.shape.axis(c.int(2, "dim", 0))
        let whole = Array(repeating: IndexItem.range(nil, nil, 1), count: axis)
        flat = try flat.indexed(whole + [.index(c.int(3, "index", 0))])
      case "slice_scatter":
        let axis = try x.shape.axis(c.int(2, "dim", 0))
        let whole = Array(repeating: IndexItem.range(nil, nil, 1), count: axis)
        flat = try flat.indexed(
          whole + [.range(c.int(3, "start"), c.int(4, "end"), c.int(5, "step", 1))])
      default:
        let a = try x.shape.axis(c.int(3, "dim1", 0))
        let b = try x.shape.axis(c.int(4, "dim2", 1))
        flat = try flat.movedToEnd([a, b]).diagonal(c.int(2, "offset", 0))
      }
      return [try x.putting(c.x(1, "src"), at: flat.value)]
    }
    table.add("nonzero", "argwhere") { c in
      let x = try c.x().value
      let found = (0..<x.count).filter { x.double(at: $0) != 0 }
      var strides = Array(repeating: 1, count: x.rank)
      for i in stride(from: x.rank - 2, through: 0, by: -1) {
        strides[i] = strides[i + 1] * x.dims[i + 1]
      }
      let columns = try (0..<x.rank).map { axis in
        try Tensor(found.map { Int64($0 / strides[axis] % x.dims[axis]) })
      }
      if try c.flag(1, "as_tuple", false) {
        if x.rank == 0 { return [Variable(try Tensor(found.map { Int64($0) }))] }
        return columns.map { Variable($0) }
      }
      if x.rank == 0 {
        return [
          Variable(try Tensor([Int64](), shape: Shape(checking: [0, 0])).paddedRows(found.count))
        ]
      }
      return [Variable(try Tensor.stack(columns, axis: 1))]
    }
    table.add("nn.functional.embedding") { c in
      // The function has the index second, the module first.
      let isFunction = c.count == 2
      let w = try isFunction ? c.x() : c.x(-1, "weight")
      let index = try c.x(isFunction ? 1 : 0).value
      let skipped = try c.given(2, "padding_idx").integer()
      let width = w.dims[1]
      let at = try Tensor.positions([index.count, width]) {
        index.integer(at: $0[0]) * width + $0[1]
      }
      var y = try w.picked(at.reshaped(index.dims + [width]))
      if let skipped {
        let row = skipped < 0 ? skipped + w.dims[0] : skipped
        let mask = Variable(try index.compare(.equal, .integer(row)).expanded(axis: index.rank))
        y = try Variable.where(mask, y.detached(), y)
      }
      return [y]
    }
    addUnique(&table)
  }

  /// Flat positions of whole slices along an axis.
  static func rows(_ index: [Int], of x: Variable, axis: Int) throws -> Tensor {
    let dims = x.rank == 0 ? [1] : x.dims
    let axis = try x.rank == 0 ? 0 : x.shape.axis(axis)
    var target = dims
    target[axis] = index.count
    return try Tensor.positions(target) { at in
      var flat = 0
      for i in dims.indices { flat = flat * dims[i] + (i == axis ? index[at[i]] : at[i]) }
      return flat
    }
  }

  /// x with values joined in at flat positions.
  static func reduced(
    _ x: Variable, _ source: Variable, _ at: Tensor, _ how: String, _ includesSelf: Bool
  ) throws -> Variable {
    let hits = try Tensor.full(at.shape, 1, x.dtype).dropped(at: at, into: x.shape)
    let isHit = try hits.compare(.greater, .number(0))
    let isUntouched = Variable(try isHit.test { $0 == 0 })
    if how == "sum" || how == "mean" {
      let base = try includesSelf ? x : Variable.where(isUntouched, x, .number(0))
      let total = try base + source.dropped(at: at, into: x.shape)
      if how == "sum" { return total }
      let n = try hits.binary(.add, .number(includesSelf ? 1 : 0)).binary(.maximum, .number(1))
      return try total / Variable(n)
    }
    // Others need each element's list: the k-th hit of every place makes one layer.
    var layers: [[Int64]] = []
    var filled = [Int](repeating: 0, count: x.shape.count)
    for i in 0..<at.count {
      let place = at.integer(at: i)
      if filled[place] == layers.count {
        layers.append([Int64](repeating: -1, count: x.shape.count))
      }
      layers[filled[place]][place] = Int64(i)
      filled[place] += 1
    }
    let identity = how == "prod" ? 1.0 : how == "amax" ? -Double.infinity : .infinity
    let base = try includesSelf ? x : Variable.where(isUntouched, x, .number(identity))
    var stack = [base]
    for layer in layers {
      let positions = try Tensor(layer, shape: x.shape)
      let isMissing = Variable(try positions.compare(.less, .number(0)))
      stack.append(try Variable.where(isMissing, .number(identity), source.picked(positions)))
    }
    let all = try Variable.stack(stack, axis: 0)
    let over = Attributes.reduction([0], false)
    switch how {
    case "prod": return try Operations.prod(all, over)
    case "amax": return try Operations.max(all, over)
    default: return try Operations.min(all, over)
    }
  }

  static func addUnique(_ table: inout Table) {
    table.add("unique", "unique_consecutive") { c in
      let x = try c.x().value
      if let axis = try c.given(-1, "dim").integer(), x.rank > 1 || c.name == "unique" {
        _ = axis
        throw Unsupported("unique along an axis")
      }
      _ = c.given(-1, "sorted")
      let values = x.array(of: Double.self)
      var kept: [Int] = []
      var inverse = [Int64](repeating: 0, count: values.count)
      var counts: [Int64] = []
      let order =
        c.name == "unique"
        ? values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] < values[$1] }
        : Array(values.indices)
      for at in order {
        if let last = kept.last, values[last] == values[at] {
          counts[counts.count - 1] += 1
        } else {
          kept.append(at)
          counts.append(1)
        }
        inverse[at] = Int64(kept.count - 1)
      }
      var results = [Variable(try x.reshaped([-1]).taking(kept))]
      if try c.flag(-1, "return_inverse", false) {
        results.append(Variable(try Tensor(inverse, shape: x.shape)))
      }
      if try c.flag(-1, "return_counts", false) { results.append(Variable(try Tensor(counts))) }
      return results
    }
  }
}

extension Call {
  /// The second argument as places in the flat elements of x, counted from the end when negative.
  fileprivate func places(in x: Variable) throws -> Tensor {
    let index = try self.x(1, "index").value
    let count = x.shape.count
    return try Tensor.positions([index.count]) { at in
      let i = index.integer(at: at[0])
      return i < 0 ? i + count : i
    }.reshaped(index.dims)
  }
}

extension Tensor {
  /// [0, 0] with a number of empty rows.
  fileprivate func paddedRows(_ count: Int) throws -> Tensor {
    try Tensor([Int64](), shape: Shape(checking: [count, 0]))
  }
}
