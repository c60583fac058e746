import Autograd
import Tensors

/// Where each sequence of a batch ends, for sequences laid out as [T, B, …].
struct Lengths {
  private let ends: [Int]
  private let steps: Int

  /// From whole numbers [B] between 1 and T, for x [B, T, …].
  init(_ given: Tensor, of x: Variable, _ layer: Layer) throws {
    guard given.dims == [x.dims[0]], !given.dtype.isFloat else {
      throw TensorError.invalid(
        operation: layer.text,
        reason: "needs a length for each of \(x.dims[0]) sequences, found \(given.dtype.name) "
          + "\(given.dims)", hint: nil)
    }
    ends = given.array(of: Int64.self).map { Int($0) }
    steps = x.dims[1]
    for end in ends where end < 1 || end > steps {
      throw TensorError.invalid(
        operation: layer.text, reason: "a length is \(end), the sequences have \(steps) steps",
        hint: "lengths from 1 to \(steps)")
    }
  }

  private func taking(_ x: Variable, _ rows: [Int], _ lead: [Int]) throws -> Variable {
    let rest = Array(x.dims.dropFirst(2))
    return try x.reshaped([steps * ends.count] + rest).taking(rows).reshaped(lead + rest)
  }

  /// Each sequence from its own end to its start; what follows stays.
  func turned(_ x: Variable) throws -> Variable {
    let rows = (0..<steps).flatMap { t in
      ends.enumerated().map { b, end in (t < end ? end - 1 - t : t) * ends.count + b }
    }
    return try taking(x, rows, [steps, ends.count])
  }

  /// Each sequence's last element: [B, …].
  func last(_ x: Variable) throws -> Variable {
    let rows = ends.enumerated().map { b, end in (end - 1) * ends.count + b }
    return try taking(x, rows, [ends.count])
  }

  /// 0 behind each sequence's end.
  func cut(_ x: Variable) throws -> Variable {
    let isInside = (0..<steps).flatMap { t in ends.map { t < $0 } }
    let mask = try Tensor(isInside, shape: Shape(checking: [steps, ends.count, 1]))
    return try Variable.where(Variable(mask), x, .number(0, x.dtype))
  }
}
