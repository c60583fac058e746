import Tensors

/// A box by its corners.
private struct Box {
  let top: Double
  let left: Double
  let bottom: Double
  let right: Double

  init(_ numbers: ArraySlice<Double>, isCentred: Bool) {
    let n = Array(numbers)
    if isCentred {
      (left, right) = (n[0] - n[2] / 2, n[0] + n[2] / 2)
      (top, bottom) = (n[1] - n[3] / 2, n[1] + n[3] / 2)
    } else {
      (top, bottom) = (min(n[0], n[2]), max(n[0], n[2]))
      (left, right) = (min(n[1], n[3]), max(n[1], n[3]))
    }
  }

  var area: Double { (bottom - top) * (right - left) }

  /// The share of the union that two boxes have in common.
  func overlap(_ other: Box) -> Double {
    let height = min(bottom, other.bottom) - max(top, other.top)
    let width = min(right, other.right) - max(left, other.left)
    guard height > 0, width > 0, area > 0, other.area > 0 else { return 0 }
    return height * width / (area + other.area - height * width)
  }
}

extension GraphOperators {
  static let detections: [GraphOperator] = [
    GraphOperator("NonMaxSuppression") { call in
      let (boxes, scores) = (try call.operand(0).ranked(3...3), try call.operand(1).ranked(3...3))
      let (batch, count, classes) = (boxes.dims[0], boxes.dims[1], scores.dims[1])
      guard boxes.dims[2] == 4, scores.dims == [batch, classes, count] else {
        throw GraphError.invalid("scores \(scores.dims) for boxes \(boxes.dims)")
      }
      let most = try call.optional(2)?.integer() ?? 0
      let limit = try call.optional(3)?.real() ?? 0
      let least = try call.optional(4)?.real()
      let isCentred = call.flag("center_point_box")
      let (corners, values) = (try boxes.reals(), try scores.reals())
      var result: [Int64] = []
      for b in 0..<batch {
        let found = (0..<count).map {
          Box(corners[(b * count + $0) * 4..<(b * count + $0 + 1) * 4], isCentred: isCentred)
        }
        for c in 0..<classes {
          let row = (b * classes + c) * count
          let order = (0..<count).filter { i in least.map { values[row + i] > $0 } ?? true }
            .sorted {
              values[row + $0] != values[row + $1] ? values[row + $0] > values[row + $1] : $0 < $1
            }
          var kept: [Int] = []
          for i in order where kept.count < most {
            if kept.allSatisfy({ found[$0].overlap(found[i]) <= limit }) { kept.append(i) }
          }
          for i in kept { result += [Int64(b), Int64(c), Int64(i)] }
        }
      }
      return try Operand(whole: result, [result.count / 3, 3], .int64)
    }
  ]
}
