import Glibc

/// Recorded operations in a flat list, run again without allocation: every intermediate result has
/// its place in one block of memory, shared by results that are not needed at the same time.
package final class TensorProgram: @unchecked Sendable {
  private let lines: [(first: Int, run: Recording.Kernel)]
  private let names: [(name: String, shape: Shape, bytes: Int)]
  /// The addresses of all operands, line after line.
  private let addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// Operands that move with each run: which given tensor, where in the list, how far into it.
  private let patches: [(given: Int, at: Int, offset: Int)]
  /// Operands of results that a run may be told to leave elsewhere: which result, where in the list,
  /// how far into it, and where it lies otherwise.
  private let outlets: [(result: Int, at: Int, offset: Int, home: UnsafeMutableRawPointer)]
  private let operandCount: Int
  /// The lines that the first result needs.
  private let halfCount: Int
  private let arena: Storage
  private let constants: [Storage]
  private let given: [(shape: Shape, dtype: DType)]
  /// What the recorded body returned, as of the last run.
  package let results: [Tensor]

  /// Nil when the recording met an obstacle, or a result is none of what it made. It lies in the memory
  /// of another program, if one is given, which is not run meanwhile; nil when that is too small.
  package init?(
    _ recording: Recording, given: [Tensor], results: [Tensor], within other: TensorProgram? = nil
  ) throws {
    guard recording.obstacle == nil else { return nil }
    let ends = results.map(recording.operand)
    let origins = recording.origins
    let recorded = ChainFusion.fused(LineFusion.fused(recording.lines, ends: ends), ends: ends)
    let places = Places(recorded, origins, ends)
    if let other, other.arena.byteCount < places.bytes { return nil }
    let arena = try other?.arena ?? Storage(byteCount: places.bytes)
    let count = recorded.reduce(0) { $0 + $1.operands.count }
    let addresses = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: max(1, count))
    var constants: [Storage] = []
    var patches: [(given: Int, at: Int, offset: Int)] = []
    var lines: [(first: Int, run: Recording.Kernel)] = []
    let outlet = TensorProgram.outlets(ends, origins, results)
    var outlets: [(result: Int, at: Int, offset: Int, home: UnsafeMutableRawPointer)] = []
    var next = 0
    for line in recorded {
      lines.append((next, line.run))
      for operand in line.operands {
        if let result = outlet[operand.slot] {
          outlets.append((result, next, operand.offset, arena.start + places[operand.slot]))
        }
        switch origins[operand.slot] {
        case .given(let index):
          patches.append((index, next, operand.offset))
          addresses[next] = given[index].storage.start
        case .made: addresses[next] = arena.start + places[operand.slot] + operand.offset
        case .constant(let storage): addresses[next] = storage.start + operand.offset
        }
        next += 1
      }
    }
    for origin in origins { if case .constant(let storage) = origin { constants.append(storage) } }
    var isComplete = true
    self.results = zip(results, ends).map { tensor, end in
      switch origins[end.slot] {
      case .made:
        return Tensor(
          shape: tensor.shape, dtype: tensor.dtype, storage: arena,
          offset: (places[end.slot] + end.offset) / tensor.dtype.size)
      case .constant: return tensor
      case .given:
        isComplete = false
        return tensor
      }
    }
    self.lines = lines
    let maker = recorded.firstIndex { line in
      ends.first.map { end in line.operands.suffix(line.outputs).contains { $0.slot == end.slot } }
        ?? false
    }
    halfCount = (maker ?? lines.count - 1) + 1
    self.names = recorded.map { line in
      let made = line.operands.suffix(line.outputs).reduce(0) { sum, operand in
        if case .made(let bytes) = origins[operand.slot] { sum + bytes } else { sum }
      }
      return (line.name, line.shape, made)
    }
    self.addresses = addresses
    operandCount = count
    self.patches = patches
    self.outlets = outlets
    self.arena = arena
    self.constants = constants
    self.given = given.map { ($0.shape, $0.dtype) }
    if !isComplete { return nil }
  }

  deinit { addresses.deallocate() }

  /// Whether the program was recorded for tensors like these.
  package func fits(_ tensors: [Tensor]) -> Bool {
    guard tensors.count == given.count else { return false }
    for i in tensors.indices {
      let tensor = tensors[i]
      guard tensor.offset == 0, tensor.dtype == given[i].dtype, tensor.shape == given[i].shape
      else { return false }
    }
    return true
  }

  /// Which slots hold all of one result and of no other one.
  private static func outlets(
    _ ends: [Recording.Operand], _ origins: [Recording.Origin], _ results: [Tensor]
  ) -> [Int: Int] {
    var found: [Int: Int] = [:]
    for (index, end) in ends.enumerated() {
      guard case .made(let bytes) = origins[end.slot], end.offset == 0,
        bytes - results[index].count * results[index].dtype.size < 64,
        ends.count(where: { $0.slot == end.slot }) == 1
      else { continue }
      found[end.slot] = index
    }
    return found
  }

  /// Memory for results of a run that should not lie in the program's own; nil for those that have to.
  package func fresh(_ chosen: Range<Int>) throws -> [Tensor?] {
    let free = Set(outlets.map(\.result))
    return try results.indices.map { index in
      guard chosen.contains(index), free.contains(index) else { return nil }
      return try Tensor(uninitialised: results[index].shape, results[index].dtype)
    }
  }

  /// Runs every line; the results then hold for these tensors and this stream, those of `fresh` lie
  /// there. `halfway` is called when the first result is known.
  package func run(
    _ tensors: [Tensor], _ stream: RandomStream, into fresh: [Tensor?] = [],
    halfway: () -> Void = {}
  ) throws {
    precondition(fits(tensors))
    try withExtendedLifetime((tensors, fresh, self)) {
      place(tensors, fresh)
      let word = stream.word
      for line in lines[..<halfCount] {
        try line.run(UnsafePointer(addresses + line.first), word)
      }
      halfway()
      for line in lines[halfCount...] {
        try line.run(UnsafePointer(addresses + line.first), word)
      }
    }
  }

  private func place(_ tensors: [Tensor], _ fresh: [Tensor?] = []) {
    for patch in patches {
      addresses[patch.at] = tensors[patch.given].storage.start + patch.offset
    }
    for outlet in outlets {
      let own = fresh.isEmpty ? nil : fresh[outlet.result]
      addresses[outlet.at] = (own?.storage.start ?? outlet.home) + outlet.offset
    }
  }

  private init(copying other: TensorProgram) throws {
    let arena = try Storage(byteCount: other.arena.byteCount)
    let count = max(1, other.lines.isEmpty ? 0 : other.operandCount)
    addresses = .allocate(capacity: count)
    let (from, size) = (other.arena.start, other.arena.byteCount)
    for at in 0..<other.operandCount {
      let old = other.addresses[at]
      let isOwn = old >= from && old < from + size
      addresses[at] = isOwn ? arena.start + (old - from) : old
    }
    (lines, names, patches) = (other.lines, other.names, other.patches)
    outlets = other.outlets.map { ($0.result, $0.at, $0.offset, arena.start + ($0.home - from)) }
    halfCount = other.halfCount
    (self.arena, constants, given, operandCount) = (
      arena, other.constants, other.given, other.operandCount
    )
    results = other.results.map { tensor in
      tensor.storage === other.arena
        ? Tensor(shape: tensor.shape, dtype: tensor.dtype, storage: arena, offset: tensor.offset)
        : tensor
    }
  }

  /// Whether a tensor lies in the program's memory, which the next run overwrites.
  package func owns(_ tensor: Tensor) -> Bool { tensor.storage === arena }

  package var lineCount: Int { lines.count }
  package var byteCount: Int { arena.byteCount }
}

extension TensorProgram {
  /// One line of the listing.
  package struct LineReport: Sendable {
    package let name: String
    package let shape: Shape
    /// Of all its results.
    package let bytes: Int
    /// The least of some runs.
    package let microseconds: Double
  }

  /// The same program with memory of its own.
  package func copy() throws -> TensorProgram { try TensorProgram(copying: self) }

  /// What each line is, and how long it takes on these tensors.
  package func timed(_ tensors: [Tensor], _ stream: RandomStream) throws -> [LineReport] {
    precondition(fits(tensors))
    var least = [Double](repeating: .infinity, count: lines.count)
    try withExtendedLifetime((tensors, self)) {
      place(tensors)
      for _ in 0..<5 {
        for (index, line) in lines.enumerated() {
          let start = TensorProgram.now
          try line.run(UnsafePointer(addresses + line.first), stream.word)
          least[index] = min(least[index], TensorProgram.now - start)
        }
      }
    }
    return zip(names, least).map {
      LineReport(name: $0.name, shape: $0.shape, bytes: $0.bytes, microseconds: $1 / 1000)
    }
  }

  /// Nanoseconds.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  /// The shapes of the tensors that it was recorded for.
  package var givenShapes: [Shape] { given.map(\.shape) }
  package var givenKinds: [DType] { given.map(\.dtype) }
}

/// Where intermediate results lie in a block of memory: those whose times of need do not overlap may
/// share a place.
private struct Places {
  private var offsets: [Int]
  private(set) var bytes = 0

  subscript(slot: Int) -> Int { offsets[slot] }

  init(_ lines: [Recording.Line], _ origins: [Recording.Origin], _ ends: [Recording.Operand]) {
    offsets = Array(repeating: -1, count: origins.count)
    var lastUse = Array(repeating: -1, count: origins.count)
    for (index, line) in lines.enumerated() {
      for operand in line.operands { lastUse[operand.slot] = index }
    }
    for end in ends { lastUse[end.slot] = lines.count }
    // Free places by offset.
    var free: [(start: Int, size: Int)] = []
    for (index, line) in lines.enumerated() {
      for operand in line.operands where offsets[operand.slot] < 0 {
        guard case .made(let size) = origins[operand.slot] else { continue }
        offsets[operand.slot] = take(size, from: &free)
      }
      for slot in Set(line.operands.map(\.slot)).sorted() where lastUse[slot] == index {
        guard case .made(let size) = origins[slot] else { continue }
        give((offsets[slot], size), to: &free)
      }
    }
  }

  /// The smallest free place that is large enough, or new memory at the end.
  private mutating func take(_ size: Int, from free: inout [(start: Int, size: Int)]) -> Int {
    var best: Int?
    for i in free.indices where free[i].size >= size {
      if best.map({ free[i].size < free[$0].size }) ?? true { best = i }
    }
    guard let best else {
      defer { bytes += size }
      return bytes
    }
    let start = free[best].start
    if free[best].size == size {
      free.remove(at: best)
    } else {
      free[best] = (start + size, free[best].size - size)
    }
    return start
  }

  private func give(_ place: (start: Int, size: Int), to free: inout [(start: Int, size: Int)]) {
    let at = free.firstIndex { $0.start > place.start } ?? free.count
    free.insert(place, at: at)
    if at + 1 < free.count, free[at].start + free[at].size == free[at + 1].start {
      free[at].size += free[at + 1].size
      free.remove(at: at + 1)
    }
    if at > 0, free[at - 1].start + free[at - 1].size == free[at].start {
      free[at - 1].size += free[at].size
      free.remove(at: at)
    }
  }
}
