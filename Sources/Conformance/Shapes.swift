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

  private static func addJoins(_ table: inout Table) {
    table.add("cat") { c in
      // An empty vector is left out, whatever the others' rank.
      let all = try c.list()
      let axis = try c.int(1, "dim", 0)
      let xs = all.contains { $0.rank > 1 } ? all.filter { $0.dims != [0] } : all
      return [try Variable.concat(xs, axis: axis)]
    }
    table.add("stack") { c in [try Variable.stack(c.list(), axis: c.int(1, "dim", 0))] }
    table.add("hstack", "vstack", "dstack", "column_stack") { c in
      let xs = try c.list()
      switch c.name {
      case "hstack":
        let all = try xs.map { $0.rank == 0 ? try $0.reshaped([1]) : $0 }
        return [try Variable.concat(all, axis: all[0].rank == 1 ? 0 : 1)]
      case "vstack":
        return [
          try Variable.concat(
            xs.map { $0.rank < 2 ? try $0.reshaped([1, $0.shape.count]) : $0 }, axis: 0)
        ]
      case "dstack":
        return [
          try Variable.concat(
            xs.map {
              $0.rank < 2
                ? try $0.reshaped([1, $0.shape.count, 1])
                : $0.rank == 2 ? try $0.expanded(axis: 2) : $0
            }, axis: 2)
        ]
      default:
        return [
          try Variable.concat(
            xs.map { $0.rank < 2 ? try $0.reshaped([$0.shape.count, 1]) : $0 }, axis: 1)
        ]
      }
    }
    table.add("block_diag") { c in
      let xs = try c.list().map { x in
        x.rank < 2 ? try x.reshaped([1, x.shape.count]) : x
      }
      let width = xs.map { $0.dims[1] }.reduce(0, +)
      var at = 0
      return [
        try Variable.concat(
          xs.map { x in
            defer { at += x.dims[1] }
            return try x.padded([at, width - at - x.dims[1]], mode: "constant")
          }, axis: 0)
      ]
    }
    table.add("meshgrid.variadic_tensors", "meshgrid.list_of_tensors") { c in
      var xs = try c.list()
      let isXY = try c.text(-1, "indexing", "ij") == "xy"
      if isXY, xs.count > 1 { xs.swapAt(0, 1) }
      let sizes = xs.map(\.shape.count)
      var grids = try xs.enumerated().map { i, x in
        var own = Array(repeating: 1, count: sizes.count)
        own[i] = sizes[i]
        return try x.reshaped(own).broadcast(to: Shape(checking: sizes))
      }
      if isXY, xs.count > 1 {
        grids.swapAt(0, 1)
      }
      return grids
    }
    table.add("cartesian_prod", "combinations") { c in
      if c.name == "combinations" {
        let (x, r) = (try c.x(), try c.int(1, "r", 2))
        let again = try c.flag(2, "with_replacement", false)
        var rows: [[Int]] = [[]]
        for _ in 0..<r {
          rows = rows.flatMap { row in
            ((row.last.map { again ? $0 : $0 + 1 } ?? 0)..<max(
              x.shape.count, row.last.map { again ? $0 : $0 + 1 } ?? 0)).map { row + [$0] }
          }
        }
        let flat = try Tensor(
          rows.flatMap { $0 }.map { Int64($0) }, shape: Shape(checking: [rows.count, r]))
        return [try x.picked(flat)]
      }
      let xs = try c.list()
      if xs.count == 1 { return [xs[0]] }
      let sizes = xs.map(\.shape.count)
      let columns = try xs.enumerated().map { i, x in
        var own = Array(repeating: 1, count: sizes.count)
        own[i] = sizes[i]
        return try x.reshaped(own).broadcast(to: Shape(checking: sizes)).reshaped([-1])
      }
      return [try Variable.stack(columns, axis: 1)]
    }
  }

  private static func parts(_ x: Variable, _ axis: Int, _ sizes: [Int]) throws -> [Variable] {
    var at = 0
    return try sizes.map { size in
      defer { at += size }
      return try x.sliced(axis: axis, at..<at + size)
    }
  }

  private static func addSplits(_ table: inout Table) {
    table.add("chunk", "unsafe_chunk") { c in
      let (x, n) = (try c.x(), try c.int(1, "chunks", 1))
      let axis = try x.shape.axis(c.int(2, "dim", 0))
      let size = max(1, (x.dims[axis] + n - 1) / n)
      return try parts(x, axis, pieces(x.dims[axis], size))
    }
    table.add(
      "split", "split.list_args", "split_with_sizes", "split_with_sizes_copy", "unsafe_split"
    ) { c in
      let x = try c.x()
      let axis = try x.shape.axis(c.int(2, "dim", 0))
      let given = try c.ints(1, "split_size") ?? []
      if case .list = c.given(1, "split_size") { return try parts(x, axis, given) }
      return try parts(x, axis, pieces(x.dims[axis], given[0]))
    }
    table.add("tensor_split", "hsplit", "vsplit", "dsplit") { c in
      let x = try c.x()
      let axis: Int
      switch c.name {
      case "hsplit": axis = x.rank == 1 ? 0 : 1
      case "vsplit": axis = 0
      case "dsplit": axis = 2
      default: axis = try x.shape.axis(c.int(2, "dim", 0))
      }
      let size = x.dims[axis]
      let given: [Int]
      if case .integer(let n) = c.given(1, "indices_or_sections") {
        return try parts(x, axis, (0..<n).map { size / n + ($0 < size % n ? 1 : 0) })
      }
      given = try c.ints(1, "indices_or_sections") ?? []
      if given.count == 1, case .tensor(let t) = c.given(1, "indices_or_sections"), t.rank == 0 {
        let n = given[0]
        return try parts(x, axis, (0..<n).map { size / n + ($0 < size % n ? 1 : 0) })
      }
      let ends = given.map { min(max($0 < 0 ? $0 + size : $0, 0), size) }
      let starts = [0] + ends
      return try zip(starts, ends + [size]).map { try x.sliced(axis: axis, $0..<max($0, $1)) }
    }
    table.add("unbind", "unbind_copy") { c in
      let x = try c.x()
      let axis = try x.shape.axis(c.int(1, "dim", 0))
      return try (0..<x.dims[axis]).map {
        try x.sliced(axis: axis, $0..<$0 + 1).squeezed(axis: axis)
      }
    }
    table.add("narrow", "narrow_copy") { c in
      let x = try c.x()
      let axis = try x.shape.axis(c.int(1, "dim", 0))
      var start = try c.given(2, "start").integer() ?? c.x(2).value.integer(at: 0)
      if start < 0 { start += x.dims[axis] }
      let n = try c.int(3, "length", 0)
      return [try x.sliced(axis: axis, start..<start + n)]
    }
    table.add("select") { c in
      let x = try c.x()
      let axis = try x.shape.axis(c.int(1, "dim", 0))
      let at = try c.int(2, "index", 0)
      let whole = Array(repeating: IndexItem.range(nil, nil, 1), count: axis)
      return [try x.indexed(whole + [.index(at)])]
    }
  }

  private static func pieces(_ total: Int, _ size: Int) -> [Int] {
    if total == 0 { return [0] }
    return (0..<(total + size - 1) / max(size, 1)).map { min(size, total - $0 * size) }
  }

  private static func addMoves(_ table: inout Table) {
    table.add("flip", "fliplr", "flipud") { c in
      var x = try c.x()
      let axes = c.name == "fliplr" ? [1] : c.name == "flipud" ? [0] : try c.ints(1, "dims") ?? []
      for axis in axes { x = try Operations.flip(x, ["axis": .integer(axis)]) }
      return [x]
    }
    table.add("roll") { c in
      var x = try c.x()
      let shifts = try c.ints(1, "shifts") ?? [0]
      guard let axes = try c.ints(2, "dims"), !axes.isEmpty else {
        let flat = try x.reshaped([-1])
        return [try Operations.roll(flat, ["n": .integer(shifts[0])]).reshaped(x.dims)]
      }
      for (n, axis) in zip(shifts, axes) {
        x = try Operations.roll(x, ["n": .integer(n), "axis": .integer(axis)])
      }
      return [x]
    }
    table.add("rot90") { c in
      let x = try c.x()
      let k = (try c.int(1, "k", 1) % 4 + 4) % 4
      let axes = try (c.ints(2, "dims") ?? [0, 1]).map { try x.shape.axis($0) }
      var order = Array(0..<x.rank)
      order.swapAt(axes[0], axes[1])
      func flip(_ x: Variable, _ axis: Int) throws -> Variable {
        try Operations.flip(x, ["axis": .integer(axis)])
      }
      switch k {
      case 1: return [try flip(x, axes[1]).transposed(order)]
      case 2: return [try flip(flip(x, axes[0]), axes[1])]
      case 3: return [try flip(x.transposed(order), axes[1])]
      default: return [x]
      }
    }
    table.add("repeat", "tile") { c in
      var x = try c.x()
      var times = try c.ints(1, "repeats") ?? []
      if times.count > 1 || !c.has("dims") {}
      if let more = try c.ints(-1, "dims") { times = more }
      while times.count < x.rank { times.insert(1, at: 0) }
      while x.rank < times.count { x = try x.expanded(axis: 0) }
      for (axis, n) in times.enumerated() {
        let rows = Array(repeating: Array(0..<x.dims[axis]), count: n).flatMap { $0 }
        x = try x.chosen(rows, axis: axis)
      }
      return [x]
    }
    table.add("repeat_interleave") { c in
      var x = try c.x()
      _ = c.given(-1, "output_size")
      var axis = try c.given(2, "dim").integer()
      if axis == nil {
        x = try x.reshaped([-1])
        axis = 0
      }
      let at = try x.shape.axis(axis ?? 0)
      let counts = try c.ints(1, "repeats") ?? [1]
      let rows = (0..<x.dims[at]).flatMap {
        Array(repeating: $0, count: counts.count == 1 ? counts[0] : counts[$0])
      }
      return [try x.chosen(rows, axis: at)]
    }
    table.add("tril", "triu") { c in
      let k = try c.int(1, "diagonal", 0)
      let ones = try Tensor.full(c.x().shape, 1, .bool)
      let keep = try ones.triangle(lower: c.name == "tril", diagonal: k)
      return [try Variable.where(Variable(keep), c.x(), .number(0))]
    }
    table.add("diag", "diagflat") { c in
      let x = try c.x()
      let k = try c.int(1, c.name == "diag" ? "diagonal" : "offset", 0)
      if c.name == "diagflat" { return [try x.reshaped([-1]).diagonalMatrix(k)] }
      return [try x.rank == 1 ? x.diagonalMatrix(k) : x.diagonal(k)]
    }
    table.add("diag_embed") { c in
      let x = try c.x()
      let (a, b) = (try c.int(2, "dim1", -2), try c.int(3, "dim2", -1))
      let k = try c.int(1, "offset", 0)
      let m = try x.diagonalMatrix(k)
      let p = try m.shape.axis(a)
      let q = try m.shape.axis(b)
      var order = Array(0..<m.rank - 2)
      for (at, from) in [(p, m.rank - 2), (q, m.rank - 1)].sorted(by: { $0.0 < $1.0 }) {
        order.insert(from, at: at)
      }
      return [try m.transposed(order)]
    }
    table.add("diagonal", "diagonal_copy", "linalg.diagonal") { c in
      let x = try c.x()
      let isLast = c.name == "linalg.diagonal"
      let a = try x.shape.axis(c.int(2, "dim1", isLast ? -2 : 0))
      let b = try x.shape.axis(c.int(3, "dim2", isLast ? -1 : 1))
      return [try x.movedToEnd([a, b]).diagonal(c.int(1, "offset", 0))]
    }
    table.add("trace") { c in [try c.x().diagonal(0).sum()] }
    table.two("kron") { try Operations.kron([$0, $1]) }
    table.add("nn.functional.pixel_shuffle") { c in
      let x = try c.x()
      let r = try c.int(1, "upscale_factor", 1)
      let n = x.rank
      let (ch, h, w) = (x.dims[n - 3] / (r * r), x.dims[n - 2], x.dims[n - 1])
      let outer = x.dims.dropLast(3).reduce(1, *)
      return [
        try x.reshaped([outer, ch, r, r, h, w]).transposed([0, 1, 4, 2, 5, 3]).reshaped(
          Array(x.dims.dropLast(3)) + [ch, h * r, w * r])
      ]
    }
    table.add("nn.functional.pixel_unshuffle") { c in
      let x = try c.x()
      let r = try c.int(1, "downscale_factor", 1)
      let n = x.rank
      let (ch, h, w) = (x.dims[n - 3], x.dims[n - 2] / r, x.dims[n - 1] / r)
      let outer = x.dims.dropLast(3).reduce(1, *)
      return [
        try x.reshaped([outer, ch, h, r, w, r]).transposed([0, 1, 3, 5, 2, 4]).reshaped(
          Array(x.dims.dropLast(3)) + [ch * r * r, h, w])
      ]
    }
    table.add("nn.functional.channel_shuffle") { c in
      let x = try c.x()
      let g = try c.int(1, "groups", 1)
      let rest = x.dims.dropFirst(2).reduce(1, *)
      return [
        try x.reshaped([x.dims[0], g, x.dims[1] / g, rest]).transposed([0, 2, 1, 3]).reshaped(
          x.dims)
      ]
    }
    table.add("unfold", "unfold_copy") { c in
      let x = try c.x()
      let (size, step) = (try c.int(2, "size", 1), try c.int(3, "step", 1))
      if x.rank == 0 { return [try x.reshaped([1])] }
      let axis = try x.shape.axis(c.int(1, "dimension", 0))
      let count = (x.dims[axis] - size) / step + 1
      let rows = (0..<count).flatMap { o in (0..<size).map { o * step + $0 } }
      var target = x.dims
      target.replaceSubrange(axis...axis, with: [count, size])
      let all = try x.chosen(rows, axis: axis).reshaped(target)
      return [try all.moved(from: axis + 1, to: all.rank - 1)]
    }
  }
}
