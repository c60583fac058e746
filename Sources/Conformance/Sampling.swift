import Autograd
import Glibc
import Tensors

extension Adapters {
  static func addSampling(_ table: inout Table) {
    table.add("nn.functional.scaled_dot_product_attention") { c in
      let q = try c.x()
      var (k, v) = (try c.x(1), try c.x(2))
      guard try c.num(4, "dropout_p", 0) == 0 else { throw Unsupported("random dropout") }
      if try c.flag(-1, "enable_gqa", false), q.rank > 2, q.dims[q.rank - 3] != k.dims[k.rank - 3] {
        let times = q.dims[q.rank - 3] / k.dims[k.rank - 3]
        let rows = (0..<q.dims[q.rank - 3]).map { $0 / times }
        k = try k.chosen(rows, axis: -3)
        v = try v.chosen(rows, axis: -3)
      }
      var mask = try additive(c.maybe(3, "attn_mask"), hides: false, q.dtype)
      if try c.flag(5, "is_causal", false) {
        mask = try causal(q.dims[q.rank - 2], k.dims[k.rank - 2], q.dtype)
      }
      let scale = try c.given(-1, "scale").number()
      return [try attention(q, k, v, mask, scale: scale).0]
    }
    table.add("nn.functional.embedding_bag") { c in
      let w = try c.x()
      let index = try c.x(1).value
      let mode = try c.text(-1, "mode", "mean")
      let skipped = try c.given(-1, "padding_idx").integer().map { $0 < 0 ? $0 + w.dims[0] : $0 }
      var starts: [Int]
      if index.rank == 2 {
        starts = (0..<index.dims[0]).map { $0 * index.dims[1] }
      } else {
        starts = try c.given(-1, "offsets").integers() ?? [0]
        if try c.flag(-1, "include_last_offset", false) { starts.removeLast() }
      }
      let width = w.dims[1]
      let n = index.count
      let bags = (0..<n).map { i in (starts.lastIndex { $0 <= i }) ?? 0 }
      let keep = (0..<n).filter { index.integer(at: $0) != skipped }
      let rows = try Tensor.positions([keep.count, width]) {
        index.integer(at: keep[$0[0]]) * width + $0[1]
      }
      var taken = try w.picked(rows)
      if let scale = try c.maybe(-1, "per_sample_weights") {
        taken =
          try taken * scale.reshaped([-1]).picked(Tensor(keep.map { Int64($0) })).expanded(axis: 1)
      }
      let target = try Shape(checking: [starts.count, width])
      let at = try Tensor.positions([keep.count, width]) { bags[keep[$0[0]]] * width + $0[1] }
      if mode == "max" {
        var sizes = [Int](repeating: 0, count: starts.count)
        var slots: [Int] = []
        for i in keep {
          slots.append(sizes[bags[i]])
          sizes[bags[i]] += 1
        }
        let deepest = max(1, sizes.max() ?? 1)
        var places = [Int64](repeating: -1, count: starts.count * deepest)
        for (position, i) in keep.enumerated() {
          places[bags[i] * deepest + slots[position]] = Int64(position)
        }
        let flat = try Tensor.positions([starts.count, deepest, width]) { p in
          let row = places[p[0] * deepest + p[1]]
          return row < 0 ? -1 : Int(row) * width + p[2]
        }
        let missing = Variable(try flat.compare(.less, .number(0)))
        let all = try Variable.where(missing, .number(-.infinity), taken.picked(flat))
        let top = try Operations.max(all, .reduction([1], false))
        return [try Variable.where(Variable(top.value.test { $0 == -.infinity }), .number(0), top)]
      }
      let sums = try taken.dropped(at: at, into: target)
      if mode == "sum" { return [sums] }
      let counts = starts.indices.map { bag in Double(max(1, keep.count { bags[$0] == bag })) }
      return [
        try sums
          / Variable(Tensor(counts, shape: Shape(checking: [starts.count, 1])).cast(w.dtype))
      ]
    }
    table.add("nn.functional.grid_sample", "grid_sampler_2d", "grid_sampler_3d") { c in
      var mode = "bilinear"
      var border = "zeros"
      if case .integer(let n) = c.given(2, "mode") {
        mode = ["bilinear", "nearest", "bicubic"][n]
      } else {
        mode = try c.text(2, "mode", mode)
      }
      if case .integer(let n) = c.given(3, "padding_mode") {
        border = ["zeros", "border", "reflection"][n]
      } else {
        border = try c.text(3, "padding_mode", border)
      }
      return [try sampled(c.x(), c.x(1), mode, border, c.flag(4, "align_corners", false))]
    }
    table.add("stft") { c in
      let x = try c.x()
      let n = try c.int(1, "n_fft", 1)
      c.ignore("return_complex")
      guard x.rank == 1 else { throw Unsupported("a batch of signals") }
      let padded = try x.padded([n / 2, n / 2], mode: "reflect")
      let hop = max(1, n / 4)
      let frames = (padded.shape.count - n) / hop + 1
      let cut = try padded.picked(Tensor.positions([frames, n]) { $0[0] * hop + $0[1] })
      let bins = n / 2 + 1
      func table(_ body: (Double) -> Double) throws -> Variable {
        let values = (0..<bins).flatMap { k in
          (0..<n).map { body(2 * Double.pi * Double(k * $0 % n) / Double(n)) }
        }
        return Variable(try Tensor(values, shape: Shape(checking: [bins, n])).cast(x.dtype))
      }
      let real = try Variable.matmul(table { cos($0) }, cut, transposeB: true)
      let imaginary = try Variable.matmul(table { -sin($0) }, cut, transposeB: true)
      return [try Variable.stack([real, imaginary], axis: -1)]
    }
  }

  /// Pixels at places from -1 to 1: x [N, C, ...], grid [N, ..., axes], the last axis counting from
  /// the innermost.
  static func sampled(
    _ x: Variable, _ grid: Variable, _ mode: String, _ border: String, _ corners: Bool
  ) throws -> Variable {
    let axes = x.rank - 2
    let (n, ch) = (x.dims[0], x.dims[1])
    let sizes = Array(x.dims.dropFirst(2))
    let outer = Array(grid.dims[1..<grid.rank - 1])
    let count = outer.reduce(1, *)
    func reflected(_ p: Variable, _ low: Double, _ high: Double) throws -> Variable {
      let span = high - low
      if span <= 0 { return try p * 0 }
      let distance = try Operations.abs(p - low)
      let turns = Variable(try distance.value.binary(.divide, .number(span)).unary(.floor))
      let rest = try distance - turns * span
      let isEven = Variable(
        try turns.value.binary(.remainder, .number(2)).compare(.equal, .number(0)))
      return try Variable.where(isEven, rest + low, span - rest + low)
    }
    func bounded(_ p: Variable, _ size: Int) throws -> Variable {
      var q = p
      if border == "reflection" {
        q = try corners ? reflected(q, 0, Double(size - 1)) : reflected(q, -0.5, Double(size) - 0.5)
      }
      return border == "zeros" ? q : try Operations.bounded(q, 0, Double(size - 1))
    }
    var places: [Variable] = []  // per axis, outermost first: [n, count]
    for axis in 0..<axes {
      let g = try grid.sliced(axis: -1, axes - 1 - axis..<axes - axis).reshaped([n, count])
      let size = Double(sizes[axis])
      let p = try corners ? (g + 1) * ((size - 1) / 2) : ((g + 1) * size - 1) / 2
      places.append(mode == "bicubic" ? p : try bounded(p, sizes[axis]))
    }
    /// The pixels at whole coordinates [n, count] per axis, 0 outside: [n, ch, count].
    func pixels(_ at: [[Int]]) throws -> Variable {
      let area = sizes.reduce(1, *)
      return try x.picked(
        Tensor.positions([n, ch, count]) { p in
          var flat = 0
          for axis in 0..<axes {
            let i = at[axis][p[0] * count + p[2]]
            if i < 0 || i >= sizes[axis] { return -1 }
            flat = flat * sizes[axis] + i
          }
          return (p[0] * ch + p[1]) * area + flat
        })
    }
    func whole(_ t: Tensor) -> [Int] { (0..<t.count).map { t.integer(at: $0) } }
    let target = [n, ch] + outer
    if mode == "nearest" {
      return try pixels(places.map { whole(try $0.value.unary(.round)) }).reshaped(target)
    }
    let floors = try places.map { try $0.value.unary(.floor) }
    let parts = try zip(places, floors).map { try $0 - Variable($1) }
    var total: Variable?
    if mode == "bicubic" {
      guard axes == 2 else { throw Unsupported("bicubic in \(axes) axes") }
      func weights(_ t: Variable) throws -> [Variable] {
        let a = -0.75
        func near(_ d: Variable) throws -> Variable { try ((d * (a + 2) - (a + 3)) * d) * d + 1 }
        func far(_ d: Variable) throws -> Variable { try ((d * a - 5 * a) * d + 8 * a) * d - 4 * a }
        return [try far(t + 1), try near(t), try near(1 - t), try far(2 - t)]
      }
      let (wy, wx) = (try weights(parts[0]), try weights(parts[1]))
      func coordinate(_ axis: Int, _ offset: Int) throws -> [Int] {
        let moved = try Variable(floors[axis].binary(.add, .number(Double(offset - 1))))
        return whole(try bounded(moved, sizes[axis]).value)
      }
      for i in 0..<4 {
        for j in 0..<4 {
          let pixel = try pixels([coordinate(0, i), coordinate(1, j)])
          let part = try pixel * (wy[i] * wx[j]).expanded(axis: 1)
          total = try total.map { try $0 + part } ?? part
        }
      }
    } else {
      for corner in 0..<(1 << axes) {
        var weight: Variable?
        var at: [[Int]] = []
        for axis in 0..<axes {
          let isUp = corner >> axis & 1 == 1
          at.append(whole(floors[axis]).map { $0 + (isUp ? 1 : 0) })
          let own = try isUp ? parts[axis] : 1 - parts[axis]
          weight = try weight.map { try $0 * own } ?? own
        }
        guard let weight else { continue }
        let part = try pixels(at) * weight.expanded(axis: 1)
        total = try total.map { try $0 + part } ?? part
      }
    }
    return try (total ?? x).reshaped(target)
  }
}
