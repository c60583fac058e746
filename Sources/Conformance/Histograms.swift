import Autograd
import Tensors

extension Adapters {
  static func edges(_ low: Double, _ high: Double, _ bins: Int) -> [Double] {
    let (a, b) = low == high ? (low - 0.5, high + 0.5) : (low, high)
    return (0...bins).map { Double(Float(a + (b - a) * Double($0) / Double(bins))) }
  }

  /// The bin of a value, the last one closed; nil outside.
  static func bin(_ x: Double, _ edges: [Double]) -> Int? {
    guard let low = edges.first, let high = edges.last, x >= low, x <= high else { return nil }
    return min((edges.firstIndex { $0 > x } ?? edges.count) - 1, edges.count - 2)
  }

  static func addHistograms(_ table: inout Table) {
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
}
