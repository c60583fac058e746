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
    let gradients: [Tensor]
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
  private var state = State.unseen
  private var gradientCount = 0
  /// Memory for what steps leave behind: the next step but one uses it again.
  package let pool = StoragePool()

  package init() {}

  /// Whether steps are repeated from the plan now.
  package var isInUse: Bool { if case .proven = state { true } else { false } }

  /// Why there is no plan; nil while there may be one.
  package var obstacle: String? { if case .without(let reason) = state { reason } else { nil } }

  /// The program that is repeated.
  package var program: TensorProgram? {
    if case .proven(let program) = state { program } else { nil }
  }

  /// `interpret` gives the slopes, and whether something beside the given tensors had a part in them.
  func slopes(
    _ given: [Tensor], _ stream: RandomStream, _ interpret: () throws -> (Slopes, isOpen: Bool)
  ) throws -> Slopes {
    switch state {
    case .proven(let program) where program.fits(given):
      // What goes wrong is told by the interpreter, with its place.
      guard (try? program.run(given, stream)) != nil else { return try interpret().0 }
      return slopes(of: program)
    case .recorded(let program) where program.fits(given):
      let expected = try interpret().0
      let isSame = (try? program.run(given, stream)) != nil && slopes(of: program).equals(expected)
      state = isSame ? .proven(program) : .without(reason: "the repeated step differs")
      return expected
    case .seen:
      let ((slopes, isOpen), recording) = try Recording.of(given, stream, interpret)
      gradientCount = slopes.gradients.count
      if let obstacle = recording.obstacle {
        state = .without(reason: obstacle)
      } else if isOpen {
        state = .without(reason: "the step depends on more than its batch")
      } else if let program = try? TensorProgram(recording, given: given, results: slopes.all) {
        state = .recorded(program)
      } else {
        state = .without(reason: "a gradient is one of the given tensors")
      }
      return slopes
    case .unseen:
      // The first step may compute with weights that are parts of other tensors.
      state = .seen
      return try interpret().0
    case .proven, .recorded, .without: return try interpret().0
    }
  }

  private func slopes(of program: TensorProgram) -> Slopes {
    var slopes = Slopes(program.results[0], Array(program.results[1..<1 + gradientCount]))
    slopes.memory = Array(program.results[(1 + gradientCount)...])
    slopes.program = program
    return slopes
  }
}
