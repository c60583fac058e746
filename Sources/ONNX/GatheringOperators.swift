import Tensors

extension GraphOperators {
  /// An index that may count from the end, checked.
  static func index(_ index: Int, _ size: Int, axis: Int = 0) throws -> Int {
    guard index >= -size, index < size else {
      throw TensorError.indexOutOfRange(index: index, size: size, axis: axis)
    }
    return index < 0 ? index + size : index
  }

  static let gathering: [GraphOperator] = [
    GraphOperator("Gather") { call in
      let (x, indices) = (try call.operand(0).ranked(1...), try call.operand(1))
      let axis = try x.axis(call.integer("axis", 0))
      var maps = x.dims.map { Array(0..<$0) }
      maps[axis] = try indices.integers().map { try index($0, x.dims[axis], axis: axis) }
      return try mapped(x, maps).reshaped(
        Array(x.dims[..<axis]) + indices.dims + Array(x.dims[(axis + 1)...]))
    },
    GraphOperator("GatherElements") { call in
      let (x, indices) = (try call.operand(0), try call.operand(1))
      let axis = try x.axis(call.integer("axis", 0))
      guard indices.rank == x.rank, x.rank > 0,
        x.dims.indices.allSatisfy({ $0 == axis || indices.dims[$0] <= x.dims[$0] })
      else { throw GraphError.invalid("indices of \(indices.dims) into \(x.dims)") }
      let values = try indices.integers()
      let strides = Positions.strides(x.dims)
      var picks: [Int] = []
      try Positions.each(indices.dims) { place in
        var source = place
        source[axis] = try index(values[picks.count], x.dims[axis], axis: axis)
        picks.append(Positions.flat(source, strides))
      }
      return try x.picked(picks, indices.dims)
    },
    GraphOperator("GatherND") { call in
      let (x, indices) = (try call.operand(0), try call.operand(1))
      let batch = call.integer("batch_dims", 0)
      let depth = indices.dims.last ?? 0
      guard batch >= 0, indices.rank > batch, batch + depth <= x.rank,
        Array(x.dims[..<batch]) == Array(indices.dims[..<batch])
      else { throw GraphError.invalid("indices of \(indices.dims) into \(x.dims)") }
      let values = try indices.integers()
      let strides = Positions.strides(x.dims)
      let rest = Array(x.dims[(batch + depth)...])
      let inner = try places(rest)
      let rows = try places(Array(indices.dims.dropLast()))
      let batches = x.dims[..<batch].reduce(1, *)
      var picks: [Int] = []
      for row in 0..<rows {
        var start = batch == 0 ? 0 : row / (rows / batches) * strides[batch - 1]
        for k in 0..<depth {
          start +=
            try index(values[row * depth + k], x.dims[batch + k], axis: batch + k)
            * strides[batch + k]
        }
        for i in 0..<inner { picks.append(start + i) }
      }
      return try x.picked(picks, Array(indices.dims.dropLast()) + rest)
    },
    GraphOperator("ArrayFeatureExtractor", domain: "ai.onnx.ml") { call in
      let x = try call.operand(0).ranked(1...)
      var maps = x.dims.map { Array(0..<$0) }
      maps[x.rank - 1] = try call.operand(1).integers().map {
        try index($0, x.dims[x.rank - 1], axis: x.rank - 1)
      }
      let result = try mapped(x, maps)
      return x.rank == 1 ? try result.reshaped([1, result.count]) : result
    },
    GraphOperator("OneHot") { call in
      let (indices, depth) = (try call.operand(0), try Int(exactly: call.operand(1).real()) ?? 0)
      let values = try call.operand(2)
      guard depth > 0, values.count == 2 else {
        throw GraphError.invalid("\(depth) classes, \(values.count) values")
      }
      let axis = try Operand.axis(call.integer("axis", -1), rank: indices.rank + 1)
      let target = Array(indices.dims[..<axis]) + [depth] + Array(indices.dims[axis...])
      let (outer, inner) = (
        indices.dims[..<axis].reduce(1, *), indices.dims[axis...].reduce(1, *)
      )
      var picks = [Int](repeating: 0, count: try places(target))
      let classes = try indices.integers()
      for o in 0..<outer {
        for i in 0..<inner {
          let given = classes[o * inner + i]
          guard given >= -depth, given < depth else { continue }
          let at = given < 0 ? given + depth : given
          picks[(o * depth + at) * inner + i] = 1
        }
      }
      return try values.picked(picks, target)
    },
    GraphOperator("NonZero") { call in
      let x = try call.operand(0)
      let flags = x.type == .bool ? try x.flags() : try x.reals().map { $0 != 0 }
      let found = flags.indices.filter { flags[$0] }
      let dims = x.rank == 0 ? [1] : x.dims
      let strides = Positions.strides(dims)
      var result: [Int64] = []
      for axis in dims.indices {
        for at in found { result.append(Int64(at / strides[axis] % dims[axis])) }
      }
      return try Operand(whole: result, [x.rank, found.count].map { max($0, 0) }, .int64)
    },
  ]
}
