import Language
import Tensors
import Training

/// How a learner's step runs without being interpreted: recorded once, proven once against the
/// interpreter bit for bit, then repeated as long as the shapes stay.
///
/// Copies of a learner share their plan; only one of them may take steps at a time.
package final class StepPlan: @unchecked Sendable {
  /// The loss on a batch and its derivatives. Those of a program are valid until its next run.
  package struct Slopes {
    let value: Tensor
    var gradients: [Tensor]
    /// What the layers know after the step.
    var memory: [Tensor] = []
    /// The model that took notes, when it was interpreted.
    var varied: Value?
    var program: TensorProgram?

    init(_ value: Tensor, _ gradients: [Tensor]) {
      self.value = value
      self.gradients = gradients
    }

    var loss: Double { value.item ?? .nan }
    var all: [Tensor] { [value] + gradients + memory }

    /// Whether all bits agree.
    func equals(_ other: Slopes) -> Bool {
      all.count == other.all.count
        && zip(all, other.all).allSatisfy { a, b in
          a.withBytes { p in b.withBytes { q in a.dtype == b.dtype && p.elementsEqual(q) } }
        }
    }
  }

  private enum State {
    case unseen
    case seen
    case recorded(TensorProgram)
    case proven(TensorProgram)
    case without(reason: String)
  }
  /// What is known of steps on tensors of these shapes: of whole batches, and of smaller last ones.
  private struct Track {
    var state: State
    let given: [(shape: Shape, dtype: DType)]

    var size: Int { given.reduce(0) { $0 + $1.shape.count } }

    func fits(_ tensors: [Tensor]) -> Bool {
      tensors.count == given.count
        && zip(tensors, given).allSatisfy { $0.dtype == $1.dtype && $0.shape == $1.shape }
    }
  }
  private var tracks: [Track] = []
  private static let mostTracks = 4
  private var gradientCount = 0
  /// The moment at which the last step knew its loss.
  var halfway = 0.0
  /// Memory for what steps leave behind: the next step but one uses it again.
  package let pool = StoragePool()

  package init() {}

  /// Whether steps are repeated from the plan now.
  package var isInUse: Bool { program != nil }

  /// Why there is no plan; nil while there may be one.
  package var obstacle: String? {
    if case .without(let reason) = tracks.first?.state { reason } else { nil }
  }

  /// The program that is repeated for whole batches.
  package var program: TensorProgram? {
    if case .proven(let program) = tracks.first?.state { program } else { nil }
  }

  /// The program that is repeated for tensors like these.
  func program(for given: [Tensor]) -> TensorProgram? {
    for track in tracks {
      if case .proven(let program) = track.state, program.fits(given) { return program }
    }
    return nil
  }

  /// The results of a step that is repeated, `count` of them behind the first one in memory of their
  /// own; nil where it has to be interpreted, which also tells what goes wrong, with its place.
  func repeated(_ given: [Tensor], _ stream: RandomStream, own count: Int) throws -> [Tensor]? {
    guard let program = program(for: given) else { return nil }
    let fresh = try program.fresh(1..<1 + count)
    guard
      (try? program.run(given, stream, into: fresh, halfway: { halfway = StepTimes.now })) != nil
    else { return nil }
    return try program.results.enumerated().map { index, result in
      try fresh[index] ?? (index > 0 && index <= count ? result.copied() : result)
    }
  }

  /// The track of tensors like these; nil when there are too many kinds of them.
  private func track(of given: [Tensor]) -> Int? {
    if let known = tracks.firstIndex(where: { $0.fits(given) }) { return known }
    let new = Track(
      state: tracks.isEmpty ? .unseen : .seen, given: given.map { ($0.shape, $0.dtype) })
    guard let first = tracks.first else {
      tracks = [new]
      return 0
    }
    switch first.state {
    case .proven where tracks.count < Self.mostTracks:
      // It will lie in the memory of the first one's program.
      tracks.append(new)
    case .unseen, .seen: tracks = [new]
    case .recorded where new.size > first.size: tracks = [new]
    case .recorded, .proven, .without: return nil
    }
    return tracks.count - 1
  }

  /// `interpret` gives the slopes, and whether something beside the given tensors had a part in them;
  /// it is told whether what it does is recorded.
  func slopes(
    _ given: [Tensor], _ stream: RandomStream,
    _ interpret: (_ isRecorded: Bool) throws -> (Slopes, isOpen: Bool)
  ) throws -> Slopes {
    if let program = program(for: given) {
      // What goes wrong is told by the interpreter, with its place.
      guard (try? run(program, given, stream)) != nil else { return try interpret(false).0 }
      return slopes(of: program)
    }
    guard let at = track(of: given) else { return try interpret(false).0 }
    switch tracks[at].state {
    case .recorded(let program) where program.fits(given):
      let expected = try interpret(false).0
      // The program's memory comes into use now; the interpreter's is free.
      if at == 0 { MemoryBudget.returnFreed() }
      let isSame = (try? run(program, given, stream)) != nil && slopes(of: program).equals(expected)
      tracks[at].state = isSame ? .proven(program) : .without(reason: "the repeated step differs")
      return expected
    case .seen:
      let ((slopes, isOpen), recording) = try Recording.of(given, stream) { try interpret(true) }
      gradientCount = slopes.gradients.count
      tracks[at].state = state(recording, isOpen, given, slopes, isFirst: at == 0)
      return slopes
    case .unseen:
      // The first step may compute with weights that are parts of other tensors.
      tracks[at].state = .seen
      return try interpret(false).0
    case .proven, .recorded, .without: return try interpret(false).0
    }
  }

  /// What to think of steps after one was recorded.
  private func state(
    _ recording: Recording, _ isOpen: Bool, _ given: [Tensor], _ slopes: Slopes, isFirst: Bool
  ) -> State {
    if let obstacle = recording.obstacle { return .without(reason: obstacle) }
    if isOpen { return .without(reason: "the step depends on more than its batch") }
    let program = try? TensorProgram(
      recording, given: given, results: slopes.all, within: isFirst ? nil : program)
    return program.map { .recorded($0) }
      ?? .without(reason: "a gradient is one of the given tensors")
  }

  private func run(_ program: TensorProgram, _ given: [Tensor], _ stream: RandomStream) throws {
    try program.run(given, stream) { halfway = StepTimes.now }
  }

  private func slopes(of program: TensorProgram) -> Slopes {
    var slopes = Slopes(program.results[0], Array(program.results[1..<1 + gradientCount]))
    slopes.memory = Array(program.results[(1 + gradientCount)...])
    slopes.program = program
    return slopes
  }
}
