import Tensors

extension GraphOperators {
  private static func topK(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0).ranked(1...)
    let axis = try x.axis(call.integer("axis", -1))
    let k = try call.optional(1)?.integer() ?? call.required("k")
    let (outer, length, inner) = x.split(at: axis)
    guard k >= 0, k <= length else { throw GraphError.invalid("\(k) of \(length) elements") }
    let isLargest = call.flag("largest", true)
    let reals = x.type.isFloat ? try x.reals() : []
    let whole = x.type.isFloat ? [] : try x.whole()
    func precedes(_ a: Int, _ b: Int) -> Bool {
      if x.type.isFloat {
        if reals[a].isNaN || reals[b].isNaN { return reals[a].isNaN && !reals[b].isNaN }
        if reals[a] != reals[b] { return isLargest == (reals[a] > reals[b]) }
      } else if whole[a] != whole[b] {
        return isLargest == IntegerOrder.less(whole[b], whole[a], x.type)
      }
      return a < b
    }
    var dims = x.dims
    dims[axis] = k
    var picks = [Int](repeating: 0, count: try places(dims))
    var indices = [Int64](repeating: 0, count: picks.count)
    for o in 0..<outer {
      for i in 0..<inner {
        let order = (0..<length).map { (o * length + $0) * inner + i }.sorted(by: precedes)
        for r in 0..<k {
          let at = (o * k + r) * inner + i
          picks[at] = order[r]
          indices[at] = Int64((order[r] - i) / inner - o * length)
        }
      }
    }
    return [
      .tensor(try x.picked(picks, dims)), .tensor(try Operand(whole: indices, dims, .int64)),
    ]
  }

  /// Distinct elements, or distinct slices along an axis.
  private static func unique(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0)
    let axis = try call.integer("axis").map { try x.axis($0) }
    let flat = try axis == nil ? x.reshaped([x.count]) : x
    let (outer, length, inner) = flat.split(at: axis ?? 0)
    let texts = x.isText ? try flat.texts() : []
    let reals = x.isText ? [] : try flat.reals()
    func places(_ r: Int) -> [Int] {
      (0..<outer).flatMap { o in (0..<inner).map { (o * length + r) * inner + $0 } }
    }
    func precedes(_ a: Int, _ b: Int) -> Bool {
      for (p, q) in zip(places(a), places(b)) {
        if x.isText {
          if texts[p] != texts[q] { return texts[p] < texts[q] }
        } else if reals[p] != reals[q] {
          return reals[p] < reals[q]
        }
      }
      return false
    }
    // Sorted with equal ones in their order, so that the first of each group is the earliest.
    let order = (0..<length).sorted { precedes($0, $1) || (!precedes($1, $0) && $0 < $1) }
    var groups: [[Int]] = []
    for r in order {
      if let last = groups.last, !precedes(last[0], r) {
        groups[groups.count - 1].append(r)
      } else {
        groups.append([r])
      }
    }
    if !call.flag("sorted", true) { groups.sort { $0[0] < $1[0] } }
    var inverse = [Int64](repeating: 0, count: length)
    for (g, group) in groups.enumerated() { for r in group { inverse[r] = Int64(g) } }
    var maps = flat.dims.map { Array(0..<$0) }
    maps[axis ?? 0] = groups.map { $0[0] }
    let count = groups.count
    return [
      .tensor(try mapped(flat, maps)),
      .tensor(try Operand(whole: groups.map { Int64($0[0]) }, [count], .int64)),
      .tensor(try Operand(whole: inverse, [length], .int64)),
      .tensor(try Operand(whole: groups.map { Int64($0.count) }, [count], .int64)),
    ]
  }

  static let sortings: [GraphOperator] = [
    GraphOperator(many: "TopK", topK), GraphOperator(many: "Unique", unique),
  ]
}
