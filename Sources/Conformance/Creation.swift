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

  static func addSignalWindows(_ table: inout Table) {
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
}
