import Tensors

/// What can be wrong with a request for a gradient.
package enum AutogradError: Error, Sendable, Equatable {
  case notOneNumber(shape: [Int])
  case notDifferentiable(operation: String)

  package var message: String {
    switch self {
    case .notOneNumber(let shape): "grad needs one number, this function returned \(shape)"
    case .notDifferentiable(let operation): "\(operation) has no gradient"
    }
  }

  package var hint: String? {
    switch self {
    case .notOneNumber: "sum(…) or mean(…) around the result, or jacobian for all derivatives"
    case .notDifferentiable: "stop_grad(…) around it if it should count as a constant"
    }
  }
}

package enum Gradients {
  /// Whether a gradient is being taken inside another one, so that slopes need slopes.
  package static var isNested: Bool { (Tape.current?.depth ?? 0) > 1 }

  /// The value of `body` at `inputs` and its derivative for each of them, shaped like them.
  ///
  /// Scopes nest to any order: an inner result stays differentiable for the outer scope. Integers
  /// become floats first. An input that the result does not depend on has gradient zero.
  package static func of(_ inputs: [Variable], _ body: ([Variable]) throws -> Variable) throws -> (
    value: Variable, gradients: [Variable]
  ) {
    let (value, _, gradients) = try of(inputs) { (try body($0), ()) }
    return (value, gradients)
  }

  /// The same for a body that also returns something that is not differentiated.
  package static func of<Extra>(
    _ inputs: [Variable], _ body: ([Variable]) throws -> (Variable, Extra)
  ) throws -> (value: Variable, extra: Extra, gradients: [Variable]) {
    try scope(inputs) { tape, leaves, first, isOutermost in
      let (result, extra) = try body(leaves)
      guard result.shape.count == 1 else { throw AutogradError.notOneNumber(shape: result.dims) }
      let wasRecording = tape.isRecording
      if isOutermost { tape.isRecording = false }
      defer { tape.isRecording = wasRecording }
      let gradients = try backward(
        tape, from: result, seed: .full(result.shape, 1, result.dtype), to: leaves, first: first,
        frees: isOutermost)
      if isOutermost { return (result.detached(), extra, gradients.map { $0.detached() }) }
      return (result, extra, gradients)
    }
  }

  /// All derivatives of `body` at `input`: [result…, input…]. One walk back for each element of the
  /// result. Scopes nest here too.
  package static func jacobian(_ input: Variable, _ body: (Variable) throws -> Variable) throws
    -> Variable
  {
    try scope([input]) { tape, leaves, first, isOutermost in
      let result = try body(leaves[0])
      let shape = try Shape(checking: result.dims + input.dims)
      let (bytes, overflow) = shape.count.multipliedReportingOverflow(by: 16)
      try MemoryBudget.check(overflow ? .max : bytes)
      let wasRecording = tape.isRecording
      if isOutermost { tape.isRecording = false }
      defer { tape.isRecording = wasRecording }
      let rows = try (0..<result.shape.count).map { index in
        var seed = [Double](repeating: 0, count: result.shape.count)
        seed[index] = 1
        return try backward(
          tape, from: result, seed: Tensor(seed, shape: result.shape).cast(result.dtype),
          to: leaves, first: first, frees: false)[0]
      }
      guard let row = rows.first else { return Variable(try .zeros(shape, leaves[0].dtype)) }
      let all = result.rank == 0 ? row : try Variable.stack(rows, axis: 0).reshaped(shape.dims)
      return isOutermost ? all.detached() : all
    }
  }

  /// Runs a body with the inputs as leaves from position `first` of the open tape, or of a new one.
  private static func scope<Result>(
    _ inputs: [Variable],
    _ body: (_ tape: Tape, _ leaves: [Variable], _ first: Int, _ isOutermost: Bool) throws -> Result
  ) throws -> Result {
    func run(on tape: Tape) throws -> Result {
      tape.depth += 1
      defer { tape.depth -= 1 }
      let first = tape.count
      let leaves = try inputs.map { input in
        let float =
          try input.dtype.isFloat ? input : input.cast(input.rank == 0 ? .float64 : .float32)
        return tape.append(float.value, inputs: [float], attributes: [:]) { [$0.upstream] }
      }
      return try body(tape, leaves, first, tape.depth == 1)
    }
    if let tape = Tape.current, tape.isOpen { return try run(on: tape) }
    let tape = Tape()
    defer { tape.close() }
    return try Tape.$current.withValue(tape) { try run(on: tape) }
  }

  private static func backward(
    _ tape: Tape, from result: Variable, seed: Tensor, to leaves: [Variable], first: Int,
    frees: Bool
  ) throws -> [Variable] {
    let zeros = { (leaf: Variable) in Variable(try Tensor.zeros(leaf.shape, leaf.dtype)) }
    guard result.tape === tape, result.node >= first else { return try leaves.map(zeros) }
    let last = result.node
    // Only nodes that depend on a leaf of this scope take part.
    var depends = [Bool](repeating: false, count: last - first + 1)
    for leaf in leaves where leaf.node <= last { depends[leaf.node - first] = true }
    for index in first...last where !depends[index - first] {
      depends[index - first] = tape.nodes[index].inputs.contains {
        $0.node >= first && depends[$0.node - first]
      }
    }
    var gradients = [Variable?](repeating: nil, count: last - first + 1)
    gradients[last - first] = Variable(seed)
    let firstInner = first + leaves.count
    if last >= firstInner {
      for index in stride(from: last, through: firstInner, by: -1) where depends[index - first] {
        guard let upstream = gradients[index - first] else { continue }
        gradients[index - first] = nil
        let node = frees ? tape.take(index) : tape.nodes[index]
        guard let parts = try parts(of: node, index, upstream, on: tape) else { continue }
        for (input, part) in zip(node.inputs, parts) {
          guard let part, input.node >= first, depends[input.node - first] else { continue }
          let at = input.node - first
          let sum = try gradients[at].map { try $0.unpacked() + part } ?? part
          gradients[at] = try tape.packed(sum, at: input.node)
        }
      }
    }
    return try leaves.map { leaf in
      guard leaf.node <= last, let gradient = gradients[leaf.node - first] else {
        return try zeros(leaf)
      }
      return gradient
    }
  }

  /// The gradients of a node's operands. What was unpacked for its rule is gone when it returns.
  private static func parts(
    of node: Tape.Node, _ index: Int, _ upstream: Variable, on tape: Tape
  ) throws -> [Variable?]? {
    guard let rule = node.rule, let output = node.output else { return nil }
    return try rule(
      GradientContext(
        upstream: upstream.unpacked(), inputs: node.inputs.map(tape.variable),
        output: tape.variable((output, index)), attributes: node.attributes))
  }
}
