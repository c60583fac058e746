/// What can be wrong with a tensor operation that a user asked for.
package enum TensorError: Error, Sendable, Equatable {
  case cannotBroadcast(operation: String, left: [Int], right: [Int])
  case cannotMultiply(left: [Int], right: [Int])
  case shapesDiffer(operation: String, left: [Int], right: [Int])
  case cannotReshape(from: [Int], to: [Int])
  case axisOutOfRange(axis: Int, rank: Int)
  case indexOutOfRange(index: Int, size: Int, axis: Int)
  case tooManyIndices(given: Int, rank: Int)
  case maskShape(mask: [Int], shape: [Int])
  case negativeSize([Int])
  case sizeOverflow([Int])
  case overBudget(needed: Int, budget: Int)
  case wrongKind(operation: String, found: DType, expected: String)
  case emptyReduction(operation: String)
  case divisionByZero(operation: String)
  case integerOverflow(operation: String)
  case windowTooLarge(operation: String, window: [Int], input: [Int])
  case invalid(operation: String, reason: String, hint: String?)

  /// One sentence: what was found and what was expected.
  package var message: String {
    switch self {
    case .cannotBroadcast(let operation, let left, let right):
      let axes = clash(left, right)
      return "\(operation): \(left) and \(right) do not fit together: \(axes)"
    case .cannotMultiply(let left, let right):
      let inner = (left.last ?? 1, right.count > 1 ? right[right.count - 2] : right.last ?? 1)
      return "cannot multiply \(left) @ \(right): the inner sizes \(inner.0) and \(inner.1) differ"
    case .shapesDiffer(let operation, let left, let right):
      return "\(operation): the shapes \(left) and \(right) should be equal"
    case .cannotReshape(let from, let to):
      return "cannot reshape \(from) to \(to): \(product(from)) elements do not fill it"
    case .axisOutOfRange(let axis, let rank):
      return rank == 0
        ? "axis \(axis) does not exist: this is one number"
        : "axis \(axis) does not exist: axes run from 0 to \(rank - 1) (or -\(rank) to -1)"
    case .indexOutOfRange(let index, let size, let axis):
      return size == 0
        ? "index \(index) is out of range: axis \(axis) is empty"
        : "index \(index) is out of range: axis \(axis) runs from 0 to \(size - 1)"
    case .tooManyIndices(let given, let rank):
      return "\(given) indices for a tensor with \(rank) ax\(rank == 1 ? "is" : "es")"
    case .maskShape(let mask, let shape):
      return "a mask of shape \(mask) cannot choose from a tensor of shape \(shape)"
    case .negativeSize(let dims): return "a size cannot be negative: \(dims)"
    case .sizeOverflow(let dims):
      return "a tensor of shape \(dims) has more elements than can be counted"
    case .overBudget(let needed, let budget):
      return "this needs \(Self.bytes(needed)), the memory budget is \(Self.bytes(budget))"
    case .wrongKind(let operation, let found, let expected):
      return "\(operation) needs \(expected), this is \(found.name)"
    case .emptyReduction(let operation): return "\(operation) of nothing: the axis has no elements"
    case .divisionByZero(let operation): return "\(operation) of an integer by zero"
    case .integerOverflow(let operation):
      return "\(operation): a whole number of the result does not fit into 64 bits"
    case .windowTooLarge(let operation, let window, let input):
      return "\(operation): a window of \(window) does not fit into an input of \(input)"
    case .invalid(let operation, let reason, _): return "\(operation): \(reason)"
    }
  }

  /// What to try, when that is known.
  package var hint: String? {
    switch self {
    case .cannotMultiply(let left, let right):
      if right.count == 2, left.last == right[1] {
        return "… @ w.T: \(left) @ [\(right[1]), \(right[0])] fits"
      }
      if left.count == 2, right.count == 2, left[0] == right[0] {
        return "x.T @ …: [\(left[1]), \(left[0])] @ \(right) fits"
      }
      return nil
    case .overBudget: return "smaller sizes, or a batch at a time"
    case .cannotReshape(let from, _):
      return "reshape(x, -1), or sizes whose product is \(product(from))"
    case .windowTooLarge: return "a smaller window, or padding"
    case .invalid(_, _, let hint): return hint
    default: return nil
    }
  }

  private func product(_ dims: [Int]) -> Int { dims.reduce(1) { $0 &* $1 } }

  private func clash(_ left: [Int], _ right: [Int]) -> String {
    for (a, b) in zip(left.reversed(), right.reversed()) where a != b && a != 1 && b != 1 {
      return "the sizes \(a) and \(b) differ and neither is 1"
    }
    return "their axes differ"
  }

  /// 4000000000000 is "4.0 TB".
  package static func bytes(_ count: Int) -> String {
    var value = Double(count)
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    if unit == 0 { return "\(count) bytes" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
