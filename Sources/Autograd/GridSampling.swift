import Tensors

extension Variable {
  private func checkSampling(_ grid: Variable, _ mode: String, _ border: String) throws {
    func wrong(_ reason: String, _ hint: String? = nil) -> TensorError {
      .invalid(operation: "grid_sample", reason: reason, hint: hint)
    }
    guard rank >= 3, grid.rank == rank, grid.dims[rank - 1] == rank - 2, grid.dims[0] == dims[0]
    else {
      throw wrong("images \(dims) and places \(grid.dims) do not fit: [N, C, H, W] and [N, ..., 2]")
    }
    guard !dims.dropFirst(2).contains(0) else { throw wrong("the images \(dims) have no pixels") }
    guard ["bilinear", "nearest", "bicubic"].contains(mode), mode != "bicubic" || rank == 4 else {
      throw wrong(
        "there is no mode \"\(mode)\" for \(rank - 2) axes", "\"bilinear\" or \"nearest\"")
    }
    guard ["zeros", "border", "reflection"].contains(border) else {
      throw wrong(
        "there is no border \"\(border)\"", "\"zeros\", \"border\" or \"reflection\"")
    }
  }

  /// Pixels at places from -1 to 1: x [N, C, ...], grid [N, ..., axes], the last axis counting from
  /// the innermost.
  package func sampled(at grid: Variable, mode: String, border: String, corners: Bool) throws
    -> Variable
  {
    try checkSampling(grid, mode, border)
    let x = self
    let axes = rank - 2
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
    func whole(_ t: Tensor) -> [Int] {
      // Far away is outside, however far; nan is nowhere.
      (0..<t.count).map {
        let at = t.double(at: $0)
        return at.isNaN ? Int.min / 2 : Int(Swift.max(-1e15, Swift.min(at, 1e15)))
      }
    }
    let target = [n, ch] + outer
    if mode == "nearest" {
      return try pixels(places.map { whole(try $0.value.unary(.round)) }).reshaped(target)
    }
    let floors = try places.map { try $0.value.unary(.floor) }
    let parts = try zip(places, floors).map { try $0 - Variable($1) }
    var total: Variable?
    if mode == "bicubic" {
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
