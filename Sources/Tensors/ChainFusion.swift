import CKernels

/// One step on every element of f32 tensors; a step along an operand of 0 repeats its one number.
enum ElementStep: Equatable {
  case unary(UnaryOperation)
  case binary(BinaryOperation, stepA: Int, stepB: Int)

  /// The steps along the operands.
  fileprivate var strides: [Int] {
    switch self {
    case .unary: [1]
    case .binary(_, let a, let b): [a, b]
    }
  }
}

extension LineForm {
  fileprivate var element: ElementStep? {
    switch self {
    case .relu: .unary(.relu)
    case .sum: .binary(.add, stepA: 1, stepB: 1)
    case .element(let step): step
    case .reluBack, .batchNorm, .batchNormBack: nil
    }
  }
}

/// Recorded steps of single elements, gathered into lines that take them block by block, so that what
/// lies between them stays in the nearest cache: same numbers, fewer visits.
///
/// Steps on equally many elements wait for each other until a line needs what one of them makes. No
/// slot is filled twice, so that nothing changes by waiting.
struct ChainFusion {
  private typealias Operand = Recording.Operand
  private let lines: [Recording.Line]
  /// For each slot the lines that read it.
  private var readers: [Int: [Int]] = [:]
  /// Slots whose contents are wanted at the end.
  private let ends: Set<Int>
  /// The lines that wait, by how many elements they are for.
  private var waiting: [Int: [Int]] = [:]
  /// For each slot that a waiting line fills, how many elements that is for.
  private var coming: [Int: Int] = [:]
  private var result: [Recording.Line] = []

  private static let longest = 48

  /// The lines that are left, in an order in which each finds what it reads.
  static func fused(_ lines: [Recording.Line], ends: [Recording.Operand]) -> [Recording.Line] {
    var fusion = ChainFusion(lines, ends)
    for index in lines.indices { fusion.take(index) }
    for count in fusion.waiting.keys.sorted() { fusion.close(count) }
    return fusion.result
  }

  private init(_ lines: [Recording.Line], _ ends: [Recording.Operand]) {
    self.lines = lines
    self.ends = Set(ends.map(\.slot))
    for (index, line) in lines.enumerated() {
      for operand in line.inputs { readers[operand.slot, default: []].append(index) }
    }
  }

  private mutating func take(_ index: Int) {
    let line = lines[index]
    let step = line.form?.element
    let count = line.shape.count
    for (place, operand) in line.inputs.enumerated() {
      guard let maker = coming[operand.slot] else { continue }
      // Blocks go along: a number from elsewhere in the tensor may not be there yet.
      let goesAlong = operand.offset == 0 && (count == 1 || step?.strides[place] == 1)
      if step == nil || maker != count || !goesAlong { close(maker) }
    }
    guard step != nil, count > 0 else {
      result.append(line)
      return
    }
    waiting[count, default: []].append(index)
    for operand in line.results { coming[operand.slot] = count }
    if waiting[count]?.count == Self.longest { close(count) }
  }

  /// The lines for so many elements wait no longer.
  private mutating func close(_ count: Int) {
    guard let members = waiting.removeValue(forKey: count) else { return }
    for member in members { for operand in lines[member].results { coming[operand.slot] = nil } }
    result += members.count == 1 ? [lines[members[0]]] : chain(members, count: count)
  }

  /// One line for several; none where nobody reads what they make.
  private func chain(_ members: [Int], count: Int) -> [Recording.Line] {
    let made = Set(members.map { lines[$0].operands[lines[$0].operands.count - 1].slot })
    let inner = Set(members)
    func isSeen(_ slot: Int) -> Bool {
      ends.contains(slot) || readers[slot]?.contains { !inner.contains($0) } ?? false
    }
    var operands: [Operand] = []
    var inputs: [[Int]: Int] = [:]
    for member in members {
      for operand in lines[member].inputs where !made.contains(operand.slot) {
        let key = [operand.slot, operand.offset]
        if inputs[key] != nil { continue }
        inputs[key] = operands.count
        operands.append(operand)
      }
    }
    let results = members.compactMap { lines[$0].results.first }.filter { isSeen($0.slot) }
    if results.isEmpty { return [] }
    // Where each slot lies that a member fills: in memory, or in a block that is used again.
    var homes: [Int: Int] = [:]
    for operand in results {
      homes[operand.slot] = operands.count
      operands.append(operand)
    }
    var blocks = Blocks(first: operands.count)
    var steps: [ck_chain_step] = []
    for (position, member) in members.enumerated() {
      let line = lines[member]
      guard let step = line.form?.element, let result = line.results.first else { continue }
      let isKept = homes[result.slot] != nil
      let home = homes[result.slot] ?? blocks.take()
      let given = line.inputs.enumerated().map { place, operand -> (place: Int, moves: Bool) in
        if made.contains(operand.slot) {
          let at = homes[operand.slot] ?? 0
          return (at, at < blocks.first)
        }
        return (inputs[[operand.slot, operand.offset]] ?? 0, step.strides[place] == 1)
      }
      homes[result.slot] = home
      steps.append(ck_chain_step(step, given, to: home, moves: isKept))
      for operand in line.inputs {
        guard let home = homes[operand.slot], home >= blocks.first,
          !members[(position + 1)...].contains(where: { later in
            lines[later].inputs.contains { $0.slot == operand.slot }
          })
        else { continue }
        blocks.give(home)
      }
    }
    let names = members.map { lines[$0].name }
    let plan = ChainPlan(
      steps: steps, operands: operands.count, blocks: blocks.count, elements: count)
    return [
      Recording.Line(
        name: names.prefix(4).joined(separator: " ") + (names.count > 4 ? " …" : ""),
        shape: lines[members[members.count - 1]].shape, operands: operands,
        outputs: results.count, form: nil
      ) { at, _ in plan.run(at) }
    ]
  }

  /// Places for what lives within a block only.
  private struct Blocks {
    let first: Int
    private(set) var count = 0
    private var free: [Int] = []

    init(first: Int) { self.first = first }

    mutating func take() -> Int {
      if let known = free.popLast() { return known }
      defer { count += 1 }
      return first + count
    }

    mutating func give(_ place: Int) { if !free.contains(place) { free.append(place) } }
  }
}

extension ck_chain_step {
  fileprivate init(
    _ step: ElementStep, _ given: [(place: Int, moves: Bool)], to result: Int, moves: Bool
  ) {
    self.init()
    switch step {
    case .unary(let operation): op = operation.rawValue
    case .binary(let operation, let a, let b):
      (op, is_binary) = (operation.rawValue, 1)
      (step_a, step_b) = (Int32(a), Int32(b))
      (self.b, moves_b) = (Int32(given[1].place), given[1].moves ? 1 : 0)
    }
    (a, moves_a) = (Int32(given[0].place), given[0].moves ? 1 : 0)
    (y, moves_y) = (Int32(result), moves ? 1 : 0)
  }
}

/// The steps of a chain, and how much room they need.
private struct ChainPlan: Sendable {
  let steps: [ck_chain_step]
  let operands: Int
  let blocks: Int
  let elements: Int

  func run(_ at: UnsafePointer<UnsafeMutableRawPointer>) {
    nonisolated(unsafe) let at = at
    Workers.split(elements, grain: Tensor.grain) { part in
      let size = Int(CK_CHAIN_BLOCK)
      withUnsafeTemporaryAllocation(
        byteCount: max(1, blocks) * size * 4, alignment: 64
      ) { room in
        withUnsafeTemporaryAllocation(
          of: UnsafeMutablePointer<Float>?.self, capacity: operands + blocks
        ) { places in
          guard let start = room.baseAddress else { return }
          for i in 0..<operands { places[i] = at[i].assumingMemoryBound(to: Float.self) }
          for i in 0..<blocks {
            places[operands + i] = (start + i * size * 4).assumingMemoryBound(to: Float.self)
          }
          steps.withUnsafeBufferPointer {
            ck_chain_f32(
              $0.baseAddress, $0.count, places.baseAddress, part.lowerBound, part.count)
          }
        }
      }
    }
  }
}
