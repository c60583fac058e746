import Autograd
import Tensors

extension Adapters {
  static func addShapes(_ table: inout Table) {
    table.add(
      "reshape", "view", "view_copy", "broadcast_to", "expand", "expand_copy", "reshape_as",
      "view_as", "expand_as", "sum_to_size"
    ) { c in
      let x = try c.x()
      var sizes: [Int]
      if case .leaf = c.given(1) {
        sizes = try c.x(1).dims
      } else {
        sizes = try c.ints(1, "shape") ?? []
        if c.count > 2 { sizes = try (1..<c.count).compactMap { try c.int($0) } }

      }
      if c.isNamed("sum_to_size") {
        return [try x.summed(to: Shape(checking: sizes)).reshaped(sizes)]
      }
      if c.isNamed("broadcast_to") || c.isNamed("expand") || c.isNamed("expand_copy")
        || c.isNamed("expand_as")
      {
        for (i, size) in sizes.enumerated() where size == -1 {
          sizes[i] = x.dims[i - sizes.count + x.rank]
        }
        return [try x.broadcast(to: Shape(checking: sizes))]
      }
      return [try x.reshaped(sizes)]
    }
    table.add("broadcast_tensors", "atleast_1d", "atleast_2d", "atleast_3d") { c in
      let xs = try c.list()
      if c.isNamed("broadcast_tensors") {
        var shape = Shape.number
        for x in xs { shape = try Shape.broadcast(shape, x.shape, operation: "broadcast") }
        return try xs.map { try $0.broadcast(to: shape) }
      }
      return try xs.map { x in
        let d = x.dims
        switch (c.name, d.count) {
        case ("atleast_1d", 0): return try x.reshaped([1])
        case ("atleast_2d", 0): return try x.reshaped([1, 1])
        case ("atleast_2d", 1): return try x.reshaped([1, d[0]])
        case ("atleast_3d", 0): return try x.reshaped([1, 1, 1])
        case ("atleast_3d", 1): return try x.reshaped([1, d[0], 1])
        case ("atleast_3d", 2): return try x.reshaped([d[0], d[1], 1])
        default: return x
        }
      }
    }
    table.add("unsqueeze", "unsqueeze_copy") { c in [try c.x().expanded(axis: c.int(1, "dim", 0))] }
    table.add("squeeze", "squeeze_copy", "squeeze.multiple") { c in
      let x = try c.x()
      guard let axes = try c.ints(1, "dim") else { return [try x.squeezed()] }
      let chosen = try axes.map { x.rank == 0 ? 0 : try x.shape.axis($0) }
      return [
        try x.reshaped(x.dims.enumerated().filter { $1 != 1 || !chosen.contains($0) }.map(\.1))
      ]
    }
    table.add("transpose", "transpose_copy") { c in
      let x = try c.x()
      if x.rank == 0 { return [x] }
      var order = Array(0..<x.rank)
      try order.swapAt(x.shape.axis(c.int(1, "dim0", 0)), x.shape.axis(c.int(2, "dim1", 1)))
      return [try x.transposed(order)]
    }
    table.add("permute", "permute_copy") { c in [try c.x().transposed(c.ints(1, "dims") ?? [])] }
    table.one("t", "t_copy", "T", "H", "mT", "mH") { $0.rank < 2 ? $0 : try $0.swappedLast() }
    table.add("movedim") { c in
      let x = try c.x()
      let source = try (c.ints(1, "source") ?? []).map { try x.shape.axis($0) }
      let target = try (c.ints(2, "destination") ?? []).map { try x.shape.axis($0) }
      var order = (0..<x.rank).filter { !source.contains($0) }
      for (from, to) in zip(source, target).sorted(by: { $0.1 < $1.1 }) {
        order.insert(from, at: to)
      }
      return [try x.transposed(order)]
    }
    table.add("flatten", "ravel") { c in
      let x = try c.x()
      if x.rank == 0 { return [try x.reshaped([1])] }
      let (a, b) = (
        try x.shape.axis(c.int(1, "start_dim", 0)), try x.shape.axis(c.int(2, "end_dim", -1))
      )
      let middle = x.dims[a...b].reduce(1, *)
      return [try x.reshaped(Array(x.dims[..<a]) + [middle] + Array(x.dims[(b + 1)...]))]
    }
    table.add("unflatten") { c in
      let x = try c.x()
      let axis = try x.shape.axis(c.int(1, "dim", 0))
      var sizes = try c.ints(2, "sizes") ?? []
      if let at = sizes.firstIndex(of: -1) {
        sizes[at] = x.dims[axis] / max(1, -sizes.reduce(1, *))
      }
      return [try x.reshaped(Array(x.dims[..<axis]) + sizes + Array(x.dims[(axis + 1)...]))]
    }
    addJoins(&table)
    addSplits(&table)
    addMoves(&table)
  }
}
