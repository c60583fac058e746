import Autograd
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
      return [
        try c.x().sampled(
          at: c.x(1), mode: mode, border: border, corners: c.flag(4, "align_corners", false))
      ]
    }
    table.add("stft") { c in
      let x = try c.x()
      let n = try c.int(1, "n_fft", 1)
      c.ignore("return_complex")
      return [
        try Operations.shortFourier(x, ["n": .integer(n), "window": .text("ones")])
      ]
    }
  }
}
