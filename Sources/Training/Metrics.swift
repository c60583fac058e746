import Tensors

package enum Metrics {
  /// Class labels of predictions: the position of the largest score, or labels as they are.
  private static func labels(_ x: Tensor) throws -> Tensor {
    x.rank >= 2 ? try x.arg(max: true, axis: -1) : x
  }

  /// The share of predictions (scores [N, classes] or labels [N]) that equal the labels [N].
  package static func accuracy(_ prediction: Tensor, _ y: Tensor) throws -> Double {
    let labels = try labels(prediction)
    guard labels.dims == y.dims else {
      throw TensorError.shapesDiffer(operation: "accuracy", left: labels.dims, right: y.dims)
    }
    return try labels.compare(.equal, y).reduce(.mean).item ?? .nan
  }

  /// Counts [classes, classes]: rows are true labels, columns predicted ones.
  package static func confusion(_ prediction: Tensor, _ y: Tensor) throws -> Tensor {
    let labels = try labels(prediction)
    guard labels.dims == y.dims else {
      throw TensorError.shapesDiffer(operation: "confusion", left: labels.dims, right: y.dims)
    }
    var classes = prediction.rank >= 2 ? prediction.dims[prediction.rank - 1] : 0
    for i in 0..<y.count {
      let largest = max(labels.integer(at: i), y.integer(at: i))
      classes = max(classes, min(largest, Int.max - 1) + 1)
    }
    guard classes <= 10_000 else {
      throw TensorError.invalid(
        operation: "confusion", reason: "\(classes) classes are too many for a table", hint: nil)
    }
    var counts = [Int64](repeating: 0, count: classes * classes)
    for i in 0..<y.count {
      let (row, column) = (y.integer(at: i), labels.integer(at: i))
      guard row >= 0, column >= 0 else {
        throw TensorError.indexOutOfRange(index: min(row, column), size: classes, axis: 0)
      }
      counts[row * classes + column] += 1
    }
    return try Tensor(counts, shape: Shape(checking: [classes, classes]))
  }
}
