import Tensors

// Floats of sixteen bits and i8 only hold numbers. Whatever computes is given them unpacked; what it
// makes is packed again where all of its floats were of one such kind. The tape keeps the packed form
// of operands, results and gradients, and unpacks them for each rule.

extension Variable {
  /// The same numbers for arithmetic, at the same place of the tape.
  func unpacked() throws -> Variable {
    if !dtype.isPacked { return self }
    let wide = try value.unpacked()
    return tape.map { Variable(wide, tape: $0, node: node) } ?? Variable(wide)
  }

  /// The nearest numbers of another kind, at the same place of the tape.
  func packed(_ kind: DType) throws -> Variable {
    if dtype == kind { return self }
    let small = try value.cast(kind)
    return tape.map { Variable(small, tape: $0, node: node) } ?? Variable(small)
  }

  /// What `body` makes of inputs in the kinds that arithmetic takes place in. Floats among the results
  /// become f16 (bf16) if all tensors of floats among the inputs are; single numbers stay as they are.
  package static func unpacking(
    _ inputs: [Variable], _ body: ([Variable]) throws -> [Variable]
  ) throws -> [Variable] {
    let wide = try inputs.map { try $0.unpacked() }
    let tape = inputs.lazy.compactMap(\.tape).first { $0.isOpen && $0.isRecording }
    let first = tape?.count ?? 0
    let results = try body(wide)
    let kind = packedKind(of: inputs)
    var kept = results
    for (i, result) in results.enumerated() {
      if let same = wide.firstIndex(where: { $0.value.isSame(as: result.value) }),
        result.node == wide[same].node
      {
        kept[i] = inputs[same]
      } else if let kind, result.dtype == .float32, result.rank > 0 {
        kept[i] = try result.packed(kind)
      }
    }
    tape?.pack(
      from: first, operands: zip(wide, inputs).map { ($0.value, $1.value) },
      results: zip(results, kept).map { ($0, $1.value) })
    return kept
  }

  /// The same for one result.
  package static func unpacking(
    _ inputs: Variable..., body: ([Variable]) throws -> Variable
  ) throws -> Variable {
    try unpacking(inputs) { [try body($0)] }[0]
  }

  private static func packedKind(of inputs: [Variable]) -> DType? {
    let floats = inputs.filter { $0.dtype.isFloat && $0.rank > 0 }
    guard let kind = floats.first?.dtype, kind.isHalf, floats.allSatisfy({ $0.dtype == kind })
    else { return nil }
    return kind
  }
}
