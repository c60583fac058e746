import Autograd
import Glibc
import Tensors

extension Adapters {
  static func addCreation(_ table: inout Table) {
    func float(_ values: [Double], _ c: Call) throws -> [Variable] {
      let kind = try c.kind() ?? .float32
      return [Variable(try Tensor(values).cast(kind))]
    }
    func number(_ c: Call, _ place: Int, _ name: String = "") throws -> Double? {
      switch c.given(place, name) {
      case .boolean(let flag): return flag ? 1 : 0
      default: return try c.maybe(place, name)?.value.double(at: 0)
      }
    }
    table.add("arange") { c in
      var first = try number(c, 0) ?? 0
      var last = try number(c, 1, "end")
      if last == nil { (first, last) = (0, first) }
      let step = try number(c, 2, "step") ?? 1
      let count = Int((((last ?? 0) - first) / step).rounded(.up))
      return try float((0..<max(count, 0)).map { first + Double($0) * step }, c)
    }
    table.add("linspace", "linspace.tensor_overload", "logspace", "logspace.tensor_overload") { c in
      let (a, b) = (try number(c, 0) ?? 0, try number(c, 1, "end") ?? 0)
      let n = try c.int(2, "steps", 0)
      let isLog = c.name.hasPrefix("log")
      let base = try isLog ? number(c, 3, "base") ?? 10 : 10
      return try float(
        (0..<n).map { i in
          let x = n == 1 ? a : a + (b - a) * Double(i) / Double(n - 1)
          return isLog ? pow(base, x) : x
        }, c)
    }
    table.add("eye") { c in
      let n = try c.int(0, "n", 0)
      let m = try c.int(1, "m", n)
      return try [
        Variable(Tensor.positions([n, m]) { $0[0] == $0[1] ? 1 : 0 }.cast(c.kind() ?? .float32))
      ]
    }
    table.add("full", "ones", "zeros", "scalar_tensor") { c in
      let value: Double
      switch c.name {
      case "full": value = try number(c, 1, "fill_value") ?? 0
      case "ones": value = 1
      case "zeros": value = 0
      default: value = try number(c, 0) ?? 0
      }
      let dims = try c.name == "scalar_tensor" ? [] : c.ints(0, "size") ?? []
      return [Variable(try .full(Shape(checking: dims), value, c.kind() ?? .float32))]
    }
    table.add(
      "zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full", "fill", "zero_"
    ) { c in
      let x = try c.x()
      let isNew = c.name.hasPrefix("new_")
      let dims = try isNew ? c.ints(1, "size") ?? [] : x.dims
      var value = c.name.contains("one") ? 1.0 : 0
      if c.name.contains("full") { value = try number(c, isNew ? 2 : 1, "fill_value") ?? 0 }
      if c.name == "fill" { value = try number(c, 1, "value") ?? 0 }
      return [Variable(try .full(Shape(checking: dims), value, c.kind() ?? x.dtype))]
    }
    for (name, kind) in [
      ("bool", DType.bool), ("int", .int64), ("long", .int64), ("short", .int64), ("char", .int64),
      ("byte", .int64), ("float", .float32), ("double", .float64),
    ] { table.one(name) { try $0.cast(kind) } }
    table.add("slice") { c in
      let axis = try c.x().shape.axis(c.int(1, "dim", 0))
      let whole = Array(repeating: IndexItem.range(nil, nil, 1), count: axis)
      return [
        try c.x().indexed(whole + [.range(c.int(2, "start"), c.int(3, "end"), c.int(4, "step", 1))])
      ]
    }
    addSignalWindows(&table)
    addHistograms(&table)
    addSampling(&table)
  }

  private static func addSignalWindows(_ table: inout Table) {
    func window(_ name: String, _ body: @escaping (Call, Int) throws -> (Int) -> Double) {
      table.add("signal.windows.\(name)") { c in
        let n = try c.int(0, "M", 0)
        let span = try c.flag(-1, "sym", true) ? n : n + 1
        let kind = try c.kind() ?? .float32
        let value = try body(c, span)
        return [Variable(try Tensor((0..<n).map { n == 1 ? 1 : value($0) }).cast(kind))]
      }
    }
    func cosines(_ a: [Double], _ n: Int) -> (Int) -> Double {
      { i in
        let t = 2 * Double.pi * Double(i) / Double(max(n - 1, 1))
        return a.enumerated().reduce(0) {
          $0 + ($1.0 % 2 == 0 ? $1.1 : -$1.1) * cos(Double($1.0) * t)
        }
      }
    }
    window("hann") { _, n in cosines([0.5, 0.5], n) }
    window("hamming") { _, n in cosines([0.54, 0.46], n) }
    window("blackman") { _, n in cosines([0.42, 0.5, 0.08], n) }
    window("nuttall") { _, n in cosines([0.3635819, 0.4891775, 0.1365995, 0.0106411], n) }
    window("general_cosine") { c, n in cosines(try c.given(-1, "a").numbers() ?? [1], n) }
    window("general_hamming") { c, n in
      let alpha = try c.num(-1, "alpha", 0.54)
      return cosines([alpha, 1 - alpha], n)
    }
    window("bartlett") { _, n in { 1 - abs(2 * Double($0) / Double(max(n - 1, 1)) - 1) } }
    window("cosine") { _, n in { sin(Double.pi * (Double($0) + 0.5) / Double(n)) } }
    window("gaussian") { c, n in
      let std = try c.num(-1, "std", 1)
      return { i in
        let x = (Double(i) - Double(n - 1) / 2) / std
        return exp(-0.5 * x * x)
      }
    }
    window("kaiser") { c, n in
      let beta = try c.num(-1, "beta", 12)
      let full = try Tensor.number(beta).unary(.besselI0).double(at: 0)
      return { i in
        let x = 2 * Double(i) / Double(max(n - 1, 1)) - 1
        let inner = beta * max(0, 1 - x * x).squareRoot()
        return ((try? Tensor.number(inner).unary(.besselI0).double(at: 0)) ?? .nan) / full
      }
    }
  }

  private static func edges(_ low: Double, _ high: Double, _ bins: Int) -> [Double] {
    let (a, b) = low == high ? (low - 0.5, high + 0.5) : (low, high)
    return (0...bins).map { Double(Float(a + (b - a) * Double($0) / Double(bins))) }
  }

  /// The bin of a value, the last one closed; nil outside.
  private static func bin(_ x: Double, _ edges: [Double]) -> Int? {
    guard let low = edges.first, let high = edges.last, x >= low, x <= high else { return nil }
    return min((edges.firstIndex { $0 > x } ?? edges.count) - 1, edges.count - 2)
  }

  private static func addHistograms(_ table: inout Table) {
    table.add("histc") { c in
      let values = try c.x().value.array(of: Double.self)
      let bins = try c.int(1, "bins", 100)
      var (low, high) = (try c.num(2, "min", 0), try c.num(3, "max", 0))
      if low == 0, high == 0 { (low, high) = (values.min() ?? 0, values.max() ?? 0) }
      let all = low == high ? edges(low - 0.5, low + 0.5, bins) : edges(low, high, bins)
      var counts = [Double](repeating: 0, count: bins)
      for x in values { if let at = bin(x, all) { counts[at] += 1 } }
      return [Variable(try Tensor(counts).cast(.float32))]
    }
    table.add("histogram", "histogramdd") { c in
      let x = try c.x().value
      let isMany = c.name == "histogramdd"
      let width = isMany ? x.dims[x.rank - 1] : 1
      let values = x.array(of: Double.self)
      let rows = values.count / max(width, 1)
      var all: [[Double]] = []
      let ranges = try c.given(-1, "range").numbers()
      if isMany, case .list(let items) = c.given(1, "bins") {
        for (d, item) in items.enumerated() {
          if case .integer(let n) = item {
            let own = (0..<rows).map { values[$0 * width + d] }
            all.append(
              edges(ranges?[2 * d] ?? own.min() ?? 0, ranges?[2 * d + 1] ?? own.max() ?? 0, n))
          } else {
            all.append(try c.variable(item)?.value.array(of: Double.self) ?? [])
          }
        }
      } else if case .integer(let n) = c.given(1, "bins") {
        for d in 0..<width {
          let own = (0..<rows).map { values[$0 * width + d] }
          all.append(
            edges(ranges?[2 * d] ?? own.min() ?? 0, ranges?[2 * d + 1] ?? own.max() ?? 0, n))
        }
      } else {
        all = [try c.x(1, "bins").value.array(of: Double.self)]
      }
      let sizes = all.map { $0.count - 1 }
      var counts = [Double](repeating: 0, count: sizes.reduce(1, *))
      let weights = try c.maybe(-1, "weight")?.value.array(of: Double.self)
      for row in 0..<rows {
        var flat: Int? = 0
        for d in 0..<width {
          let at = bin(values[row * width + d], all[d])
          flat = flat.flatMap { f in at.map { f * sizes[d] + $0 } }
        }
        if let flat { counts[flat] += weights?[row] ?? 1 }
      }
      if try c.flag(-1, "density", false) {
        let total = counts.reduce(0, +)
        for i in counts.indices {
          var (rest, volume) = (i, 1.0)
          for d in (0..<sizes.count).reversed() {
            let at = rest % sizes[d]
            rest /= sizes[d]
            volume *= all[d][at + 1] - all[d][at]
          }
          counts[i] /= total * volume
        }
      }
      let kind = x.dtype
      return [Variable(try Tensor(counts, shape: Shape(checking: sizes)).cast(kind))]
        + (try all.map { Variable(try Tensor($0).cast(kind)) })
    }
  }

  private static func addSampling(_ table: inout Table) {
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
  private static func sampled(
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
