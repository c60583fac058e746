import Tensors

/// A tensor that may be under differentiation: operations on it are then noted on a tape.
package struct Variable: Sendable {
  package let value: Tensor
  let tape: Tape?
  let node: Int

  package init(_ value: Tensor) {
    self.value = value
    tape = nil
    node = -1
  }

  init(_ value: Tensor, tape: Tape, node: Int) {
    self.value = value
    self.tape = tape
    self.node = node
  }

  package var shape: Shape { value.shape }
  package var dims: [Int] { value.dims }
  package var rank: Int { value.rank }
  package var dtype: DType { value.dtype }

  /// Whether a gradient is being taken through this value now.
  package var isTraced: Bool { tape?.isOpen ?? false }

  /// The same number, a constant from here on.
  package func detached() -> Variable { Variable(value) }

  package static func number(_ value: Double, _ dtype: DType = .float64) throws -> Variable {
    Variable(try .number(value, dtype))
  }
}
