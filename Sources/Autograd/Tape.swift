import Tensors

/// What a gradient rule is given.
package struct GradientContext: Sendable {
  /// The gradient of the result.
  package let upstream: Variable
  package let inputs: [Variable]
  package let output: Variable
  package let attributes: Attributes
}

/// From the gradient of a result to the gradients of its inputs; nil where there is none.
package typealias GradientRule = @Sendable (GradientContext) throws -> [Variable?]

/// The numbers that a gradient rule reads; of the others only shapes and kinds are kept.
package struct Kept: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let inputs = Kept(rawValue: 1)
  package static let output = Kept(rawValue: 2)
  package static let all: Kept = [.inputs, .output]
  package static let nothing: Kept = []
}

/// The operations of one differentiation in the order they ran: a flat array, so that graphs of any
/// depth are walked and freed without recursion.
///
/// A tape belongs to the thread that opened it and is emptied when its outermost scope closes.
final class Tape: @unchecked Sendable {
  struct Node {
    /// Values with their own nodes (-1: a constant). Nodes hold no tape, so nothing is circular.
    var inputs: [(value: Tensor, node: Int)]
    var output: Tensor?
    var attributes: Attributes
    var rule: GradientRule?
  }

  @TaskLocal static var current: Tape?

  private(set) var nodes: [Node] = []
  private(set) var isOpen = true
  var isRecording = true
  var depth = 0
  /// Whether gradients of some nodes are kept in sixteen bits.
  private(set) var holdsHalves = false

  var count: Int { nodes.count }

  func append(
    _ output: Tensor, inputs: [Variable], attributes: Attributes, keeping kept: Kept = .all,
    rule: @escaping GradientRule
  )
    -> Variable
  {
    // Gradients of gradients may read more.
    let kept = depth == 1 ? kept : .all
    let keepsInputs = kept.contains(.inputs)
    if output.dtype.isHalf { holdsHalves = true }
    nodes.append(
      Node(
        inputs: inputs.map {
          (
            keepsInputs ? $0.value : $0.value.withoutNumbers, $0.tape === self ? $0.node : -1
          )
        }, output: kept.contains(.output) ? output : output.withoutNumbers,
        attributes: attributes, rule: rule))
    return Variable(output, tape: self, node: nodes.count - 1)
  }

  /// An operand as its rule is given it.
  func variable(_ input: (value: Tensor, node: Int)) throws -> Variable {
    let value = try input.value.dtype.isHalf ? input.value.widened() : input.value
    return input.node < 0 ? Variable(value) : Variable(value, tape: self, node: input.node)
  }

  /// The gradient of a node in the kind that its result is kept in.
  func packed(_ gradient: Variable, at node: Int) throws -> Variable {
    guard holdsHalves, let kind = nodes[node].output?.dtype, kind.isHalf else { return gradient }
    return try gradient.packed(kind)
  }

  /// Puts packed numbers in the place of the unpacked ones that nodes from `first` on were noted with.
  func pack(
    from first: Int, operands: [(wide: Tensor, packed: Tensor)],
    results: [(wide: Variable, packed: Tensor)]
  ) {
    for index in first..<max(first, nodes.count) {
      for at in nodes[index].inputs.indices {
        let value = nodes[index].inputs[at].value
        if let known = operands.first(where: { $0.wide.isSame(as: value) }) {
          nodes[index].inputs[at].value = known.packed
        }
      }
    }
    for (wide, packed) in results
    where wide.tape === self && wide.node >= first && packed.dtype.isHalf {
      let isKept = nodes[wide.node].output?.isSame(as: wide.value) ?? false
      nodes[wide.node].output = isKept ? packed : packed.withoutNumbers
      holdsHalves = true
    }
  }

  /// A node, of which the tape keeps nothing.
  func take(_ index: Int) -> Node {
    var node = Node(inputs: [], output: nil, attributes: [:], rule: nil)
    swap(&node, &nodes[index])
    return node
  }

  func close() {
    isOpen = false
    // Newest first: an output may be all that keeps an earlier value alive.
    while !nodes.isEmpty { nodes.removeLast() }
  }
}

extension Tensor {
  /// This result as a variable: on the inputs' tape with its gradient rule, if one is listening.
  package func recorded(
    from inputs: [Variable], _ attributes: Attributes = [:], keeping kept: Kept = .all,
    _ rule: @escaping GradientRule
  ) -> Variable {
    for input in inputs {
      if let tape = input.tape, tape.isOpen {
        if !tape.isRecording { break }
        return tape.append(
          self, inputs: inputs, attributes: attributes, keeping: kept, rule: rule)
      }
    }
    return Variable(self)
  }
}
