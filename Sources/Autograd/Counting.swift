import Tensors
import Vocabulary

// How often and where.
extension Operations {
  private static let x = Argument("x", .tensor, "Any shape.")

  package static let occurrences: TensorOperation = TensorOperation(
    Entry(
      "bincount", family: "Order",
      [
        Argument("x", .tensor, "Whole numbers from 0."),
        Argument("n", .any, "How many kinds; as many as needed when none.", default: "none"),
      ], summary: "How often each whole number occurs.",
      examples: [Example("bincount([0, 2, 2])", prints: "[1, 0, 2]")]),
    forward: { inputs, a in
      let x = inputs[0]
      guard !x.dtype.isFloat || x.count == 0 else {
        throw TensorError.wrongKind(
          operation: "bincount", found: x.dtype, expected: "whole numbers")
      }
      let values = x.array(of: Int64.self)
      let top = Int(values.max() ?? -1)
      let n = a.integer("n", default: top == .max ? top : Swift.max(-1, top) + 1)
      try MemoryBudget.check([n])
      var counts = [Int64](repeating: 0, count: n)
      try WorkStop.stretches(of: values.count) { part in
        for value in values[part] {
          guard value >= 0, value < n else {
            throw TensorError.indexOutOfRange(index: Int(value), size: n, axis: 0)
          }
          counts[Int(value)] += 1
        }
      }
      return try Tensor(counts)
    })

  package static let histogram: TensorOperation = TensorOperation(
    Entry(
      "histogram", family: "Order",
      [
        x, Argument("bins", .integer, "How many equal parts.", default: "10"),
        Argument("lo", .any, "Where the first begins; the smallest when none.", default: "none"),
        Argument("hi", .any, "Where the last ends; the largest when none.", default: "none"),
      ], summary: "How many elements lie in each of several equal parts of a range.",
      details: "As NumPy: the last part is closed, what lies outside does not count.",
      examples: [Example("histogram([0.0, 1.0, 1.5, 4.0], bins=2)", prints: "[3, 1]")]),
    forward: { inputs, a in
      let values = inputs[0].array(of: Double.self)
      let bins = a.integer("bins", default: 10)
      guard bins > 0 else {
        throw TensorError.invalid(
          operation: "histogram", reason: "\(bins) parts", hint: "at least 1")
      }
      try MemoryBudget.check([bins, 2])
      var low = a["lo"] == nil ? values.min() ?? 0 : a.number("lo", default: 0)
      var high = a["hi"] == nil ? values.max() ?? 1 : a.number("hi", default: 1)
      if low == high { (low, high) = (low - 0.5, high + 0.5) }
      guard low < high, (high - low).isFinite else {
        throw TensorError.invalid(
          operation: "histogram", reason: "the range from \(low) to \(high) cannot be divided",
          hint: "lo and hi that are finite")
      }
      let edges = (0...bins).map { low + (high - low) * (Double($0) / Double(bins)) }
      var counts = [Int64](repeating: 0, count: bins)
      WorkStop.stretches(of: values.count) { part in
        for value in values[part] where value >= low && value <= high {
          // The quotient may miss by one where it is rounded.
          var at = Swift.min(bins - 1, Int((value - low) / (high - low) * Double(bins)))
          if value < edges[at] { at -= 1 }
          if at < bins - 1, value >= edges[at + 1] { at += 1 }
          counts[at] += 1
        }
      }
      return try Tensor(counts)
    })

  package static let nonzero: TensorOperation = TensorOperation(
    Entry(
      "nonzero", family: "Order", [x],
      summary: "The positions of elements that are not 0, one in each row: [n, rank].",
      examples: [Example("nonzero([[0, 3], [5, 0]])[1]", prints: "[1, 0]")]),
    forward: { inputs, _ in
      let x = inputs[0]
      let values = x.array(of: Double.self)
      var found: [Int] = []
      WorkStop.stretches(of: values.count) { part in
        for at in part where values[at] != 0 { found.append(at) }
      }
      try MemoryBudget.check([found.count, x.rank])
      var rows = [Int64](repeating: 0, count: found.count * x.rank)
      WorkStop.stretches(of: found.count) { part in
        for row in part {
          var rest = found[row]
          for axis in (0..<x.rank).reversed() {
            rows[row * x.rank + axis] = Int64(rest % x.dims[axis])
            rest /= x.dims[axis]
          }
        }
      }
      return try Tensor(rows, shape: Shape(checking: [found.count, x.rank]))
    })

  static let counting: [TensorOperation] = [occurrences, histogram, nonzero]
}
