import Autograd
import Tensors

extension Adapters {
  static func addJoins(_ table: inout Table) {
    table.add("cat") { c in
      // An empty vector is left out, whatever the others' rank.
      let all = try c.list()
      let axis = try c.int(1, "dim", 0)
      let xs = all.contains { $0.rank > 1 } ? all.filter { $0.dims != [0] } : all
      return [try Variable.concat(xs, axis: axis)]
    }
    // Each tensor padded with zeros to equal chunks; what lies behind the axis laid in one row.
    table.add("_chunk_cat") { c in
      let (xs, n) = (try c.list(), try c.int(2, "num_chunks", 1))
      let axis = try xs[0].shape.axis(c.int(1, "dim", 0))
      let parts = try xs.map { x in
        let size = (x.dims[axis] + n - 1) / n
        let rows = (0..<n * size).map { $0 < x.dims[axis] ? $0 : -1 }
        let rest = x.dims[(axis + 1)...].reduce(size, *)
        return try x.chosen(rows, axis: axis).reshaped(Array(x.dims[..<axis]) + [n, rest])
      }
      return [try Variable.concat(parts, axis: axis + 1)]
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

  static func parts(_ x: Variable, _ axis: Int, _ sizes: [Int]) throws -> [Variable] {
    var at = 0
    return try sizes.map { size in
      defer { at += size }
      return try x.sliced(axis: axis, at..<at + size)
    }
  }

  static func addSplits(_ table: inout Table) {
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

  static func pieces(_ total: Int, _ size: Int) -> [Int] {
    if total == 0 { return [0] }
    return (0..<(total + size - 1) / max(size, 1)).map { min(size, total - $0 * size) }
  }
}
