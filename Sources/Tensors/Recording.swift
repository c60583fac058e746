import CKernels
import Synchronization

/// Notes the tensor operations of one thread while they run, so that a `TensorProgram` can run them
/// again on other contents.
///
/// Operations that can be repeated note themselves. Whatever else reads numbers that depend on the
/// given tensors is an obstacle: what it decides could be decided otherwise next time. Everything
/// made without reading such numbers is a constant.
package final class Recording {
  /// What a program gives an operation: the addresses of its tensors, and the step's stream.
  typealias Kernel = (UnsafePointer<UnsafeMutableRawPointer>, UInt64) throws -> Void

  enum Origin {
    case given(Int)
    case made(bytes: Int)
    case constant(Storage)
  }

  struct Operand {
    let slot: Int
    /// In bytes.
    let offset: Int
  }

  struct Line {
    let name: String
    let shape: Shape
    /// Inputs, then outputs.
    var operands: [Operand]
    /// How many of them are outputs.
    let outputs: Int
    /// What it does, where lines like it may become one with their neighbours.
    var form: LineForm?
    let run: Kernel

    var inputs: ArraySlice<Operand> { operands.dropLast(outputs) }
    var results: ArraySlice<Operand> { operands.suffix(outputs) }
  }

  private static let serials = Atomic<UInt32>(0)

  static var current: Recording? {
    @inline(__always) get {
      guard let object = ck_recording() else { return nil }
      return Unmanaged<Recording>.fromOpaque(object).takeUnretainedValue()
    }
  }

  let serial = Recording.serials.add(1, ordering: .relaxed).newValue
  private(set) var lines: [Line] = []
  private(set) var origins: [Origin] = []
  /// Places of storages that are older than the recording; the program keeps them.
  private var known: [ObjectIdentifier: Int] = [:]
  private let root: UInt64
  private var parents: [UInt64: (stream: UInt64, number: UInt64)] = [:]
  /// Why this cannot be repeated.
  package private(set) var obstacle: String?

  /// Notes what `body` does with the given tensors and with random numbers of `stream`.
  package static func of<R>(_ given: [Tensor], _ stream: RandomStream, _ body: () throws -> R)
    throws -> (result: R, recording: Recording)
  {
    let recording = Recording(given, stream)
    let outer = ck_recording()
    if outer != nil { recording.stop("a recording inside a recording") }
    ck_set_recording(Unmanaged.passUnretained(recording).toOpaque())
    defer { ck_set_recording(outer) }
    return (try body(), recording)
  }

  private init(_ given: [Tensor], _ stream: RandomStream) {
    root = stream.word
    for (index, tensor) in given.enumerated() {
      let identity = ObjectIdentifier(tensor.storage)
      if known[identity] != nil || tensor.offset != 0 { obstacle = "a tensor is given twice" }
      known[identity] = origins.count
      origins.append(.given(index))
    }
  }

  func stop(_ reason: String) { if obstacle == nil { obstacle = reason } }

  /// An operation that cannot be repeated is about to read a storage.
  func reads(_ storage: Storage) {
    if isVarying(storage) { stop("a value was looked at") }
  }

  private func slot(of storage: Storage) -> Int? {
    if storage.recording == serial { return storage.slot < 0 ? nil : Int(storage.slot) }
    return known[ObjectIdentifier(storage)]
  }

  private func isVarying(_ storage: Storage) -> Bool {
    guard let slot = slot(of: storage) else { return false }
    if case .constant = origins[slot] { return false }
    return true
  }

  /// Whether a recording of this thread notes what a tensor depends on, so that looking at its numbers
  /// would end it.
  package static func isNoting(_ tensor: Tensor) -> Bool {
    guard let current, current.obstacle == nil else { return false }
    return current.isVarying(tensor.storage)
  }

  /// Where a tensor lies; one that depends on nothing given becomes a constant.
  func operand(_ tensor: Tensor) -> Operand {
    let offset = tensor.offset * tensor.dtype.size
    if let slot = slot(of: tensor.storage) { return Operand(slot: slot, offset: offset) }
    let slot = origins.count
    origins.append(.constant(tensor.storage))
    remember(tensor.storage, slot)
    return Operand(slot: slot, offset: offset)
  }

  private func remember(_ storage: Storage, _ slot: Int) {
    if storage.recording == serial {
      storage.slot = Int32(slot)
    } else {
      known[ObjectIdentifier(storage)] = slot
    }
  }

  /// An operation has filled `outputs`, which nobody has seen yet, from `inputs`.
  func note(
    _ name: @autoclosure () -> String, _ inputs: [Tensor], _ outputs: [Tensor],
    form: LineForm? = nil, _ run: @escaping Kernel
  ) {
    guard obstacle == nil, inputs.contains(where: { isVarying($0.storage) }) else { return }
    append(name(), inputs, outputs, form, run)
  }

  private func append(
    _ name: String, _ inputs: [Tensor], _ outputs: [Tensor], _ form: LineForm? = nil,
    _ run: @escaping Kernel
  ) {
    var operands = inputs.map(operand)
    for output in outputs {
      precondition(output.storage.recording == serial && output.storage.slot < 0)
      output.storage.slot = Int32(origins.count)
      operands.append(Operand(slot: origins.count, offset: 0))
      origins.append(.made(bytes: output.storage.byteCount))
    }
    lines.append(
      Line(
        name: name, shape: outputs[0].shape, operands: operands, outputs: outputs.count, form: form,
        run: run))
  }

  // MARK: Random numbers

  func derives(_ child: UInt64, from stream: UInt64, _ number: UInt64) {
    parents[child] = (stream, number)
  }

  /// `output` was filled from a stream: the same for all steps unless it comes from the step's own.
  func noteRandom(
    _ name: String, _ stream: UInt64, _ output: Tensor,
    _ fill: @escaping (UInt64, UnsafeMutableRawPointer) -> Void
  ) {
    guard obstacle == nil, let path = path(to: stream) else { return }
    append(name, [], [output]) { at, root in
      fill(path.reduce(root) { RandomStream.childWord(of: $0, $1) }, at[0])
    }
  }

  /// Single numbers were drawn from a stream, to decide something.
  func draws(_ stream: UInt64) {
    if path(to: stream) != nil { stop("single random numbers were drawn") }
  }

  private func path(to stream: UInt64) -> [UInt64]? {
    var path: [UInt64] = []
    var at = stream
    while at != root {
      guard let parent = parents[at] else { return nil }
      path.append(parent.number)
      at = parent.stream
    }
    return path.reversed()
  }
}
