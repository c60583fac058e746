/// What a recorded line of f32 does, where lines that follow one another can become one.
enum LineForm: Equatable {
  /// x to the larger of 0 and x.
  case relu
  /// x, relu(x) and what comes from above to the slope of x.
  case reluBack
  /// Two tensors of one shape to their sum.
  case sum
  /// Something else done to each element.
  case element(ElementStep)
  /// x, weight and bias to y, notes and statistics.
  case batchNorm(BatchNorm)
  /// What comes from above, x, weight and notes to the slopes of x, and of weight and bias.
  case batchNormBack(BatchNorm)

  var batchNorm: BatchNorm? { if case .batchNorm(let norm) = self { norm } else { nil } }
  var batchNormBack: BatchNorm? { if case .batchNormBack(let norm) = self { norm } else { nil } }
}

/// Recorded lines of which some become one, so that what lay between them is never in memory: same
/// numbers, fewer visits.
struct LineFusion {
  private(set) var lines: [Recording.Line?]
  /// For each slot the line that fills it, and those that read it.
  private var producers: [Int: Int] = [:]
  private var readers: [Int: [Int]] = [:]
  /// Slots whose contents are wanted at the end.
  private let ends: Set<Int>

  /// The lines that are left, in order.
  static func fused(_ lines: [Recording.Line], ends: [Recording.Operand]) -> [Recording.Line] {
    var fusion = LineFusion(lines, ends)
    for index in lines.indices { fusion.fuseBatchNorm(index) }
    for index in lines.indices { fusion.fuseBatchNormBack(index) }
    return fusion.lines.compactMap { $0 }
  }

  private init(_ lines: [Recording.Line], _ ends: [Recording.Operand]) {
    self.lines = lines
    self.ends = Set(ends.map(\.slot))
    for (index, line) in lines.enumerated() { link(line, index) }
  }

  private mutating func link(_ line: Recording.Line, _ index: Int) {
    for operand in line.inputs where readers[operand.slot]?.last != index {
      readers[operand.slot, default: []].append(index)
    }
    for operand in line.results { producers[operand.slot] = index }
  }

  private mutating func remove(_ index: Int) {
    guard let line = lines[index] else { return }
    for operand in line.inputs { readers[operand.slot]?.removeAll { $0 == index } }
    lines[index] = nil
  }

  /// Puts a line made of several into the place of one of them.
  private mutating func replace(_ index: Int, by line: Recording.Line) {
    remove(index)
    lines[index] = line
    link(line, index)
    for operand in line.inputs { readers[operand.slot]?.sort() }
  }

  /// Whether an operand is all of its slot and filled before a line runs.
  private func isReady(_ operand: Recording.Operand, before index: Int) -> Bool {
    operand.offset == 0 && producers[operand.slot].map { $0 < index } ?? true
  }

  private func readers(of slot: Int) -> [Int] { ends.contains(slot) ? [] : readers[slot] ?? [] }

  /// The only line that reads a slot, if it has this form and handles as many elements.
  private func onlyReader(of slot: Int, _ form: LineForm, count: Int) -> Int? {
    guard let index = readers(of: slot).first, readers(of: slot).count == 1,
      let line = lines[index], line.form == form, line.shape.count == count,
      line.inputs.allSatisfy({ $0.offset == 0 })
    else { return nil }
    return index
  }

  /// The relu of a slot that nothing else reads but that relu's way back.
  private func relu(of slot: Int, count: Int) -> (line: Int, backs: [Int])? {
    let all = readers(of: slot)
    guard let first = all.first, let relu = lines[first], relu.form == .relu,
      relu.shape.count == count, relu.operands[0].offset == 0
    else { return nil }
    let result = relu.operands[1].slot
    for index in all.dropFirst() {
      guard let back = lines[index], back.form == .reluBack, back.operands[0].slot == slot,
        back.operands[1].slot == result, back.operands[2].slot != slot
      else { return nil }
    }
    return (first, Array(all.dropFirst()))
  }

  /// Batch norm and relu, or batch norm, a sum and relu.
  private mutating func fuseBatchNorm(_ index: Int) {
    guard let line = lines[index], let norm = line.form?.batchNorm else { return }
    let count = line.shape.count
    var (x, other) = (line.operands[3].slot, Recording.Operand?.none)
    let sum = onlyReader(of: x, .sum, count: count)
    if let sum, let added = lines[sum] {
      let isFirst = added.operands[0].slot == x
      let rest = added.operands[isFirst ? 1 : 0]
      guard rest.slot != x, isReady(rest, before: index) else { return }
      (x, other) = (added.operands[2].slot, rest)
    }
    guard let relu = relu(of: x, count: count), let after = lines[relu.line] else { return }
    let result = after.operands[1]
    // Where relu's result is above zero, so is what it was taken of.
    for back in relu.backs {
      guard var moved = lines[back] else { continue }
      moved.operands[0] = Recording.Operand(slot: result.slot, offset: 0)
      replace(back, by: moved)
    }
    remove(relu.line)
    if let sum { remove(sum) }
    let operands =
      Array(line.operands[0..<3]) + (other.map { [$0] } ?? []) + [result]
      + line.operands[4...]
    let isSum = other != nil
    replace(
      index,
      by: Recording.Line(
        name: isSum ? "batch_norm + relu" : "batch_norm relu", shape: line.shape,
        operands: operands, outputs: 3, form: nil
      ) { at, _ in
        let p = Floats(at)
        if isSum {
          norm.run(p[0], p[1], p[2], other: p[3], relu: true, p[4], p[5], p[6])
        } else {
          norm.run(p[0], p[1], p[2], relu: true, p[3], p[4], p[5])
        }
      })
  }

  /// The way back through relu, and through a sum of two slopes before it, with batch norm's.
  private mutating func fuseBatchNormBack(_ index: Int) {
    guard let line = lines[index], line.form == .reluBack,
      line.operands[0].slot == line.operands[1].slot,
      line.operands.allSatisfy({ $0.offset == 0 })
    else { return }
    let (slope, count) = (line.operands[3], line.shape.count)
    let all = readers[slope.slot] ?? []
    guard
      let at = all.first(where: {
        lines[$0]?.form?.batchNormBack != nil && lines[$0]?.operands[0].slot == slope.slot
      }), let next = lines[at], let norm = next.form?.batchNormBack, next.shape.count == count,
      next.operands[0].offset == 0,
      next.operands[1..<4].allSatisfy({ $0.slot != slope.slot && isReady($0, before: index) })
    else { return }
    let isKept = all.count > 1 || ends.contains(slope.slot)
    var upstream = [line.operands[2]]
    if let sum = producers[upstream[0].slot], let added = lines[sum],
      onlyReader(of: upstream[0].slot, .reluBack, count: count) == index, added.form == .sum,
      added.shape.count == count, added.inputs.allSatisfy({ $0.offset == 0 })
    {
      upstream = Array(added.inputs)
      remove(sum)
    }
    remove(at)
    let isSum = upstream.count == 2
    let operands =
      upstream + [line.operands[1]] + next.operands[1..<4] + (isKept ? [slope] : [])
      + next.results
    replace(
      index,
      by: Recording.Line(
        name: isSum ? "+ relu back batch_norm back" : "relu back batch_norm back",
        shape: next.shape, operands: operands, outputs: isKept ? 3 : 2, form: nil
      ) { at, _ in
        let p = Floats(at)
        let first = isSum ? 1 : 0
        norm.back(
          p[0], other: isSum ? p[1] : nil, after: p[first + 1], p[first + 2], p[first + 3],
          p[first + 4], kept: isKept ? p[first + 5] : nil, p[first + (isKept ? 6 : 5)],
          p[first + (isKept ? 7 : 6)])
      })
  }
}
