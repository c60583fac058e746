import Tensors

/// Putting tensors side by side.
enum Joining {
  static func concatenated(_ parts: [Operand], axis: Int) throws -> Operand {
    guard let first = parts.first else { throw GraphError.invalid("nothing to put together") }
    let axis = try first.axis(axis)
    var dims = first.dims
    guard first.rank > 0 else { throw GraphError.invalid("numbers have no axis to join along") }
    dims[axis] = 0
    for part in parts {
      var other = part.dims
      guard part.rank == first.rank, part.type == first.type else {
        throw GraphError.invalid("\(part.dims) cannot be put beside \(first.dims)")
      }
      dims[axis] += part.dims[axis]
      other[axis] = first.dims[axis]
      guard other == first.dims else {
        throw GraphError.invalid("\(part.dims) cannot be put beside \(first.dims)")
      }
    }
    if first.isText {
      let (outer, _, inner) = first.split(at: axis)
      var texts: [String] = []
      let contents = try parts.map { try $0.texts() }
      for o in 0..<outer {
        for (part, content) in zip(parts, contents) {
          let run = part.dims[axis] * inner
          texts += content[o * run..<(o + 1) * run]
        }
      }
      return try Operand(texts: texts, dims)
    }
    return Operand(
      carried: try Tensor.concat(parts.map { try $0.tensor() }, axis: axis), first.type)
  }
}

extension GraphOperators {
  static let moving: [GraphOperator] = [
    GraphOperator(many: "Identity") { [try $0.value(0)] },
    GraphOperator("Reshape") { call in
      let x = try call.operand(0)
      var dims = try call.optional(1)?.integers() ?? call.integers("shape") ?? []
      if !call.flag("allowzero") {
        for i in dims.indices where dims[i] == 0 && i < x.rank { dims[i] = x.dims[i] }
      }
      if let open = dims.firstIndex(of: -1) {
        dims[open] = 1
        let others = try places(dims)
        guard others > 0, x.count % others == 0 else {
          throw GraphError.invalid("\(x.dims) cannot be reshaped to \(dims)")
        }
        dims[open] = x.count / others
      }
      return try x.reshaped(dims)
    },
    GraphOperator("Flatten") { call in
      let x = try call.operand(0)
      let given = call.integer("axis", 1)
      guard given >= -x.rank, given <= x.rank else {
        throw TensorError.axisOutOfRange(axis: given, rank: x.rank)
      }
      let axis = given < 0 ? given + x.rank : given
      return try x.reshaped([x.dims[..<axis].reduce(1, *), x.dims[axis...].reduce(1, *)])
    },
    GraphOperator("Squeeze") { call in
      let x = try call.operand(0)
      let axes = try call.axes(input: 1).map { try x.axes($0) }
      if let wrong = axes?.first(where: { x.dims[$0] != 1 }) {
        throw GraphError.invalid("axis \(wrong) of \(x.dims) is not 1")
      }
      let dropped = axes ?? x.dims.indices.filter { x.dims[$0] == 1 }
      return try x.reshaped(
        x.dims.indices.filter { !dropped.contains($0) }.map { x.dims[$0] })
    },
    GraphOperator("Unsqueeze") { call in
      let x = try call.operand(0)
      let given = try call.axes(input: 1) ?? []
      let rank = x.rank + given.count
      let axes = try given.map { try Operand.axis($0, rank: rank) }
      guard Set(axes).count == axes.count else {
        throw GraphError.invalid("an axis is given twice")
      }
      var rest = x.dims[...]
      return try x.reshaped((0..<rank).map { axes.contains($0) ? 1 : rest.popFirst() ?? 1 })
    },
    GraphOperator("Transpose") { call in
      let x = try call.operand(0)
      return try x.transposed(call.integers("perm") ?? Array((0..<x.rank).reversed()))
    },
    GraphOperator("Concat") { call in
      try Joining.concatenated(
        call.operands(), axis: call.version < 4 ? call.integer("axis", 1) : call.required("axis"))
    },
    GraphOperator("Expand") { call in
      let x = try call.operand(0)
      return try x.stretched(
        to: Positions.broadcast(x.dims, call.operand(1).integers()))
    },
    GraphOperator("Tile") { call in
      let x = try call.operand(0)
      let repeats = try call.operand(1).integers()
      guard repeats.count == x.rank, repeats.allSatisfy({ $0 >= 0 }) else {
        throw GraphError.invalid("\(repeats) repeats of \(x.dims)")
      }
      let target = try zip(x.dims, repeats).map { size, times in try places([size, times]) }
      let strides = Positions.strides(x.dims)
      // An axis of n tiles is two axes: the tile (a step of 0) and the place in it.
      var (dims, steps): ([Int], [Int]) = ([], [])
      for axis in x.dims.indices {
        dims += [repeats[axis], x.dims[axis]]
        steps += [0, strides[axis]]
      }
      return try x.picked(Positions.walk(dims, steps), target)
    },
    GraphOperator("Shape") { call in
      let dims = try call.operand(0).dims
      func clamped(_ end: Int) -> Int { min(max(end < 0 ? end + dims.count : end, 0), dims.count) }
      let start = clamped(call.integer("start", 0))
      let end = max(start, clamped(call.integer("end", dims.count)))
      return try Operand(whole: dims[start..<end].map { Int64($0) }, [end - start], .int64)
    },
    GraphOperator("Size") { try Operand($0.operand(0).count) },
    GraphOperator("DepthToSpace") { call in
      let x = try call.operand(0).ranked(4...4)
      let block = try call.required("blocksize")
      let (n, c, h, w) = (x.dims[0], x.dims[1], x.dims[2], x.dims[3])
      guard block > 0, block < 1 << 20, c % block == 0, (c / block) % block == 0 else {
        throw GraphError.invalid("\(c) channels do not make blocks of \(block)")
      }
      let depth = c / block / block
      let isCRD = call.text("mode", "DCR") == "CRD"
      let split = isCRD ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w]
      let order = isCRD ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
      return try x.reshaped(split).transposed(order).reshaped([n, depth, h * block, w * block])
    },
    GraphOperator("SpaceToDepth") { call in
      let x = try call.operand(0).ranked(4...4)
      let block = try call.required("blocksize")
      let (n, c, h, w) = (x.dims[0], x.dims[1], x.dims[2], x.dims[3])
      guard block > 0, block < 1 << 20, h % block == 0, w % block == 0 else {
        throw GraphError.invalid("an image of \(h) by \(w) does not split into blocks of \(block)")
      }
      let order = call.text("mode", "DCR") == "CRD" ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
      return try x.reshaped([n, c, h / block, block, w / block, block]).transposed(order)
        .reshaped([n, c * block * block, h / block, w / block])
    },
    GraphOperator("ReverseSequence") { call in
      let x = try call.operand(0).ranked(2...)
      let lengths = try call.operand(1).integers()
      let (time, batch) = (call.integer("time_axis", 0), call.integer("batch_axis", 1))
      guard [0, 1].contains(time), batch == 1 - time, lengths.count == x.dims[batch],
        lengths.allSatisfy({ $0 >= 0 && $0 <= x.dims[time] })
      else { throw GraphError.invalid("lengths \(lengths) of \(x.dims)") }
      let strides = Positions.strides(x.dims)
      var picks: [Int] = []
      try Positions.each(x.dims) { index in
        var source = index
        let length = lengths[index[batch]]
        if index[time] < length { source[time] = length - 1 - index[time] }
        picks.append(Positions.flat(source, strides))
      }
      return try x.picked(picks, x.dims)
    },
    GraphOperator("Trilu") { call in
      let x = try call.operand(0).ranked(2...)
      let k = try call.optional(1)?.integer() ?? 0
      let isUpper = call.flag("upper", true)
      let (rows, columns) = (x.dims[x.rank - 2], x.dims[x.rank - 1])
      let picks = (0..<x.count).map { at in
        let (row, column) = (at / columns % rows, at % columns)
        return (isUpper ? column - row >= k : column - row <= k) ? at : -1
      }
      return try x.picked(picks, x.dims)
    },
  ]
}
