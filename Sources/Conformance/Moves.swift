import Autograd
import Tensors

extension Adapters {
  static func addMoves(_ table: inout Table) {
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
