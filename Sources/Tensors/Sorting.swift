extension Tensor {
  /// Positions that sort each row along the last axis; stable, NaN last: i64.
  package func argsort(descending: Bool = false) throws -> Tensor {
    guard rank > 0 else { throw TensorError.axisOutOfRange(axis: -1, rank: 0) }
    let n = dims[rank - 1]
    let values = array(of: Double.self)
    let result = try Tensor(uninitialised: shape, .int64)
    let out = result.fresh(Int64.self)
    for row in 0..<(n == 0 ? 0 : count / n) {
      let base = row * n
      try WorkStop.check()
      var compared = 0
      let order = try (0..<n).sorted { a, b in
        compared &+= 1
        if compared & 0xFFFF == 0 { try WorkStop.check() }
        let (x, y) = (values[base + a], values[base + b])
        if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
        if x == y { return a < b }
        return descending ? x > y : x < y
      }
      WorkStop.stretches(of: n) { for i in $0 { out[base + i] = Int64(order[i]) } }
    }
    return result
  }

  /// Each row along the last axis in order.
  package func sorted(descending: Bool = false) throws -> Tensor {
    let order = try argsort(descending: descending)
    let n = dims[rank - 1]
    let flat = try (0..<count).map { i in
      if i & 0xFFFFF == 0 { try WorkStop.check() }
      return i / max(n, 1) * n + order.integer(at: i)
    }
    return try reshaped([-1]).taking(flat).viewed(as: shape)
  }
}
